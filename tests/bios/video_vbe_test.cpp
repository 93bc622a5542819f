// SPDX-License-Identifier: BSD-2-Clause
// INT 10h on a hosted PC: the VESA BIOS extensions, and calls in any order.
#include "../support/random_bytes.hpp"
#include "video_fixture.hpp"

namespace vestige::test {
namespace {

TEST_F(Video, VbeController) {
    put_string("VBE2");
    di(buffer);
    EXPECT_EQ(call(0x10, 0x4f00).regs.word(cpu::Gpr::rax), 0x004f);
    EXPECT_EQ(dword_at(at(buffer)), 0x41534556U);
    EXPECT_GE(word_at(at(buffer) + 4), 0x0200);
    EXPECT_EQ(word_at(at(buffer) + 18), 4 * mib / (64 * kib));
    u64 list = word_at(at(buffer) + 16) * 16U + word_at(at(buffer) + 14);
    unsigned count = 0;
    for (; word_at(list) != 0xffff; list += 2, ++count) {
        cx(word_at(list));
        di(buffer + 0x400);
        EXPECT_EQ(call(0x10, 0x4f01).regs.word(cpu::Gpr::rax), 0x004f);
        EXPECT_EQ(vbe_mode(word_at(list)), 0x004f);
    }
    EXPECT_GT(count, 20U);
    cx(0x01ff);
    EXPECT_EQ(call(0x10, 0x4f01).regs.word(cpu::Gpr::rax), 0x0100);
    EXPECT_EQ(vbe_mode(0x01ff), 0x014f);
    EXPECT_EQ(call(0x10, 0x4fff).regs.word(cpu::Gpr::rax), 0x0100);
}

TEST_F(Video, VbeLinearFrameBuffer) {
    cx(0x0112);
    di(buffer);
    EXPECT_EQ(call(0x10, 0x4f01).regs.word(cpu::Gpr::rax), 0x004f);
    EXPECT_EQ(word_at(at(buffer)) & 0x99, 0x99);
    EXPECT_EQ(word_at(at(buffer) + 16), 1920);
    EXPECT_EQ(word_at(at(buffer) + 18), 640);
    EXPECT_EQ(byte_at(at(buffer) + 25), 24);
    EXPECT_EQ(dword_at(at(buffer) + 40), 0xe0000000U);
    EXPECT_EQ(vbe_mode(0x4112), 0x004f);
    frame[1920 * 3 + 3] = std::byte{0xff};
    EXPECT_EQ(shown(1, 3), (Rgb{0, 0, 255}));
    EXPECT_EQ(call(0x10, 0x4f03).regs.word(cpu::Gpr::rbx), 0x4112);
    bx(0x000c);
    call(0x10, 0x0e41); // text works, too
    unsigned red = 0;
    for (u16 y = 0; y < 16; ++y)
        for (u16 x = 0; x < 8; ++x)
            red += shown(x, y) == Rgb{255, 85, 85};
    EXPECT_GT(red, 10U);
}

TEST_F(Video, VbeBanksLinesAndStart) {
    EXPECT_EQ(vbe_mode(0x0101), 0x004f);
    bx(0);
    dx(3);
    EXPECT_EQ(call(0x10, 0x4f05).regs.word(cpu::Gpr::rax), 0x004f);
    EXPECT_EQ(vga.window().offset, 3 * 64 * kib);
    bx(0x0100);
    EXPECT_EQ(call(0x10, 0x4f05).regs.word(cpu::Gpr::rdx), 3);
    bx(0);
    dx(0xffff);
    EXPECT_EQ(call(0x10, 0x4f05).regs.word(cpu::Gpr::rax), 0x014f);
    bx(0x0000);
    cx(1024);
    EXPECT_EQ(call(0x10, 0x4f06).regs.word(cpu::Gpr::rax), 0x004f);
    EXPECT_EQ(reg(cpu::Gpr::rbx), 1024);
    EXPECT_EQ(reg(cpu::Gpr::rdx), 4096);
    bx(0);
    cx(100);
    dx(50);
    EXPECT_EQ(call(0x10, 0x4f07).regs.word(cpu::Gpr::rax), 0x004f);
    frame[1024 * 50 + 100] = std::byte{15};
    EXPECT_EQ(shown(0, 0), (Rgb{255, 255, 255}));
    bx(1);
    call(0x10, 0x4f07);
    EXPECT_EQ(reg(cpu::Gpr::rcx), 100);
    EXPECT_EQ(reg(cpu::Gpr::rdx), 50);
    bx(0);
    dx(0xffff);
    EXPECT_EQ(call(0x10, 0x4f07).regs.word(cpu::Gpr::rax), 0x024f);
    bx(0);
    cx(0xffff);
    EXPECT_EQ(call(0x10, 0x4f06).regs.word(cpu::Gpr::rax), 0x024f);
    EXPECT_EQ(vbe_mode(0x4101), 0x004f);
    bx(0);
    EXPECT_EQ(call(0x10, 0x4f05).regs.word(cpu::Gpr::rax), 0x034f);
}

TEST_F(Video, VbePalette) {
    EXPECT_EQ(vbe_mode(0x4101), 0x004f);
    bx(0x0800);
    EXPECT_EQ(call(0x10, 0x4f08).regs.word(cpu::Gpr::rbx), 0x0800);
    put_string("\x30\x20\x10");
    bx(0);
    cx(1);
    dx(200);
    di(buffer);
    EXPECT_EQ(call(0x10, 0x4f09).regs.word(cpu::Gpr::rax), 0x004f);
    frame[0] = std::byte{200};
    EXPECT_EQ(shown(0, 0), (Rgb{0x10, 0x20, 0x30}));
    bx(1);
    di(buffer + 16);
    call(0x10, 0x4f09);
    EXPECT_EQ(dword_at(at(buffer) + 16), 0x102030U);
    bx(0);
    cx(57);
    EXPECT_EQ(call(0x10, 0x4f09).regs.word(cpu::Gpr::rax), 0x014f);
    bx(2);
    EXPECT_EQ(call(0x10, 0x4f09).regs.word(cpu::Gpr::rax), 0x024f);
    vbe_mode(0x4112);
    bx(0x0800);
    EXPECT_EQ(call(0x10, 0x4f08).regs.word(cpu::Gpr::rax), 0x034f);
}

TEST_F(Video, VbeTextModes) {
    struct Expected {
        u16 mode;
        u8 columns, rows;
    };
    for (const Expected e : {Expected{0x108, 80, 60}, {0x109, 132, 25}, {0x10a, 132, 43},
                             {0x10b, 132, 50}, {0x10c, 132, 60}}) {
        EXPECT_EQ(vbe_mode(e.mode), 0x004f);
        EXPECT_EQ(vga.text_layout().columns, e.columns);
        EXPECT_EQ(vga.text_layout().rows, e.rows);
        EXPECT_TRUE(vga.text_mode());
        bx(0);
        dx(static_cast<u16>((e.rows - 1) << 8 | (e.columns - 1)));
        call(0x10, 0x0200);
        bx(0x001e);
        cx(1);
        call(0x10, 0x0941);
        EXPECT_EQ(cell(e.rows - 1U, e.columns - 1U, e.columns), 0x1e41);
    }
}

TEST_F(Video, VbeDisplayData) {
    bx(1);
    dx(0);
    di(buffer);
    EXPECT_EQ(call(0x10, 0x4f15).regs.word(cpu::Gpr::rax), 0x004f);
    u8 sum = 0;
    for (unsigned i = 0; i < 128; ++i)
        sum = static_cast<u8>(sum + byte_at(at(buffer) + i));
    EXPECT_EQ(sum, 0);
    EXPECT_EQ(dword_at(at(buffer)), 0xffffff00U);
    bx(1);
    dx(1);
    EXPECT_EQ(call(0x10, 0x4f15).regs.word(cpu::Gpr::rax), 0x014f);
    bx(0);
    EXPECT_EQ(call(0x10, 0x4f0a).regs.word(cpu::Gpr::rax), 0x004f);
    const u64 interface = cpu.segment(cpu::SegmentName::es).base + reg(cpu::Gpr::rdi);
    for (unsigned i = 0; i < 3; ++i) // each function ends before the next part
        EXPECT_EQ(byte_at(interface + word_at(interface + 2 * i + 2) - 1), 0xc3);
}

/// Every function with every kind of register values, on top of each other. The sanitizers watch.
TEST_F(Video, AnythingInAnyOrder) {
    RandomBytes random{77};
    const auto word = [&] { return static_cast<u16>(random.next()); };
    const u64 rounds = fuzz_inputs() / 20;
    for (u64 i = 0; i < rounds; ++i) {
        u16 value = word();
        if (random.one_in(3))
            value = static_cast<u16>(0x4f00 | random.below(0x16));
        else if (random.one_in(4))
            value = static_cast<u16>(random.below(0x14)); // modes
        else
            value = static_cast<u16>(random.below(0x1d) << 8 | (value & 0xff));
        bx(random.one_in(2) ? word() : static_cast<u16>(random.below(8)));
        if (value == 0x4f02 && random.one_in(2))
            bx(static_cast<u16>(0x4100 + random.below(0x50)));
        cx(random.one_in(4) ? word() : static_cast<u16>(random.below(300)));
        dx(random.one_in(2) ? word() : static_cast<u16>(random.below(0x1950)));
        di(word());
        bp(word());
        if ((value >> 8) == 0x13)
            cx(static_cast<u16>(random.below(600)));
        cpu.regs.set_word(cpu::Gpr::rsp, stack.offset);
        if (random.one_in(50))
            memory.store<u8>(Gpa{0x449 + random.below(0x70)}, static_cast<u8>(word()));
        call(0x10, value);
        for (const auto name : {cpu::SegmentName::ds, cpu::SegmentName::es})
            cpu.load_real(name, 0x5000); // results and strings stay off the test's own code
        if (random.one_in(20)) {
            const VgaPicture picture{vga};
            std::vector<Rgb> row(picture.width());
            picture.row(static_cast<u16>(random.below(picture.height())), row);
        }
    }
}

} // namespace
} // namespace vestige::test
