// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/ratio.hpp"
#include "vestige/host/wall_clock.hpp"

#include <gtest/gtest.h>

namespace vestige::host {
namespace {

TEST(Ratio, ScalesLongTimesWithoutOverflow) {
    constexpr u64 hz = 2'894'500'000, second = 1'000'000'000;
    constexpr u64 year = 365ULL * 86400;
    const u64 ticks = Ratio::of(hz, second).scale(year * second);
    const u64 exact = hz * year;
    EXPECT_LE(exact - ticks, exact / 1'000'000'000);
    const u64 back = Ratio::of(second, hz).scale(exact);
    EXPECT_LE(year * second - back, year);
}

TEST(Ratio, IsExactForRoundNumbers) {
    EXPECT_EQ(Ratio::of(1, 2).scale(1001), 500U);
    EXPECT_EQ(Ratio::of(4'000'000, 1'000'000'000).scale(1'000'000'000), 3'999'999U);
    EXPECT_EQ(Ratio::of(6'000'000'000, 1'000'000'000).scale(7), 42U);
    EXPECT_EQ(Ratio{}.scale(123), 123U);
}

constexpr u8 bcd_24_hours = 2, binary_24_hours = 6;

TEST(WallClock, KnownDates) {
    EXPECT_EQ(unix_seconds({0, 0, 0, 1, 1, 0, bcd_24_hours}), 946684800U);
    EXPECT_EQ(unix_seconds({0x59, 0x59, 0x23, 0x31, 0x12, 0x99, bcd_24_hours}), 4102444799U);
    EXPECT_EQ(unix_seconds({0x30, 0x15, 0x12, 0x29, 0x02, 0x24, bcd_24_hours}), 1709208930U);
    EXPECT_EQ(unix_seconds({30, 15, 12, 1, 3, 24, binary_24_hours}), 1709295330U);
}

TEST(WallClock, TwelveHourMode) {
    const auto hour = [](u8 raw) { return unix_seconds({0, 0, raw, 1, 1, 0, 0}) - 946684800; };
    EXPECT_EQ(hour(0x12), 0U);
    EXPECT_EQ(hour(0x01), 3600U);
    EXPECT_EQ(hour(0x92), 12 * 3600U);
    EXPECT_EQ(hour(0x91), 23 * 3600U);
}

TEST(WallClock, RubbishIsClamped) {
    EXPECT_EQ(unix_seconds({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, binary_24_hours}), 4102444799U);
    EXPECT_EQ(unix_seconds({0, 0, 0, 0, 0, 0, bcd_24_hours}), 946684800U);
}

} // namespace
} // namespace vestige::host
