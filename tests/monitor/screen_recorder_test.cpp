// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/screen_recorder.hpp"

#include "fake_terminal.hpp"

#include <gtest/gtest.h>

namespace vestige::monitor {
namespace {

struct ScreenRecorderTest : ::testing::Test {
    ScreenRecorderTest() { recorder.enable(true); }
    std::string lines() {
        std::string text;
        recorder.look(screen);
        now += 10'000'000;
        for (unsigned i = 0; i < 200; ++i) {
            char storage[ScreenRecorder::longest_line];
            TextBuffer out{storage};
            if (!recorder.next_line(now, out))
                return text;
            text += std::string{out.view()} + "\n";
        }
        return text + "no end";
    }
    ScreenRecorder recorder;
    FakeScreen screen;
    machine::Nanoseconds now = 12'330'000'000;
};

TEST_F(ScreenRecorderTest, ChangedRowsWithTheirTime) {
    EXPECT_EQ(lines(), "12.340 text 80x25\n");
    screen.set_row(5, "hello  ");
    screen.set_row(24, "end");
    EXPECT_EQ(lines(), "12.350 05| hello\n12.350 24| end\n");
    EXPECT_EQ(lines(), "");
    screen.set_row(5, "");
    EXPECT_EQ(lines(), "12.370 05|\n");
}

TEST_F(ScreenRecorderTest, ScrollingIsToldOnce) {
    for (unsigned row = 0; row < 25; ++row)
        screen.set_row(row, "row " + std::to_string(row));
    static_cast<void>(lines());
    for (unsigned row = 0; row < 25; ++row)
        screen.set_row(row, "row " + std::to_string(row + 2));
    EXPECT_EQ(lines(), "12.350 scrolled 2\n12.350 23| row 25\n12.350 24| row 26\n");
}

TEST_F(ScreenRecorderTest, Graphics) {
    static_cast<void>(lines());
    screen.present = false;
    screen.graphics = {640, 480};
    EXPECT_EQ(lines(), "12.350 graphics 640x480\n");
    EXPECT_EQ(lines(), "");
    screen.present = true;
    screen.set_row(0, "text");
    EXPECT_EQ(lines(), "12.370 text 80x25\n12.370 00| text\n");
}

TEST_F(ScreenRecorderTest, BeginsAnewWithTheWholeScreen) {
    screen.set_row(3, "abc");
    static_cast<void>(lines());
    recorder.enable(true);
    EXPECT_EQ(lines(), "12.350 text 80x25\n12.350 03| abc\n");
}

} // namespace
} // namespace vestige::monitor
