// SPDX-License-Identifier: BSD-2-Clause
// The 8042 with its keyboard and its mouse, as programs drive them at ports 60h and 64h.
#include "vestige/devices/keyboard8042.hpp"

#include "vestige/devices/scancodes.hpp"

#include "device_fixture.hpp"

#include <gtest/gtest.h>

namespace vestige::devices {
namespace {

using Bytes = std::vector<u8>;

class Ps2 : public ::testing::Test {
  protected:
    static constexpr machine::Nanoseconds millisecond = 1'000'000;

    void SetUp() override { ASSERT_TRUE(controller.attach(*ports.bus)); }
    void command(u8 byte) { ports.out(0x64, byte); }
    void data(u8 byte) { ports.out(0x60, byte); }
    void mouse(u8 byte) {
        command(0xd4);
        data(byte);
    }
    void set_mode(u8 value) {
        command(0x60);
        data(value);
    }
    u8 status() { return ports.in(0x64); }
    /// Everything that comes within some time, as a program that polls reads it.
    Bytes drain(unsigned milliseconds = 100) {
        Bytes bytes;
        for (unsigned i = 0; i < 2 * milliseconds; ++i) {
            while ((status() & 1) != 0)
                bytes.push_back(ports.in(0x60));
            test::run_until(clock, controller, clock.time + millisecond / 2);
        }
        return bytes;
    }
    bool key(std::initializer_list<u8> codes) { return controller.key(Bytes{codes}); }

    test::FakeClock clock;
    test::LineRecorder lines;
    machine::A20Gate a20;
    test::FakePower power;
    test::Ports ports;
    Keyboard8042 controller{clock, {lines, 1}, {lines, 12}, a20, power};
};

TEST_F(Ps2, KeysArriveTranslatedByteByByte) {
    EXPECT_TRUE(key({0xe0, 0x48, 0xe0, 0xc8}));
    EXPECT_EQ(lines.edges[1], 1U);
    EXPECT_EQ(ports.in(0x60), 0xe0);
    EXPECT_EQ(status() & 1, 0) << "the next one needs its time on the wire";
    EXPECT_EQ(drain(), (Bytes{0x48, 0xe0, 0xc8}));
    EXPECT_EQ(lines.edges[1], 4U);
}

TEST_F(Ps2, WithoutTranslationTheyComeInSet2) {
    set_mode(0x05);
    key({0x1e, 0x9e});
    EXPECT_EQ(drain(), (Bytes{0x1c, 0xf0, 0x1c}));
    key({0xe0, 0x48, 0xe0, 0xc8});
    EXPECT_EQ(drain(), (Bytes{0xe0, 0x75, 0xe0, 0xf0, 0x75}));
    key({0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5});
    EXPECT_EQ(drain(), (Bytes{0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77}));
    key({0x41, 0xc1});
    EXPECT_EQ(drain(), (Bytes{0x83, 0xf0, 0x83})) << "F7";
}

TEST_F(Ps2, Set1IsOneOfTheKeyboardsOwn) {
    set_mode(0x05);
    data(0xf0);
    data(0x01);
    key({0x1e, 0x9e});
    data(0xf0);
    data(0x00);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0xfa, 0xfa, 0xfa, 0x01, 0x1e, 0x9e}));
    data(0xf0);
    data(0x03);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0xfe})) << "no set 3";
}

TEST_F(Ps2, EveryKeyTranslatesToItself) {
    for (u8 code = 1; code < 0x59; ++code) {
        if (set1_to_set2(code) == 0 && code != 0x54)
            continue;
        key({code, static_cast<u8>(code | 0x80)});
        EXPECT_EQ(drain(10), (Bytes{code, static_cast<u8>(code | 0x80)})) << unsigned{code};
    }
}

