// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/bios/rom.hpp"

#include "acpi_tables.hpp"
#include "checksum.hpp"
#include "platform_tables.hpp"
#include "smbios.hpp"
#include "video_rom.hpp"

#include "vestige/base/little_endian.hpp"
#include "vestige/bios/data_area.hpp"
#include "vestige/disk/geometry.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace vestige::bios {
namespace {

using Rom = std::span<std::byte>;

constexpr auto code = std::to_array<u8>({
#include "src/bios/rom_code.inc"
});

template <std::size_t N> void put(Rom rom, std::size_t at, const std::array<u8, N>& bytes) {
    for (std::size_t i = 0; i < N; ++i)
        rom[at + i] = static_cast<std::byte>(bytes[i]);
}

void put_stubs(Rom rom) {
    constexpr std::array<u8, 4> call{0x0f, 0x01, 0xc1, 0xcf};
    constexpr std::array<u8, 6> wait{0xfb, 0xf4, 0x0f, 0x01, 0xc1, 0xcf};
    constexpr std::array<u8, 6> window{0xfb, 0x90, 0x0f, 0x01, 0xc1, 0xcf};
    for (std::size_t i = 0; i < 256; ++i) {
        put(rom, call_stubs + 4 * i, call);
        put(rom, continuation_stubs + 4 * i, call);
        put(rom, wait_stubs + 8 * i, wait);
        put(rom, window_stubs + 8 * i, window);
    }
}

void put_apm_entry(Rom rom) {
    put(rom, apm_entry, std::array<u8, 6>{0x0f, 0x01, 0xc1, 0xcb, 0xf4, 0xcb});
}

/// A near jump at offset to the call stub of an interrupt, or its door.
void put_jump(Rom rom, u16 offset, u8 interrupt) {
    const u16 target = interrupt == video_interrupt ? video_door
                                                    : static_cast<u16>(call_stubs + 4 * interrupt);
    rom[offset] = std::byte{0xe9};
    store_le<u16>(rom, offset + 1U, static_cast<u16>(target - (offset + 3)));
}

struct EntryPoint {
    u16 offset;
    u8 interrupt;
};
/// Where programs expect the services of the IBM BIOS.
constexpr std::array<EntryPoint, 17> entry_points{{
    {0xe05b, post_interrupt},
    {0xe2c3, 0x02},
    {0xe3fe, 0x13},
    {0xe6f2, 0x19},
    {0xe739, 0x14},
    {0xe82e, 0x16},
    {0xe987, 0x09},
    {0xec59, 0x40},
    {0xef57, 0x0e},
    {0xefd2, 0x17},
    {0xf065, 0x10},
    {0xf841, 0x12},
    {0xf84d, 0x11},
    {0xf859, 0x15},
    {0xfe6e, 0x1a},
    {0xfea5, 0x08},
    {0xff54, 0x05},
}};

/// What INT 13h AH=18h points to: as the diskette table, with each format's sectors and gaps.
void put_media_tables(Rom rom) {
    for (std::size_t i = 0; i < disk::floppy_formats.size(); ++i) {
        const disk::Geometry& g = disk::floppy_formats[i].geometry;
        const bool high = g.sectors > 9;
        const u8 gap = high ? 0x1b : 0x2a;
        const u8 format_gap = g.sectors == 15 ? 0x54 : high ? 0x6c : 0x50;
        put(rom, media_tables + media_table_size * i,
            std::array<u8, media_table_size>{0xdf, 0x02, 0x25, 0x02, static_cast<u8>(g.sectors),
                                             gap, 0xff, format_gap, 0xf6, 0x0f, 0x08});
    }
}

void put_tables(Rom rom) {
    // INT 15h AH=C0h: size, model FC, submodel, revision, features: second PIC, RTC, INT 15h/4Fh
    // hook, EBDA; INT 16h AH=09h.
    put(rom, config_table, std::array<u8, 10>{8, 0, 0xfc, 0x00, 0x01, 0x74, 0x40, 0, 0, 0});
    // Diskette parameters for 1.44 MB: step rate, DMA, motor off ticks, 512 bytes, 18 sectors, ...
    put(rom, diskette_table,
        std::array<u8, 11>{0xaf, 0x02, 0x25, 0x02, 0x12, 0x1b, 0xff, 0x6c, 0xf6, 0x0f, 0x08});
    put_media_tables(rom);
    put(rom, no_disk_table, std::array<u8, 16>{});
    // Baud rate divisors of INT 14h at E729h: 110 to 9600.
    constexpr std::array<u16, 8> divisors{1047, 768, 384, 192, 96, 48, 24, 12};
    for (std::size_t i = 0; i < divisors.size(); ++i)
        store_le<u16>(rom, 0xe729 + 2 * i, divisors[i]);
}

/// INT 1Dh: CRTC registers of the four kinds of modes of the CGA and MDA, then page sizes,
/// columns and mode register values by mode.
void put_video_table(Rom rom) {
    constexpr std::array<std::array<u8, 16>, 4> crtc{{
        {0x38, 0x28, 0x2d, 0x0a, 0x1f, 6, 0x19, 0x1c, 2, 7, 6, 7},       // 40x25
        {0x71, 0x50, 0x5a, 0x0a, 0x1f, 6, 0x19, 0x1c, 2, 7, 6, 7},       // 80x25
        {0x38, 0x28, 0x2d, 0x0a, 0x7f, 6, 0x64, 0x70, 2, 1, 6, 7},       // graphics
        {0x61, 0x50, 0x52, 0x0f, 0x19, 6, 0x19, 0x19, 2, 0xd, 0xb, 0xc}, // monochrome
    }};
    constexpr std::array<u16, 4> page_sizes{0x0800, 0x1000, 0x4000, 0x4000};
    for (std::size_t i = 0; i < crtc.size(); ++i) {
        put(rom, video_table + 16 * i, crtc[i]);
        store_le<u16>(rom, video_table + 64 + 2 * i, page_sizes[i]);
    }
    put(rom, video_table + 72, std::array<u8, 8>{40, 40, 80, 80, 40, 40, 80, 80});
    put(rom, video_table + 80, std::array<u8, 8>{0x2c, 0x28, 0x2d, 0x29, 0x2a, 0x2e, 0x1e, 0x29});
}

/// Where POST of the AT takes its vectors from: INT 08h-1Fh, then INT 70h-77h.
void put_vector_table(Rom rom) {
    constexpr std::size_t master = 0xfef3, slave = 0xff23;
    for (std::size_t i = 0; i < 0x18; ++i)
        store_le<u16>(rom, master + 2 * i, default_vector(static_cast<u8>(0x08 + i)).offset);
    for (std::size_t i = 0; i < 8; ++i)
        store_le<u16>(rom, slave + 2 * i, default_vector(static_cast<u8>(0x70 + i)).offset);
}

void put_reset(Rom rom) {
    put(rom, 0xfff0, std::array<u8, 5>{0xea, 0x5b, 0xe0, 0x00, 0xf0}); // jmp F000:E05B
    put_text(rom, 0xfff5, "11/21/26");
    rom[0xfffe] = std::byte{0xfc}; // model: AT
    rom[plain_iret] = std::byte{0xcf};
}

/// What the DSDT asks about the board, in the bits that it names.
void put_board_flags(Rom rom, const BoardFacts& board) {
    const u32 flags = (board.hpet != 0 ? 1U << 0 : 0) | (board.floppy_controller ? 1U << 1 : 0) |
                      (board.parallel_port ? 1U << 2 : 0) | u32{board.serial_ports} << 8 |
                      (board.mouse ? 1U << 16 : 0);
    store_le<u32>(rom, board_flags, flags);
}

void put_machine_tables(Rom rom, const MachineFacts& facts) {
    const MemoryMap map = memory_map(facts.memory_size);
    if (map.has_acpi())
        make_rsdp(rom.subspan<acpi_root_pointer, rsdp_size>(), map);
    put_board_flags(rom, facts.board);
    put_platform_tables(rom, facts);
    make_smbios(rom.subspan<smbios_table, smbios_table_size>(),
                static_cast<u32>(rom_base.value() + smbios_table),
                rom.subspan<smbios_entry, smbios_entry_size>(),
                rom.subspan<smbios3_entry, smbios3_entry_size>(), facts);
}

constexpr bool has_entry_point(u8 interrupt, u16& offset) {
    for (const EntryPoint& e : entry_points)
        if (e.interrupt == interrupt && interrupt != post_interrupt) {
            offset = e.offset;
            return true;
        }
    return false;
}

} // namespace

