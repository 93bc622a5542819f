// SPDX-License-Identifier: BSD-2-Clause
// What the halves of INT 13h share.
#pragma once

#include "vestige/bios/call.hpp"

namespace vestige::bios {

/// Status codes of INT 13h (Ralf Brown, table 00234).
namespace disk_status {
inline constexpr u8 ok = 0x00, bad_command = 0x01, address_not_found = 0x02, write_protected = 0x03,
                    sector_not_found = 0x04, changed = 0x06, controller = 0x20, not_ready = 0xaa,
                    not_locked = 0xb0, not_removable = 0xb2;
} // namespace disk_status

enum class Transfer : u8 { read, write, verify };

/// Ends the call with a status in AH, CF and the BIOS data area.
Outcome disk_answer(Call& call, u8 status);
/// The drive in DL, or null.
[[nodiscard]] disk::Drive* drive_of(Call& call);
/// Moves whole sectors between a drive and linear guest memory; the status.
[[nodiscard]] u8 transfer(Call& call, disk::Drive& drive, Transfer kind, Lba first, u64 count,
                          Linear buffer);

// AH=41h to 4Eh.
Outcome edd_check(Call& call);
Outcome edd_transfer(Call& call);
Outcome edd_lock(Call& call);
Outcome edd_eject(Call& call);
Outcome edd_media_change(Call& call);
Outcome edd_parameters(Call& call);
Outcome el_torito_status(Call& call);
Outcome hardware_configuration(Call& call);

} // namespace vestige::bios
