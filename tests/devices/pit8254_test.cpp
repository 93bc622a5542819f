// SPDX-License-Identifier: BSD-2-Clause
// Intel 8254 data sheet: modes, counts, gates, latches; and port 61h of a PC.
#include "vestige/devices/pit8254.hpp"

#include "device_fixture.hpp"

#include <gtest/gtest.h>

namespace vestige::test {
namespace {

struct Pit : ::testing::Test, Ports {
    FakeClock clock;
    LineRecorder lines;
    devices::Pit8254 pit{clock, {lines, 0}};

    Pit() {
        EXPECT_TRUE(pit.attach(*bus));
        pit.reset();
    }
    void at(u64 tick) { clock.time = devices::pit_time_of(tick); }
    /// Lets the interrupt channel work up to a tick.
    void run(u64 tick) { run_until(clock, pit, devices::pit_time_of(tick)); }
    void program(unsigned channel, unsigned mode, unsigned count, bool bcd = false) {
        out(0x43, channel << 6 | 0x30 | mode << 1 | (bcd ? 1U : 0U));
        out(0x40 + channel, count & 0xff);
        out(0x40 + channel, count >> 8);
        lines.edges[0] = 0; // the output may have gone to its level before the first count
    }
    unsigned read(unsigned channel) {
        const unsigned low = in(0x40 + channel);
        return low | static_cast<unsigned>(in(0x40 + channel)) << 8;
    }
    unsigned latched(unsigned channel) {
        out(0x43, channel << 6);
        return read(channel);
    }
    u8 status(unsigned channel) {
        out(0x43, 0xe0U | 2U << channel);
        return in(0x40 + channel);
    }
    bool output2() { return (in(0x61) & 0x20) != 0; }
    void gate2(bool high) { out(0x61, high ? 1 : 0); }
};

TEST_F(Pit, TickTimesRoundTrip) {
    for (const u64 tick : {u64{0}, u64{1}, u64{2}, u64{1193181}, u64{1193182}, u64{123456789012}}) {
        EXPECT_EQ(devices::pit_ticks_at(devices::pit_time_of(tick)), tick);
        if (tick != 0) {
            EXPECT_EQ(devices::pit_ticks_at(devices::pit_time_of(tick) - 1), tick - 1);
        }
    }
}

TEST_F(Pit, NothingComesBeforeACountIsWritten) {
    EXPECT_EQ(pit.next_deadline(), machine::never);
    out(0x43, 0x34);
    out(0x40, 0x10);
    EXPECT_EQ(pit.next_deadline(), machine::never);
    out(0x40, 0x00);
    EXPECT_EQ(pit.next_deadline(), devices::pit_time_of(0x10));
}

TEST_F(Pit, Mode0InterruptsOnceAtTheEndOfTheCount) {
    program(0, 0, 100);
    EXPECT_EQ(lines.edges[0], 0U);
    at(40);
    EXPECT_EQ(latched(0), 60U);
    EXPECT_EQ(status(0) & 0x80, 0);
    run(1000);
    EXPECT_EQ(lines.edges[0], 1U);
    EXPECT_EQ(status(0) & 0x80, 0x80);
    EXPECT_EQ(latched(0), 0x10000U - 900) << "it goes on through zero";
    out(0x40, 50); // a new count takes the output down
    EXPECT_FALSE(lines.high[0]);
    out(0x40, 0);
    run(2000);
    EXPECT_EQ(lines.edges[0], 2U);
}

TEST_F(Pit, Mode2IsARateGenerator) {
    program(0, 2, 1000);
    run(5000);
    EXPECT_EQ(lines.edges[0], 5U);
    at(5250);
    EXPECT_EQ(latched(0), 750U);
    run(5999);
    EXPECT_EQ(status(0) & 0x80, 0) << "low for the last tick of the period";
}

TEST_F(Pit, Mode2TakesANewCountAtTheEndOfThePeriod) {
    program(0, 2, 1000);
    at(300);
    out(0x40, 100);
    out(0x40, 0);
    EXPECT_EQ(status(0) & 0x40, 0x40) << "the count has not been taken yet";
    EXPECT_EQ(latched(0), 700U);
    run(1000);
    EXPECT_EQ(lines.edges[0], 1U);
    EXPECT_EQ(status(0) & 0x40, 0);
    run(1100);
    EXPECT_EQ(lines.edges[0], 2U);
    at(1130);
    EXPECT_EQ(latched(0), 70U);
}

TEST_F(Pit, Mode3IsASquareWave) {
    program(2, 3, 1000);
    gate2(true);
    at(499);
    EXPECT_TRUE(output2());
    EXPECT_EQ(latched(2), 2U);
    at(500);
    EXPECT_FALSE(output2());
    EXPECT_EQ(latched(2), 1000U);
    at(999);
    EXPECT_FALSE(output2());
    at(1000);
    EXPECT_TRUE(output2());
}

TEST_F(Pit, Mode3OddCountsAreHighOneTickLonger) {
    program(2, 3, 7);
    gate2(true);
    std::string wave;
    for (u64 tick = 0; tick < 14; ++tick) {
        at(tick);
        wave += output2() ? '-' : '_';
    }
    EXPECT_EQ(wave, "----___----___");
}

TEST_F(Pit, Mode3TakesANewCountAfterTheHalfPeriod) {
    program(0, 3, 1000);
    at(100);
    out(0x40, 200);
    out(0x40, 0);
    // High until 500, then low for 100, then periods of 200.
    EXPECT_EQ(pit.next_deadline(), devices::pit_time_of(600));
    run(600);
    EXPECT_EQ(lines.edges[0], 1U);
    EXPECT_EQ(pit.next_deadline(), devices::pit_time_of(800));
    at(750);
    out(0x40, 100);
    out(0x40, 0);
    EXPECT_EQ(pit.next_deadline(), devices::pit_time_of(800));
    run(900);
    EXPECT_EQ(lines.edges[0], 3U);
}

TEST_F(Pit, Mode1IsAOneShotThatTheGateStarts) {
    program(2, 1, 100);
    at(50);
    EXPECT_TRUE(output2());
    gate2(true);
    at(149);
    EXPECT_FALSE(output2());
    at(150);
    EXPECT_TRUE(output2());
    gate2(false);
    gate2(true); // again
    at(200);
    EXPECT_FALSE(output2());
    out(0x42, 10); // the pulse that runs keeps its length
    out(0x42, 0);
    at(249);
    EXPECT_FALSE(output2());
    at(250);
    EXPECT_TRUE(output2());
    gate2(false);
    gate2(true);
    at(259);
    EXPECT_FALSE(output2());
    at(260);
    EXPECT_TRUE(output2());
}

TEST_F(Pit, Mode4StrobesOnce) {
    program(2, 4, 10);
    gate2(true);
    at(9);
    EXPECT_TRUE(output2());
    at(10);
    EXPECT_FALSE(output2());
    at(11);
    EXPECT_TRUE(output2());
    at(11 + 65536);
    EXPECT_TRUE(output2());
}

TEST_F(Pit, Mode5StrobesAfterTheGate) {
    program(2, 5, 10);
    at(100);
    EXPECT_TRUE(output2());
    gate2(true);
    at(110);
    EXPECT_FALSE(output2());
    at(111);
    EXPECT_TRUE(output2());
}

TEST_F(Pit, TheGateStopsModes0And4) {
    program(2, 0, 100);
    gate2(true);
    at(30);
    gate2(false);
    at(500);
    EXPECT_EQ(latched(2), 70U);
    gate2(true);
    at(569);
    EXPECT_FALSE(output2());
    at(570);
    EXPECT_TRUE(output2());
}

TEST_F(Pit, TheGateRestartsModes2And3) {
    program(2, 2, 100);
    gate2(true);
    at(30);
    gate2(false);
    EXPECT_TRUE(output2());
    at(50);
    gate2(true);
    EXPECT_EQ(latched(2), 100U);
    at(149);
    EXPECT_FALSE(output2());
}

TEST_F(Pit, CountsInBcd) {
    program(0, 2, 0x1000, true);
    EXPECT_EQ(pit.next_deadline(), devices::pit_time_of(1000));
    at(1);
    EXPECT_EQ(latched(0), 0x999U);
    program(0, 0, 0, true); // zero is 10000
    EXPECT_EQ(pit.next_deadline(), devices::pit_time_of(10001));
}

TEST_F(Pit, ZeroIsTheLargestCount) {
    program(0, 2, 0);
    EXPECT_EQ(pit.next_deadline(), devices::pit_time_of(65536));
    program(0, 3, 1); // a count of one does not exist here
    EXPECT_EQ(pit.next_deadline(), devices::pit_time_of(2));
}

TEST_F(Pit, SingleByteAccess) {
    out(0x43, 0x14); // low byte only
    out(0x40, 200);
    EXPECT_EQ(pit.next_deadline(), devices::pit_time_of(200));
    at(50);
    EXPECT_EQ(in(0x40), 150);
    EXPECT_EQ(in(0x40), 150);
    out(0x43, 0x24); // high byte only
    out(0x40, 2);
    EXPECT_EQ(pit.next_deadline(), devices::pit_time_of(50 + 512));
    EXPECT_EQ(in(0x40), 2);
}

TEST_F(Pit, ALatchHoldsUntilItIsRead) {
    program(0, 2, 1000);
    at(100);
    out(0x43, 0x00);
    at(200);
    out(0x43, 0x00); // a second latch changes nothing
    EXPECT_EQ(read(0), 900U);
    EXPECT_EQ(read(0), 800U);
}

TEST_F(Pit, ReadBackLatchesStatusThenCount) {
    program(0, 2, 1000);
    program(2, 3, 500);
    at(10);
    out(0x43, 0xc0 | 0x02 | 0x08); // both, channels 0 and 2
    at(600);
    EXPECT_EQ(in(0x40), 0xb4); // output high, both bytes, mode 2
    EXPECT_EQ(read(0), 990U);
    EXPECT_EQ(in(0x42) & 0x3f, 0x36);
    EXPECT_EQ(read(2), 500U) << "its gate is closed";
}

TEST_F(Pit, ControlWordsSixAndSevenAreModesTwoAndThree) {
    out(0x43, 0x3c);
    EXPECT_EQ(status(0) & 0x0e, 0x04);
    out(0x43, 0x3e);
    EXPECT_EQ(status(0) & 0x0e, 0x06);
}

TEST_F(Pit, SystemControlPort) {
    out(0x61, 0xff);
    EXPECT_EQ(in(0x61) & 0x0f, 0x0f) << "gate, speaker, parity and channel check bits";
    EXPECT_EQ(in(0x61) & 0xc0, 0) << "no parity error";
    out(0x61, 0x02);
    EXPECT_EQ(in(0x61) & 0x0f, 0x02);
    const u8 before = in(0x61) & 0x10;
    clock.time += 15085;
    EXPECT_NE(in(0x61) & 0x10, before) << "refresh toggles";
}

TEST_F(Pit, NoStormAfterAPause) {
    program(0, 2, 1193); // 1 kHz
    clock.time = 10 * machine::nanoseconds_per_second;
    pit.expire();
    EXPECT_EQ(lines.edges[0], 1U);
    EXPECT_GT(pit.next_deadline(), clock.time);
}

TEST_F(Pit, TheControlPortCannotBeRead) {
    EXPECT_EQ(in(0x43), 0xff);
}

} // namespace
} // namespace vestige::test
