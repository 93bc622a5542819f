// SPDX-License-Identifier: BSD-2-Clause
// INT 10h in text modes. CF is never touched.
#include "vestige/bios/service.hpp"

#include "text_screen.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

constexpr u8 first_graphics_mode = 4, mono_mode = 7;

bool is_text_mode(u8 mode) { return mode < first_graphics_mode || mode == mono_mode; }

Outcome set_mode(Call& call) {
    const u8 mode = call.al() & 0x7f;
    if (!is_text_mode(mode))
        return Outcome::done; // graphics modes are not there: the mode stays
    set_video_mode(call, call.al());
    call.set_al(0x30); // text mode set
    return Outcome::done;
}

Outcome set_cursor_shape(Call& call) {
    call.set_bda<u16>(bda::cursor_shape, call.cx());
    // Programs give shapes for 8-line characters; the CRTC has 16 lines.
    u8 start = call.ch() & 0x3f;
    u8 end = call.cl() & 0x1f;
    const bool emulate = (call.bda<u8>(bda::video_control) & 1) == 0;
    if (emulate && end < 8 && start < 0x20) {
        start = static_cast<u8>(end != start + 1 ? (start + 1) * 2 - 1 : (end + 1) * 2 - 2);
        end = static_cast<u8>((end + 1) * 2 - 1);
    }
    call.env.vga.set_crtc(0x0a, start);
    call.env.vga.set_crtc(0x0b, end);
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
    call.set_ah(0); // not there
    return Outcome::done;
}

Outcome select_page(Call& call) {
    const u8 page = call.al() & 7;
    call.set_bda<u8>(bda::active_page, page);
    call.set_bda<u16>(bda::page_start, static_cast<u16>(call.bda<u16>(bda::page_size) * page));
    TextScreen{call}.show_page(page);
    return Outcome::done;
}

Outcome scroll(Call& call, bool up) {
    TextScreen{call}.scroll(call.bda<u8>(bda::active_page), {call.ch(), call.cl()},
                            {call.dh(), call.dl()}, call.al(), call.bh(), up);
    call.env.screen.screen_written();
    return Outcome::done;
}
Outcome scroll_up(Call& call) { return scroll(call, true); }
Outcome scroll_down(Call& call) { return scroll(call, false); }

Outcome read_cell(Call& call) {
    TextScreen screen{call};
    call.set_ax(screen.cell(call.bh(), screen.cursor(call.bh())));
    return Outcome::done;
}

/// AH=09h and 0Ah: CX copies from the cursor on, which stays.
Outcome write_cells(Call& call, bool with_attribute) {
    TextScreen screen{call};
    const u8 page = call.bh();
    Position at = screen.cursor(page);
    const unsigned screen_cells = screen.columns() * unsigned{screen.rows()};
    for (unsigned count = std::min<unsigned>(call.cx(), screen_cells); count != 0; --count) {
        const u16 kept = static_cast<u16>(screen.cell(page, at) & 0xff00);
        const u16 attribute = with_attribute ? static_cast<u16>(call.bl() << 8) : kept;
        screen.set_cell(page, at, static_cast<u16>(attribute | call.al()));
        if (++at.column >= screen.columns()) {
            at.column = 0;
            if (++at.row >= screen.rows())
                break;
        }
    }
    call.env.screen.screen_written();
    return Outcome::done;
}
Outcome write_char_attribute(Call& call) { return write_cells(call, true); }
Outcome write_char(Call& call) { return write_cells(call, false); }

Outcome teletype(Call& call) {
    TextScreen{call}.teletype(call.bda<u8>(bda::active_page), call.al(), 0, false);
    call.env.screen.screen_written();
    return Outcome::done;
}

Outcome get_mode(Call& call) {
    call.set_al(static_cast<u8>(call.bda<u8>(bda::video_mode) |
                                (call.bda<u8>(bda::video_control) & 0x80)));
    call.set_ah(static_cast<u8>(call.bda<u16>(bda::columns)));
    call.set_bh(call.bda<u8>(bda::active_page));
    return Outcome::done;
}

