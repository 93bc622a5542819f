// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/hpet.hpp"

#include "device_fixture.hpp"

#include <gtest/gtest.h>

namespace vestige::test {
namespace {

using devices::Hpet;

constexpr u64 second = machine::nanoseconds_per_second;
constexpr u64 configuration = 0x10, status = 0x20, counter = 0xf0;
constexpr u64 timer(unsigned number) {
    return 0x100 + 0x20 * u64{number};
}
constexpr u64 comparator(unsigned number) {
    return timer(number) + 8;
}
constexpr u64 periodic = 8, enabled = 4, level = 2, set_value = 0x40, narrow = 0x100;
constexpr u64 on_pin(u64 pin) {
    return pin << 9;
}

struct HpetTest : ::testing::Test {
    HpetTest() {
        EXPECT_TRUE(hpet.attach(bus));
        hpet.reset();
    }
    u64 get(u64 offset, Width width = Width::qword) { return bus.read(Hpet::base + offset, width); }
    void set(u64 offset, u64 value, Width width = Width::qword) {
        bus.write(Hpet::base + offset, width, value);
    }

    FakeClock clock;
    LineRecorder pic, pins;
    machine::MmioBus bus;
    devices::InterruptRouter router{pic, pins};
    Hpet hpet{clock, router};
};

TEST_F(HpetTest, Identity) {
    EXPECT_EQ(get(0), 0x009896808086a201U); // 10 ns, Intel, legacy, 64 bits, three timers
    EXPECT_EQ(Hpet::capabilities(), 0x8086a201U);
    EXPECT_EQ(get(4, Width::dword), 10'000'000U);
    EXPECT_EQ(get(timer(0)), 0x00f00000'00000030U);
    EXPECT_EQ(get(comparator(2)), ~u64{0});
    EXPECT_EQ(get(0x160), 0U); // no fourth timer
    set(0, 0);
    EXPECT_EQ(get(0, Width::word), 0xa201U);
}

TEST_F(HpetTest, CountsWhileEnabled) {
    clock.time = 1000;
    EXPECT_EQ(get(counter), 0U);
    set(configuration, 1);
    clock.time += 1000;
    EXPECT_EQ(get(counter), 100U);
    set(configuration, 0);
    clock.time += 1000;
    EXPECT_EQ(get(counter), 100U);
    set(counter, 0xffffffff);
    set(configuration, 1);
    clock.time += 10;
    EXPECT_EQ(get(counter), 0x100000000U);
    EXPECT_EQ(get(counter, Width::dword), 0U);
    EXPECT_EQ(get(counter + 4, Width::dword), 1U);
}

TEST_F(HpetTest, OneShotOnAPin) {
    set(configuration, 1);
    set(timer(2), enabled | on_pin(20));
    set(comparator(2), 1000);
    EXPECT_EQ(hpet.next_deadline(), 10'000U);
    run_until(clock, hpet, second);
    EXPECT_EQ(pins.edges[20], 1U);
    EXPECT_FALSE(pins.high[20]);
    set(timer(2), enabled | on_pin(3)); // a pin that it cannot have
    set(comparator(2), get(counter) + 1000);
    run_until(clock, hpet, 2 * second);
    EXPECT_EQ(pins.edges[3], 0U);
}

TEST_F(HpetTest, LevelStaysUntilItIsCleared) {
    set(configuration, 1);
    set(timer(1), enabled | level | on_pin(21));
    set(comparator(1), 1000);
    run_until(clock, hpet, second);
    EXPECT_TRUE(pins.high[21]);
    EXPECT_EQ(get(status), 2U);
    set(status, 1);
    EXPECT_TRUE(pins.high[21]);
    set(status, 2, Width::dword);
    EXPECT_FALSE(pins.high[21]);
    EXPECT_EQ(get(status), 0U);
}

TEST_F(HpetTest, PeriodicAsSystemsSetItUp) {
    set(configuration, 3, Width::dword);
    set(timer(0), enabled | periodic | set_value | narrow, Width::dword);
    set(comparator(0), 100'000, Width::dword); // next match
    set(comparator(0), 100'000, Width::dword); // period
    EXPECT_EQ(get(timer(0)) & set_value, 0U);
    run_until(clock, hpet, second);
    EXPECT_EQ(pic.edges[0], 1000U); // legacy: line 0, which is pin 2
    EXPECT_EQ(pins.edges[2], 1000U);
}

TEST_F(HpetTest, PauseMakesOneTickNotAStorm) {
    set(configuration, 3);
    set(timer(0), enabled | periodic | set_value | narrow);
    set(comparator(0), 100'000);
    run_until(clock, hpet, 10'000'000);
    EXPECT_EQ(pic.edges[0], 10U);
    clock.time += 3600 * second + 250'000; // longer than the 32 bits last
    hpet.expire();
    EXPECT_EQ(pic.edges[0], 11U);
    EXPECT_EQ(hpet.next_deadline(), clock.time + 750'000);
}

TEST_F(HpetTest, RateIsBounded) {
    set(configuration, 3);
    set(timer(0), enabled | periodic | set_value);
    set(comparator(0), 1);
    run_until(clock, hpet, second / 100);
    EXPECT_LE(pic.edges[0], 1001U);
    EXPECT_GE(pic.edges[0], 999U);
}

TEST_F(HpetTest, LegacyReplacementCutsTheOthersOff) {
    router.set_line(0, true);
    EXPECT_TRUE(pic.high[0]);
    set(configuration, 3);
    EXPECT_FALSE(pic.high[0]);
    router.set_line(0, false);
    router.set_line(0, true);
    router.set_line(8, true);
    EXPECT_EQ(pic.edges[0], 1U);
    EXPECT_EQ(pic.edges[8], 0U);
    router.set_line(9, true);
    EXPECT_EQ(pic.edges[9], 1U);
    set(timer(1), enabled);
    set(comparator(1), get(counter) + 1000);
    run_until(clock, hpet, second);
    EXPECT_EQ(pic.edges[8], 1U);
    set(configuration, 1);
    router.set_line(8, false);
    router.set_line(8, true);
    EXPECT_EQ(pic.edges[8], 2U);
}

TEST_F(HpetTest, NarrowComparatorsWrap) {
    set(counter, 0xffffff00);
    set(timer(2), enabled | narrow | on_pin(22));
    set(comparator(2), 0x100);
    set(configuration, 1);
    EXPECT_EQ(hpet.next_deadline(), 0x200U * Hpet::tick);
    run_until(clock, hpet, second);
    EXPECT_EQ(pins.edges[22], 1U);
    run_until(clock, hpet, 50 * second); // and once more 2^32 ticks later
    EXPECT_EQ(pins.edges[22], 2U);
}

TEST_F(HpetTest, CrookedWritesAreIgnored) {
    set(configuration, 1, Width::byte);
    set(configuration + 1, 1, Width::dword);
    EXPECT_EQ(get(configuration), 0U);
    EXPECT_EQ(get(configuration + 4, Width::qword), 0U);
}

} // namespace
} // namespace vestige::test
