// SPDX-License-Identifier: BSD-2-Clause
// INT 1Ah, INT 70h, and how the three clocks of a PC agree.
#include "pc_fixture.hpp"

namespace vestige::bios {
namespace {

using cpu::Gpr;

class Time : public test::Pc {
  protected:
    /// Idles in HLT, as boot loaders do, until a time.
    void run_until(machine::Nanoseconds end) {
        go(home);
        while (clock.time < end) {
            if (pic.interrupt_pending()) {
                interrupt(pic.acknowledge().value);
                ASSERT_TRUE(run_to(home));
                continue;
            }
            machine::Nanoseconds next = end;
            for (const machine::Timed* device : timed)
                next = std::min(next, device->next_deadline());
            advance(next > clock.time ? next - clock.time : 1);
        }
    }
    /// Counts of the PIT's channel 0 since the last tick, as a program latches them.
    u32 counts() {
        pit.write_port(Port{0x43}, Width::byte, 0);
        const u32 low = pit.read_port(Port{0x40}, Width::byte) & 0xff;
        const u32 left = low | (pit.read_port(Port{0x40}, Width::byte) & 0xff) << 8;
        return (0x10000 - left) & 0xffff;
    }
    struct Clocks {
        u64 counts;
        u64 ticks;
        u64 seconds;
    };
    /// All three right after a second of the RTC has begun, found by what a guest can see.
    Clocks at_a_new_second() {
        const auto second = [this] { return call(0x1a, 0x0200).regs.high(Gpr::rdx); };
        const u8 old = second();
        while (second() == old)
            run_until(clock.time + 100'000);
        const test::After time = call(0x1a, 0x0200);
        const auto number = [](u8 bcd) { return (bcd >> 4) * 10U + (bcd & 15U); };
        const u64 seconds = number(time.regs.high(Gpr::rcx)) * 3600U +
                            number(time.regs.low(Gpr::rcx)) * 60U +
                            number(time.regs.high(Gpr::rdx));
        const test::After told = call(0x1a, 0x0000);
        const u64 ticks = u64{told.regs.word(Gpr::rcx)} << 16 | told.regs.word(Gpr::rdx);
        return {counts(), ticks, seconds};
    }
};

TEST_F(Time, ClocksDriftLessThanATickInAnHour) {
    const Clocks before = at_a_new_second();
    const auto start = clock.time;
    run_until(start + 3599 * machine::nanoseconds_per_second + machine::nanoseconds_per_second / 2);
    const Clocks after = at_a_new_second();
    const double elapsed = static_cast<double>(clock.time - start) / 1e9;
    constexpr double input_clock = 14'318'180.0 / 12, tick = 65536 / input_clock;
    const double by_rtc = static_cast<double>(after.seconds - before.seconds);
    const double ticks = static_cast<double>(after.ticks - before.ticks);
    const double by_pit = (ticks * 65536 + static_cast<double>(after.counts) -
                           static_cast<double>(before.counts)) /
                          input_clock;
    EXPECT_NEAR(by_rtc, 3600, 1e-9);
    EXPECT_NEAR(elapsed, 3600, tick / 10);
    EXPECT_NEAR(ticks * tick, by_rtc, tick);
    EXPECT_NEAR(by_pit, by_rtc, tick / 10) << "a tick's fraction by its counter";
    RecordProperty("rtc", std::to_string(by_rtc));
    RecordProperty("pit", std::to_string(by_pit));
}

TEST_F(Time, MidnightIsToldOnce) {
    cx(0x0018);
    dx(0x00a0);
    EXPECT_FALSE(call_with(0x1a, 0x0100, true).carry());
    run_until(clock.time + machine::nanoseconds_per_second);
    EXPECT_EQ(call_with(0x1a, 0x0000, true).regs.low(Gpr::rax), 1);
    EXPECT_EQ(cpu.regs.word(Gpr::rcx), 0);
    EXPECT_LT(cpu.regs.word(Gpr::rdx), 5);
    EXPECT_EQ(call(0x1a, 0x0000).regs.low(Gpr::rax), 0);
}

TEST_F(Time, TimeAndDateAreSetAndTold) {
    cx(0x2359);
    dx(0x5801);
    EXPECT_FALSE(call_with(0x1a, 0x0300, true).carry());
    EXPECT_EQ(cpu.regs.word(Gpr::rax), 0x0003);
    cx(0x1999);
    dx(0x1231);
    EXPECT_FALSE(call_with(0x1a, 0x0500, true).carry());
    EXPECT_FALSE(call_with(0x1a, 0x0200, true).carry());
    EXPECT_EQ(cpu.regs.word(Gpr::rcx), 0x2359);
    EXPECT_EQ(cpu.regs.word(Gpr::rdx), 0x5801);
    run_until(clock.time + 3 * machine::nanoseconds_per_second);
    EXPECT_FALSE(call_with(0x1a, 0x0400, true).carry());
    EXPECT_EQ(cpu.regs.word(Gpr::rcx), 0x2000);
    EXPECT_EQ(cpu.regs.word(Gpr::rdx), 0x0101);
}

TEST_F(Time, TheAlarmCallsTheUsersHook) {
    unsigned rung = 0;
    hook(0x4a, {0x7000, 0}, [&] { ++rung; });
    cx(0x2213);
    dx(0x2500);
    EXPECT_FALSE(call_with(0x1a, 0x0600, true).carry());
    EXPECT_TRUE(call_with(0x1a, 0x0600, false).carry()) << "one at a time";
    run_until(clock.time + 10 * machine::nanoseconds_per_second);
    EXPECT_EQ(rung, 1U);
    EXPECT_FALSE(call_with(0x1a, 0x0700, true).carry());
    EXPECT_FALSE(call_with(0x1a, 0x0600, true).carry());
}

TEST_F(Time, UnknownFunctionsOnlySetCarry) {
    for (const u16 function : {0x0800, 0x3500, 0xb000, 0xbb00, 0xff00}) {
        EXPECT_TRUE(call_with(0x1a, static_cast<u16>(function), false).carry());
        EXPECT_EQ(cpu.regs.word(Gpr::rax), function);
    }
}

} // namespace
} // namespace vestige::bios
