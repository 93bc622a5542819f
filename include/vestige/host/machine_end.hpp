// SPDX-License-Identifier: BSD-2-Clause
// Ending the run: what the machine does when all VMs are gone or after a panic.
#pragma once

#include "vestige/host/acpi.hpp"

namespace vestige::host {

/// The boot word onpoweroff=.
enum class AtEnd : u8 { exit, halt, reboot };
void set_at_end(AtEnd choice);
/// ACPI's way to reset the machine, tried first.
void set_reset_port(std::optional<ResetPort> port);

/// Drains the console and ends the machine: exit tells an emulator (port F4h, then `Shutdown` to
/// port 8900h) and halts where there is none.
[[noreturn]] void end_machine(u8 status);

} // namespace vestige::host
