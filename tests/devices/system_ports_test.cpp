// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/system_ports.hpp"

#include "device_fixture.hpp"

#include <gtest/gtest.h>

namespace vestige::test {
namespace {

struct SystemPorts : ::testing::Test, Ports {
    machine::A20Gate a20;
    FakePower power;
    FakeSink debug;
};

TEST_F(SystemPorts, Port92SwitchesA20) {
    devices::SystemControl control{a20, power};
    ASSERT_TRUE(control.attach(*bus));
    EXPECT_EQ(in(0x92), 0x02);
    out(0x92, 0x00);
    EXPECT_FALSE(a20.enabled());
    EXPECT_EQ(in(0x92), 0x00);
    out(0x92, 0x0a);
    EXPECT_TRUE(a20.enabled());
    EXPECT_EQ(in(0x92), 0x0a) << "other bits are kept";
    a20.set(false);
    EXPECT_EQ(in(0x92), 0x08) << "the gate has other hands on it";
    EXPECT_EQ(power.resets, 0U);
}

TEST_F(SystemPorts, Port92Resets) {
    devices::SystemControl control{a20, power};
    ASSERT_TRUE(control.attach(*bus));
    out(0x92, 0x03);
    EXPECT_EQ(power.resets, 1U);
}

TEST_F(SystemPorts, CoprocessorErrorIsAnInterruptRequestUntilPortF0) {
    LineRecorder lines;
    devices::CoprocessorError error{{lines, 13}};
    ASSERT_TRUE(error.attach(*bus));
    error.report();
    error.report(); // the instruction tries again
    EXPECT_TRUE(lines.high[13]);
    EXPECT_EQ(lines.edges[13], 1U);
    EXPECT_EQ(in(0xf0), 0xff);
    out(0xf0, 0x00);
    EXPECT_FALSE(lines.high[13]);
    error.report();
    EXPECT_EQ(lines.edges[13], 2U);
    error.reset();
    EXPECT_FALSE(lines.high[13]);
}

TEST_F(SystemPorts, ExitPortGivesItsByte) {
    devices::ExitPorts ports{power, debug};
    ASSERT_TRUE(ports.attach(*bus));
    out(0xf4, 7);
    bus->write(Port{0xf4}, Width::dword, 0x0b);
    EXPECT_EQ(power.statuses, (std::vector<u8>{7, 11}));
    EXPECT_EQ(in(0xf4), 0xff);
}

TEST_F(SystemPorts, TheShutdownWordPowersOff) {
    devices::ExitPorts ports{power, debug};
    ASSERT_TRUE(ports.attach(*bus));
    const auto say = [this](std::string_view text) {
        for (const char each : text)
            out(0x8900, static_cast<u8>(each));
    };
    say("Shut");
    say("down?");
    EXPECT_EQ(power.offs, 1U) << "the word is complete";
    say("ShutShutdow");
    EXPECT_EQ(power.offs, 1U);
    say("n");
    EXPECT_EQ(power.offs, 2U);
    say("Sh");
    ports.reset();
    say("utdown");
    EXPECT_EQ(power.offs, 2U);
}

TEST_F(SystemPorts, TheDebugPortNeverWaits) {
    devices::ExitPorts ports{power, debug};
    ASSERT_TRUE(ports.attach(*bus));
    EXPECT_EQ(in(0xe9), 0xe9) << "that is how it is recognized";
    debug.room = 2;
    for (const char each : std::string_view{"abc"})
        out(0xe9, static_cast<u8>(each));
    EXPECT_EQ(debug.got, "ab");
}

} // namespace
} // namespace vestige::test
