// SPDX-License-Identifier: BSD-2-Clause
// INT 10h on a hosted PC: modes, characters, fonts and pages.
#include "video_fixture.hpp"

namespace vestige::test {
namespace {

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

} // namespace
} // namespace vestige::test
