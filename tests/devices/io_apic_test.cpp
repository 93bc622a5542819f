// SPDX-License-Identifier: BSD-2-Clause
// I/O APIC and local APIC together, with the mainboard's wires to them and to the 8259 pair.
#include "vestige/devices/interrupt_router.hpp"
#include "vestige/devices/io_apic.hpp"
#include "vestige/devices/pic8259.hpp"

#include "device_fixture.hpp"

#include <gtest/gtest.h>

namespace vestige::test {
namespace {

using devices::IoApic;
using devices::LocalApic;

struct IoApicTest : ::testing::Test, Ports {
    IoApicTest() {
        EXPECT_TRUE(apic.attach(mmio) && io_apic.attach(mmio) && pic.attach(*bus));
        apic.reset();
        apic.enter_virtual_wire_mode();
        io_apic.reset();
        pic.reset();
        // The 8259 pair as a BIOS sets it, all lines closed.
        for (const unsigned base : {0x20U, 0xa0U}) {
            out(base, 0x11);
            out(base + 1, base == 0x20 ? 0x08 : 0x70);
            out(base + 1, base == 0x20 ? 4 : 2);
            out(base + 1, 1);
            out(base + 1, 0xff);
        }
    }
    u32 get(unsigned number) {
        mmio.write(IoApic::base, Width::byte, number);
        return static_cast<u32>(mmio.read(IoApic::base + 0x10, Width::dword));
    }
    void set(unsigned number, u32 value) {
        mmio.write(IoApic::base, Width::dword, number);
        mmio.write(IoApic::base + 0x10, Width::dword, value);
    }
    void entry(unsigned pin, u32 low, u32 high = 0) {
        set(0x11 + 2 * pin, high);
        set(0x10 + 2 * pin, low);
    }
    void eoi() { mmio.write(LocalApic::base + 0xb0, Width::dword, 0); }
    unsigned taken() {
        return apic.interrupt_pending() && !apic.external_pending() ? apic.acknowledge().value : 0;
    }

    FakeClock clock;
    FakePower power;
    machine::MmioBus mmio;
    LocalApic apic{clock, power, io_apic};
    IoApic io_apic{apic};
    devices::Pic8259 pic{{apic, 0}};
    devices::InterruptRouter wires{pic, io_apic};
};

TEST_F(IoApicTest, Registers) {
    EXPECT_EQ(get(0), 0U);
    set(0, 0xff000000);
    EXPECT_EQ(get(0), 0x0f000000U);
    EXPECT_EQ(get(2), 0x0f000000U);
    EXPECT_EQ(get(1), 0x00170011U);
    EXPECT_EQ(get(0x10), 0x10000U);
    entry(23, ~0U, ~0U);
    EXPECT_EQ(get(0x10 + 46), 0x1afffU);
    EXPECT_EQ(get(0x10 + 47), 0xff000000U);
    EXPECT_EQ(get(0x40), 0U); // behind the last pin
    set(0x40, 1);
    EXPECT_EQ(mmio.read(IoApic::base + 0x20, Width::dword), 0U);
}

TEST_F(IoApicTest, EdgesCountOnce) {
    entry(4, 0x51);
    wires.set_line(4, true);
    EXPECT_EQ(taken(), 0x51U);
    eoi();
    EXPECT_EQ(taken(), 0U);
    wires.set_line(4, false);
    wires.set_line(4, true);
    EXPECT_EQ(taken(), 0x51U);
    EXPECT_EQ(get(0x18) & 0x4000, 0U);
}

TEST_F(IoApicTest, EdgesBehindTheMaskAreLost) {
    entry(4, 0x10051);
    wires.set_line(4, true);
    entry(4, 0x51);
    EXPECT_EQ(taken(), 0U);
}

TEST_F(IoApicTest, LevelsComeAgainUntilTheyFall) {
    entry(11, 0x8061);
    wires.set_line(11, true);
    EXPECT_EQ(taken(), 0x61U);
    EXPECT_NE(get(0x26) & 0x4000, 0U); // remote IRR
    wires.set_line(11, false);
    wires.set_line(11, true); // still not ended
    EXPECT_EQ(taken(), 0U);
    eoi();
    EXPECT_EQ(taken(), 0x61U);
    wires.set_line(11, false);
    eoi();
    EXPECT_EQ(taken(), 0U);
    EXPECT_EQ(get(0x26) & 0x4000, 0U);
}

TEST_F(IoApicTest, LevelsWaitBehindTheMask) {
    entry(11, 0x18061);
    wires.set_line(11, true);
    EXPECT_EQ(taken(), 0U);
    entry(11, 0x8061);
    EXPECT_EQ(taken(), 0x61U);
    // Systems end a level by force: masked, edge, then level again.
    entry(11, 0x10061);
    EXPECT_EQ(get(0x26) & 0x4000, 0U);
    eoi();
    entry(11, 0x8061);
    EXPECT_EQ(taken(), 0x61U);
}

TEST_F(IoApicTest, Destinations) {
    entry(4, 0x51, 0x01000000); // CPU 1 is not there
    wires.set_line(4, true);
    EXPECT_EQ(taken(), 0U);
    mmio.write(LocalApic::base + 0xd0, Width::dword, 0x01000000);
    entry(5, 0x852, 0x01000000); // logical 1
    wires.set_line(5, true);
    EXPECT_EQ(taken(), 0x52U);
    eoi();
    entry(6, 0x953, 0x03000000); // lowest priority among 1 and 2
    wires.set_line(6, true);
    EXPECT_EQ(taken(), 0x53U);
    entry(7, 0x400); // NMI
    wires.set_line(7, true);
    EXPECT_TRUE(apic.nmi_pending());
}

TEST_F(IoApicTest, TheTimerIsOnPinTwoAndOnLineZero) {
    entry(2, 0x30);
    out(0x21, 0);
    wires.set_line(0, true);
    EXPECT_TRUE(apic.external_pending());
    EXPECT_EQ(pic.acknowledge().value, 0x08);
    EXPECT_EQ(taken(), 0x30U);
    wires.set_line(2, true); // the cascade is not a line
    EXPECT_EQ(get(0x14) & 0x4000, 0U);
    eoi();
    EXPECT_EQ(taken(), 0U);
}

TEST_F(IoApicTest, PinsAboveFifteenAreNotThePics) {
    entry(16, 0x8071);
    wires.set_line(16, true);
    EXPECT_FALSE(apic.external_pending());
    EXPECT_EQ(taken(), 0x71U);
    wires.set_line(24, true);
    wires.set_line(~0U, true);
}

} // namespace
} // namespace vestige::test
