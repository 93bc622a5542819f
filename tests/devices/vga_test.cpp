// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/vga.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace vestige::devices {
namespace {

struct FreeClock final : machine::Clock {
    machine::Nanoseconds time = 0;
    [[nodiscard]] machine::Nanoseconds now() const override { return time; }
};

struct VgaTest : testing::Test {
    void out(u16 port, u8 value) { vga.write_port(Port{port}, Width::byte, value); }
    u8 in(u16 port) { return static_cast<u8>(vga.read_port(Port{port}, Width::byte)); }
    void sequencer(u8 index, u8 value) {
        out(0x3c4, index);
        out(0x3c5, value);
    }
    void graphics(u8 index, u8 value) {
        out(0x3ce, index);
        out(0x3cf, value);
    }
    void dispi(u16 index, u16 value) {
        vga.write_port(Port{0x1ce}, Width::word, index);
        vga.write_port(Port{0x1cf}, Width::word, value);
    }
    u16 dispi(u16 index) {
        vga.write_port(Port{0x1ce}, Width::word, index);
        return static_cast<u16>(vga.read_port(Port{0x1d0}, Width::word));
    }
    /// As mode 12h has them.
    void planar() {
        sequencer(2, 0x0f);
        sequencer(4, 0x06);
        graphics(5, 0x00);
        graphics(6, 0x05);
    }
    /// As mode 13h has them.
    void chain4() {
        sequencer(2, 0x0f);
        sequencer(4, 0x0e);
        graphics(5, 0x40);
        graphics(6, 0x05);
    }
    void poke(u64 at, u8 value) { vga.write_mmio(at, Width::byte, value); }
    u8 peek(u64 at) { return static_cast<u8>(vga.read_mmio(at, Width::byte)); }

