// SPDX-License-Identifier: BSD-2-Clause
// Bringing up the machine's CPUs.
#pragma once

#include "vestige/host/acpi.hpp"
#include "vestige/host/page_allocator.hpp"
#include "vestige/host/per_cpu.hpp"

#include <span>

namespace vestige::host {

using CpuEntry = void (*)(PerCpu&);

/// Gives the boot CPU its block and descriptor tables, so that a fault panics from here on.
void initialize_traps();
/// Enables the boot CPU's APIC and gives it trap stacks with guard pages.
void initialize_boot_cpu(PageAllocator& pages);
/// Starts every other CPU of the list at entry, one after the other. Those that do not answer are
/// reported and left out.
void start_cpus(const CpuList& list, PageAllocator& pages, CpuEntry entry);
/// Ends that CPU's sleep in idle_until(), or its guest's turn.
void kick(const PerCpu& cpu);
/// The CPUs that run, the boot CPU first.
[[nodiscard]] std::span<PerCpu* const> cpus();

} // namespace vestige::host
