// SPDX-License-Identifier: BSD-2-Clause
// INT 10h on a hosted PC: pixels, palettes and saved states.
#include "video_fixture.hpp"

namespace vestige::test {
namespace {

TEST_F(Video, PixelsInEveryMode) {
    for (const u8 number : {0x04, 0x05, 0x06, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13}) {
        mode(number);
        const u16 width = number == 6 || (number >= 0x0e && number <= 0x12) ? 640 : 320;
        const u8 colour = number == 6 ? 1 : number < 6 ? 3 : 1;
        for (const auto& [x, y] : {std::pair<u16, u16>{0, 0}, {13, 57}, {width - 1, 199}}) {
            EXPECT_EQ(read_pixel(x, y), 0);
            write_pixel(x, y, colour);
            EXPECT_EQ(read_pixel(x, y), colour) << unsigned{number};
            if (x != 0) {
                EXPECT_EQ(read_pixel(x - 1, y), 0);
            }
            const unsigned wide = 640 / width, high = VgaPicture{vga}.height() == 400 ? 2 : 1;
            EXPECT_NE(shown(static_cast<u16>(x * wide), static_cast<u16>(y * high)), Rgb{})
                << unsigned{number};
        }
        if (number < 0x13) {
            write_pixel(13, 57, 0x80 | colour);
            EXPECT_EQ(read_pixel(13, 57), 0);
        }
        write_pixel(width, 0, colour); // beside the screen: in the next line of memory
        EXPECT_EQ(read_pixel(0, number < 7 ? 2 : 1), colour) << unsigned{number};
        write_pixel(0, 5000, colour);
        write_pixel(0xffff, 0xffff, colour);
        EXPECT_EQ(read_pixel(1, 0), 0);
    }
}

TEST_F(Video, PixelsOfPages) {
    mode(0x0d);
    write_pixel(0, 0, 5, 1);
    EXPECT_EQ(read_pixel(0, 0), 0);
    EXPECT_EQ(shown(0, 0), Rgb{});
    call(0x10, 0x0501);
    EXPECT_EQ(shown(0, 0), (Rgb{0xa8, 0, 0xa8}));
}

TEST_F(Video, TextInGraphicsModes) {
    for (const u8 number : {0x04, 0x06, 0x0d, 0x10, 0x12, 0x13}) {
        mode(number);
        const unsigned columns = word_at(0x44a);
        bx(0x0001);
        dx(0x0203);
        call(0x10, 0x0200);
        call(0x10, 0x0e58);
        dx(0x0203);
        call(0x10, 0x0200);
        EXPECT_EQ(call(0x10, 0x0800).regs.word(cpu::Gpr::rax), 0x0158) << unsigned{number};
        dx(static_cast<u16>(byte_at(0x484) << 8)); // the last row
        call(0x10, 0x0200);
        call(0x10, 0x0e0a);
        dx(0x0103);
        call(0x10, 0x0200);
        EXPECT_EQ(call(0x10, 0x0800).regs.word(cpu::Gpr::rax), 0x0158) << unsigned{number};
        cx(0);
        dx(static_cast<u16>(byte_at(0x484) << 8 | (columns - 1)));
        bx(0);
        call(0x10, 0x0600);
        dx(0x0103);
        call(0x10, 0x0200);
        EXPECT_EQ(call(0x10, 0x0800).regs.word(cpu::Gpr::rax) & 0xff00, 0);
    }
}

TEST_F(Video, PaletteAndDac) {
    mode(0x13);
    bx(0x0001);
    dx(0x3f00);
    cx(0x1020);
    call(0x10, 0x1010);
    call(0x10, 0x1015);
    EXPECT_EQ(reg(cpu::Gpr::rdx) >> 8, 0x3f);
    EXPECT_EQ(reg(cpu::Gpr::rcx), 0x1020);
    bx(1);
    cx(1);
    call(0x10, 0x101b);
    EXPECT_EQ(vga.dac(1, 0), vga.dac(1, 2));
    bx(0x0100); // sixteen pages of sixteen colours
    call(0x10, 0x1013);
    bx(0x0501);
    call(0x10, 0x1013);
    bx(0);
    call(0x10, 0x101a);
    EXPECT_EQ(reg(cpu::Gpr::rbx), 0x0501);
    dx(buffer);
    call(0x10, 0x1009);
    EXPECT_EQ(byte_at(at(buffer) + 15), 15);
    bx(250);
    cx(0xffff); // more than there are
    dx(buffer);
    call(0x10, 0x1017);
    bx(250);
    call(0x10, 0x1012);
    mode(0x04);
    bx(0x0100);
    call(0x10, 0x0b00);
    EXPECT_EQ(vga.attribute(1) & 1, 0);
    bx(0x001f);
    call(0x10, 0x0b00);
    EXPECT_EQ(vga.attribute(0), 0x17);
}

TEST_F(Video, StateTable) {
    mode(0x12);
    bx(0);
    di(buffer);
    EXPECT_EQ(call(0x10, 0x1b00).regs.word(cpu::Gpr::rax) & 0xff, 0x1b);
    EXPECT_EQ(byte_at(at(buffer) + 4), 0x12);
    EXPECT_EQ(word_at(at(buffer) + 5), 80);
    EXPECT_EQ(byte_at(at(buffer) + 0x22), 29);
    EXPECT_EQ(word_at(at(buffer) + 0x23), 16);
    EXPECT_EQ(byte_at(at(buffer) + 0x25), 8);
    EXPECT_EQ(word_at(at(buffer) + 0x27), 16);
    EXPECT_EQ(byte_at(at(buffer) + 0x2a), 3);
    EXPECT_EQ(byte_at(at(buffer) + 0x31), 3);
    const u32 functions = dword_at(at(buffer));
    EXPECT_EQ(byte_at((functions >> 16) * 16 + (functions & 0xffff)), 0xff);
}

TEST_F(Video, SaveAndRestore) {
    for (const u16 restore_of : {0x1c00, 0x4f04}) {
        const bool vbe = restore_of == 0x4f04;
        if (vbe)
            EXPECT_EQ(vbe_mode(0x4101), 0x004f);
        else
            mode(0x13);
        vga.set_dac(7, 1, 2, 3);
        const auto registers = vga.registers();
        const u16 parts = vbe ? 15 : 7;
        const auto run = [&](u8 function) {
            cx(parts);
            bx(buffer);
            dx(function);
            call(0x10, static_cast<u16>(restore_of | (vbe ? 0 : function)));
        };
        run(0);
        EXPECT_GT(reg(cpu::Gpr::rbx), 10);
        EXPECT_LT(reg(cpu::Gpr::rbx), 32);
        run(1);
        mode(0x03);
        vga.set_dac(7, 9, 9, 9);
        run(2);
        EXPECT_EQ(vga.registers().crtc, registers.crtc);
        EXPECT_EQ(vga.registers().graphics, registers.graphics);
        EXPECT_EQ(vga.dac(7, 1), 2);
        EXPECT_EQ(byte_at(0x449), vbe ? 0xff : 0x13);
        EXPECT_EQ(VgaPicture{vga}.height(), vbe ? 480 : 400);
        if (vbe) {
            EXPECT_EQ(call(0x10, 0x4f03).regs.word(cpu::Gpr::rbx), 0x4101);
        }
    }
}

TEST_F(Video, AlternateSelect) {
    mode(0x03);
    bx(0x0010);
    call(0x10, 0x1200);
    EXPECT_EQ(reg(cpu::Gpr::rbx), 0x0003);
    EXPECT_EQ(reg(cpu::Gpr::rcx), 0x0009);
    bx(0x0036);
    EXPECT_EQ(call(0x10, 0x1201).regs.word(cpu::Gpr::rax), 0x1212);
    EXPECT_EQ(shown(0, 14), Rgb{});
    bx(0x0036);
    call(0x10, 0x1200);
    EXPECT_NE(shown(0, 14), Rgb{}); // the cursor
    bx(0x0031);
    call(0x10, 0x1201); // no palette
    vga.set_dac(1, 5, 6, 7);
    mode(0x03);
    EXPECT_EQ(vga.dac(1, 1), 6);
    bx(0x0031);
    call(0x10, 0x1200);
    bx(0x0033);
    call(0x10, 0x1200); // greys
    mode(0x03);
    EXPECT_EQ(vga.dac(1, 0), vga.dac(1, 2));
    bx(0x00ff);
    EXPECT_EQ(call(0x10, 0x1234).regs.word(cpu::Gpr::rax), 0x1234);
    EXPECT_EQ(call(0x10, 0x1a00).regs.word(cpu::Gpr::rbx), 0x0008);
}

} // namespace
} // namespace vestige::test