void build_rom(std::span<std::byte> rom, const MachineFacts& facts) {
    std::fill(rom.begin(), rom.end(), std::byte{0xff});
    put_stubs(rom);
    put_apm_entry(rom);
    put_text(rom, fossil_name, std::string_view{"Vestige FOSSIL", 15});
    for (const EntryPoint& e : entry_points)
        put_jump(rom, e.offset, e.interrupt);
    put_tables(rom);
    put_video_table(rom);
    put_video_rom(rom);
    put_vector_table(rom);
    put_text(rom, 0xe000, "Vestige BIOS");
    for (const u16 entry : {pci_entry, pmm_entry})
        put(rom, entry, std::array<u8, 4>{0x0f, 0x01, 0xc1, 0xcb});
    put(rom, rom_code, code);
    put_reset(rom);
    put_machine_tables(rom, facts);
    seal(rom.first(rom_size), rom_size - 1);
}

FarPtr default_vector(u8 interrupt) {
    switch (interrupt) {
    case 0x1b:
    case 0x1c:
    case 0x4a:
        return {bios_segment, plain_iret};
    case 0x1d:
        return {bios_segment, video_table};
    case 0x1e:
        return {bios_segment, diskette_table};
    case 0x41:
    case 0x46:
        return {bios_segment, no_disk_table};
    case 0x1f:
        return {bios_segment, rom_font_8 + 128 * 8};
    case 0x43:
        return {bios_segment, rom_font_16};
    case 0x79:
        return {};
    default:
        break;
    }
    if (interrupt >= 0x60 && interrupt <= 0x67) // the user's
        return {};
    u16 offset = 0;
    if (has_entry_point(interrupt, offset))
        return {bios_segment, offset};
    return {bios_segment, static_cast<u16>(call_stubs + 4 * interrupt)};
}

} // namespace vestige::bios
