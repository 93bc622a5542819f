// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/dma8237.hpp"

#include "storage_fixture.hpp"

#include <gtest/gtest.h>

namespace vestige::devices {
namespace {

struct DmaTest : testing::Test, test::StoragePc {
    /// Channel 2 as a BIOS programs it.
    void program(u32 address, u16 count, u8 mode) {
        out(0x0a, 0x06);
        out(0x0c, 0);
        out(0x0b, mode);
        out(0x04, address & 0xff);
        out(0x04, address >> 8 & 0xff);
        out(0x05, count & 0xffU);
        out(0x05, count >> 8);
        out(0x81, address >> 16);
        out(0x0a, 0x02);
    }
    std::vector<std::byte> data = std::vector<std::byte>(16, std::byte{0x5a});
};

TEST_F(DmaTest, MovesToMemoryUntilTerminalCount) {
    program(0x21000, 9, 0x46);
    const DmaResult first = dma.to_memory(2, std::span{data}.first(4));
    EXPECT_EQ(first.moved, 4U);
    EXPECT_FALSE(first.terminal_count);
    EXPECT_EQ(in(0x08) & 0x0f, 0U);
    const DmaResult second = dma.to_memory(2, data);
    EXPECT_EQ(second.moved, 6U);
    EXPECT_TRUE(second.terminal_count);
    EXPECT_EQ(ram[0x21009], std::byte{0x5a});
    EXPECT_EQ(ram[0x2100a], std::byte{0});
    EXPECT_EQ(in(0x08), 0x04U);
    EXPECT_EQ(in(0x08), 0x00U) << "told once";
    EXPECT_EQ(dma.to_memory(2, data).moved, 0U) << "masked by its end";
    out(0x0c, 0);
    EXPECT_EQ(in(0x05) | in(0x05) << 8, 0xffffU);
    EXPECT_EQ(in(0x04) | in(0x04) << 8, 0x100aU);
}

TEST_F(DmaTest, AddressWrapsWithinItsPage) {
    program(0x2fffc, 7, 0x46);
    EXPECT_EQ(dma.to_memory(2, data).moved, 8U);
    EXPECT_EQ(ram[0x2ffff], std::byte{0x5a});
    EXPECT_EQ(ram[0x20003], std::byte{0x5a});
    EXPECT_EQ(ram[0x30000], std::byte{0});
}

TEST_F(DmaTest, AutoInitializeStartsAnewAndDecrementGoesDown) {
    program(0x1000, 3, 0x56);
    EXPECT_EQ(dma.to_memory(2, data).moved, 4U);
    EXPECT_EQ(dma.to_memory(2, data).moved, 4U);
    program(0x1010, 3, 0x66);
    data[3] = std::byte{0x77};
    EXPECT_EQ(dma.to_memory(2, data).moved, 4U);
    EXPECT_EQ(ram[0x100d], std::byte{0x77});
}

TEST_F(DmaTest, FromMemoryAndVerify) {
    ram[0x1000] = std::byte{9};
    program(0x1000, 0, 0x4a);
    EXPECT_EQ(dma.from_memory(2, data).moved, 1U);
    EXPECT_EQ(data[0], std::byte{9});
    program(0x1000, 0, 0x42); // verify counts without touching memory
    EXPECT_TRUE(dma.to_memory(2, data).terminal_count);
    data[0] = std::byte{1};
    program(0x1000, 3, 0x46);
    out(0x08, 0x04); // the controller is off
    EXPECT_EQ(dma.to_memory(2, data).moved, 0U);
    out(0x08, 0x00);
    EXPECT_EQ(dma.to_memory(2, data).moved, 4U);
}

TEST_F(DmaTest, OutsideRamIsRefusedOnce) {
    program(0xff0000, 15, 0x46);
    EXPECT_EQ(dma.to_memory(2, data).moved, 16U);
    EXPECT_EQ(dma.refusals(), 1U);
    program(0xff0000, 15, 0x4a);
    EXPECT_EQ(dma.from_memory(2, data).moved, 16U);
    EXPECT_EQ(data[3], std::byte{0xff});
}

TEST_F(DmaTest, WordChannelsAndMasterClear) {
    out(0xd8, 0);
    out(0xd6, 0x45);
    out(0xc4, 0x00);
    out(0xc4, 0x08);
    out(0xc6, 0x03);
    out(0xc6, 0x00);
    out(0x8b, 0x03); // the lowest bit does not count
    out(0xd4, 0x01);
    EXPECT_EQ(dma.to_memory(5, std::span{data}.first(5)).moved, 4U) << "whole words";
    EXPECT_EQ(ram[0x21003], std::byte{0x5a});
    EXPECT_EQ(ram[0x21004], std::byte{0});
    out(0xda, 0);
    EXPECT_EQ(in(0xde), 0xffU);
    EXPECT_EQ(dma.to_memory(5, data).moved, 0U);
    out(0x80, 0x42);
    EXPECT_EQ(in(0x80), 0x42U);
}

} // namespace
} // namespace vestige::devices
