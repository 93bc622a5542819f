// SPDX-License-Identifier: BSD-2-Clause
// VMX and VMs on every CPU.
#pragma once

#include "slot.hpp"

#include "vestige/host/smp.hpp"

namespace vestige {

/// What every CPU but the first runs: VMX on, then the VM that it is given.
void cpu_main(host::PerCpu& cpu);
/// VMX on the boot CPU; false, reported, when it can run no VM. Waits until every CPU that started
/// has tried the same.
[[nodiscard]] bool prepare_cpus();
/// True when that CPU can run a VM.
[[nodiscard]] bool can_run_vms(unsigned cpu);

/// Every VM on its CPU; those of other CPUs start at once, the boot CPU's runs in here.
/// self_test: break the VMCS of every VM, to see the entry checker find it.
void run_vms(std::span<Slot* const> slots, bool self_test);

} // namespace vestige
