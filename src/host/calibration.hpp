// SPDX-License-Identifier: BSD-2-Clause
// Measuring the TSC and the APIC timer against a timer of known frequency.
#pragma once

#include "vestige/base/number.hpp"

#include <optional>

namespace vestige::host {

/// What the two counters did while a reference counted.
struct Calibration {
    u64 tsc = 0;
    u64 apic = 0;
    u64 reference_ticks = 1;
    u64 reference_hz = 1;

    [[nodiscard]] u64 tsc_hz() const { return tsc * reference_hz / reference_ticks; }
};

/// Against PIT channel 2; nothing when it does not count.
[[nodiscard]] std::optional<Calibration> calibrate_by_pit();
/// Against the ACPI timer; nothing when it does not count.
[[nodiscard]] std::optional<Calibration> calibrate_by_pm_timer(Port timer);
/// From CPUID's TSC frequency; nothing when CPUID does not say.
[[nodiscard]] std::optional<Calibration> calibrate_by_cpuid();

} // namespace vestige::host
