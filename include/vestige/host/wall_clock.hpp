// SPDX-License-Identifier: BSD-2-Clause
// The machine's battery-backed clock.
#pragma once

#include "vestige/base/number.hpp"

namespace vestige::host {

/// The RTC's registers as they read (MC146818 data sheet).
struct CmosTime {
    u8 second = 0;
    u8 minute = 0;
    u8 hour = 0; ///< bit 7: p.m. in 12-hour mode
    u8 day = 1;
    u8 month = 1;
    u8 year = 0; ///< of the century that began in 2000
    u8 status_b = 0;
    constexpr bool operator==(const CmosTime&) const = default;
};

/// Seconds since 1970-01-01, the time taken as UTC; values out of range are clamped.
[[nodiscard]] u64 unix_seconds(const CmosTime& time);

} // namespace vestige::host
