// SPDX-License-Identifier: BSD-2-Clause
// INT 10h AH=11h: character generator.
#include "video_internal.hpp"

#include "fonts.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

constexpr unsigned font_plane = 2, glyph_size = 32, tallest = 32;

/// Eight font blocks, the last four between the first ones.
constexpr u64 block_start(u8 block) {
    return (block & 3U) * 0x4000U + (block >> 2 & 1U) * 0x2000U;
}

void put_glyph_line(devices::Vga& vga, u8 block, u8 character, unsigned line, u8 dots) {
    vga.set_plane(font_plane, block_start(block) + character * glyph_size + line, dots);
}

/// CX glyphs of BH bytes at ES:BP, from character DX on.
void load_user_font(Call& call) {
    const unsigned height = call.bh();
    const unsigned count = std::min<unsigned>(call.cx(), 256);
    for (unsigned i = 0; i < count; ++i)
        for (unsigned line = 0; line < std::min(height, tallest); ++line)
            put_glyph_line(call.env.vga, call.bl(), static_cast<u8>(call.dx() + i), line,
                           call.load<u8>(cpu::SegmentName::es,
                                         static_cast<u16>(call.bp() + i * height + line)));
}

/// Makes a text mode's characters so many lines high, and its rows as many as fit.
void set_char_height(Call& call, unsigned height) {
    const VideoMode* const mode = current_mode(call);
    if (height == 0 || height > tallest || mode == nullptr || !mode->text())
        return;
    devices::Vga& vga = call.env.vga;
    vga.set_crtc(0x09, static_cast<u8>((vga.crtc(0x09) & 0xe0) | (height - 1)));
    if (mode->number == mono_text_mode) // which underlines
        vga.set_crtc(0x14, static_cast<u8>((vga.crtc(0x14) & 0xe0) | (height - 1)));
    const u8 high = vga.crtc(0x07);
    unsigned lines = (vga.crtc(0x12) | (high & 0x02U) << 7 | (high & 0x40U) << 3) + 1U;
    if ((vga.crtc(0x09) & 0x80) != 0)
        lines /= 2;
    const unsigned rows = std::clamp(lines / height, 1U, 60U);
    call.set_bda<u16>(bda::char_height, static_cast<u16>(height));
    call.set_bda<u8>(bda::rows, static_cast<u8>(rows - 1));
    const unsigned bytes = call.bda<u16>(bda::columns) * rows * 2;
    call.set_bda<u16>(bda::page_size, static_cast<u16>((bytes + 0x7ff) & ~0x7ffU));
    const u16 shape = height <= 8 ? u16{0x0607} : static_cast<u16>((height - 3) << 8 | (height - 2));
    call.set_bda<u16>(bda::cursor_shape, shape);
    apply_cursor_shape(call, shape);
}

constexpr u16 font_offset(unsigned height) {
    return height == 8 ? rom_font_8 : height == 14 ? rom_font_14 : rom_font_16;
}

void set_vector(Call& call, u8 interrupt, FarPtr to) {
    call.env.memory.store<u16>(Gpa{4U * interrupt}, to.offset);
    call.env.memory.store<u16>(Gpa{4U * interrupt + 2}, to.segment);
}

FarPtr vector(const Call& call, u8 interrupt) {
    return {call.env.memory.load<u16>(Gpa{4U * interrupt + 2}),
            call.env.memory.load<u16>(Gpa{4U * interrupt})};
}

unsigned height_of_rom_font(u8 function) {
    const u8 which = function & 0x0f;
    return which == 1 ? 14 : which == 2 ? 8 : 16;
}

} // namespace

void load_rom_font(devices::Vga& vga, u8 block, unsigned height) {
    const auto font = rom_font(height);
    const unsigned bytes = static_cast<unsigned>(font.size() / 256);
    for (unsigned i = 0; i < 256; ++i)
        for (unsigned line = 0; line < tallest; ++line)
            put_glyph_line(vga, block, static_cast<u8>(i), line,
                           line < bytes ? font[i * bytes + line] : u8{0});
}

void set_font_vectors(Call& call, unsigned height) {
    set_vector(call, 0x1f, {bios_segment, rom_font_8 + 128 * 8});
    set_vector(call, 0x43, {bios_segment, font_offset(height)});
}

/// AL=00h to 04h load, 10h to 14h also make the mode's characters as high.
Outcome load_font(Call& call) {
    const bool user = (call.al() & 0x0f) == 0;
    const unsigned height = user ? call.bh() : height_of_rom_font(call.al());
    if (user)
        load_user_font(call);
    else
        load_rom_font(call.env.vga, call.bl(), height);
    if (call.al() >= 0x10)
        set_char_height(call, height);
    call.env.screen.screen_written();
    return Outcome::done;
}

Outcome font_block(Call& call) {
    call.env.vga.set_sequencer(3, call.bl());
    return Outcome::done;
}

/// AL=20h to 24h: the fonts of graphics modes.
Outcome graphics_font(Call& call) {
    const FarPtr users{call.selector(cpu::SegmentName::es), call.bp()};
    if (call.al() == 0x20) {
        set_vector(call, 0x1f, users);
        return Outcome::done;
    }
    const u8 which = call.al() - 0x20;
    const unsigned height = which == 1 ? call.cx() : which == 2 ? 14 : which == 3 ? 8 : 16;
    set_vector(call, 0x43, which == 1 ? users : FarPtr{bios_segment, font_offset(height)});
    constexpr std::array<u8, 4> rows{0, 14, 25, 43};
    const u8 wanted = call.bl() == 0 ? call.dl() : rows[call.bl() <= 3 ? call.bl() : 2];
    call.set_bda<u8>(bda::rows, static_cast<u8>(wanted - 1));
    call.set_bda<u16>(bda::char_height, static_cast<u16>(height));
    return Outcome::done;
}

Outcome font_information(Call& call) {
    FarPtr font{bios_segment, 0};
    switch (call.bh()) {
    case 0:
        font = vector(call, 0x1f);
        break;
    case 1:
        font = vector(call, 0x43);
        break;
    case 2:
        font.offset = rom_font_14;
        break;
    case 3:
        font.offset = rom_font_8;
        break;
    case 4:
        font.offset = rom_font_8 + 128 * 8;
        break;
    case 5:
    case 7:
        font.offset = rom_font_alternates;
        break;
    case 6:
        font.offset = rom_font_16;
        break;
    default:
        return Outcome::done;
    }
    call.set_selector(cpu::SegmentName::es, font.segment);
    call.set_bp(font.offset);
    call.set_cx(call.bda<u16>(bda::char_height) & 0xff);
    call.set_dl(call.bda<u8>(bda::rows));
    return Outcome::done;
}

} // namespace vestige::bios
