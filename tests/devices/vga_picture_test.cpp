// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/vga_picture.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace vestige::devices {
namespace {

struct StoppedClock final : machine::Clock {
    [[nodiscard]] machine::Nanoseconds now() const override { return 0; }
};

struct Picture : testing::Test {
    std::vector<Rgb> row(u16 y) {
        const VgaPicture picture{vga};
        std::vector<Rgb> pixels(picture.width());
        picture.row(y, pixels);
        return pixels;
    }
    void dispi(Dispi index, u16 value) { vga.set_dispi(index, value); }
    void packed(u16 width, u16 height, u16 bits) {
        dispi(Dispi::enable, 0);
        dispi(Dispi::width, width);
        dispi(Dispi::height, height);
        dispi(Dispi::bits, bits);
        dispi(Dispi::enable, 0x41);
    }
    void put(std::size_t at, std::initializer_list<u8> bytes) {
        for (const u8 byte : bytes)
            frame[at++] = std::byte{byte};
    }

    StoppedClock clock;
    std::vector<std::byte> text = std::vector<std::byte>(Vga::text_size);
    std::vector<std::byte> frame = std::vector<std::byte>(4 * mib);
    Vga vga{clock, {text, frame}};
    static constexpr Rgb black{}, white{255, 255, 255}, grey{0xa8, 0xa8, 0xa8};
};

TEST_F(Picture, Text) {
    const VgaPicture picture{vga};
    EXPECT_EQ(picture.width(), 720);
    EXPECT_EQ(picture.height(), 400);
    vga.set_crtc(0x0a, 0x20); // no cursor
    vga.set_plane(2, 'A' * 32 + 1, 0x81);
    vga.set_plane(2, 0xc4 * 32 + 1, 0x01);
    vga.set_plane(0, 81, 'A');
    vga.set_plane(1, 81, 0x1f);
    vga.set_plane(0, 82, 0xc4);
    vga.set_plane(1, 82, 0x07);
    const auto pixels = row(17);
    constexpr Rgb blue{0, 0, 0xa8};
    EXPECT_EQ(pixels[9], white);
    EXPECT_EQ(pixels[10], blue);
    EXPECT_EQ(pixels[16], white);
    EXPECT_EQ(pixels[17], blue); // the ninth dot
    EXPECT_EQ(pixels[18 + 7], grey);
    EXPECT_EQ(pixels[18 + 8], grey); // repeated for line drawing
}

TEST_F(Picture, TextCursorAndBlink) {
    vga.set_plane(1, 0, 0x8f);
    EXPECT_EQ(row(14)[0], white); // cursor at the first cell
    EXPECT_EQ(row(12)[0], black); // bit 7 blinks
    vga.set_attribute(0x10, 0x04);
    EXPECT_EQ(row(12)[0], (Rgb{0x57, 0x57, 0x57})); // or is the background's intensity
}

TEST_F(Picture, Packed) {
    packed(640, 480, 32);
    put(640 * 4 + 4, {1, 2, 3, 0});
    EXPECT_EQ(row(1)[1], (Rgb{3, 2, 1}));
    packed(640, 480, 24);
    put(3, {1, 2, 3});
    EXPECT_EQ(row(0)[1], (Rgb{3, 2, 1}));
    packed(640, 480, 16);
    put(2, {0xe0, 0x07});
    EXPECT_EQ(row(0)[1], (Rgb{0, 255, 0}));
    packed(640, 480, 15);
    put(2, {0x00, 0x7c});
    EXPECT_EQ(row(0)[1], (Rgb{255, 0, 0}));
    packed(640, 480, 8);
    vga.set_dac(9, 63, 1, 2);
    put(2, {9});
    EXPECT_EQ(row(0)[2], (Rgb{255, 7, 8}));
    vga.set_pel_mask(0);
    EXPECT_EQ(row(0)[2], black);
}

TEST_F(Picture, DisplayStartMoves) {
    packed(640, 480, 8);
    dispi(Dispi::virtual_width, 1024);
    dispi(Dispi::y_offset, 100);
    vga.set_dac(9, 63, 63, 63);
    put(1024 * 101 + 7, {9});
    EXPECT_EQ(row(1)[7], white);
}

TEST_F(Picture, PlanarAndSplitScreen) {
    VgaRegisters r = vga.registers();
    r.graphics[5] = 0;
    r.graphics[6] = 5;
    r.sequencer = {3, 1, 0x0f, 0, 6};
    r.crtc[0x09] = 0x40;
    r.crtc[0x17] = 0xe3;
    r.crtc[0x0c] = 0x10;
    r.attribute_index = 0x20;
    vga.set_registers(r);
    for (unsigned p = 0; p < 4; ++p)
        vga.set_plane(p, 0x1000 + 80 * 3, p == 2 ? 0x00 : 0x40);
    vga.set_plane(0, 80, 0x80);
    const VgaPicture picture{vga};
    EXPECT_EQ(picture.width(), 640);
    EXPECT_EQ(row(3)[0], black);
    const Rgb colour{0x57, 0xff, 0xff}; // 1011b: light cyan
    EXPECT_EQ(row(3)[1], colour);
    r.crtc[0x07] &= 0xef;
    r.crtc[0x09] = 0;
    r.crtc[0x18] = 99; // from line 100 on the memory's start is shown
    vga.set_registers(r);
    EXPECT_EQ(row(101)[0], (Rgb{0, 0, 0xa8}));
    r.attribute_index = 0; // the palette is the CPU's: nothing is shown
    vga.set_registers(r);
    EXPECT_EQ(row(101)[0], black);
}

TEST_F(Picture, CgaInterleaves) {
    VgaRegisters r = vga.registers();
    r.graphics[5] = 0x30;
    r.graphics[6] = 0x0f;
    r.sequencer = {3, 9, 3, 0, 2};
    r.crtc[0x01] = 0x27;
    r.crtc[0x09] = 0xc1;
    r.crtc[0x13] = 0x14;
    r.crtc[0x17] = 0xa2;
    vga.set_registers(r);
    EXPECT_TRUE(vga.window().text);      // plain memory
    text[0x2000 + 80] = std::byte{0x1b}; // pixels 0 1 2 3 of line 3
    text[0x2000 + 81] = std::byte{0x80};
    const VgaPicture picture{vga};
    EXPECT_EQ(picture.width(), 640);
    EXPECT_EQ(row(4)[3], black);
    const auto pixels = row(6);
    EXPECT_EQ(row(7), pixels);
    EXPECT_EQ(pixels[0], black);
    EXPECT_EQ(pixels[2], (Rgb{0, 0, 0xa8}));
    EXPECT_EQ(pixels[5], (Rgb{0, 0xa8, 0}));
    EXPECT_EQ(pixels[6], (Rgb{0, 0xa8, 0xa8}));
    EXPECT_EQ(pixels[8], (Rgb{0, 0xa8, 0}));
}

/// Any registers give a picture whose rows can be had (the sanitizers watch).
TEST_F(Picture, RandomRegisters) {
    std::mt19937 random{5};
    for (unsigned i = 0; i < 400; ++i) {
        VgaRegisters r;
        for (auto* part : {r.crtc.data(), r.attribute.data()})
            for (unsigned k = 0; k < 32; ++k)
                part[k] = static_cast<u8>(random());
        for (auto& value : r.sequencer)
            value = static_cast<u8>(random());
        for (auto& value : r.graphics)
            value = static_cast<u8>(random());
        r.misc = static_cast<u8>(random());
        r.attribute_index = 0x20;
        vga.set_registers(r);
        const VgaPicture picture{vga};
        std::vector<Rgb> pixels(picture.width());
        ASSERT_GT(picture.height(), 0);
        for (const u16 y : {u16{0}, u16{1}, static_cast<u16>(picture.height() - 1), u16{5000}})
            picture.row(y, pixels);
    }
}

} // namespace
} // namespace vestige::devices
