// SPDX-License-Identifier: BSD-2-Clause
// Motorola MC146818 data sheet: time, formats, update cycle, alarm, periodic interrupt, RAM.
#include "vestige/devices/rtc_cmos.hpp"

#include "device_fixture.hpp"

#include <gtest/gtest.h>

namespace vestige::test {
namespace {

using namespace devices::cmos;
using devices::CivilTime;

constexpr u64 second = machine::nanoseconds_per_second;
constexpr u64 start = devices::to_seconds({1999, 12, 31, 23, 59, 50, 6});
constexpr u8 set = 0x80, periodic = 0x40, alarm = 0x20, update = 0x10, binary = 0x04, hours24 = 2;

struct Rtc : ::testing::Test, Ports {
    FakeClock clock;
    LineRecorder lines;
    devices::RtcCmos rtc{clock, {lines, 8}, start};

    Rtc() {
        EXPECT_TRUE(rtc.attach(*bus));
        rtc.reset();
    }
    u8 get(u8 index) {
        out(0x70, index);
        return in(0x71);
    }
    void put(u8 index, u8 value) {
        out(0x70, index);
        out(0x71, value);
    }
    void run(u64 nanoseconds) { run_until(clock, rtc, nanoseconds); }
};

TEST_F(Rtc, ShowsTheTimeInBcd) {
    EXPECT_EQ(get(seconds), 0x50);
    EXPECT_EQ(get(minutes), 0x59);
    EXPECT_EQ(get(hours), 0x23);
    EXPECT_EQ(get(weekday), 6);
    EXPECT_EQ(get(day), 0x31);
    EXPECT_EQ(get(month), 0x12);
    EXPECT_EQ(get(year), 0x99);
    EXPECT_EQ(get(century), 0x19);
}

TEST_F(Rtc, RollsOverIntoTheCentury) {
    clock.time = 10 * second;
    EXPECT_EQ(get(seconds), 0);
    EXPECT_EQ(get(hours), 0);
    EXPECT_EQ(get(weekday), 7);
    EXPECT_EQ(get(day), 1);
    EXPECT_EQ(get(month), 1);
    EXPECT_EQ(get(year), 0);
    EXPECT_EQ(get(century), 0x20);
}

TEST_F(Rtc, BinaryAndTwelveHours) {
    put(status_b, binary | hours24);
    EXPECT_EQ(get(seconds), 50);
    EXPECT_EQ(get(hours), 23);
    put(status_b, binary);
    EXPECT_EQ(get(hours), 0x80 | 11);
    clock.time = 10 * second;
    EXPECT_EQ(get(hours), 12) << "midnight";
    put(status_b, 0);
    put(hours, 0x92); // 12 PM
    EXPECT_EQ(rtc.time().hour, 12U);
    put(hours, 0x12);
    EXPECT_EQ(rtc.time().hour, 0U);
    put(hours, 0x01);
    EXPECT_EQ(get(hours), 0x01);
}

TEST_F(Rtc, ADateIsWrittenWhileTheClockIsSet) {
    put(status_b, set | hours24);
    clock.time = 5 * second;
    EXPECT_EQ(get(seconds), 0x50) << "stopped";
    // From 31 December by way of dates that do not exist.
    put(month, 0x02);
    EXPECT_EQ(get(day), 0x31);
    put(day, 0x29);
    put(year, 0x24);
    put(century, 0x20);
    put(hours, 0x12);
    put(minutes, 0x34);
    put(seconds, 0x56);
    put(weekday, 0x05);
    put(status_b, hours24);
    EXPECT_EQ(rtc.time(), (CivilTime{2024, 2, 29, 12, 34, 56, 5}));
    clock.time += second;
    EXPECT_EQ(get(seconds), 0x57);
}

TEST_F(Rtc, TheFormatCanChangeWhileTheClockIsSet) {
    put(status_b, set | binary | hours24);
    put(seconds, 30);
    put(minutes, 45);
    put(hours, 17);
    put(day, 15);
    put(month, 11);
    put(year, 26);
    put(century, 20);
    put(status_b, binary | hours24);
    EXPECT_EQ(rtc.time().minute, 45U);
    EXPECT_EQ(rtc.time().hour, 17U);
    put(status_b, hours24);
    EXPECT_EQ(get(hours), 0x17);
}

TEST_F(Rtc, TheWeekdayIsTheGuestsOwn) {
    put(weekday, 2); // 31 December 1999 was a Friday
    EXPECT_EQ(get(weekday), 2);
    clock.time = 10 * second;
    EXPECT_EQ(get(weekday), 3);
}

TEST_F(Rtc, NonsenseIsBroughtIntoRange) {
    for (const u8 value : {0x00, 0xff, 0x9f, 0xaa}) {
        put(status_b, set | hours24);
        for (const u8 index : {seconds, minutes, hours, weekday, day, month, year, century})
            put(index, value);
        put(status_b, hours24);
        const CivilTime t = rtc.time();
        EXPECT_LT(t.second, 60U);
        EXPECT_LT(t.hour, 24U);
        EXPECT_GE(t.year, 1970U);
        EXPECT_LE(t.weekday, 7U);
    }
}

TEST_F(Rtc, UpdateInProgressComesBeforeTheSecond) {
    clock.time = second - 244'001;
    EXPECT_EQ(get(status_a) & 0x80, 0);
    clock.time = second - 244'000;
    EXPECT_EQ(get(status_a) & 0x80, 0x80);
    EXPECT_TRUE(rtc.updating());
    clock.time = second;
    EXPECT_EQ(get(status_a) & 0x80, 0);
    put(status_b, set | hours24);
    clock.time = 2 * second - 1;
    EXPECT_EQ(get(status_a) & 0x80, 0) << "no update while set";
}

TEST_F(Rtc, TheDividersResetStartsTheSecondAnew) {
    clock.time = second / 4;
    put(status_a, 0x76);
    clock.time = 3 * second + 100;
    EXPECT_EQ(get(seconds), 0x50);
    put(status_a, 0x26);
    clock.time += second / 2 - 1;
    EXPECT_EQ(get(seconds), 0x50);
    clock.time += 1;
    EXPECT_EQ(get(seconds), 0x51);
    clock.time += second;
    EXPECT_EQ(get(seconds), 0x52);
}

TEST_F(Rtc, UpdateInterruptEverySecond) {
    put(status_b, update | hours24);
    run(3 * second + 1);
    EXPECT_EQ(lines.edges[8], 1U) << "register C has not been read";
    EXPECT_EQ(get(status_c), 0x90 | 0x40) << "the periodic flag rises without its interrupt";
    EXPECT_FALSE(lines.high[8]);
    EXPECT_EQ(get(status_c), 0);
    run(4 * second);
    EXPECT_EQ(lines.edges[8], 2U);
    put(status_b, set | update | hours24);
    EXPECT_EQ(get(status_b), set | hours24) << "SET clears the update interrupt";
}

TEST_F(Rtc, AlarmAtATime) {
    put(seconds_alarm, 0x55);
    put(minutes_alarm, 0x59);
    put(hours_alarm, 0x23);
    put(status_b, alarm | hours24);
    run(5 * second - 1);
    EXPECT_EQ(lines.edges[8], 0U);
    run(5 * second);
    EXPECT_EQ(lines.edges[8], 1U);
    EXPECT_EQ(get(status_c) & 0xb0, 0xb0);
    run(60 * second);
    EXPECT_EQ(lines.edges[8], 1U);
}

TEST_F(Rtc, AlarmWithPartsThatDoNotMatter) {
    put(seconds_alarm, 0x00);
    put(minutes_alarm, 0xff);
    put(hours_alarm, 0xc0);
    put(status_b, alarm | hours24);
    for (u64 minute = 0; minute < 3; ++minute) {
        run((10 + 60 * minute) * second);
        EXPECT_EQ(lines.edges[8], minute + 1);
        EXPECT_EQ(get(status_c) & 0x20, 0x20);
    }
}

TEST_F(Rtc, PeriodicRates) {
    struct Rate {
        u8 code;
        unsigned hertz;
    };
    for (const auto [code, hertz] :
         {Rate{1, 256}, Rate{2, 128}, Rate{3, 8192}, Rate{6, 1024}, Rate{15, 2}}) {
        put(status_a, 0x20 | code);
        put(status_b, periodic | hours24);
        static_cast<void>(get(status_c));
        const u64 begin = clock.time;
        unsigned count = 0;
        while (clock.time < begin + second) {
            run(std::min(rtc.next_deadline(), begin + second));
            count += (get(status_c) & 0x40) != 0 ? 1 : 0;
        }
        EXPECT_NEAR(count, hertz, 1) << unsigned{code};
    }
    put(status_a, 0x20);
    EXPECT_EQ(rtc.next_deadline(), machine::never);
}

TEST_F(Rtc, NoCatchingUpAfterALongPause) {
    put(seconds_alarm, 0xff);
    put(minutes_alarm, 0xff);
    put(hours_alarm, 0x13);
    put(status_a, 0x23);
    put(status_b, periodic | alarm | update | hours24);
    clock.time = 400 * 86400 * second;
    rtc.expire();
    EXPECT_EQ(lines.edges[8], 1U);
    EXPECT_EQ(get(status_c), 0xf0);
    EXPECT_GT(rtc.next_deadline(), clock.time);
}

TEST_F(Rtc, RamKeepsWhatIsWrittenOverAReset) {
    put(0x40, 0x5a);
    put(0x80 | 0x41, 0xa5); // bit 7 of the index masks NMI
    rtc.reset();
    EXPECT_EQ(get(0x40), 0x5a);
    EXPECT_EQ(get(0x41), 0xa5);
    EXPECT_EQ(get(status_d), 0x80) << "battery good";
    put(status_d, 0);
    EXPECT_EQ(get(status_d), 0x80);
    EXPECT_EQ(in(0x70), 0xff);
}

TEST_F(Rtc, Checksum) {
    for (u8 i = 0x10; i <= 0x2d; ++i)
        rtc.set_ram(i, 0x11);
    rtc.update_checksum();
    EXPECT_EQ(get(checksum_high), 30 * 0x11 >> 8);
    EXPECT_EQ(get(checksum_low), 30 * 0x11 & 0xff);
}

TEST_F(Rtc, AResetLetsTheClockGoOn) {
    put(status_b, set | hours24);
    clock.time = 2 * second;
    rtc.reset();
    clock.time = 3 * second;
    EXPECT_EQ(get(seconds), 0x51);
}

} // namespace
} // namespace vestige::test
