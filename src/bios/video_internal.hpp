// SPDX-License-Identifier: BSD-2-Clause
// The functions of INT 10h, by file; video.cpp has their table.
#pragma once

#include "text_screen.hpp"

namespace vestige::bios {

// video_text.cpp: AH=01h to 0Ah, 0Eh, 0Fh, 13h.
Outcome set_cursor_shape(Call& call);
Outcome set_cursor_position(Call& call);
Outcome get_cursor_position(Call& call);
Outcome light_pen(Call& call);
Outcome select_page(Call& call);
Outcome scroll_up(Call& call);
Outcome scroll_down(Call& call);
Outcome read_cell(Call& call);
Outcome write_char_attribute(Call& call);
Outcome write_char(Call& call);
Outcome write_pixel(Call& call);
Outcome read_pixel(Call& call);
Outcome teletype(Call& call);
Outcome get_mode(Call& call);
Outcome write_string(Call& call);
/// Tells the CRTC the cursor's shape, scaled as programs for 8-line characters expect.
void apply_cursor_shape(Call& call, u16 shape);

// video_palette.cpp: AH=0Bh, 10h.
Outcome set_colours(Call& call);
Outcome attribute_registers(Call& call);
Outcome dac_registers(Call& call);
/// Makes greys of DAC registers, as INT 10h AX=101Bh.
void sum_to_greys(devices::Vga& vga, u8 first, unsigned count);

// video_fonts.cpp: AH=11h.
Outcome load_font(Call& call);
Outcome graphics_font(Call& call);
Outcome font_block(Call& call);
Outcome font_information(Call& call);
/// Puts one of the ROM's fonts into a font block of video memory.
void load_rom_font(devices::Vga& vga, u8 block, unsigned height);
/// Points INT 43h to the ROM's font of that height and INT 1Fh to the upper half of the small one.
void set_font_vectors(Call& call, unsigned height);

// video_mode_set.cpp: AH=00h.
Outcome set_mode(Call& call);
/// Sets a mode, above 100h by VBE. False when video memory is too small for it.
bool enter_mode(Call& call, const VideoMode& mode, bool keep_memory);
/// What INT 10h AH=12h has chosen for modes to come.
[[nodiscard]] ScanLines scan_lines(const Call& call);

// video_state.cpp: AH=12h, 1Ah, 1Bh, 1Ch.
Outcome alternate_select(Call& call);
Outcome display_combination(Call& call);
Outcome state_information(Call& call);
Outcome save_restore(Call& call);

/// What save_restore() and VBE 4F04h keep, a bit each.
struct SavedParts {
    bool hardware = false, bios = false, dac = false, vbe = false;
    [[nodiscard]] static SavedParts from(u16 bits) {
        return {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0};
    }
};
/// 64-byte blocks of a buffer for these parts.
[[nodiscard]] u16 saved_blocks(const SavedParts& parts);
void save_state(Call& call, const SavedParts& parts, u16 offset);
void restore_state(Call& call, const SavedParts& parts, u16 offset);

// vbe.cpp and vbe_information.cpp: AH=4Fh.
Outcome vbe_controller(Call& call);
Outcome vbe_mode_information(Call& call);
Outcome vbe_set_mode(Call& call);
Outcome vbe_get_mode(Call& call);
Outcome vbe_save_restore(Call& call);
Outcome vbe_window(Call& call);
Outcome vbe_line_length(Call& call);
Outcome vbe_display_start(Call& call);
Outcome vbe_dac_width(Call& call);
Outcome vbe_palette(Call& call);
Outcome vbe_protected_interface(Call& call);
Outcome vbe_power(Call& call);
Outcome vbe_display_data(Call& call);
/// AX of a function of VBE that is not there.
Outcome vbe_refused(Call& call);

} // namespace vestige::bios