TEST_F(Ps2, KeyboardCommandsAreAnswered) {
    const auto ask = [this](std::initializer_list<u8> bytes) {
        for (const u8 byte : bytes)
            data(byte);
        return drain();
    };
    EXPECT_EQ(ask({0xee}), (Bytes{0xee}));
    EXPECT_EQ(ask({0xed, 0x07}), (Bytes{0xfa, 0xfa}));
    EXPECT_EQ(controller.leds(), 7);
    EXPECT_EQ(ask({0xf3, 0x7f}), (Bytes{0xfa, 0xfa}));
    EXPECT_EQ(controller.typematic(), 0x7f);
    EXPECT_EQ(ask({0xf2}), (Bytes{0xfa, 0xab, 0x41}));
    EXPECT_EQ(ask({0xf6}), (Bytes{0xfa}));
    EXPECT_EQ(controller.typematic(), 0x2b);
    EXPECT_EQ(ask({0xfe}), (Bytes{0xfa})) << "once more";
    EXPECT_EQ(ask({0xff}), (Bytes{0xfa, 0xaa}));
    EXPECT_EQ(controller.leds(), 0);
    EXPECT_EQ(ask({0xf8}), (Bytes{0xfa}));
    EXPECT_EQ(ask({0x55}), (Bytes{0xfe}));
    EXPECT_EQ(ask({0xed, 0xf4}), (Bytes{0xfa, 0xfa})) << "a command in place of the parameter";
}

TEST_F(Ps2, AKeyboardThatIsOffSendsNothing) {
    data(0xf5);
    EXPECT_EQ(drain(), (Bytes{0xfa}));
    EXPECT_FALSE(key({0x1e}));
    data(0xf4);
    EXPECT_EQ(drain(), (Bytes{0xfa}));
    command(0xad);
    EXPECT_TRUE(key({0x1e, 0x9e}));
    EXPECT_EQ(drain(), Bytes{});
    command(0xae);
    EXPECT_EQ(drain(), (Bytes{0x1e, 0x9e}));
}

TEST_F(Ps2, AFullBufferLosesWholeKeys) {
    unsigned taken = 0;
    while (key({0xe0, static_cast<u8>(0x10 + taken % 16), 0xe0,
                static_cast<u8>(0x90 + taken % 16)}) &&
           taken < 1000)
        ++taken;
    EXPECT_LT(taken, 1000U);
    EXPECT_EQ(drain(2000).size(), taken * 4U);
}

TEST_F(Ps2, AHeldKeyRepeatsAtItsRateUntilItIsReleased) {
    key({0x1e});
    EXPECT_EQ(drain(490), (Bytes{0x1e}));
    const Bytes repeated = drain(1000);
    EXPECT_GE(repeated.size(), 10U);
    EXPECT_LE(repeated.size(), 12U);
    key({0x1e});
    EXPECT_EQ(controller.queued(), 0U) << "the host's repetition is not ours";
    EXPECT_EQ(status() & 1, 0);
    key({0x9e});
    EXPECT_EQ(drain(1000), (Bytes{0x9e}));
}

TEST_F(Ps2, RepetitionsWaitForAGuestThatDoesNotRead) {
    key({0x1e});
    test::run_until(clock, controller, clock.time + 10'000 * millisecond);
    EXPECT_LE(drain(1).size(), 2U);
}

TEST_F(Ps2, TheControllerAnswersItsTests) {
    const auto ask = [this](u8 byte) {
        command(byte);
        return ports.in(0x60);
    };
    EXPECT_EQ(ask(0xaa), 0x55);
    EXPECT_EQ(ask(0xa9), 0x00);
    EXPECT_EQ(ask(0xab), 0x00);
    EXPECT_EQ(ask(0xa4), 0xf1);
    EXPECT_EQ(ask(0xe0), 0x03);
    EXPECT_EQ(ask(0x20), 0x45);
    command(0x61);
    data(0x99);
    EXPECT_EQ(ask(0x21), 0x99);
    command(0xa7);
    EXPECT_EQ(ask(0x20), 0x65);
    command(0xa8);
    EXPECT_EQ(ask(0x20), 0x45);
    EXPECT_EQ(ask(0xd0) & 3, 1 | (a20.enabled() ? 2 : 0));
}

TEST_F(Ps2, TheOutputPortSwitchesA20AndResets) {
    command(0xd1);
    data(0xdd);
    EXPECT_FALSE(a20.enabled());
    command(0xdf);
    EXPECT_TRUE(a20.enabled());
    EXPECT_EQ(power.resets, 0U);
    command(0xfe);
    EXPECT_EQ(power.resets, 1U);
    command(0xd1);
    data(0x02);
    EXPECT_EQ(power.resets, 2U);
}

TEST_F(Ps2, BytesCanBePutIntoTheBufferAsOfEither) {
    set_mode(0x47);
    command(0xd2);
    data(0x33);
    EXPECT_EQ(status() & 0x21, 0x01);
    EXPECT_EQ(lines.edges[1], 1U);
    EXPECT_EQ(ports.in(0x60), 0x33);
    command(0xd3);
    data(0x44);
    EXPECT_EQ(status() & 0x21, 0x21);
    EXPECT_EQ(lines.edges[12], 1U);
    EXPECT_EQ(ports.in(0x60), 0x44);
}

TEST_F(Ps2, TheMouseIsResetAndNamesItself) {
    mouse(0xff);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0xaa, 0x00}));
    mouse(0xf2);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0x00}));
    mouse(0x42);
    EXPECT_EQ(drain(), (Bytes{0xfe}));
    mouse(0xfe);
    EXPECT_EQ(drain(), (Bytes{0x00})) << "what was sent last";
}

