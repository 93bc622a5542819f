// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/wall_clock.hpp"

#include <algorithm>

namespace vestige::host {
namespace {

constexpr u8 mode_24_hours = 2, mode_binary = 4, afternoon = 0x80;

u64 days_since_1970(u64 year, u64 month, u64 day) {
    // Years start in March, so that the leap day is a year's last.
    const u64 y = month <= 2 ? year - 1 : year;
    const u64 m = month <= 2 ? month + 9 : month - 3;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

} // namespace

u64 unix_seconds(const CmosTime& time) {
    const bool binary = (time.status_b & mode_binary) != 0;
    const auto number = [binary](u8 raw, u64 lowest, u64 highest) {
        const u64 value = binary ? u64{raw} : (raw >> 4) * 10U + (raw & 0xfU);
        return std::clamp(value, lowest, highest);
    };
    u64 hour = 0;
    if ((time.status_b & mode_24_hours) != 0) {
        hour = number(time.hour, 0, 23);
    } else {
        const bool pm = (time.hour & afternoon) != 0;
        hour = number(time.hour & 0x7f, 1, 12) % 12 + (pm ? 12U : 0U);
    }
    const u64 year = 2000 + number(time.year, 0, 99);
    const u64 days = days_since_1970(year, number(time.month, 1, 12), number(time.day, 1, 31));
    return days * 86400 + hour * 3600 + number(time.minute, 0, 59) * 60 +
           number(time.second, 0, 59);
}

} // namespace vestige::host
