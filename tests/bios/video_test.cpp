// SPDX-License-Identifier: BSD-2-Clause
// INT 10h on a hosted PC: what programs see in registers, in memory and on the monitor.
#include "vestige/devices/vga_picture.hpp"

#include "../support/random_bytes.hpp"
#include "pc_fixture.hpp"

namespace vestige::test {
namespace {

using devices::Rgb;
using devices::VgaPicture;

class Video : public Pc {
  protected:
    static constexpr u16 buffer = 0x4000; ///< at ES

    void mode(u8 number) { call(0x10, number); }
    u16 vbe_mode(u16 number) {
        bx(number);
        return call(0x10, 0x4f02).regs.word(cpu::Gpr::rax);
    }
    u64 at(u16 offset) const { return home.segment * 16U + offset; }
    u16 reg(cpu::Gpr name) const { return cpu.regs.word(name); }
    void di(u16 v) { cpu.regs.set_word(cpu::Gpr::rdi, v); }
    void bp(u16 v) { cpu.regs.set_word(cpu::Gpr::rbp, v); }
    u16 cell(unsigned row, unsigned column, unsigned columns = 80) const {
        return word_at(0xb8000 + 2 * (row * columns + column));
    }
    void put_string(const std::string& string) {
        for (std::size_t i = 0; i < string.size(); ++i)
            memory.store<u8>(Gpa{at(buffer) + i}, static_cast<u8>(string[i]));
    }
    void write_pixel(u16 x, u16 y, u8 colour, u8 page = 0) {
        cx(x);
        dx(y);
        bx(static_cast<u16>(page << 8));
        call(0x10, static_cast<u16>(0x0c00 | colour));
    }
    u8 read_pixel(u16 x, u16 y) {
        cx(x);
        dx(y);
        bx(0);
        return static_cast<u8>(call(0x10, 0x0d00).regs.word(cpu::Gpr::rax));
    }
    Rgb shown(u16 x, u16 y) const {
        const VgaPicture picture{vga};
        std::vector<Rgb> row(picture.width());
        picture.row(y, row);
        return x < row.size() ? row[x] : Rgb{1, 2, 3};
    }
};

TEST_F(Video, StandardModesHaveTheirSize) {
    struct Expected {
        u8 mode, columns, rows, char_height, al;
        u16 page_size, width, height;
    };
    constexpr std::array<Expected, 13> all{{{0x01, 40, 25, 16, 0x30, 0x800, 720, 400},
                                            {0x03, 80, 25, 16, 0x30, 0x1000, 720, 400},
                                            {0x04, 40, 25, 8, 0x30, 0x4000, 640, 400},
                                            {0x06, 80, 25, 8, 0x3f, 0x4000, 640, 400},
                                            {0x07, 80, 25, 16, 0x30, 0x1000, 720, 400},
                                            {0x0d, 40, 25, 8, 0x20, 0x2000, 640, 400},
                                            {0x0e, 80, 25, 8, 0x20, 0x4000, 640, 400},
                                            {0x0f, 80, 25, 14, 0x20, 0x8000, 640, 350},
                                            {0x10, 80, 25, 14, 0x20, 0x8000, 640, 350},
                                            {0x11, 80, 30, 16, 0x20, 0xa000, 640, 480},
                                            {0x12, 80, 30, 16, 0x20, 0xa000, 640, 480},
                                            {0x13, 40, 25, 8, 0x20, 0x2000, 640, 400},
                                            {0x83, 80, 25, 16, 0x30, 0x1000, 720, 400}}};
    for (const Expected& e : all) {
        EXPECT_EQ(call(0x10, e.mode).regs.word(cpu::Gpr::rax), e.al) << unsigned{e.mode};
        const u8 number = e.mode & 0x7f;
        EXPECT_EQ(byte_at(0x449), number);
        EXPECT_EQ(word_at(0x44a), e.columns);
        EXPECT_EQ(word_at(0x44c), e.page_size);
        EXPECT_EQ(byte_at(0x484), e.rows - 1);
        EXPECT_EQ(word_at(0x485), e.char_height);
        EXPECT_EQ(byte_at(0x487), (e.mode & 0x80) | 0x60);
        EXPECT_EQ(word_at(0x463), number == 7 ? 0x3b4 : 0x3d4);
        const VgaPicture picture{vga};
        EXPECT_EQ(picture.width(), e.width) << unsigned{e.mode};
        EXPECT_EQ(picture.height(), e.height) << unsigned{e.mode};
        EXPECT_EQ(call(0x10, 0x0f00).regs.word(cpu::Gpr::rax), e.columns << 8 | e.mode);
    }
}

TEST_F(Video, UnknownModesChangeNothing) {
    mode(0x13);
    const auto before = vga.registers().crtc;
    for (unsigned number = 0; number < 256; ++number) {
        const unsigned low = number & 0x7f;
        if (low <= 7 || (low >= 0x0d && low <= 0x13))
            continue;
        EXPECT_EQ(call(0x10, static_cast<u16>(number)).regs.word(cpu::Gpr::rax), 0x20);
        EXPECT_EQ(byte_at(0x449), 0x13);
    }
    EXPECT_EQ(vga.registers().crtc, before);
}

TEST_F(Video, ModeSetClearsUnlessAsked) {
    mode(0x03);
    memory.store<u16>(Gpa{0xb8000}, 0x1e41);
    mode(0x83);
    EXPECT_EQ(cell(0, 0), 0x1e41);
    mode(0x03);
    EXPECT_EQ(cell(0, 0), 0x0720);
}

TEST_F(Video, TextIsDrawnWithTheFont) {
    mode(0x03);
    bx(0x0000);
    call(0x10, 0x0e41);
    EXPECT_EQ(cell(0, 0), 0x0741);
    EXPECT_EQ(word_at(0x450), 0x0001);
    const FarPtr font{word_at(0x43 * 4 + 2), word_at(0x43 * 4)};
    for (u16 line = 0; line < 13; ++line) // above the cursor
        for (u16 x = 0; x < 8; ++x) {
            const bool dot = (byte_at(font.linear().value() + 'A' * 16U + line) >> (7 - x) & 1) != 0;
            EXPECT_EQ(shown(x, line), dot ? (Rgb{0xa8, 0xa8, 0xa8}) : Rgb{});
        }
}

TEST_F(Video, FontsOfTheRom) {
    struct Font {
        u8 which;
        u8 height;
    };
    for (const Font font : {Font{2, 14}, Font{3, 8}, Font{6, 16}}) {
        bx(static_cast<u16>(font.which << 8));
        call(0x10, 0x1130);
        const u64 start = cpu.segment(cpu::SegmentName::es).base + reg(cpu::Gpr::rbp);
        EXPECT_EQ(reg(cpu::Gpr::rcx), 16); // on the screen
        EXPECT_EQ(reg(cpu::Gpr::rdx) & 0xff, 24);
        unsigned dots = 0;
        for (unsigned i = 0; i < font.height; ++i)
            dots += static_cast<unsigned>(std::popcount(byte_at(start + 0xdbU * font.height + i)));
        EXPECT_EQ(dots, 8U * font.height); // the full block
        for (unsigned i = 0; i < font.height; ++i)
            EXPECT_EQ(byte_at(start + 0x20U * font.height + i), 0);
    }
    bx(0x0400);
    call(0x10, 0x1130);
    EXPECT_EQ(word_at(0x1f * 4), reg(cpu::Gpr::rbp));
    EXPECT_EQ(byte_at(0xffa6e + 'A' * 8), byte_at(0xf0000 + bios::rom_font_8 + 'A' * 8));
}

TEST_F(Video, RowsFollowTheFont) {
    struct Expected {
        u8 lines; ///< of INT 10h AH=12h BL=30h
        u16 font;
        u8 rows, char_height;
        u16 height;
    };
    for (const Expected e : {Expected{2, 0x1112, 50, 8, 400}, {1, 0x1112, 43, 8, 350},
                             {1, 0, 25, 14, 350}, {0, 0, 25, 8, 400}, {2, 0x1111, 28, 14, 400},
                             {2, 0x1114, 25, 16, 400}}) {
        bx(0x0030);
        EXPECT_EQ(call(0x10, static_cast<u16>(0x1200 | e.lines)).regs.word(cpu::Gpr::rax) & 0xff,
                  0x12);
        mode(0x03);
        if (e.font != 0) {
            bx(0);
            call(0x10, e.font);
        }
        EXPECT_EQ(byte_at(0x484), e.rows - 1);
        EXPECT_EQ(word_at(0x485), e.char_height);
        EXPECT_EQ(vga.text_layout().rows, e.rows);
        EXPECT_EQ(VgaPicture{vga}.height(), e.height);
        bx(0);
        for (unsigned i = 0; i < e.rows; ++i) {
            call(0x10, 0x0e0d);
            call(0x10, static_cast<u16>(0x0e00 | ('0' + i % 10)));
            if (i + 1 < e.rows)
                call(0x10, 0x0e0a);
        }
        EXPECT_EQ(cell(0, 0) & 0xff, '0');
        EXPECT_EQ(cell(e.rows - 1U, 0) & 0xff, '0' + (e.rows - 1) % 10);
    }
}

TEST_F(Video, UserFont) {
    put_string(std::string(32, '\x81'));
    bp(buffer);
    bx(0x1000);
    cx(2);
    dx('x');
    call(0x10, 0x1100);
    EXPECT_EQ(vga.plane(2, 'x' * 32), 0x81);
    EXPECT_EQ(vga.plane(2, 'y' * 32 + 15), 0x81);
    EXPECT_NE(vga.plane(2, 'z' * 32 + 7), 0x81);
    for (const u16 height : {0, 33, 255}) { // no text mode has such characters
        bx(static_cast<u16>(height << 8));
        cx(0xffff);
        call(0x10, 0x1110);
        EXPECT_EQ(word_at(0x485), 16);
    }
}

TEST_F(Video, PagesAndTheirCursors) {
    mode(0x03);
    for (u16 page = 0; page < 8; ++page) {
        bx(static_cast<u16>(page << 8));
        dx(static_cast<u16>(page << 8 | (page + 1)));
        call(0x10, 0x0200);
        bx(static_cast<u16>(page << 8 | 0x17));
        cx(2);
        call(0x10, static_cast<u16>(0x0900 | ('a' + page)));
        EXPECT_EQ(word_at(0xb8000 + 0x1000U * page + 2 * (page * 80U + page + 1)),
                  0x1700 | ('a' + page));
    }
    bx(0x0300);
    EXPECT_EQ(call(0x10, 0x0800).regs.word(cpu::Gpr::rax), 0x1700 | 'd');
    call(0x10, 0x0503);
    EXPECT_EQ(byte_at(0x462), 3);
    EXPECT_EQ(word_at(0x44e), 0x3000);
    EXPECT_EQ(vga.text_layout().start, 0x1800);
    EXPECT_EQ(vga.text_layout().cursor, 0x1800 + 3 * 80 + 4);
    for (unsigned page = 8; page < 256; ++page) { // not there
        bx(static_cast<u16>(page << 8));
        dx(0x0505);
        call(0x10, 0x0200);
        dx(0xffff);
        call(0x10, 0x0300);
        EXPECT_EQ(reg(cpu::Gpr::rdx), 0);
        call(0x10, static_cast<u16>(0x0500 | page));
        EXPECT_EQ(byte_at(0x462), 3);
    }
}

TEST_F(Video, WriteStringInFourForms) {
    mode(0x03);
    put_string("a\x1e"
               "b\x2f");
    for (u16 form = 0; form < 4; ++form) {
        bx(0x0042);
        dx(static_cast<u16>(0x0500 + form * 0x100));
        bp(buffer);
        cx(form < 2 ? 4 : 2);
        call(0x10, static_cast<u16>(0x1300 | form));
        EXPECT_EQ(reg(cpu::Gpr::rbp), buffer);
        EXPECT_EQ(reg(cpu::Gpr::rcx), form < 2 ? 4 : 2);
        const unsigned row = 5U + form;
        EXPECT_EQ(cell(row, 0), form < 2 ? 0x4261 : 0x1e61);
        EXPECT_EQ(cell(row, 1), form < 2 ? 0x421e : 0x2f62);
        const unsigned end = form < 2 ? 4 : 2;
        if ((form & 1) != 0)
            EXPECT_EQ(word_at(0x450), row << 8 | end);
        else
            EXPECT_NE(word_at(0x450), row << 8 | end);
    }
}

TEST_F(Video, LongStringsLetInterruptsIn) {
    mode(0x03);
    bx(0x0007);
    dx(0);
    bp(0);
    cx(0xffff);
    calls = 0;
    const After after = call(0x10, 0x1301);
    EXPECT_GT(calls, 200U);
    EXPECT_EQ(after.regs.word(cpu::Gpr::rcx), 0xffff);
    EXPECT_EQ(after.regs.word(cpu::Gpr::rsp), stack.offset);
}

TEST_F(Video, ScrollWindow) {
    mode(0x03);
    for (u16 row = 0; row < 25; ++row)
        for (u16 column = 0; column < 80; ++column)
            memory.store<u16>(Gpa{0xb8000U + 2U * (row * 80U + column)},
                              static_cast<u16>(0x0700 | ('A' + row)));
    bx(0x2e00);
    cx(0x0505);
    dx(0x0a0a);
    call(0x10, 0x0602);
    EXPECT_EQ(cell(5, 5), 0x0700 | ('A' + 7));
    EXPECT_EQ(cell(9, 10), 0x2e20);
    EXPECT_EQ(cell(10, 11), 0x0700 | ('A' + 10));
    call(0x10, 0x0700); // all of it
    EXPECT_EQ(cell(5, 5), 0x2e20);
    EXPECT_EQ(cell(4, 5), 0x0700 | ('A' + 4));
    cx(0xffff);
    dx(0x0000);
    call(0x10, 0x0601); // no window
    EXPECT_EQ(cell(0, 0), 0x0741);
    cx(0);
    dx(0xffff);
    call(0x10, 0x06ff);
    EXPECT_EQ(cell(24, 79), 0x2e20);
}

TEST_F(Video, PixelsInEveryMode) {
    for (const u8 number : {0x04, 0x05, 0x06, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13}) {
        mode(number);
        const u16 width = number == 6 || (number >= 0x0e && number <= 0x12) ? 640 : 320;
        const u8 colour = number == 6 ? 1 : number < 6 ? 3 : 1;
        for (const auto& [x, y] : {std::pair<u16, u16>{0, 0}, {13, 57}, {width - 1, 199}}) {
            EXPECT_EQ(read_pixel(x, y), 0);
            write_pixel(x, y, colour);
            EXPECT_EQ(read_pixel(x, y), colour) << unsigned{number};
            if (x != 0)
                EXPECT_EQ(read_pixel(x - 1, y), 0);
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
        if (vbe)
            EXPECT_EQ(call(0x10, 0x4f03).regs.word(cpu::Gpr::rbx), 0x4101);
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
