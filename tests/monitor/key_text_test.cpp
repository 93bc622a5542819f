// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/key_text.hpp"
#include "vestige/monitor/terminal_screen.hpp"

#include "vestige/monitor/line_screen.hpp"

#include <gtest/gtest.h>
#include <string>

namespace vestige::monitor {
namespace {

TEST(KeyText, LettersShiftAndControl) {
    KeyText keys;
    std::string text;
    for (const u8 code : {0x1e, 0x9e, 0x2a, 0x1e, 0x9e, 0xaa, 0x39, 0x1d, 0x07, 0x87, 0x9d, 0x07, 0x1c})
        text += keys.text_of(false, code);
    EXPECT_EQ(text, "aA \x1e" "6\r");
    EXPECT_EQ(keys.text_of(true, 0x48), "\x1b[A");
    EXPECT_EQ(keys.text_of(true, 0xc8), "");
    EXPECT_EQ(keys.text_of(false, 0x58), "");
    EXPECT_EQ(keys.text_of(false, 0x1d), "");
}

std::string row(const TerminalScreen& screen, std::size_t number) {
    const RowText text = row_text(screen.picture().row(number));
    return {text.span().begin(), text.span().end()};
}

TEST(TerminalScreen, LinesAndTheEditorsSequences) {
    TerminalScreen screen;
    screen.clear();
    EXPECT_TRUE(screen.take_changed());
    screen.write("one\r\n(a) infx\b o\x1b[2D\x1b[K\x1b_hidden\x1b\\!\xc3\xa9");
    EXPECT_TRUE(screen.take_changed());
    EXPECT_FALSE(screen.take_changed());
    EXPECT_EQ(row(screen, 0), "one");
    EXPECT_EQ(row(screen, 1), "(a) inf!?");
    EXPECT_EQ(screen.picture().cursor_row, 1);
    screen.write("\x1b[H\x1b[2J");
    EXPECT_EQ(row(screen, 0), "");
}

TEST(TerminalScreen, ScrollsAndWraps) {
    TerminalScreen screen;
    screen.clear();
    for (unsigned i = 0; i < 30; ++i)
        screen.write("line " + std::to_string(i) + "\r\n");
    EXPECT_EQ(row(screen, 0), "line 6");
    EXPECT_EQ(row(screen, 23), "line 29");
    screen.write(std::string(100, 'x'));
    EXPECT_EQ(row(screen, 23), std::string(80, 'x'));
    EXPECT_EQ(row(screen, 24), std::string(20, 'x'));
}

} // namespace
} // namespace vestige::monitor
