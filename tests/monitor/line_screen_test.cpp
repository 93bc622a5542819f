// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/line_screen.hpp"

#include "fake_terminal.hpp"

namespace vestige::monitor {
namespace {

struct Lines : testing::Test {
    static constexpr machine::Nanoseconds millisecond = 1'000'000;

    Lines() { lines.restart(); }
    std::string look(unsigned milliseconds, bool hold = false) {
        now += milliseconds * millisecond;
        lines.update(screen.picture, now, hold, queue);
        return sent();
    }
    std::string sent() {
        queue.pump(port);
        return port.take();
    }
    void report_scroll(unsigned row = 0) {
        lines.row_scrolled_off(row_text(std::span<const Cell>{screen.picture.row(row)}), queue);
    }

    machine::Nanoseconds now = 0;
    FakeScreen screen;
    FakePort port;
    OutputQueue queue;
    LineScreen lines;
};

TEST_F(Lines, ARowIsPrintedOnceItRests) {
    screen.put(2, 0, "Loading");
    EXPECT_EQ(look(10), "");
    EXPECT_EQ(look(50), "");
    EXPECT_EQ(look(60), "Loading\r\n");
    EXPECT_EQ(look(500), "");
}

TEST_F(Lines, TypingOnARowPrintsItWhenItRests) {
    screen.put(0, 0, "boot: ");
    look(10);
    EXPECT_EQ(look(200), "boot:\r\n");
    screen.put(0, 6, "l");
    look(10);
    screen.put(0, 7, "inux");
    EXPECT_EQ(look(90), "");
    EXPECT_EQ(look(110), "boot: linux\r\n");
}

TEST_F(Lines, BlanksAreTrimmedAndBlankRowsStaySilent) {
    screen.put(0, 2, "x  ");
    screen.picture.row(1)[0] = 0x1f00;
    look(1);
    EXPECT_EQ(look(200), "  x\r\n");
}

TEST_F(Lines, ColourChangesAreNoNews) {
    screen.put(0, 0, "menu");
    look(1);
    look(200);
    screen.put(0, 0, "menu", 0x70);
    look(1);
    EXPECT_EQ(look(200), "");
}

TEST_F(Lines, ScrollingFoundInSnapshotsPrintsEachRowOnce) {
    std::string all;
    for (unsigned i = 0; i < 100; ++i) {
        if (i >= 25)
            screen.scroll();
        screen.set_row(std::min(i, 24U), "line " + std::to_string(i));
        all += look(5);
    }
    all += look(200);
    std::string expected;
    for (unsigned i = 0; i < 100; ++i)
        expected += "line " + std::to_string(i) + "\r\n";
    EXPECT_EQ(all, expected);
}

TEST_F(Lines, ReportedScrollingLosesNothingHoweverFast) {
    std::string all;
    for (unsigned i = 0; i < 300; ++i) {
        if (i >= 25) {
            report_scroll();
            screen.scroll();
        }
        screen.set_row(std::min(i, 24U), "row " + std::to_string(i));
        all += sent();
        if (i % 60 == 59)
            all += look(10);
    }
    look(10);
    all += look(200);
    std::string expected;
    for (unsigned i = 0; i < 300; ++i)
        expected += "row " + std::to_string(i) + "\r\n";
    EXPECT_EQ(all, expected);
}

TEST_F(Lines, ScrollSeenBeforeItsReportIsNotPrintedTwice) {
    for (unsigned i = 0; i < 25; ++i)
        screen.set_row(i, "row " + std::to_string(i));
    look(1);
    look(200);
    const RowText top = row_text(std::span<const Cell>{screen.picture.row(0)});
    screen.scroll();
    screen.set_row(24, "row 25");
    EXPECT_EQ(look(1), ""); // the snapshot came before the report
    lines.row_scrolled_off(top, queue);
    EXPECT_EQ(look(1), "");
    EXPECT_EQ(look(200), "row 25\r\n");
}

TEST_F(Lines, RowsThatAreClearedBeforeTheyRestArePrinted) {
    screen.put(0, 0, "Booting from floppy...");
    look(1);
    screen.clear();
    EXPECT_EQ(look(1), "Booting from floppy...\r\n");
    EXPECT_EQ(look(300), "");
    screen.put(0, 0, "Booting from floppy...");
    look(1);
    EXPECT_EQ(look(200), "Booting from floppy...\r\n");
}

TEST_F(Lines, HoldKeepsRowsBack) {
    screen.put(0, 0, "text");
    look(1, true);
    EXPECT_EQ(look(500, true), "");
    EXPECT_EQ(look(1), "text\r\n");
}

TEST_F(Lines, FlushPrintsWhatHasNotRested) {
    screen.put(0, 0, "last words");
    look(1);
    lines.flush(queue);
    EXPECT_EQ(sent(), "last words\r\n");
}

TEST_F(Lines, GuestControlCharactersBecomeGlyphs) {
    screen.put(0, 0, "\x1b[2J");
    look(1);
    EXPECT_EQ(look(200), "\xe2\x86\x90[2J\r\n");
}

TEST_F(Lines, ModeChangePrintsWhatWasThereAndStartsAnew) {
    screen.put(0, 0, "eighty");
    look(1);
    FakeScreen other{40, 25};
    other.put(0, 0, "forty");
    screen = other;
    EXPECT_EQ(look(1), "eighty\r\n");
    EXPECT_EQ(look(200), "forty\r\n");
}

} // namespace
} // namespace vestige::monitor
