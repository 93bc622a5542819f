// SPDX-License-Identifier: BSD-2-Clause
#include "video_rom.hpp"

#include "fonts.hpp"
#include "video_mode.hpp"

#include "vestige/base/little_endian.hpp"
#include "vestige/bios/data_area.hpp"
#include "vestige/bios/rom.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace vestige::bios {
namespace {

using Rom = std::span<std::byte>;

/// VBE Core Functions Standard, "Function 0Ah - Return VBE Protected Mode Interface": where the
/// functions and the list of ports are, then 32-bit code that a caller may copy.
constexpr std::array<u8, rom_vbe_interface_size> vbe_interface{
    0x08, 0x00, 0x1c, 0x00, 0x7f, 0x00, 0xa8, 0x00,
    // Set window: DX into the display interface's bank register (index 5).
    0x52, 0x66, 0xba, 0xce, 0x01, 0x66, 0xb8, 0x05, 0x00, 0x66, 0xef, 0x42,
    0x58, 0x66, 0xef, 0x66, 0xb8, 0x4f, 0x00, 0xc3,
    // Set display start: DX:CX dwords, divided by the bytes of a line (virtual width, index 6,
    // by bits of a pixel, index 3) into the offsets x and y (indices 8 and 9).
    0x60, 0x0f, 0xb7, 0xc9, 0xc1, 0xe2, 0x10, 0x09, 0xd1, 0xc1, 0xe1, 0x02,
    0x66, 0xba, 0xce, 0x01, 0x66, 0xb8, 0x06, 0x00, 0x66, 0xef, 0x42, 0x66,
    0xed, 0x0f, 0xb7, 0xd8, 0x4a, 0x66, 0xb8, 0x03, 0x00, 0x66, 0xef, 0x42,
    0x66, 0xed, 0x0f, 0xb7, 0xf0, 0x83, 0xc6, 0x07, 0xc1, 0xee, 0x03, 0x0f,
    0xaf, 0xde, 0x89, 0xc8, 0x31, 0xd2, 0xf7, 0xf3, 0x89, 0xc1, 0x89, 0xd0,
    0x31, 0xd2, 0xf7, 0xf6, 0x89, 0xc3, 0x66, 0xba, 0xce, 0x01, 0x66, 0xb8,
    0x08, 0x00, 0x66, 0xef, 0x42, 0x89, 0xd8, 0x66, 0xef, 0x4a, 0x66, 0xb8,
    0x09, 0x00, 0x66, 0xef, 0x42, 0x89, 0xc8, 0x66, 0xef, 0x61, 0x66, 0xb8,
    0x4f, 0x00, 0xc3,
    // Set palette: CX rows of blue, green, red at ES:EDI, from colour DX on.
    0x60, 0x0f, 0xb7, 0xc9, 0x89, 0xd0, 0xba, 0xc8, 0x03, 0x00, 0x00, 0xee,
    0x42, 0xe3, 0x14, 0x26, 0x8a, 0x47, 0x02, 0xee, 0x26, 0x8a, 0x47, 0x01,
    0xee, 0x26, 0x8a, 0x07, 0xee, 0x83, 0xc7, 0x04, 0x49, 0xeb, 0xea, 0x61,
    0x66, 0xb8, 0x4f, 0x00, 0xc3,
    // Ports 1CEh, 1CFh, 3C8h and 3C9h; no memory.
    0xce, 0x01, 0xcf, 0x01, 0xc8, 0x03, 0xc9, 0x03, 0xff, 0xff, 0xff, 0xff,
};

void put_bytes(Rom rom, std::size_t at, std::span<const u8> bytes) {
    std::ranges::transform(bytes, rom.begin() + static_cast<std::ptrdiff_t>(at),
                           [](u8 value) { return static_cast<std::byte>(value); });
}

void put_pointer(Rom rom, std::size_t at, u16 offset) {
    store_le<u16>(rom, at, offset);
    store_le<u16>(rom, at + 2, bios_segment);
}

void put_fonts(Rom rom) {
    put_bytes(rom, rom_font_16, rom_font(16));
    put_bytes(rom, rom_font_14, rom_font(14));
    put_bytes(rom, rom_font_8, rom_font(8));
    put_bytes(rom, rom_graphics_font, rom_font(8).first(128 * 8));
    rom[rom_font_alternates] = std::byte{0};
}

/// A row of the video parameter table: 64 bytes of geometry and registers.
void put_parameters(Rom rom, unsigned row, const VideoMode& mode, ScanLines lines) {
    const devices::VgaRegisters r = mode_registers(mode, lines);
    std::size_t at = rom_video_parameters + 64U * row;
    const auto put = [&](u8 value) { rom[at++] = static_cast<std::byte>(value); };
    put(mode.columns());
    put(static_cast<u8>(mode.rows() - 1));
    put(mode.text() ? static_cast<u8>((r.crtc[9] & 0x1f) + 1) : mode.char_height);
    put(static_cast<u8>(mode.page_size()));
    put(static_cast<u8>(mode.page_size() >> 8));
    for (std::size_t i = 1; i < 5; ++i)
        put(r.sequencer[i]);
    put(r.misc);
    for (std::size_t i = 0; i < 25; ++i)
        put(r.crtc[i]);
    for (std::size_t i = 0; i < 20; ++i)
        put(r.attribute[i]);
    for (std::size_t i = 0; i < 9; ++i)
        put(r.graphics[i]);
}

struct ParameterRow {
    u8 row;
    u8 mode;
    ScanLines lines = ScanLines::lines_400;
};
using enum ScanLines;
constexpr std::array<ParameterRow, 23> parameter_rows{{
    {0x00, 0x00, lines_200}, {0x01, 0x01, lines_200}, {0x02, 0x02, lines_200},
    {0x03, 0x03, lines_200}, {0x04, 0x04},            {0x05, 0x05},
    {0x06, 0x06},            {0x07, 0x07, lines_350}, {0x0d, 0x0d},
    {0x0e, 0x0e},            {0x11, 0x0f},            {0x12, 0x10},
    {0x13, 0x00, lines_350}, {0x14, 0x01, lines_350}, {0x15, 0x02, lines_350},
    {0x16, 0x03, lines_350}, {0x17, 0x01},            {0x18, 0x03},
    {0x19, 0x07},            {0x1a, 0x11},            {0x1b, 0x12},
    {0x1c, 0x13},            {0x0f, 0x0f},
}};
constexpr unsigned parameter_count = 0x1d;

/// INT 10h AH=1Bh: modes 00h-07h, 0Dh-13h; all scan lines; two of eight font blocks at a time; and
/// every function but the light pen's and those of displays that are not there.
constexpr std::array<u8, 16> video_functions{0xff, 0xe0, 0x0f, 0, 0,    0,    0, 0x07,
                                             0x02, 0x08, 0xe7, 0x0c, 0, 0, 0, 0};

} // namespace

void put_video_rom(Rom rom) {
    put_fonts(rom);
    put_bytes(rom, rom_video_functions, video_functions);
    std::fill_n(rom.begin() + rom_video_save_pointers, 28, std::byte{});
    put_pointer(rom, rom_video_save_pointers, rom_video_parameters);
    constexpr std::string_view name{"Vestige VBE", 12};
    std::ranges::transform(name, rom.begin() + rom_vbe_name,
                           [](char c) { return static_cast<std::byte>(c); });
    put_bytes(rom, rom_vbe_interface, vbe_interface);
    std::fill_n(rom.begin() + rom_video_parameters, 64 * parameter_count, std::byte{});
    for (const ParameterRow& row : parameter_rows)
        put_parameters(rom, row.row, *find_mode(row.mode), row.lines);
}

} // namespace vestige::bios
