// SPDX-License-Identifier: BSD-2-Clause
// The machine's console: opened for the first lines, then shared by the VMs.
#pragma once

#include "slot.hpp"

#include "vestige/config/boot_options.hpp"
#include "vestige/host/boot_info.hpp"
#include "vestige/monitor/console_mux.hpp"

namespace vestige {

/// Opens what console= and monitor= name and sends the log there.
void open_console(const config::BootOptions& options, const host::BootInfo& boot_info);

/// Gives the console to the VMs: from here on the log is queued and poll_console() prints it.
void share_console(const config::BootOptions& options, monitor::Interpreter& commands,
                   std::span<monitor::VmConsole* const> consoles);
/// The monitor comes up for VMs that a fault stops.
void watch_faults(std::span<Slot* const> slots);
/// Moves keys and output; on the boot CPU, at least every 10 ms.
void poll_console();
/// For the console's CPU while it waits for another one: log lines move, nothing is read.
void relieve_log();
/// The last lines of the log.
void show_log_history(TextSink& out, unsigned count);
/// Everything that waits is shown; the log goes straight to the console again.
void take_console_back();

} // namespace vestige
