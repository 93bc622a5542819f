// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/pci.hpp"

#include "storage_fixture.hpp"

#include <gtest/gtest.h>

namespace vestige::devices {
namespace {

/// A function with ports, memory and an interrupt.
class Card final : public PciFunction, public machine::PortDevice, public machine::MmioDevice {
  public:
    explicit Card(u8 slot) : PciFunction{slot, 0} {
        allow(pci::command, 0x0407, 2);
        allow(pci::interrupt_line, 0xff, 1);
        add_ports(0, 32, *this, Width::dword);
        add_memory(1, 4096, *this);
    }
    void power_on() override {
        identify({.vendor = 0x1234, .device = 0x5678, .class_code = 0x018000});
        PciFunction::set(pci::interrupt_pin, 1, 1);
        set_interrupt(false);
    }
    void raise(bool level) { set_interrupt(level); }
    u32 read_port(Port port, Width) override { return port.value - base_of(0); }
    void write_port(Port, Width, u32) override {}
    u64 read_mmio(u64 offset, Width) override { return offset; }
    void write_mmio(u64, Width, u64) override {}
};

struct PciTest : testing::Test, test::StoragePc {
    void SetUp() override {
        ASSERT_TRUE(pci.add(card));
        pci.reset();
    }
    Card card{4};
    static constexpr u32 at = 4 << 11;
};

TEST_F(PciTest, MechanismOneShowsTheBridges) {
    const auto id = [this](u32 address) {
        out(0xcf8, 0x80000000 | address, Width::dword);
        return in(0xcfc, Width::dword);
    };
    EXPECT_EQ(id(0x0000), 0x12378086U);
    EXPECT_EQ(id(0x0800), 0x70008086U);
    EXPECT_EQ(id(0x0900), 0x70108086U);
    EXPECT_EQ(id(0x0a00), 0xffffffffU);
    EXPECT_EQ(id(0x10000), 0xffffffffU) << "one bus only";
    EXPECT_EQ(id(0x0808) >> 8, 0x060100U);
    EXPECT_EQ(in(0xcfd), 0x00U);
    EXPECT_EQ(in(0xcff), 0x06U);
    EXPECT_EQ(in(0xcfd, Width::word), 0x0100U) << "unaligned";
    out(0xcf8, 0x00000000, Width::dword);
    EXPECT_EQ(in(0xcfc, Width::dword), 0xffffffffU) << "not enabled";
    EXPECT_EQ(in(0xcf8, Width::byte), 0xffU) << "the address is a doubleword only";
}

TEST_F(PciTest, IdentityCannotBeChanged) {
    config(at, 0);
    config(at + 8, 0);
    EXPECT_EQ(config(at), 0x56781234U);
    EXPECT_EQ(config(at + 8) >> 8, 0x018000U);
}

TEST_F(PciTest, BaseAddressesAreSizedAndMoved) {
    config(at + 0x10, 0xffffffff);
    config(at + 0x14, 0xffffffff);
    EXPECT_EQ(config(at + 0x10), 0x0000ffe1U);
    EXPECT_EQ(config(at + 0x14), 0xfffff000U);
    config(at + 0x10, 0xc100);
    config(at + 0x14, 0xe0000000);
    EXPECT_EQ(in(0xc105), 0xffU) << "nothing is decoded yet";
    config(at + 4, 3);
    EXPECT_EQ(in(0xc105), 5U);
    EXPECT_EQ(mmio.read(Gpa{0xe0000010}, Width::byte), 0x10U);
    config(at + 0x10, 0xc200);
    config(at + 0x14, 0xe8000000);
    EXPECT_EQ(in(0xc105), 0xffU);
    EXPECT_EQ(in(0xc205), 5U);
    EXPECT_EQ(mmio.read(Gpa{0xe0000010}, Width::byte), 0xffU);
    EXPECT_EQ(mmio.read(Gpa{0xe8000010}, Width::byte), 0x10U);
    config(at + 4, 0);
    EXPECT_EQ(in(0xc205), 0xffU);
    EXPECT_EQ(mmio.read(Gpa{0xe8000010}, Width::byte), 0xffU);
}

TEST_F(PciTest, RangesThatMeetArriveWhenTheOtherIsGone) {
    Card other{5};
    ASSERT_TRUE(pci.add(other));
    other.power_on();
    config(at + 0x10, 0xc100);
    config(at + 4, 1);
    config((5 << 11) + 0x10, 0xc110);
    config((5 << 11) + 0x10, 0xc100);
    config((5 << 11) + 4, 1);
    EXPECT_EQ(in(0xc101), 1U);
    config(at + 0x10, 0xc400);
    EXPECT_EQ(in(0xc101), 1U) << "now the other one's";
    EXPECT_EQ(in(0xc401), 1U);
    pci.remove(other);
    EXPECT_EQ(in(0xc101), 0xffU);
    EXPECT_EQ(config(5 << 11), 0xffffffffU);
}

TEST_F(PciTest, InterruptsFollowTheRoutes) {
    // Slot 4 INTA# is PIRQD; after power-on it is not routed.
    card.raise(true);
    EXPECT_TRUE(lines.levels[19]);
    EXPECT_FALSE(lines.levels[11]);
    pci.write_config(0x0863, Width::byte, 0x0b);
    EXPECT_TRUE(lines.levels[11]);
    pci.write_config(0x0863, Width::byte, 0x0a);
    EXPECT_FALSE(lines.levels[11]);
    EXPECT_TRUE(lines.levels[10]);
    EXPECT_EQ(config(at + 4) >> 16 & 8, 8U);
    config(at + 4, 0x400); // the function's interrupt is held back
    EXPECT_FALSE(lines.levels[10]);
    config(at + 4, 0);
    EXPECT_TRUE(lines.levels[10]);
    pci.write_config(0x0863, Width::byte, 0x00); // the timer's line cannot be chosen
    EXPECT_FALSE(lines.levels[10]);
    EXPECT_FALSE(lines.levels[0]);
    card.raise(false);
    EXPECT_FALSE(lines.levels[19]);
}

TEST_F(PciTest, LinksOnOneInterruptAreOred) {
    Card other{8}; // PIRQD as well
    Card third{3}; // PIRQC
    ASSERT_TRUE(pci.add(other) && pci.add(third));
    other.power_on();
    third.power_on();
    pci.write_config(0x0862, Width::word, 0x0b0b);
    card.raise(true);
    other.raise(true);
    third.raise(true);
    card.raise(false);
    EXPECT_TRUE(lines.levels[11]);
    other.raise(false);
    EXPECT_TRUE(lines.levels[11]);
    third.raise(false);
    EXPECT_FALSE(lines.levels[11]);
    pci.remove(other);
    pci.remove(third);
}

TEST_F(PciTest, ResetControlResets) {
    out(0xcf9, 0x02);
    EXPECT_EQ(power.resets, 0U);
    out(0xcf9, 0x06);
    EXPECT_EQ(power.resets, 1U);
}

} // namespace
} // namespace vestige::devices
