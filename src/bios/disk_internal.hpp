// SPDX-License-Identifier: BSD-2-Clause
// What the parts of INT 13h share.
#pragma once

#include "vestige/bios/call.hpp"

namespace vestige::bios {

/// Status codes of INT 13h (Ralf Brown, table 00234).
namespace disk_status {
inline constexpr u8 ok = 0x00, bad_command = 0x01, write_protected = 0x03, sector_not_found = 0x04,
                    changed = 0x06, dma_boundary = 0x09, media_unknown = 0x0c, controller = 0x20,
                    seek_failed = 0x40, not_locked = 0xb0, locked = 0xb1, not_removable = 0xb2,
                    too_many_locks = 0xb4;
} // namespace disk_status

enum class Transfer : u8 { read, write, verify };

/// Where the data of a transfer are.
struct Buffer {
    Linear start;
    bool physical = false; ///< start is a 64-bit physical address: EDD 3.0's flat form
};

// Types of drives, to be combined.
inline constexpr u8 floppies = 1, hard_disks = 2, cds = 4;
inline constexpr u8 fixed_and_cds = hard_disks | cds, any_drive = floppies | hard_disks | cds;

/// Ends the call with a status in AH, CF and the BIOS data area.
Outcome disk_answer(Call& call, u8 status);
/// The drive in DL if it is of one of these types, or null. The first look of a hard disk's or
/// CD's service: it clears the flag of IRQ 14 in the BIOS data area.
[[nodiscard]] disk::Drive* drive_for(Call& call, u8 types);
/// Moves whole sectors between a drive and guest memory; the status.
[[nodiscard]] u8 transfer(Call& call, disk::Drive& drive, Transfer kind, Lba first, u64 count,
                          Buffer buffer);
/// Cylinder, head and sector of CX and DH.
[[nodiscard]] Chs chs_of(const Call& call);
/// Tells the data area how many drives there are, now that a CD's emulation began or ended.
void count_drives(Call& call);

/// A service of drives of these types; all other drive numbers are answered with an error.
template <Outcome (*serve)(Call&, disk::Drive&), u8 types> Outcome on(Call& call) {
    disk::Drive* const drive = drive_for(call, types);
    return drive == nullptr ? disk_answer(call, disk_status::bad_command) : serve(call, *drive);
}

// Floppies: floppy.cpp.
/// The BIOS data area as after an access to a cylinder.
void note_floppy_access(Call& call, const disk::Drive& drive, u32 cylinder);
void note_floppy_reset(Call& call);
Outcome format_floppy_track(Call& call, disk::Drive& drive);
Outcome floppy_change_line(Call& call, disk::Drive& drive);
Outcome set_floppy_type(Call& call, disk::Drive& drive);
Outcome set_floppy_media(Call& call, disk::Drive& drive);

// AH=41h to 49h and 4Eh: disk_extended.cpp and edd_parameters.cpp.
Outcome edd_check(Call& call, disk::Drive& drive);
Outcome edd_read(Call& call, disk::Drive& drive);
Outcome edd_write(Call& call, disk::Drive& drive);
Outcome edd_verify(Call& call, disk::Drive& drive);
Outcome edd_seek(Call& call, disk::Drive& drive);
Outcome edd_lock(Call& call, disk::Drive& drive);
Outcome edd_eject(Call& call, disk::Drive& drive);
/// INT 15h AH=52h has come back.
Outcome eject_answered(Call& call);
Outcome edd_media_change(Call& call, disk::Drive& drive);
Outcome edd_parameters(Call& call, disk::Drive& drive);
Outcome hardware_configuration(Call& call, disk::Drive& drive);

// AH=4Ah to 4Dh: cd_boot.cpp.
Outcome start_emulation(Call& call);
Outcome emulation_status(Call& call);
Outcome emulate_and_boot(Call& call);
Outcome read_catalogue(Call& call);
/// Loads what a boot entry names and jumps there; nothing when it cannot be read.
[[nodiscard]] std::optional<Outcome> boot_from_cd(Call& call, const disk::BootEntry& entry,
                                                  u8 cd_number);
/// Jumps to boot code with the registers that it expects: boot.cpp.
Outcome start_boot_code(Call& call, FarPtr target, u8 drive);

} // namespace vestige::bios
