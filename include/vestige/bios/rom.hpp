// SPDX-License-Identifier: BSD-2-Clause
// The BIOS ROM at F0000h: VMCALL stubs, entry points and tables. Built once, never written again.
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/base/number.hpp"
#include "vestige/bios/machine_facts.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace vestige::bios {

inline constexpr u64 rom_size = 64 * kib;
inline constexpr Gpa rom_base{0xf0000};
inline constexpr Gpa rom_alias{0xffff0000};
inline constexpr unsigned vmcall_length = 3;

/// Why a stub's VMCALL runs.
enum class Entry : u8 {
    call,          ///< the interrupt itself
    after_window,  ///< again, after pending interrupts had their chance
    after_wait,    ///< again, after the CPU slept in HLT
    continuation,  ///< a guest handler that we called has returned
    far_call,      ///< an entry for protected mode: FLAGS stay in their register
    real_far_call, ///< the same for real mode
};
/// The stub's last instruction is an RETF in place of an IRET.
constexpr bool ends_with_retf(Entry entry) {
    return entry == Entry::far_call || entry == Entry::real_far_call;
}

/// A VMCALL of ours: how it was entered and the interrupt it serves.
struct Stub {
    Entry entry = Entry::call;
    u8 interrupt = 0;
};

// Offsets of the stub blocks in the segment F000; each holds 256 stubs, by interrupt number.
inline constexpr u16 call_stubs = 0x8000;         ///< VMCALL; IRET, 4 bytes apart
inline constexpr u16 continuation_stubs = 0x8400; ///< VMCALL; IRET, 4 bytes apart
inline constexpr u16 wait_stubs = 0x8800;         ///< STI; HLT; VMCALL; IRET, 8 bytes apart
inline constexpr u16 window_stubs = 0x9000;       ///< STI; NOP; VMCALL; IRET, 8 bytes apart

/// VMCALL; RETF and behind it HLT; RETF: the same code for 16 and 32 bits.
inline constexpr u16 apm_entry = 0x9800, apm_sleep = apm_entry + 4;
inline constexpr u16 fossil_name = 0x9810; ///< ends with a zero
/// VMCALL; RETF: the PCI BIOS for 32-bit code, found through the BIOS32 directory.
inline constexpr u16 pci_entry = 0x9820;
/// VMCALL; RETF: the POST memory manager, for option ROMs. Its interrupt number is only a name.
inline constexpr u16 pmm_entry = 0x9830;
inline constexpr u8 pmm_interrupt = 0xf9;

inline constexpr u16 config_table = 0xe6f5;
inline constexpr u16 diskette_table = 0xefc7;
/// Diskette parameters by medium: the formats of disk::floppy_formats in their order.
inline constexpr u16 media_tables = 0xefe0, media_table_size = 11;
inline constexpr u16 no_disk_table = 0xe401; ///< parameters of a fixed disk that is not there
inline constexpr u16 video_table = 0xf0a4;
inline constexpr u16 plain_iret = 0xff53;

// Structures that systems find by their signatures, on paragraphs as their specifications want.
inline constexpr u16 acpi_root_pointer = 0xa000;
inline constexpr u16 bios32_directory = 0xa030;
inline constexpr u16 plug_and_play = 0xa040;
inline constexpr u16 smbios_entry = 0xa070;
inline constexpr u16 smbios3_entry = 0xa090;
inline constexpr u16 mp_pointer = 0xa0b0;
inline constexpr u16 board_flags = 0xa0c0; ///< what the DSDT asks: see dsdt.asl
inline constexpr u16 pci_routing = 0xa100;
inline constexpr u16 mp_table = 0xa400;
inline constexpr u16 smbios_table = 0xaa00;

// Code: see rom_code.asm.
inline constexpr u16 rom_code = 0xb000;
inline constexpr u16 bios32_entry = rom_code;
inline constexpr u16 plug_and_play_entry = rom_code + 0x40;
/// INT 10h: an OUT where the others have a VMCALL, as long with the byte behind it: see door.hpp.
inline constexpr u16 video_door = rom_code + 0xb0;
inline constexpr u8 video_interrupt = 0x10;

// Of the video BIOS.
inline constexpr u16 rom_font_16 = 0x1000;             ///< 256 glyphs of 16 lines
inline constexpr u16 rom_font_14 = 0x2000;             ///< 256 glyphs of 14 lines
inline constexpr u16 rom_font_8 = 0x2e00;              ///< 256 glyphs of 8 lines
inline constexpr u16 rom_font_alternates = 0x3600;     ///< glyphs for 9 dots: an empty list
inline constexpr u16 rom_video_functions = 0x3610;     ///< INT 10h AH=1Bh, static functionality
inline constexpr u16 rom_video_save_pointers = 0x3620; ///< seven far pointers, for 0040:00A8
inline constexpr u16 rom_vbe_name = 0x3640;
inline constexpr u16 rom_vbe_interface = 0x3660; ///< INT 10h AX=4F0Ah
inline constexpr u16 rom_vbe_interface_size = 0xb4;
inline constexpr u16 rom_video_parameters = 0x3740; ///< 29 rows of 64 bytes
inline constexpr u16 rom_graphics_font = 0xfa6e;    ///< 128 glyphs of 8 lines, of the IBM PC

/// The stub whose VMCALL or door is at this linear address; nothing when it is not one of ours.
constexpr std::optional<Stub> identify(Linear address) {
    u64 offset = address.value() - rom_base.value();
    if (offset >= rom_size) // the same ROM below 4 GiB, where the CPU starts
        offset = address.value() - rom_alias.value();
    if (offset - call_stubs < 0x400 && (offset & 3) == 0)
        return Stub{Entry::call, static_cast<u8>((offset - call_stubs) / 4)};
    if (offset - continuation_stubs < 0x400 && (offset & 3) == 0)
        return Stub{Entry::continuation, static_cast<u8>((offset - continuation_stubs) / 4)};
    if (offset - wait_stubs < 0x800 && (offset & 7) == 2)
        return Stub{Entry::after_wait, static_cast<u8>((offset - wait_stubs) / 8)};
    if (offset - window_stubs < 0x800 && (offset & 7) == 2)
        return Stub{Entry::after_window, static_cast<u8>((offset - window_stubs) / 8)};
    if (offset == video_door)
        return Stub{Entry::call, video_interrupt};
    if (offset == pci_entry)
        return Stub{Entry::far_call, 0x1a};
    if (offset == apm_entry)
        return Stub{Entry::far_call, 0x15};
    if (offset == pmm_entry)
        return Stub{Entry::real_far_call, pmm_interrupt};
    return {};
}

/// Interrupt number of POST, entered by a far jump to F000:E05B or the reset vector.
inline constexpr u8 post_interrupt = 0xf8;

/// Writes the ROM image with tables about this machine; rom is rom_size bytes.
void build_rom(std::span<std::byte> rom, const MachineFacts& facts);
/// What the power-on interrupt vector table gives an interrupt: a stub or a table in this ROM,
/// 0000:0000 for none.
[[nodiscard]] FarPtr default_vector(u8 interrupt);

} // namespace vestige::bios
