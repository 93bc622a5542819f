// SPDX-License-Identifier: BSD-2-Clause
// INT 10h: cursor, pages, characters and pixels.
#include "video_internal.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

/// What a call may take before the guest's interrupts get their turn, in characters.
constexpr u16 slice = 256;

Outcome scroll(Call& call, bool up) {
    TextScreen{call}.scroll(call.bda<u8>(bda::active_page), {call.ch(), call.cl()},
                            {call.dh(), call.dl()}, call.al(), call.bh(), up);
    call.env.screen.screen_written();
    return Outcome::done;
}

/// AH=09h and 0Ah: CX copies from the cursor on, which stays.
Outcome write_cells(Call& call, bool with_attribute) {
    TextScreen screen{call};
    const u8 page = call.bh();
    Position at = screen.cursor(page);
    const unsigned screen_cells = screen.columns() * unsigned{screen.rows()};
    for (unsigned count = std::min<unsigned>(call.cx(), screen_cells); count != 0; --count) {
        if (with_attribute)
            screen.set_cell(page, at, static_cast<u16>(call.bl() << 8 | call.al()));
        else
            screen.set_character(page, at, call.al(), call.bl());
        if (++at.column >= screen.columns()) {
            at.column = 0;
            if (++at.row >= screen.rows())
                break;
        }
    }
    call.env.screen.screen_written();
    return Outcome::done;
}

const VideoMode* graphics_mode(const Call& call) {
    const VideoMode* const mode = current_mode(call);
    return mode != nullptr && !mode->text() ? mode : nullptr;
}

/// Of strings, CX characters or fewer from ES:BP on at the cursor.
void write_characters(Call& call, u16 count) {
    TextScreen screen{call};
    const bool cells = (call.al() & 2) != 0;
    u16 at = call.bp();
    Position cursor = screen.cursor(call.bh());
    for (u16 i = 0; i < count; ++i) {
        const u8 character = call.load<u8>(cpu::SegmentName::es, at++);
        const u8 attribute = cells ? call.load<u8>(cpu::SegmentName::es, at++) : call.bl();
        cursor = screen.type(call.bh(), cursor, character, attribute, true);
    }
    screen.set_cursor(call.bh(), cursor);
    call.set_bp(at);
    call.set_cx(static_cast<u16>(call.cx() - count));
    call.env.screen.screen_written();
}

} // namespace

void apply_cursor_shape(Call& call, u16 shape) {
    u8 start = static_cast<u8>(shape >> 8) & 0x3f;
    u8 end = shape & 0x1f;
    const unsigned height = call.bda<u16>(bda::char_height) & 0x1f;
    const bool emulate = (call.bda<u8>(bda::video_control) & 1) == 0;
    if (emulate && height > 8 && end < 8 && start < 0x20) {
        start = static_cast<u8>(end != start + 1 ? (start + 1U) * height / 8 - 1
                                                 : (end + 1U) * height / 8 - 2);
        end = static_cast<u8>((end + 1U) * height / 8 - 1);
    }
    call.env.vga.set_crtc(0x0a, start);
    call.env.vga.set_crtc(0x0b, end);
}

Outcome set_cursor_shape(Call& call) {
    call.set_bda<u16>(bda::cursor_shape, call.cx());
    apply_cursor_shape(call, call.cx());
    return Outcome::done;
}

Outcome set_cursor_position(Call& call) {
    TextScreen{call}.set_cursor(call.bh(), {call.dh(), call.dl()});
    return Outcome::done;
}

Outcome get_cursor_position(Call& call) {
    const Position at = TextScreen{call}.cursor(call.bh());
    call.set_dh(at.row);
    call.set_dl(at.column);
    call.set_cx(call.bda<u16>(bda::cursor_shape));
    return Outcome::done;
}

Outcome light_pen(Call& call) {
    call.set_ax(0); // not there
    call.set_bx(0);
    call.set_cx(0);
    call.set_dx(0);
    return Outcome::done;
}

Outcome select_page(Call& call) {
    const u8 page = call.al();
    if (page > 7)
        return Outcome::done;
    const u16 start = static_cast<u16>(call.bda<u16>(bda::page_size) * page);
    call.set_bda<u8>(bda::active_page, page);
    call.set_bda<u16>(bda::page_start, start);
    TextScreen{call}.show_page(page);
    return Outcome::done;
}

Outcome scroll_up(Call& call) {
    return scroll(call, true);
}
Outcome scroll_down(Call& call) {
    return scroll(call, false);
}

Outcome read_cell(Call& call) {
    TextScreen screen{call};
    call.set_ax(screen.cell(call.bh(), screen.cursor(call.bh())));
    return Outcome::done;
}

Outcome write_char_attribute(Call& call) {
    return write_cells(call, true);
}
Outcome write_char(Call& call) {
    return write_cells(call, false);
}

Outcome write_pixel(Call& call) {
    const VideoMode* const mode = graphics_mode(call);
    if (mode == nullptr)
        return Outcome::done;
    Canvas canvas{call, *mode, call.bh()};
    const Canvas::Place place = canvas.place_of(call.cx(), call.dx());
    Canvas::Pixels pixels = canvas.load(place.y, place.column);
    u8& pixel = pixels[place.dot];
    const u8 colour = canvas.clip(call.al());
    pixel = static_cast<u8>(canvas.has_xor() && (call.al() & 0x80) != 0 ? pixel ^ colour : colour);
    canvas.store(place.y, place.column, pixels);
    return Outcome::done;
}

Outcome read_pixel(Call& call) {
    const VideoMode* const mode = graphics_mode(call);
    if (mode == nullptr)
        return Outcome::done;
    const Canvas canvas{call, *mode, call.bh()};
    const Canvas::Place place = canvas.place_of(call.cx(), call.dx());
    call.set_al(canvas.load(place.y, place.column)[place.dot]);
    return Outcome::done;
}

Outcome teletype(Call& call) {
    TextScreen{call}.teletype(call.bda<u8>(bda::active_page), call.al(), call.bl(), false);
    call.env.screen.screen_written();
    return Outcome::done;
}

Outcome get_mode(Call& call) {
    call.set_al(
        static_cast<u8>(call.bda<u8>(bda::video_mode) | (call.bda<u8>(bda::video_control) & 0x80)));
    call.set_ah(static_cast<u8>(call.bda<u16>(bda::columns)));
    call.set_bh(call.bda<u8>(bda::active_page));
    return Outcome::done;
}

/// Long strings go in slices, with the progress in CX and BP, the old cursor in DX, and the
/// caller's registers on its stack meanwhile.
Outcome write_string(Call& call) {
    const u8 page = call.bh();
    if (call.entry() == Entry::call) {
        TextScreen screen{call};
        const Position old = screen.cursor(page);
        screen.set_cursor(page, {call.dh(), call.dl()});
        call.save_registers();
        call.set_dh(old.row);
        call.set_dl(old.column);
    }
    write_characters(call, std::min(call.cx(), slice));
    if (call.cx() != 0)
        return call.open_window();
    if ((call.al() & 1) == 0)
        TextScreen{call}.set_cursor(page, {call.dh(), call.dl()});
    call.restore_registers();
    return Outcome::done;
}

void print_text(Call& call, std::string_view text) {
    TextScreen screen{call};
    const u8 page = call.bda<u8>(bda::active_page);
    constexpr u8 grey = 7;
    for (const char c : text) {
        if (c == '\n')
            screen.teletype(page, '\r', grey, false);
        screen.teletype(page, static_cast<u8>(c), grey, false);
    }
    call.env.screen.screen_written();
}

} // namespace vestige::bios
