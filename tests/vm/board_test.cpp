// SPDX-License-Identifier: BSD-2-Clause
// The clocks of a board against each other, and what a pause does to them.
#include "board_fixture.hpp"

#include <gtest/gtest.h>
#include <map>

namespace vestige::test {
namespace {

using devices::Hpet;
using devices::IoApic;
using devices::LocalApic;

constexpr u64 second = machine::nanoseconds_per_second;
constexpr u8 timer_vector = 0x30, clock_vector = 0x38, hpet_vector = 0x40, apic_vector = 0x50;

struct BoardTest : ::testing::Test, BoardFixture {
    BoardTest() { board->lapic.enter_virtual_wire_mode(); }
    void route(unsigned pin, u8 vector) {
        store(IoApic::base, 0x10 + 2 * pin);
        store(IoApic::base + 0x10, vector);
    }
    void apic(u64 offset, u32 value) { store(LocalApic::base + offset, value); }
    u16 pit_count() {
        out(0x43, 0x00);
        const u32 low = in(0x40);
        return static_cast<u16>(low | in(0x40) << 8);
    }
    u32 cmos(u8 index) {
        out(0x70, index);
        return in(0x71);
    }
    /// Takes and ends everything that is due, as a guest would; how often each vector came.
    std::map<u8, unsigned> serve() {
        std::map<u8, unsigned> came;
        while (board->lapic.interrupt_pending() && came.size() < 100) {
            const u8 vector = board->acknowledge().value;
            if (++came[vector] > 100)
                break;
            if (vector == clock_vector)
                static_cast<void>(cmos(0x0c));
            apic(0xb0, 0);
        }
        return came;
    }
    /// The 8254 as POST leaves it.
    void start_pit() {
        out(0x43, 0x36);
        out(0x40, 0);
        out(0x40, 0);
    }
    /// All periodic sources at about 1 kHz.
    void start_all() {
        route(2, timer_vector);
        route(8, clock_vector);
        route(20, hpet_vector);
        out(0x43, 0x34);
        out(0x40, 1193 & 0xff);
        out(0x40, 1193 >> 8);
        out(0x70, 0x0b);
        out(0x71, 0x42);
        store(Hpet::base + 0x140, 20 << 9 | 0x40 | 8 | 4); // timer 2
        store(Hpet::base + 0x148, 100'000, Width::qword);
        store(Hpet::base + 0x10, 1);
        apic(0x320, 0x20000 | apic_vector);
        apic(0x3e0, 0xb);
        apic(0x380, 25'000);
    }
};

TEST_F(BoardTest, ClocksAgree) {
    out(0x43, 0x34);
    out(0x40, 0);
    out(0x40, 0);
    store(Hpet::base + 0x10, 1);
    apic(0x3e0, 0xb);
    apic(0x380, ~0U);
    const u32 pm_start = in(0x608, Width::dword);
    const u64 hpet_start = load(Hpet::base + 0xf0, Width::qword);
    const u32 rtc_start = cmos(0);
    const u64 tsc_start = clock.read_tsc();
    run_until(clock.time + 3 * second + 14'000'000);
    const u64 passed = 3'014'000'000;
    EXPECT_EQ(clock.read_tsc() - tsc_start, 3 * passed);
    EXPECT_EQ((load(Hpet::base + 0xf0, Width::qword) - hpet_start) * 10, passed);
    EXPECT_EQ((~u32{0} - load(LocalApic::base + 0x390)) * u64{40}, passed);
    const u64 pm = in(0x608, Width::dword) - pm_start;
    EXPECT_EQ(pm, passed * 3'579'545 / second);
    const u64 pit = (0x10000 - pit_count()) % 0x10000;
    EXPECT_NEAR(static_cast<double>(pit),
                static_cast<double>(passed * 1'193'182 / second % 0x10000), 1);
    EXPECT_EQ((cmos(0) >> 4) * 10 + (cmos(0) & 15), (rtc_start >> 4) * 10 + (rtc_start & 15) + 3);
}

TEST_F(BoardTest, EveryTimerTicksOnce) {
    start_all();
    std::map<u8, unsigned> came;
    for (unsigned i = 0; i < 1000; ++i) {
        run_until(clock.time + 1'000'000);
        for (const auto& [vector, times] : serve())
            came[vector] += times;
    }
    EXPECT_NEAR(came[timer_vector], 1000, 1);
    EXPECT_NEAR(came[clock_vector], 1000, 30); // 1024 Hz, looked at 1000 times
    EXPECT_EQ(came[hpet_vector], 1000U);
    EXPECT_EQ(came[apic_vector], 1000U);
}

TEST_F(BoardTest, PausedVmGetsNoStormOfTicks) {
    start_all();
    run_until(clock.time + second / 100);
    serve();
    clock.time += 3600 * second; // the VM did not run
    board->expire(clock.time);
    unsigned came = 0;
    for (unsigned i = 0; i < 10; ++i)
        for (const auto& [vector, times] : serve())
            came += times;
    EXPECT_LE(came, 4U); // each source at most once
    EXPECT_GE(came, 1U);
    EXPECT_GT(board->next_deadline(), clock.time);
    run_until(clock.time + 1'000'000);
    for (const auto& [vector, times] : serve())
        EXPECT_LE(times, 2U) << unsigned{vector};
}

TEST_F(BoardTest, IdleBoardAsksForNothing) {
    start_pit(); // and nothing else runs: 18.2 Hz
    unsigned wakes = 0;
    const machine::Nanoseconds end = clock.time + 10 * second;
    while (board->next_deadline() <= end) {
        clock.time = std::max(clock.time, board->next_deadline());
        board->expire(clock.time);
        ++wakes;
    }
    EXPECT_NEAR(wakes, 182, 2);
}

TEST_F(BoardTest, ThePicAndTheIoApicSeeTheSameLines) {
    out(0x20, 0x11);
    out(0x21, 0x08);
    out(0x21, 4);
    out(0x21, 1);
    out(0x21, 0xfe);
    start_pit();
    route(2, timer_vector);
    run_until(clock.time + second / 10);
    EXPECT_TRUE(board->lapic.external_pending());
    EXPECT_EQ(board->acknowledge().value, 0x08);
    EXPECT_EQ(board->acknowledge().value, timer_vector);
}

} // namespace
} // namespace vestige::test
