// SPDX-License-Identifier: BSD-2-Clause
// The table of INT 10h. CF is never touched.
#include "vestige/bios/service.hpp"

#include "video_internal.hpp"

namespace vestige::bios {
namespace {

/// Functions of VBE that nobody has answer so; of others nothing changes.
Outcome no_such_function(Call& call) {
    return call.ah() == 0x4f ? vbe_refused(call) : Outcome::done;
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
    by_ah(0x0b, "10/0B", "set border", set_colours, "bh bl", ""),
    by_ah(0x0c, "10/0C", "write pixel", write_pixel, "colour=al page=bh# x=cx# y=dx#", ""),
    by_ah(0x0d, "10/0D", "read pixel", read_pixel, "page=bh# x=cx# y=dx#", "al"),
    by_ah(0x0e, "10/0E", "teletype", teletype, "char=al' colour=bl", ""),
    by_ah(0x0f, "10/0F", "get mode", get_mode, "", "mode=al columns=ah# page=bh#"),
    by_ax(0x1000, "10/1000", "set palette register", attribute_registers, "register=bl value=bh", ""),
    by_ax(0x1001, "10/1001", "set overscan", attribute_registers, "value=bh", ""),
    by_ax(0x1002, "10/1002", "set palette", attribute_registers, "buf=es:dx", ""),
    by_ax(0x1003, "10/1003", "blink or intensity", attribute_registers, "bl", ""),
    by_ax(0x1007, "10/1007", "get palette register", attribute_registers, "register=bl", "value=bh"),
    by_ax(0x1008, "10/1008", "get overscan", attribute_registers, "", "value=bh"),
    by_ax(0x1009, "10/1009", "get palette", attribute_registers, "buf=es:dx", ""),
    by_ax(0x1010, "10/1010", "set DAC register", dac_registers, "register=bx red=dh green=ch blue=cl",
          ""),
    by_ax(0x1012, "10/1012", "set DAC block", dac_registers, "first=bx count=cx# buf=es:dx", ""),
    by_ax(0x1013, "10/1013", "DAC colour page", dac_registers, "bl bh", ""),
    by_ax(0x1015, "10/1015", "get DAC register", dac_registers, "register=bl", "red=dh green=ch blue=cl"),
    by_ax(0x1017, "10/1017", "get DAC block", dac_registers, "first=bx count=cx# buf=es:dx", ""),
    by_ax(0x1018, "10/1018", "set PEL mask", dac_registers, "mask=bl", ""),
    by_ax(0x1019, "10/1019", "get PEL mask", dac_registers, "", "mask=bl"),
    by_ax(0x101a, "10/101A", "get DAC page state", dac_registers, "", "bl bh"),
    by_ax(0x101b, "10/101B", "grey-scale summing", dac_registers, "first=bx count=cx#", ""),
    by_ax(0x1100, "10/1100", "load user font", load_font, "lines=bh# block=bl count=cx# first=dx buf=es:bp", ""),
    by_ax(0x1101, "10/1101", "load 8x14 font", load_font, "block=bl", ""),
    by_ax(0x1102, "10/1102", "load 8x8 font", load_font, "block=bl", ""),
    by_ax(0x1103, "10/1103", "font block specifier", font_block, "bl", ""),
    by_ax(0x1104, "10/1104", "load 8x16 font", load_font, "block=bl", ""),
    by_ax(0x1110, "10/1110", "activate user font", load_font, "lines=bh# block=bl count=cx# first=dx buf=es:bp", ""),
    by_ax(0x1111, "10/1111", "activate 8x14 font", load_font, "block=bl", ""),
    by_ax(0x1112, "10/1112", "activate 8x8 font", load_font, "block=bl", ""),
    by_ax(0x1114, "10/1114", "activate 8x16 font", load_font, "block=bl", ""),
    by_ax(0x1120, "10/1120", "INT 1Fh font pointer", graphics_font, "buf=es:bp", ""),
    by_ax(0x1121, "10/1121", "INT 43h user font", graphics_font, "buf=es:bp lines=cx# rows=bl", ""),
    by_ax(0x1122, "10/1122", "graphics 8x14 font", graphics_font, "rows=bl", ""),
    by_ax(0x1123, "10/1123", "graphics 8x8 font", graphics_font, "rows=bl", ""),
    by_ax(0x1124, "10/1124", "graphics 8x16 font", graphics_font, "rows=bl", ""),
    by_ax(0x1130, "10/1130", "font information", font_information, "font=bh", "lines=cx# rows=dl# buf=es:bp"),
    by_bl(0x1210, "10/12 BL=10", "get EGA information", alternate_select, "", "bx cx"),
    by_bl(0x1220, "10/12 BL=20", "alternate print screen", alternate_select, "", ""),
    by_bl(0x1230, "10/12 BL=30", "scan lines", alternate_select, "al", "al"),
    by_bl(0x1231, "10/12 BL=31", "default palette loading", alternate_select, "al", "al"),
    by_bl(0x1232, "10/12 BL=32", "video addressing", alternate_select, "al", "al"),
    by_bl(0x1233, "10/12 BL=33", "grey-scale summing", alternate_select, "al", "al"),
    by_bl(0x1234, "10/12 BL=34", "cursor emulation", alternate_select, "al", "al"),
    by_bl(0x1235, "10/12 BL=35", "display switch", alternate_select, "al", "al"),
    by_bl(0x1236, "10/12 BL=36", "screen on or off", alternate_select, "al", "al"),
    by_ah(0x13, "10/13", "write string", write_string,
          "al page=bh# attribute=bl count=cx# row=dh# column=dl# buf=es:bp", ""),
    by_ax(0x1a00, "10/1A00", "get display combination", display_combination, "", "al bx"),
    by_ax(0x1a01, "10/1A01", "set display combination", display_combination, "bx", "al"),
    by_ah(0x1b, "10/1B", "state information", state_information, "bx buf=es:di", "al"),
    by_ax(0x1c00, "10/1C00", "save-state size", save_restore, "parts=cx", "al blocks=bx#"),
    by_ax(0x1c01, "10/1C01", "save state", save_restore, "parts=cx buf=es:bx", "al"),
    by_ax(0x1c02, "10/1C02", "restore state", save_restore, "parts=cx buf=es:bx", "al"),
    by_ax(0x4f00, "10/4F00", "VBE controller information", vbe_controller, "buf=es:di", "ax"),
    by_ax(0x4f01, "10/4F01", "VBE mode information", vbe_mode_information, "mode=cx buf=es:di", "ax"),
    by_ax(0x4f02, "10/4F02", "VBE set mode", vbe_set_mode, "mode=bx", "ax"),
    by_ax(0x4f03, "10/4F03", "VBE get mode", vbe_get_mode, "", "ax mode=bx"),
    by_ax(0x4f04, "10/4F04", "VBE save or restore", vbe_save_restore, "dl parts=cx buf=es:bx", "ax bx"),
    by_ax(0x4f05, "10/4F05", "VBE window", vbe_window, "bx dx", "ax dx"),
    by_ax(0x4f06, "10/4F06", "VBE scan line length", vbe_line_length, "bl cx", "ax bx cx dx"),
    by_ax(0x4f07, "10/4F07", "VBE display start", vbe_display_start, "bl cx dx", "ax cx dx"),
    by_ax(0x4f08, "10/4F08", "VBE DAC width", vbe_dac_width, "bl bh", "ax bh"),
    by_ax(0x4f09, "10/4F09", "VBE palette", vbe_palette, "bl first=dx count=cx# buf=es:di", "ax"),
    by_ax(0x4f0a, "10/4F0A", "VBE protected-mode interface", vbe_protected_interface, "bl", "ax cx buf=es:di"),
    refused(by_ax(0x4f0b, "10/4F0B", "VBE pixel clock", vbe_refused, "", "ax")),
    by_ax(0x4f10, "10/4F10", "VBE DPMS", vbe_power, "bl bh", "ax bx"),
    refused(by_ax(0x4f11, "10/4F11", "VBE flat panel", vbe_refused, "", "ax")),
    by_ax(0x4f15, "10/4F15", "VBE display identification", vbe_display_data, "bl dx buf=es:di", "ax bx"),
};

} // namespace

constinit const FunctionTable video_services{rows, index_of(rows), no_such_function, "ax"};

} // namespace vestige::bios