Outcome set_border(Call& call) {
    if (call.bh() == 0)
        call.env.vga.set_attribute(0x11, call.bl() & 0x3f);
    return Outcome::done;
}

/// AX=1000h to 1003h and 1007h to 1009h: attribute registers.
Outcome attribute_registers(Call& call) {
    devices::Vga& vga = call.env.vga;
    switch (call.al()) {
    case 0x00:
        vga.set_attribute(call.bl() & 0x1f, call.bh());
        break;
    case 0x01:
        vga.set_attribute(0x11, call.bh());
        break;
    case 0x02:
        for (u8 i = 0; i < 17; ++i)
            vga.set_attribute(i == 16 ? 0x11 : i,
                              call.load<u8>(cpu::SegmentName::es,
                                            static_cast<u16>(call.dx() + i)));
        break;
    case 0x03:
        vga.set_attribute(0x10, static_cast<u8>((vga.attribute(0x10) & ~8U) |
                                                ((call.bl() & 1U) << 3)));
        break;
    case 0x07:
        call.set_bh(vga.attribute(call.bl() & 0x1f));
        break;
    case 0x08:
        call.set_bh(vga.attribute(0x11));
        break;
    case 0x09:
        for (u8 i = 0; i < 17; ++i)
            call.store<u8>(cpu::SegmentName::es, static_cast<u16>(call.dx() + i),
                           vga.attribute(i == 16 ? 0x11 : i));
        break;
    default:
        break;
    }
    return Outcome::done;
}

/// AX=1010h to 1019h: the DAC.
Outcome dac_registers(Call& call) {
    devices::Vga& vga = call.env.vga;
    const u8 index = call.bl();
    const unsigned count = std::min<unsigned>(call.cx(), 256U - index);
    switch (call.al()) {
    case 0x10:
        vga.set_dac(index, call.dh(), call.ch(), call.cl());
        break;
    case 0x12:
        for (unsigned i = 0; i < count; ++i) {
            std::array<std::byte, 3> rgb{};
            call.read(cpu::SegmentName::es, static_cast<u16>(call.dx() + 3 * i), rgb);
            vga.set_dac(static_cast<u8>(index + i), static_cast<u8>(rgb[0]),
                        static_cast<u8>(rgb[1]), static_cast<u8>(rgb[2]));
        }
        break;
    case 0x15:
        call.set_dh(vga.dac(index, 0));
        call.set_ch(vga.dac(index, 1));
        call.set_cl(vga.dac(index, 2));
        break;
    case 0x17:
        for (unsigned i = 0; i < 3 * count; ++i)
            call.store<u8>(cpu::SegmentName::es, static_cast<u16>(call.dx() + i),
                           vga.dac(static_cast<u8>(index + i / 3), i % 3));
        break;
    case 0x18:
        vga.set_pel_mask(call.bl());
        break;
    case 0x19:
        call.set_bl(vga.pel_mask());
        break;
    default:
        break;
    }
    return Outcome::done;
}

Outcome palette(Call& call) {
    return call.al() >= 0x10 ? dac_registers(call) : attribute_registers(call);
}

/// AH=12h by BL. What is supported answers AL=12h.
Outcome alternate_select(Call& call) {
    switch (call.bl()) {
    case 0x10:
        call.set_bx(0x0003); // colour, 256 KiB
        call.set_cx(0x0009);
        break;
    case 0x30:
        if (call.al() <= 2)
            call.set_al(0x12);
        break;
    case 0x34:
        call.set_bda<u8>(bda::video_control,
                         static_cast<u8>((call.bda<u8>(bda::video_control) & ~1U) |
                                         (call.al() & 1U)));
        call.set_al(0x12);
        break;
    default:
        break;
    }
    return Outcome::done;
}

