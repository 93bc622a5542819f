// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/guest_text_screen.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace vestige::monitor {
namespace {

struct FixedClock final : machine::Clock {
    [[nodiscard]] machine::Nanoseconds now() const override { return 0; }
};

struct GuestScreen : testing::Test {
    GuestScreen() {
        for (std::size_t i = 0; i < cells.size(); ++i)
            cells[i] = static_cast<u16>(i);
    }
    FixedClock clock;
    devices::Vga vga{clock};
    alignas(8) std::array<u16, 16384> cells{};
    GuestTextScreen screen{vga, std::as_bytes(std::span{cells})};
    ScreenSnapshot picture;
};

TEST_F(GuestScreen, StartAddressAndCursor) {
    const devices::TextLayout layout = vga.text_layout();
    ASSERT_TRUE(screen.snapshot(picture));
    EXPECT_EQ(picture.columns, layout.columns);
    EXPECT_EQ(picture.row(0)[0], 0);
    vga.set_crtc(0x0c, 0x01);
    vga.set_crtc(0x0d, 0x41);
    vga.set_crtc(0x0e, 0x01);
    vga.set_crtc(0x0f, 0x41 + 85);
    ASSERT_TRUE(screen.snapshot(picture));
    EXPECT_EQ(picture.row(0)[0], 0x141);
    EXPECT_EQ(picture.row(24)[79], 0x141 + 1999);
    EXPECT_EQ(picture.cursor_row, 1);
    EXPECT_EQ(picture.cursor_column, 5);
}

TEST_F(GuestScreen, StartAddressWrapsAroundTextMemory) {
    vga.set_crtc(0x0c, 0x3f);
    vga.set_crtc(0x0d, 0xfe);
    ASSERT_TRUE(screen.snapshot(picture));
    EXPECT_EQ(picture.row(0)[1], 0x3fff);
    EXPECT_EQ(picture.row(0)[2], 0);
    vga.set_crtc(0x0c, 0xff);
    vga.set_crtc(0x0d, 0xff);
    EXPECT_TRUE(screen.snapshot(picture));
}

TEST_F(GuestScreen, OnlyAnotherPictureGetsAnotherVersion) {
    for (const u8 start : {u8{0}, u8{1}}) { // with and without the way for aligned blocks
        vga.set_crtc(0x0d, start);
        ASSERT_TRUE(screen.snapshot(picture));
        const u32 first = picture.version;
        EXPECT_NE(first, 0U);
        ASSERT_TRUE(screen.snapshot(picture));
        EXPECT_EQ(picture.version, first);
        for (const std::size_t place : {start + 0U, start + 1013U, start + 1999U}) {
            const ScreenSnapshot before = picture;
            cells[place] ^= 0x100;
            ASSERT_TRUE(screen.snapshot(picture));
            EXPECT_NE(picture.version, before.version) << place;
            EXPECT_FALSE(picture.same_cells(before)) << place;
            EXPECT_EQ(picture.cells[place - start], cells[place]) << place;
        }
    }
}

TEST_F(GuestScreen, GraphicsAreNoText) {
    EXPECT_EQ(screen.picture_size(), (PictureSize{720, 400}));
    devices::VgaRegisters registers = vga.registers();
    registers.graphics[6] = 5;
    vga.set_registers(registers);
    EXPECT_FALSE(screen.snapshot(picture));
    EXPECT_EQ(screen.picture_size(), (PictureSize{640, 400}));
}

/// Whatever a guest programs, the snapshot stays inside its arrays (the sanitizers watch).
TEST_F(GuestScreen, EveryRegisterValueIsHarmless) {
    for (unsigned reg = 0; reg < 0x19; ++reg)
        for (unsigned value = 0; value < 256; ++value) {
            vga.set_crtc(static_cast<u8>(reg), static_cast<u8>(value));
            if (screen.snapshot(picture)) {
                ASSERT_LE(picture.columns, most_columns);
                ASSERT_LE(picture.rows, most_rows);
            }
        }
}

} // namespace
} // namespace vestige::monitor