TEST_F(Ps2, ThreeRatesMakeAWheelMouse) {
    for (const u8 rate : {200, 100, 80}) {
        mouse(0xf3);
        mouse(rate);
    }
    EXPECT_EQ(drain().size(), 6U);
    mouse(0xf2);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0x03}));
    mouse(0xf4);
    drain();
    controller.move_mouse(1, 2, -1, 0);
    EXPECT_EQ(drain(), (Bytes{0x08, 0x01, 0x02, 0xff}));
}

TEST_F(Ps2, MovementsComeInPacketsOfThree) {
    controller.move_mouse(9, 9, 0, 0);
    EXPECT_EQ(drain(), Bytes{}) << "not before it is asked to";
    mouse(0xf6);
    mouse(0xf4);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0xfa}));
    set_mode(0x47);
    controller.move_mouse(-5, 300, 0, 4);
    EXPECT_EQ(lines.edges[12], 1U);
    EXPECT_EQ(drain(), (Bytes{0x1c, 0xfb, 0xff, 0x0c, 0x00, 0x2d}));
    controller.move_mouse(0, 0, 0, 4);
    EXPECT_EQ(drain(), Bytes{}) << "nothing has changed";
    EXPECT_EQ(lines.edges[12], 6U);
}

TEST_F(Ps2, PacketsKeepToTheSampleRate) {
    mouse(0xf3);
    mouse(10);
    mouse(0xf4);
    drain();
    controller.move_mouse(1, 0, 0, 0);
    EXPECT_EQ(drain(20).size(), 3U);
    controller.move_mouse(1, 0, 0, 0);
    controller.move_mouse(1, 0, 0, 0);
    EXPECT_EQ(drain(50).size(), 0U);
    EXPECT_EQ(drain(100), (Bytes{0x08, 0x02, 0x00}));
}

TEST_F(Ps2, ModesOfTheMouse) {
    mouse(0xf0);
    mouse(0xf4);
    drain();
    controller.move_mouse(3, 0, 0, 0);
    EXPECT_EQ(drain(), Bytes{}) << "remote: only when asked";
    mouse(0xeb);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0x08, 0x03, 0x00}));
    mouse(0xe8);
    mouse(0x03);
    mouse(0xe7);
    mouse(0xe9);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0xfa, 0xfa, 0xfa, 0x70, 0x03, 0x64}));
    mouse(0xee);
    mouse(0x12);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0x12})) << "echo";
    mouse(0xec);
    mouse(0xea);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0xfa}));
    controller.move_mouse(6, -1, 0, 0);
    EXPECT_EQ(drain(), (Bytes{0x28, 0x0c, 0xff})) << "scaled";
    mouse(0xe8);
    mouse(0x04);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0xfe}));
}

TEST_F(Ps2, HostileMovementsStayInBounds) {
    mouse(0xf4);
    drain();
    for (int i = 0; i < 100; ++i)
        controller.move_mouse(1 << 30, -(1 << 30), 1 << 30, 0xff);
    EXPECT_EQ(drain(10).size() % 3, 0U);
}

TEST_F(Ps2, FirmwareAsksTheMouseWithoutWaiting) {
    std::array<u8, 2> answer{};
    EXPECT_TRUE(controller.ask_mouse(std::array<u8, 1>{0xff}, answer));
    EXPECT_EQ(answer, (std::array<u8, 2>{0xaa, 0x00}));
    EXPECT_FALSE(controller.ask_mouse(std::array<u8, 1>{0x42}, {}));
    EXPECT_EQ(drain(), Bytes{});
}

} // namespace
} // namespace vestige::devices
