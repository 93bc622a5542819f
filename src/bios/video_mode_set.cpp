// SPDX-License-Identifier: BSD-2-Clause
// INT 10h AH=00h.
#include "video_internal.hpp"

namespace vestige::bios {
namespace {

constexpr u8 no_palette = 0x08, greys = 0x02; // in bda::video_flags
constexpr u8 lines_200_flag = 0x80, lines_400_flag = 0x10;
constexpr u16 dispi_on = 0x41, dispi_keep_memory = 0x80; ///< with the linear frame buffer

void load_dac(Call& call, const VideoMode& mode) {
    devices::Vga& vga = call.env.vga;
    const u8 flags = call.bda<u8>(bda::video_flags);
    vga.set_pel_mask(0xff);
    if ((flags & no_palette) != 0)
        return;
    for (unsigned i = 0; i < 256; ++i) {
        const u8 index = static_cast<u8>(i);
        if (i < mode_colours(mode))
            vga.set_dac(index, mode_colour(mode, index, 0), mode_colour(mode, index, 1),
                        mode_colour(mode, index, 2));
        else
            vga.set_dac(index, 0, 0, 0);
    }
    if ((flags & greys) != 0)
        sum_to_greys(vga, 0, mode_colours(mode));
}

/// Text memory gets blanks, graphics memory zeros, as far as a mode below 100h reaches.
void clear_memory(Call& call, const VideoMode& mode) {
    devices::Vga& vga = call.env.vga;
    const u64 cells = mode.text() || mode.model == MemoryModel::cga ? 0x4000 : 0x10000;
    for (u64 i = 0; i < cells; ++i) {
        vga.set_plane(0, i, mode.text() ? ' ' : 0);
        vga.set_plane(1, i, mode.text() ? 0x07 : 0);
        if (cells == 0x10000) {
            vga.set_plane(2, i, 0);
            vga.set_plane(3, i, 0);
        }
    }
}

void set_registers(Call& call, const VideoMode& mode, ScanLines lines) {
    devices::Vga& vga = call.env.vga;
    vga.set_dispi(devices::Dispi::enable, 0);
    vga.set_registers(mode_registers(mode, lines));
    load_dac(call, mode);
}

bool set_dispi_mode(Call& call, const VideoMode& mode, bool keep_memory) {
    using devices::Dispi;
    devices::Vga& vga = call.env.vga;
    if (vga.storage().frame.size() < u64{mode.width} * mode.height * ((mode.bits + 7U) / 8))
        return false;
    // The attribute controller and the graphics controller as for 640x480 or 320x200.
    set_registers(call, *find_mode(mode.model == MemoryModel::planar ? 0x12 : 0x13),
                  ScanLines::lines_400);
    vga.set_dispi(Dispi::width, mode.width);
    vga.set_dispi(Dispi::height, mode.height);
    vga.set_dispi(Dispi::bits, mode.bits);
    vga.set_dispi(Dispi::enable, static_cast<u16>(dispi_on | (keep_memory ? dispi_keep_memory : 0)));
    return true;
}

void set_data_area(Call& call, const VideoMode& mode, u8 rows, u8 char_height, bool keep_memory) {
    const bool vbe = mode.number >= 0x100;
    call.set_bda<u8>(bda::video_mode, static_cast<u8>(vbe ? 0xff : mode.number));
    call.set_bda<u16>(bda::vbe_mode, static_cast<u16>(vbe ? mode.number : 0));
    call.set_bda<u16>(bda::columns, mode.columns());
    call.set_bda<u16>(bda::page_size, mode.page_size());
    call.set_bda<u16>(bda::page_start, 0);
    for (u64 page = 0; page < 8; ++page)
        call.set_bda<u16>(bda::cursor_positions + 2 * page, 0);
    call.set_bda<u16>(bda::cursor_shape, mode.text() ? 0x0607 : 0);
    call.set_bda<u8>(bda::active_page, 0);
    call.set_bda<u16>(bda::crtc_base, mode.number == mono_text_mode ? 0x3b4 : 0x3d4);
    call.set_bda<u8>(bda::rows, static_cast<u8>(rows - 1));
    call.set_bda<u16>(bda::char_height, char_height);
    call.set_bda<u8>(bda::video_control, static_cast<u8>(0x60 | (keep_memory ? 0x80 : 0)));
    call.set_bda<u8>(bda::video_switches, 0xf9);
    call.set_bda<u8>(bda::display_index, 0x08);
    set_font_vectors(call, char_height);
}

} // namespace

ScanLines scan_lines(const Call& call) {
    const u8 flags = call.bda<u8>(bda::video_flags);
    return (flags & lines_200_flag) != 0   ? ScanLines::lines_200
           : (flags & lines_400_flag) != 0 ? ScanLines::lines_400
                                           : ScanLines::lines_350;
}

bool enter_mode(Call& call, const VideoMode& mode, bool keep_memory) {
    devices::Vga& vga = call.env.vga;
    const ScanLines lines = scan_lines(call);
    u8 char_height = mode.char_height;
    if (mode.number >= 0x100 && !mode.text()) {
        if (!set_dispi_mode(call, mode, keep_memory))
            return false;
    } else {
        set_registers(call, mode, lines);
        if (mode.text()) {
            char_height = static_cast<u8>((vga.crtc(9) & 0x1f) + 1);
            load_rom_font(vga, 0, char_height);
        }
        if (!keep_memory)
            clear_memory(call, mode);
    }
    set_data_area(call, mode, mode.rows(), char_height, keep_memory);
    call.env.screen.screen_written();
    return true;
}

Outcome set_mode(Call& call) {
    const u8 number = call.al() & 0x7f;
    const bool keep_memory = (call.al() & 0x80) != 0;
    call.set_al(number == 6 ? 0x3f : number > 7 ? 0x20 : 0x30);
    if (const VideoMode* const mode = find_mode(number))
        static_cast<void>(enter_mode(call, *mode, keep_memory));
    return Outcome::done;
}

void start_video(Call& call) {
    constexpr u8 vga_active = 0x01, switchable = 0x40;
    call.set_bda<u8>(bda::video_flags, vga_active | lines_400_flag | switchable);
    call.set_bda<u16>(bda::video_save_pointer, rom_video_save_pointers);
    call.set_bda<u16>(bda::video_save_pointer + 2, bios_segment);
    static_cast<void>(enter_mode(call, *find_mode(3), false));
}

} // namespace vestige::bios