Outcome write_string(Call& call) {
    TextScreen screen{call};
    const u8 page = call.bh();
    const bool cells = (call.al() & 2) != 0;
    const Position before = screen.cursor(page);
    screen.set_cursor(page, {call.dh(), call.dl()});
    u16 at = call.bp();
    for (unsigned i = 0; i < call.cx(); ++i) {
        const u8 character = call.load<u8>(cpu::SegmentName::es, at++);
        const u8 attribute = cells ? call.load<u8>(cpu::SegmentName::es, at++) : call.bl();
        screen.teletype(page, character, attribute, true);
    }
    if ((call.al() & 1) == 0)
        screen.set_cursor(page, before);
    call.env.screen.screen_written();
    return Outcome::done;
}

Outcome display_combination(Call& call) {
    if (call.al() == 0) {
        call.set_bx(0x0008); // VGA with colour display, nothing else
        call.set_al(0x1a);
    } else if (call.al() == 1) {
        call.set_al(0x1a);
    }
    return Outcome::done;
}

constexpr std::array rows{
    Service{0x00, "set mode", set_mode},
    Service{0x01, "cursor shape", set_cursor_shape},
    Service{0x02, "set cursor", set_cursor_position},
    Service{0x03, "get cursor", get_cursor_position},
    Service{0x04, "light pen", light_pen},
    Service{0x05, "select page", select_page},
    Service{0x06, "scroll up", scroll_up},
    Service{0x07, "scroll down", scroll_down},
    Service{0x08, "read cell", read_cell},
    Service{0x09, "write cell", write_char_attribute},
    Service{0x0a, "write char", write_char},
    Service{0x0b, "set border", set_border},
    Service{0x0e, "teletype", teletype},
    Service{0x0f, "get mode", get_mode},
    Service{0x10, "palette", palette},
    Service{0x12, "alternate select", alternate_select},
    Service{0x13, "write string", write_string},
    Service{0x1a, "display combination", display_combination},
};

} // namespace

constinit const InterruptServices video_services{rows, nullptr, "video"};

void set_video_mode(Call& call, u8 mode_and_flag) {
    const u8 mode = mode_and_flag & 0x7f;
    const bool keep = (mode_and_flag & 0x80) != 0;
    const u16 columns = mode < 2 ? 40 : 80;
    devices::Vga& vga = call.env.vga;
    vga.reset();
    vga.set_crtc(0x01, static_cast<u8>(columns - 1));
    vga.set_crtc(0x13, static_cast<u8>(columns / 2));
    call.set_bda<u8>(bda::video_mode, mode);
    call.set_bda<u16>(bda::columns, columns);
    call.set_bda<u16>(bda::page_size, columns == 40 ? 0x800 : 0x1000);
    call.set_bda<u16>(bda::page_start, 0);
    for (u64 page = 0; page < 8; ++page)
        call.set_bda<u16>(bda::cursor_positions + 2 * page, 0);
    call.set_bda<u16>(bda::cursor_shape, 0x0607);
    call.set_bda<u8>(bda::active_page, 0);
    call.set_bda<u16>(bda::crtc_base, mode == mono_mode ? 0x3b4 : 0x3d4);
    call.set_bda<u8>(bda::mode_register, mode == mono_mode ? 0x29 : mode < 2 ? 0x28 : 0x29);
    call.set_bda<u8>(bda::palette_register, 0x30);
    call.set_bda<u8>(bda::rows, 24);
    call.set_bda<u16>(bda::char_height, 16);
    call.set_bda<u8>(bda::video_control, static_cast<u8>(0x60 | (keep ? 0x80 : 0)));
    call.set_bda<u8>(bda::video_switches, 0xf9);
    call.set_bda<u8>(bda::video_flags, 0x51);
    call.set_bda<u8>(bda::display_index, 0x08);
    if (!keep)
        TextScreen{call}.clear();
    call.env.screen.screen_written();
}

void print_text(Call& call, std::string_view text) {
    TextScreen screen{call};
    const u8 page = call.bda<u8>(bda::active_page);
    for (const char c : text) {
        if (c == '\n')
            screen.teletype(page, '\r', 0, false);
        screen.teletype(page, static_cast<u8>(c), 0, false);
    }
    call.env.screen.screen_written();
}

} // namespace vestige::bios
