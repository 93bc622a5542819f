// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/ansi_screen.hpp"

#include "fake_terminal.hpp"
#include "vestige/monitor/cp437.hpp"

#include <random>

namespace vestige::monitor {
namespace {

struct Mirror : testing::Test {
    /// Draws the screen and feeds the terminal; what was sent.
    std::string draw() {
        EXPECT_TRUE(ansi.update(screen.picture, queue));
        queue.pump(port);
        const std::string sent = port.take();
        terminal.feed(sent);
        return sent;
    }
    void expect_same() {
        for (unsigned row = 0; row < screen.picture.rows; ++row)
            for (unsigned column = 0; column < screen.picture.columns; ++column) {
                const u8 glyph = static_cast<u8>(screen.picture.row(row)[column]);
                ASSERT_EQ(terminal.at(row, column).point, unicode_of(glyph))
                    << row << ',' << column;
            }
    }

    FakeScreen screen;
    FakeTerminal terminal{100, 40};
    FakePort port;
    OutputQueue queue;
    AnsiScreen ansi;
};

TEST_F(Mirror, DrawsEverythingThenOnlyChanges) {
    screen.put(3, 5, "Hello");
    draw();
    EXPECT_EQ(terminal.row(3), "     Hello");
    EXPECT_EQ(draw(), "");
    screen.put(3, 9, "p!");
    EXPECT_EQ(draw(), "\x1b[4;10Hp!");
    EXPECT_EQ(terminal.row(3), "     Hellp!");
}

TEST_F(Mirror, GuestBytesAreNeverControlCharacters) {
    for (unsigned i = 0; i < 256; ++i)
        screen.picture.cells[i] = static_cast<Cell>(0x0700 | i);
    draw(); // the terminal fails the test on what it does not know
    expect_same();
    EXPECT_EQ(terminal.at(0, 0x1b).point, 0x2190U);
    EXPECT_EQ(terminal.at(0xdb / 80, 0xdb % 80).point, 0x2588U);
}

TEST_F(Mirror, ColoursAreTranslated) {
    screen.put(0, 0, "r", 0x04);
    screen.put(0, 1, "B", 0x19);
    screen.put(0, 2, "b", 0x87);
    screen.put(0, 3, "n", 0x07);
    draw();
    EXPECT_EQ(terminal.at(0, 0).attribute, "0;31");
    EXPECT_EQ(terminal.at(0, 1).attribute, "0;94;44");
    EXPECT_EQ(terminal.at(0, 2).attribute, "0;37;5");
    EXPECT_EQ(terminal.at(0, 3).attribute, "");
}

TEST_F(Mirror, ClearedRowsAreErased) {
    screen.put(2, 0, "some words");
    draw();
    screen.clear();
    EXPECT_EQ(draw(), "\x1b[3;1H\x1b[K");
    EXPECT_EQ(terminal.row(2), "");
}

TEST_F(Mirror, ScrollingIsLeftToTheTerminal) {
    for (unsigned i = 0; i < 25; ++i)
        screen.set_row(i, "this is line number " + std::to_string(i));
    draw();
    screen.scroll(2);
    screen.set_row(24, "new");
    const std::string sent = draw();
    EXPECT_LT(sent.size(), 60U) << sent;
    expect_same();
}

TEST_F(Mirror, CursorFollowsAndHides) {
    screen.picture.cursor_visible = true;
    screen.picture.cursor_row = 7;
    screen.picture.cursor_column = 9;
    draw();
    EXPECT_EQ(terminal.cursor_row, 7U);
    EXPECT_EQ(terminal.cursor_column, 9U);
    EXPECT_TRUE(terminal.cursor_visible);
    screen.picture.cursor_visible = false;
    EXPECT_EQ(draw(), "\x1b[?25l");
}

TEST_F(Mirror, SlowQueueIsFilledInSteps) {
    for (unsigned i = 0; i < 25; ++i)
        for (unsigned k = 0; k < 80; ++k)
            screen.picture.row(i)[k] = static_cast<Cell>((i + k) << 8 | 0xdb);
    unsigned steps = 0;
    while (!ansi.update(screen.picture, queue)) {
        ASSERT_LT(++steps, 20U);
        EXPECT_EQ(queue.dropped(), 0U);
        queue.pump(port);
        terminal.feed(port.take());
    }
    queue.pump(port);
    terminal.feed(port.take());
    EXPECT_GT(steps, 0U);
    expect_same();
}

TEST_F(Mirror, OtherSizesStartAnew) {
    draw();
    screen.picture.columns = 40;
    screen.put(1, 0, "forty");
    draw();
    EXPECT_EQ(terminal.row(1), "forty");
}

TEST_F(Mirror, LinesBelowThePictureLeaveItAlone) {
    screen.put(24, 0, "bottom");
    draw();
    for (unsigned i = 0; i < 30; ++i) {
        ansi.leave(queue);
        queue.write("\r\nvestige: hello");
    }
    queue.pump(port);
    terminal.feed(port.take());
    EXPECT_EQ(terminal.row(24), "bottom");
    EXPECT_EQ(terminal.row(39), "vestige: hello");
    draw();
    EXPECT_EQ(terminal.row(39), "vestige: hello");
    expect_same();
}

TEST_F(Mirror, SmallTerminalIsRepaintedAfterLines) {
    FakeTerminal small{80, 25};
    ansi.update(screen.picture, queue);
    screen.put(5, 0, "guest");
    ansi.update(screen.picture, queue);
    ansi.leave(queue);
    queue.write("\r\nvestige: hello");
    ansi.update(screen.picture, queue);
    queue.pump(port);
    small.feed(port.take());
    EXPECT_EQ(small.row(5), "guest");
    EXPECT_FALSE(small.holds("vestige: hello"));
}

TEST_F(Mirror, RandomPicturesArriveExactly) {
    std::mt19937 random{5};
    for (unsigned round = 0; round < 300; ++round) {
        switch (random() % 4) {
        case 0:
            screen.scroll(1 + random() % 5);
            break;
        case 1:
            std::ranges::fill(screen.picture.row(random() % 25), blank_cell);
            break;
        default:
            for (unsigned i = 0; i < random() % 300; ++i)
                screen.picture.cells[random() % 2000] = static_cast<Cell>(random());
        }
        draw();
        expect_same();
        if (HasFatalFailure())
            return;
    }
}

} // namespace
} // namespace vestige::monitor
