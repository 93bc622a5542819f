// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/line_editor.hpp"

#include "fake_terminal.hpp"

#include <random>

namespace vestige::monitor {
namespace {

struct StringSink final : TextSink {
    std::string text;
    void write(std::string_view more) override { text += more; }
};

struct Editor : testing::Test {
    LineEditor editor;
    StringSink out;

    /// Types text; the lines that were ended.
    std::vector<std::string> type(std::string_view text) {
        std::vector<std::string> lines;
        for (const char c : text)
            if (editor.feed(static_cast<u8>(c), out) == LineEditor::Event::line) {
                lines.emplace_back(editor.line());
                editor.next();
            }
        return lines;
    }
};

using Lines = std::vector<std::string>;

TEST_F(Editor, LinesEndWithEnter) {
    EXPECT_EQ(type("help\rx 0\r"), (Lines{"help", "x 0"}));
    EXPECT_EQ(out.text, "help\r\nx 0\r\n");
}

TEST_F(Editor, Corrections) {
    EXPECT_EQ(type("hexx\b\blp\r"), Lines{"help"});
    EXPECT_EQ(type("elp\x01h\r"), Lines{"help"});
    EXPECT_EQ(type("hlp\x1b[D\x1b[De\r"), Lines{"help"});
    EXPECT_EQ(type("xhelp\x1b[H\x1b[3~\r"), Lines{"help"});
    EXPECT_EQ(type("junk\x15help\r"), Lines{"help"});
    EXPECT_EQ(type("info junk\x17regs\r"), Lines{"info regs"});
    EXPECT_EQ(type("junk\x03help\r"), Lines{"help"});
}

TEST_F(Editor, History) {
    type("one\rtwo\rtwo\r");
    EXPECT_EQ(type("\x1b[A\r"), Lines{"two"});
    EXPECT_EQ(type("\x1b[A\x1b[A\r"), Lines{"one"});
    EXPECT_EQ(type("\x1b[A\x1b[A\x1b[B\x1b[B\r"), Lines{""});
}

TEST_F(Editor, EndOnlyOnAnEmptyLine) {
    EXPECT_EQ(editor.feed(4, out), LineEditor::Event::end);
    type("x");
    EXPECT_EQ(editor.feed(4, out), LineEditor::Event::none);
}

TEST_F(Editor, LinesAreBounded) {
    EXPECT_EQ(type(std::string(1000, 'x') + "\r"),
              Lines{std::string(LineEditor::longest_line, 'x')});
}

TEST_F(Editor, AnyBytesAtAll) {
    std::mt19937 random{1};
    for (unsigned i = 0; i < 200000; ++i)
        if (editor.feed(static_cast<u8>(random() % 256), out) == LineEditor::Event::line) {
            ASSERT_LE(editor.line().size(), LineEditor::longest_line);
            editor.next();
        }
}

} // namespace
} // namespace vestige::monitor
