// SPDX-License-Identifier: BSD-2-Clause
// GDB's way to the VMs: a serial port of the machine.
#pragma once

#include "machine.hpp"

#include "vestige/config/boot_options.hpp"

namespace vestige {

/// Opens the port that gdb= names, before the VMs run. Says so when it cannot.
void open_gdb_port(const config::BootOptions& options, monitor::Machine& machine);
/// Serves GDB; on the boot CPU, as often as gdb_poll_interval says.
void poll_gdb();
/// All VMs have ended: GDB hears of it.
void finish_gdb();

/// Whether a VM is one of those that gdb= is about.
[[nodiscard]] bool gdb_sees(const config::GdbOptions& options, std::string_view vm);

/// Nanoseconds in which a fast line does not overrun a UART's 16 bytes.
inline constexpr u64 gdb_poll_interval = 1'000'000;

} // namespace vestige