    FreeClock clock;
    std::vector<std::byte> text = std::vector<std::byte>(Vga::text_size);
    std::vector<std::byte> frame = std::vector<std::byte>(4 * mib);
    Vga vga{clock, {text, frame}};
};

TEST_F(VgaTest, AttributeFlipFlop) {
    in(0x3da);
    out(0x3c0, 0x05);
    EXPECT_EQ(in(0x3c0), 0); // index written, data expected
    out(0x3c0, 0x2a);
    EXPECT_EQ(in(0x3c0), 0x05);
    EXPECT_EQ(in(0x3c1), 0x2a);
    out(0x3c0, 0x31);
    in(0x3da);
    out(0x3c0, 0x06); // an index again
    out(0x3c0, 0xff);
    EXPECT_EQ(vga.attribute(6), 0x3f);
    in(0x3da);
    out(0x3c0, 0x1f); // no such register
    out(0x3c0, 0x12);
    EXPECT_EQ(in(0x3c1), 0);
}

TEST_F(VgaTest, DacReadsAndWritesInTriples) {
    out(0x3c8, 7);
    EXPECT_EQ(in(0x3c7), 0);
    for (const u8 value : {0x41, 0x02, 0x03, 0x3f, 0x00, 0x10})
        out(0x3c9, value);
    out(0x3c7, 7);
    EXPECT_EQ(in(0x3c7), 3);
    for (const u8 value : {0x01, 0x02, 0x03, 0x3f, 0x00, 0x10})
        EXPECT_EQ(in(0x3c9), value);
    out(0x3c8, 255);
    for (unsigned i = 0; i < 4; ++i)
        out(0x3c9, static_cast<u8>(i + 1));
    EXPECT_EQ(vga.dac(255, 2), 3);
    EXPECT_EQ(vga.dac(0, 0), 4); // wraps
    out(0x3c6, 0x0f);
    EXPECT_EQ(in(0x3c6), 0x0f);
}

TEST_F(VgaTest, CrtcWriteProtection) {
    out(0x3d4, 0x11);
    out(0x3d5, 0x8e);
    out(0x3d4, 0x01);
    out(0x3d5, 0x12);
    EXPECT_EQ(in(0x3d5), 0x4f);
    out(0x3d4, 0x07);
    out(0x3d5, 0x00); // the line compare bit alone
    EXPECT_EQ(in(0x3d5), 0x0f);
    out(0x3d4, 0x11);
    out(0x3d5, 0x0e);
    out(0x3d4, 0x01);
    out(0x3d5, 0x12);
    EXPECT_EQ(in(0x3d5), 0x12);
}

TEST_F(VgaTest, CrtcAnswersAtOneAddress) {
    out(0x3d4, 0x0a);
    EXPECT_EQ(in(0x3d4), 0x0a);
    EXPECT_EQ(in(0x3b4), 0xff);
    out(0x3c2, 0x66);
    EXPECT_EQ(in(0x3cc), 0x66);
    EXPECT_EQ(in(0x3b4), 0x0a);
    EXPECT_EQ(in(0x3d4), 0xff);
    EXPECT_EQ(in(0x3da), 0xff);
}

TEST_F(VgaTest, RetraceComesAndGoesWithTime) {
    unsigned edges = 0, blanks = 0;
    u8 before = in(0x3da);
    for (unsigned i = 0; i < 100'000; ++i) {
        clock.time += 1'000;
        const u8 now = in(0x3da);
        edges += (now & 8) != 0 && (before & 8) == 0;
        blanks += (now & 1) != 0 && (before & 1) == 0;
        EXPECT_FALSE((now & 8) != 0 && (now & 1) == 0);
        before = now;
    }
    EXPECT_EQ(edges, 7U); // 70 Hz for a tenth of a second
    EXPECT_NEAR(blanks, 7 * 400, 14);
}

TEST_F(VgaTest, RetraceComesWithAnyTiming) {
    std::mt19937 random{1};
    for (unsigned round = 0; round < 200; ++round) {
        for (u8 i = 0; i < 25; ++i)
            vga.set_crtc(i, static_cast<u8>(random()));
        bool seen = false, gone = false;
        for (unsigned i = 0; i < 40'000 && !(seen && gone); ++i) {
            clock.time += 30'000;
            const bool now = (in(0x3da) & 8) != 0;
            seen |= now;
            gone |= !now;
        }
        EXPECT_TRUE(seen && gone) << round;
    }
}

TEST_F(VgaTest, TextIsPlainMemory) {
    EXPECT_EQ(vga.window(), (VideoWindow{Gpa{0xb8000}, 32 * kib, true, 0}));
    text[2 * 80] = std::byte{'A'};
    EXPECT_EQ(vga.plane(0, 80), 'A');
    graphics(6, 0x0a); // at B0000h
    EXPECT_EQ(vga.window().start, Gpa{0xb0000});
    EXPECT_EQ(vga.plane(0, 80), 'A');
}

TEST_F(VgaTest, FontLoadingLeavesTextAlone) {
    text[10] = std::byte{'x'};
    text[11] = std::byte{0x1e};
    const u32 version = vga.window_version();
    sequencer(2, 0x04);
    sequencer(4, 0x07);
    graphics(4, 2);
    graphics(5, 0);
    graphics(6, 0);
    EXPECT_NE(vga.window_version(), version);
    EXPECT_EQ(vga.window().size, 0U);
    poke('A' * 32 + 3, 0x5a);
    EXPECT_EQ(peek('A' * 32 + 3), 0x5a);
    EXPECT_EQ(peek(0x20000 - 1), 0); // behind the planes there is more video memory
    sequencer(2, 0x03);
    sequencer(4, 0x02);
    graphics(4, 0);
    graphics(5, 0x10);
    graphics(6, 0x0e);
    EXPECT_TRUE(vga.window().text);
    EXPECT_EQ(text[10], std::byte{'x'});
    EXPECT_EQ(text[11], std::byte{0x1e});
    EXPECT_EQ(vga.plane(2, 'A' * 32 + 3), 0x5a);
}

TEST_F(VgaTest, Chain4IsPlainMemory) {
    chain4();
    EXPECT_EQ(vga.window(), (VideoWindow{Gpa{0xa0000}, 64 * kib, false, 0}));
    frame[5] = std::byte{0x77};
    EXPECT_EQ(peek(5), 0x77); // the exit path sees the same
    poke(7, 0x33);
    EXPECT_EQ(frame[7], std::byte{0x33});
    EXPECT_EQ(vga.plane(3, 1), 0x33);
    for (const auto& [index, value] : {std::pair<u8, u8>{1, 1}, {3, 8}, {5, 0x41}, {8, 0x7f}}) {
        graphics(index, value);
        EXPECT_EQ(vga.window().size, 0U) << unsigned{index};
        graphics(index, index == 5 ? 0x40 : index == 8 ? 0xff : 0);
        EXPECT_NE(vga.window().size, 0U) << unsigned{index};
    }
    sequencer(2, 0x0e);
    EXPECT_EQ(vga.window().size, 0U);
    poke(4, 1);
    poke(5, 2);
    EXPECT_EQ(frame[4], std::byte{0});
    EXPECT_EQ(frame[5], std::byte{2});
    out(0x3c2, 0x65); // memory off
    EXPECT_EQ(peek(5), 0xff);
}

TEST_F(VgaTest, WriteMode0) {
    planar();
    poke(0, 0x81);
    for (unsigned p = 0; p < 4; ++p)
        EXPECT_EQ(vga.plane(p, 0), 0x81);
    sequencer(2, 0x05);
    poke(0, 0x00);
    EXPECT_EQ(vga.plane(0, 0), 0x00);
    EXPECT_EQ(vga.plane(1, 0), 0x81);
    sequencer(2, 0x0f);
    graphics(0, 0x0a); // set/reset
    graphics(1, 0x03);
    graphics(3, 0x01); // rotate right by 1
    poke(1, 0x01);
    EXPECT_EQ(vga.plane(0, 1), 0x00);
    EXPECT_EQ(vga.plane(1, 1), 0xff);
    EXPECT_EQ(vga.plane(2, 1), 0x80);
    EXPECT_EQ(vga.plane(3, 1), 0x80);
}

TEST_F(VgaTest, BitMaskAndLogicUseTheLatches) {
    planar();
    poke(0, 0xf0);
    graphics(8, 0x3c);
    graphics(3, 0x18); // xor
    peek(0);
    poke(0, 0xff);
    EXPECT_EQ(vga.plane(2, 0), 0xcc);
    graphics(3, 0x08); // and
    peek(0);
    poke(0, 0x0f);
    EXPECT_EQ(vga.plane(2, 0), 0xcc & (0x0f | 0xc3));
    graphics(3, 0x10); // or
    peek(0);
    poke(0, 0x30);
    EXPECT_EQ(vga.plane(2, 0), 0xfc);
}

TEST_F(VgaTest, WriteMode1CopiesLatches) {
    planar();
    for (u8 p = 0; p < 4; ++p) {
        sequencer(2, static_cast<u8>(1 << p));
        poke(0, static_cast<u8>(0x11 * (p + 1)));
    }
    sequencer(2, 0x0f);
    graphics(5, 0x01);
    peek(0);
    poke(100, 0xee);
    for (unsigned p = 0; p < 4; ++p)
        EXPECT_EQ(vga.plane(p, 100), 0x11 * (p + 1));
}

TEST_F(VgaTest, WriteModes2And3) {
    planar();
    graphics(5, 0x02);
    graphics(8, 0xf0);
    poke(0, 0x06);
    EXPECT_EQ(vga.plane(0, 0), 0x00);
    EXPECT_EQ(vga.plane(1, 0), 0xf0);
    EXPECT_EQ(vga.plane(2, 0), 0xf0);
    graphics(5, 0x03);
    graphics(0, 0x09);
    graphics(8, 0xff);
    peek(0);
    poke(0, 0x18);
    EXPECT_EQ(vga.plane(0, 0), 0x18);
    EXPECT_EQ(vga.plane(1, 0), 0xe0);
    EXPECT_EQ(vga.plane(3, 0), 0x18);
}

TEST_F(VgaTest, ReadModes) {
    planar();
    for (u8 p = 0; p < 4; ++p) {
        sequencer(2, static_cast<u8>(1 << p));
        poke(0, p < 2 ? 0xf0 : 0x0f);
    }
    graphics(4, 1);
    EXPECT_EQ(peek(0), 0xf0);
    graphics(4, 2);
    EXPECT_EQ(peek(0), 0x0f);
    graphics(5, 0x08);
    graphics(2, 0x03); // colour 3: the first four pixels
    graphics(7, 0x0f);
    EXPECT_EQ(peek(0), 0xf0);
    graphics(7, 0x04); // only plane 2 counts
    EXPECT_EQ(peek(0), 0xf0);
    graphics(7, 0x00);
    EXPECT_EQ(peek(0), 0xff);
}

TEST_F(VgaTest, WideAccessesGoByteByByte) {
    planar();
    vga.write_mmio(0x100, Width::dword, 0x04030201);
    EXPECT_EQ(vga.plane(0, 0x102), 3);
    EXPECT_EQ(vga.read_mmio(0x100, Width::dword), 0x04030201U);
    EXPECT_EQ(vga.registers().latches, 0x04040404U);
}

TEST_F(VgaTest, DispiSetsModes) {
    EXPECT_EQ(dispi(0), 0xb0c5);
    EXPECT_EQ(dispi(10), 64);
    dispi(1, 640);
    dispi(2, 480);
    dispi(3, 32);
    frame[100] = std::byte{1};
    dispi(4, 0x41);
    EXPECT_EQ(frame[100], std::byte{0});
    const auto mode = vga.packed_mode();
    ASSERT_TRUE(mode);
    EXPECT_EQ(mode->width, 640);
    EXPECT_EQ(mode->height, 480);
    EXPECT_EQ(mode->pitch, 2560U);
    EXPECT_FALSE(vga.text_mode());
    EXPECT_EQ(vga.window(), (VideoWindow{Gpa{0xa0000}, 64 * kib, false, 0}));
    dispi(5, 3);
    EXPECT_EQ(vga.window().offset, 3 * 64 * kib);
    dispi(5, 64); // beyond memory
    EXPECT_EQ(dispi(5), 3);
    dispi(6, 1024);
    dispi(8, 1000);
    dispi(9, 10);
    EXPECT_EQ(dispi(8), 1000); // a row goes on in the next one
    EXPECT_EQ(vga.packed_mode()->start, 10U * 4096 + 1000 * 4);
    dispi(9, 0xffff);
    EXPECT_EQ(dispi(8), 384); // the last row stays inside
    dispi(4, 0x43);
    EXPECT_EQ(dispi(1), Vga::most_width);
    dispi(4, 0);
    EXPECT_FALSE(vga.packed_mode());
    EXPECT_EQ(dispi(5), 0);
}

TEST_F(VgaTest, DispiFitsAnythingIntoMemory) {
    std::mt19937 random{2};
    for (unsigned i = 0; i < 3000; ++i) {
        dispi(static_cast<u16>(random() % 14), static_cast<u16>(random()));
        dispi(4, static_cast<u16>(random() % 2 | 0x80));
        if (const auto mode = vga.packed_mode()) {
            const u64 bytes = mode->bits == 15 ? 2 : mode->bits / 8U;
            EXPECT_LE(mode->start + (mode->height - 1U) * u64{mode->pitch} + mode->width * bytes,
                      frame.size());
        }
        EXPECT_LE(vga.window().offset + vga.window().size, frame.size());
    }
}

TEST_F(VgaTest, WideDac) {
    dispi(1, 640);
    dispi(2, 480);
    dispi(3, 8);
    dispi(4, 0x61);
    out(0x3c8, 1);
    out(0x3c9, 0xfe);
    EXPECT_EQ(vga.dac(1, 0), 0xfe);
}

/// Whatever is written wherever, memory accesses stay inside (the sanitizers watch).
TEST_F(VgaTest, RandomRegistersAndAccesses) {
    std::mt19937 random{3};
    for (unsigned i = 0; i < 40'000; ++i) {
        const u16 port = static_cast<u16>(0x3b0 + random() % 0x30);
        out(port, static_cast<u8>(random()));
        if (i % 8 == 0)
            dispi(static_cast<u16>(random() % 12), static_cast<u16>(random()));
        poke(random() % Vga::legacy_size, static_cast<u8>(random()));
        peek(random() % Vga::legacy_size);
        in(static_cast<u16>(0x3b0 + random() % 0x30));
        if (vga.window().size != 0) {
            EXPECT_LE(vga.window().start.value() + vga.window().size, 0xc0000U);
        }
    }
}

TEST(VgaWithoutMemory, IsHarmless) {
    FreeClock clock;
    Vga vga{clock};
    EXPECT_EQ(vga.window().size, 0U);
    vga.write_mmio(0x18000, Width::qword, 1);
    EXPECT_EQ(vga.read_mmio(0x18000, Width::byte), 0xffU);
    vga.set_dispi(Dispi::width, 640);
    vga.set_dispi(Dispi::enable, 1);
    EXPECT_FALSE(vga.packed_mode());
}

} // namespace
} // namespace vestige::devices
