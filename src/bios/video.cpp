// SPDX-License-Identifier: BSD-2-Clause
// INT 10h in text modes. CF is never touched.
#include "vestige/bios/service.hpp"

#include "text_screen.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

constexpr u8 first_graphics_mode = 4, mono_mode = 7;

bool is_text_mode(u8 mode) {
    return mode < first_graphics_mode || mode == mono_mode;
}

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
Outcome write_char_attribute(Call& call) {
    return write_cells(call, true);
}
Outcome write_char(Call& call) {
    return write_cells(call, false);
}

Outcome teletype(Call& call) {
    TextScreen{call}.teletype(call.bda<u8>(bda::active_page), call.al(), 0, false);
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
                              call.load<u8>(cpu::SegmentName::es, static_cast<u16>(call.dx() + i)));
        break;
    case 0x03:
        vga.set_attribute(0x10,
                          static_cast<u8>((vga.attribute(0x10) & ~8U) | ((call.bl() & 1U) << 3)));
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
        call.set_bda<u8>(
            bda::video_control,
            static_cast<u8>((call.bda<u8>(bda::video_control) & ~1U) | (call.al() & 1U)));
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
    by_ah(0x00, "10/00", "set mode", set_mode, "mode=al", ""),
    by_ah(0x01, "10/01", "cursor shape", set_cursor_shape, "shape=cx", ""),
    by_ah(0x02, "10/02", "set cursor", set_cursor_position, "page=bh# row=dh# column=dl#", ""),
    by_ah(0x03, "10/03", "get cursor", get_cursor_position, "page=bh#",
          "row=dh# column=dl# shape=cx"),
    by_ah(0x04, "10/04", "light pen", light_pen, "", "ah"),
    by_ah(0x05, "10/05", "select page", select_page, "page=al#", ""),
    by_ah(0x06, "10/06", "scroll up", scroll_up, "lines=al# attribute=bh from=cx to=dx", ""),
    by_ah(0x07, "10/07", "scroll down", scroll_down, "lines=al# attribute=bh from=cx to=dx", ""),
    by_ah(0x08, "10/08", "read cell", read_cell, "page=bh#", "attribute=ah char=al'"),
    by_ah(0x09, "10/09", "write cell", write_char_attribute,
          "char=al' page=bh# attribute=bl count=cx#", ""),
    by_ah(0x0a, "10/0A", "write char", write_char, "char=al' page=bh# count=cx#", ""),
    by_ah(0x0b, "10/0B", "set border", set_border, "bh bl", ""),
    no_ah(0x0c, "10/0C", "write pixel"),
    no_ah(0x0d, "10/0D", "read pixel"),
    by_ah(0x0e, "10/0E", "teletype", teletype, "char=al' page=bh#", ""),
    by_ah(0x0f, "10/0F", "get mode", get_mode, "", "mode=al columns=ah# page=bh#"),
    by_ax(0x1000, "10/1000", "set palette register", palette, "register=bl value=bh", ""),
    by_ax(0x1001, "10/1001", "set overscan", palette, "value=bh", ""),
    by_ax(0x1002, "10/1002", "set palette", palette, "buf=es:dx", ""),
    by_ax(0x1003, "10/1003", "blink or intensity", palette, "bl", ""),
    by_ax(0x1007, "10/1007", "get palette register", palette, "register=bl", "value=bh"),
    by_ax(0x1008, "10/1008", "get overscan", palette, "", "value=bh"),
    by_ax(0x1009, "10/1009", "get palette", palette, "buf=es:dx", ""),
    by_ax(0x1010, "10/1010", "set DAC register", palette, "register=bx red=dh green=ch blue=cl",
          ""),
    by_ax(0x1012, "10/1012", "set DAC block", palette, "first=bx count=cx# buf=es:dx", ""),
    no_ax(0x1013, "10/1013", "DAC colour page"),
    by_ax(0x1015, "10/1015", "get DAC register", palette, "register=bl", "red=dh green=ch blue=cl"),
    by_ax(0x1017, "10/1017", "get DAC block", palette, "first=bx count=cx# buf=es:dx", ""),
    by_ax(0x1018, "10/1018", "set PEL mask", palette, "mask=bl", ""),
    by_ax(0x1019, "10/1019", "get PEL mask", palette, "", "mask=bl"),
    no_ax(0x101a, "10/101A", "get DAC page state"),
    no_ax(0x101b, "10/101B", "grey-scale summing"),
    no_ax(0x1100, "10/1100", "load user font"),
    no_ax(0x1101, "10/1101", "load 8x14 font"),
    no_ax(0x1102, "10/1102", "load 8x8 font"),
    no_ax(0x1103, "10/1103", "font block specifier"),
    no_ax(0x1104, "10/1104", "load 8x16 font"),
    no_ax(0x1110, "10/1110", "activate user font"),
    no_ax(0x1111, "10/1111", "activate 8x14 font"),
    no_ax(0x1112, "10/1112", "activate 8x8 font"),
    no_ax(0x1114, "10/1114", "activate 8x16 font"),
    no_ax(0x1120, "10/1120", "INT 1Fh font pointer"),
    no_ax(0x1121, "10/1121", "INT 43h user font"),
    no_ax(0x1122, "10/1122", "graphics 8x14 font"),
    no_ax(0x1123, "10/1123", "graphics 8x8 font"),
    no_ax(0x1124, "10/1124", "graphics 8x16 font"),
    no_ax(0x1130, "10/1130", "font information"),
    by_bl(0x1210, "10/12 BL=10", "get EGA information", alternate_select, "", "bx cx"),
    no_bl(0x1220, "10/12 BL=20", "alternate print screen"),
    by_bl(0x1230, "10/12 BL=30", "scan lines", alternate_select, "al", "al"),
    no_bl(0x1231, "10/12 BL=31", "default palette loading"),
    no_bl(0x1232, "10/12 BL=32", "video addressing"),
    no_bl(0x1233, "10/12 BL=33", "grey-scale summing"),
    by_bl(0x1234, "10/12 BL=34", "cursor emulation", alternate_select, "al", "al"),
    no_bl(0x1235, "10/12 BL=35", "display switch"),
    no_bl(0x1236, "10/12 BL=36", "screen on or off"),
    by_ah(0x13, "10/13", "write string", write_string,
          "al page=bh# attribute=bl count=cx# row=dh# column=dl# buf=es:bp", ""),
    by_ax(0x1a00, "10/1A00", "get display combination", display_combination, "", "al bx"),
    by_ax(0x1a01, "10/1A01", "set display combination", display_combination, "bx", "al"),
    no_ah(0x1b, "10/1B", "state information"),
    no_ax(0x1c00, "10/1C00", "save-state size"),
    no_ax(0x1c01, "10/1C01", "save state"),
    no_ax(0x1c02, "10/1C02", "restore state"),
    no_ax(0x4f00, "10/4F00", "VBE controller information"),
    no_ax(0x4f01, "10/4F01", "VBE mode information"),
    no_ax(0x4f02, "10/4F02", "VBE set mode"),
    no_ax(0x4f03, "10/4F03", "VBE get mode"),
    no_ax(0x4f04, "10/4F04", "VBE save or restore"),
    no_ax(0x4f05, "10/4F05", "VBE window"),
    no_ax(0x4f06, "10/4F06", "VBE scan line length"),
    no_ax(0x4f07, "10/4F07", "VBE display start"),
    no_ax(0x4f08, "10/4F08", "VBE DAC width"),
    no_ax(0x4f09, "10/4F09", "VBE palette"),
    no_ax(0x4f0a, "10/4F0A", "VBE protected-mode interface"),
    no_ax(0x4f0b, "10/4F0B", "VBE pixel clock"),
    no_ax(0x4f10, "10/4F10", "VBE DPMS"),
    no_ax(0x4f11, "10/4F11", "VBE flat panel"),
    no_ax(0x4f15, "10/4F15", "VBE display identification"),
};

} // namespace

constinit const FunctionTable video_services{rows, index_of(rows), nullptr, "ax"};

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
