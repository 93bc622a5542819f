// SPDX-License-Identifier: BSD-2-Clause
// Calendar dates from and to seconds since 1970-01-01 00:00:00.
#pragma once

#include "vestige/base/number.hpp"

namespace vestige::devices {

struct CivilTime {
    u32 year = 1970;
    u32 month = 1;   ///< 1-12
    u32 day = 1;     ///< 1-31
    u32 hour = 0;
    u32 minute = 0;
    u32 second = 0;
    u32 weekday = 5; ///< 1 is Sunday
    constexpr bool operator==(const CivilTime&) const = default;
};

/// Days since 1970-01-01 of a date after 1600; years are counted from March, the leap day last.
constexpr u64 days_from_civil(u32 year, u32 month, u32 day) {
    const u64 y = month <= 2 ? year - 1 : year;
    const u64 m = month <= 2 ? month + 9 : month - 3;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

constexpr u64 to_seconds(const CivilTime& t) {
    return days_from_civil(t.year, t.month, t.day) * 86400 + t.hour * 3600 + t.minute * 60 +
           t.second;
}

constexpr CivilTime to_civil(u64 seconds) {
    CivilTime t;
    const u64 days = seconds / 86400;
    const u32 rest = static_cast<u32>(seconds % 86400);
    t.hour = rest / 3600;
    t.minute = rest / 60 % 60;
    t.second = rest % 60;
    t.weekday = static_cast<u32>((days + 4) % 7) + 1;
    const u64 z = days + 719468;
    const u64 era = z / 146097;
    const u64 day_of_era = z % 146097;
    const u64 year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const u64 day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const u64 month = (5 * day_of_year + 2) / 153;
    t.day = static_cast<u32>(day_of_year - (153 * month + 2) / 5 + 1);
    t.month = static_cast<u32>(month < 10 ? month + 3 : month - 9);
    t.year = static_cast<u32>(year_of_era + era * 400 + (t.month <= 2 ? 1 : 0));
    return t;
}
static_assert(to_seconds({2000, 2, 29, 23, 59, 58, 3}) == 951868798);
static_assert(to_civil(951868798) == CivilTime{2000, 2, 29, 23, 59, 58, 3});

} // namespace vestige::devices
