// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/acpi_pm.hpp"

#include <gtest/gtest.h>

namespace vestige::devices {
namespace {

struct FixedClock final : machine::Clock {
    machine::Nanoseconds time = 0;
    machine::Nanoseconds now() const override { return time; }
};

struct Power final : machine::PowerControl {
    int offs = 0;
    void request_reset(const char*) override {}
    void power_off() override { ++offs; }
    void exit_with(u8) override {}
};

struct Lines final : machine::InterruptController {
    bool sci = false;
    void set_line(unsigned line, bool level) override {
        EXPECT_EQ(line, 9U);
        sci = level;
    }
};

class AcpiPmTest : public ::testing::Test {
  protected:
    static constexpr machine::Nanoseconds second = machine::nanoseconds_per_second;
    /// 2^31 ticks: the highest bit of the timer changes.
    static constexpr machine::Nanoseconds half_period = 599'932'015'941;

    AcpiPmTest() {
        EXPECT_TRUE(pm.attach(bus));
        pm.reset();
    }
    u32 in(u16 port, Width width) { return bus.read(Port{port}, width); }
    void out(u16 port, Width width, u32 value) { bus.write(Port{port}, width, value); }

    FixedClock clock;
    Power power;
    Lines lines;
    AcpiPm pm{clock, {lines, AcpiPm::sci_line}, power};
    machine::PortBus bus;
};

TEST_F(AcpiPmTest, TimerCountsAtItsFrequency) {
    EXPECT_EQ(in(0x608, Width::dword), 0U);
    clock.time = second;
    EXPECT_EQ(in(0x608, Width::dword), 3'579'545U);
    clock.time = 3600 * second;
    EXPECT_EQ(in(0x608, Width::dword), u32(3600 * u64{3'579'545}));
    EXPECT_EQ(in(0x608, Width::word), in(0x608, Width::dword) & 0xffff);
    EXPECT_EQ(in(0x60a, Width::byte), in(0x608, Width::dword) >> 16 & 0xff);
    out(0x608, Width::dword, 0);
    EXPECT_NE(in(0x608, Width::dword), 0U);
}

TEST_F(AcpiPmTest, TimerNeverRunsBackwards) {
    u32 last = 0;
    for (int i = 0; i < 10000; ++i) {
        clock.time += 9'999'937;
        const u32 now = in(0x608, Width::dword);
        EXPECT_LT(now - last, 36'000U);
        EXPECT_GT(now - last, 35'000U);
        last = now;
    }
}

TEST_F(AcpiPmTest, IsAlwaysInAcpiMode) {
    EXPECT_EQ(in(0x604, Width::word), 1U);
    out(0x604, Width::word, 0);
    EXPECT_EQ(in(0x604, Width::word), 1U);
}

TEST_F(AcpiPmTest, SleepTypeFiveOffAndNoOther) {
    out(0x604, Width::word, 0x2000 | 3 << 10);
    EXPECT_EQ(power.offs, 0);
    EXPECT_EQ(in(0x604, Width::word), 0x0c01U); // SLP_EN reads as 0
    out(0x604, Width::word, 0x0000);
    EXPECT_EQ(power.offs, 0);
    out(0x604, Width::word, 0x2000);
    EXPECT_EQ(power.offs, 1);
    out(0x605, Width::byte, 0x20);
    EXPECT_EQ(power.offs, 2);
}

TEST_F(AcpiPmTest, TimerInterruptComesWhenTheHighestBitChanges) {
    out(0x602, Width::word, 0xffff);
    EXPECT_EQ(in(0x602, Width::word), 0x0721U);
    EXPECT_FALSE(lines.sci);
    const machine::Nanoseconds due = pm.next_deadline();
    EXPECT_NEAR(double(due), double(half_period), 2);
    clock.time = due - 300;
    pm.expire();
    EXPECT_FALSE(lines.sci);
    clock.time = due;
    pm.expire();
    EXPECT_TRUE(lines.sci);
    EXPECT_EQ(in(0x600, Width::word), 1U);
    EXPECT_EQ(pm.next_deadline(), machine::never);
    out(0x600, Width::word, 0xfffe);
    EXPECT_TRUE(lines.sci);
    out(0x600, Width::word, 0x0001);
    EXPECT_FALSE(lines.sci);
    EXPECT_EQ(in(0x600, Width::word), 0U);
    EXPECT_NEAR(double(pm.next_deadline()), 2.0 * double(half_period), 2);
}

TEST_F(AcpiPmTest, StatusIsSetWithoutTheInterruptToo) {
    EXPECT_EQ(pm.next_deadline(), machine::never);
    clock.time = 3 * half_period;
    EXPECT_EQ(in(0x600, Width::word), 1U);
    EXPECT_FALSE(lines.sci);
    out(0x602, Width::byte, 1);
    EXPECT_TRUE(lines.sci);
    pm.reset();
    EXPECT_FALSE(lines.sci);
    EXPECT_EQ(in(0x600, Width::dword), 0U);
}

} // namespace
} // namespace vestige::devices
