// SPDX-License-Identifier: BSD-2-Clause
// Option ROMs between C0000h and EF7FFh: put there, initialised and called as the BIOS Boot
// Specification 1.01 and the Plug and Play BIOS Specification 1.0A have it.
#pragma once

#include "vestige/bios/call.hpp"

namespace vestige::bios {

/// Initialises the VM's option ROMs one after the other, connects their boot vectors, then boots.
/// POST's call starts it; each return of a ROM's code comes back to POST's continuation.
Outcome run_option_roms(Call& call);
Outcome continue_option_roms(Call& call);
/// Calls the bootstrap entry vector of the first ROM that has one; nothing when none has. When it
/// returns, INT 18h tries the next boot device.
[[nodiscard]] std::optional<Outcome> boot_option_rom(Call& call);

} // namespace vestige::bios
