// SPDX-License-Identifier: BSD-2-Clause
// The machine's time: the TSC, calibrated once, and the wall clock at boot.
#pragma once

#include "vestige/base/number.hpp"

#include <optional>

namespace vestige::host {

/// Measures TSC and APIC timer against PIT channel 2, else the ACPI timer at pm_timer, else takes
/// CPUID's word. Once, on the first CPU, APIC enabled. The name of the reference that was used.
/// CPUID comes last because emulators pass on the frequencies of the CPU that they imitate.
const char* calibrate_clock(std::optional<Port> pm_timer = {});
[[nodiscard]] u64 tsc_frequency();
/// Nanoseconds that a number of TSC ticks lasts, and back.
[[nodiscard]] u64 tsc_to_nanoseconds(u64 ticks);
[[nodiscard]] u64 nanoseconds_to_tsc(u64 nanoseconds);
/// Seconds since 1970-01-01 as the machine's RTC has it (taken as UTC).
[[nodiscard]] u64 read_wall_clock();

/// Sleeps until the TSC reaches deadline or an interrupt comes. Interrupts are off before and
/// after.
void idle_until(u64 deadline);

} // namespace vestige::host
