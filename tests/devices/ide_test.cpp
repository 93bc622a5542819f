// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/ide_controller.hpp"

#include "storage_fixture.hpp"

#include "vestige/base/little_endian.hpp"

#include <gtest/gtest.h>
#include <string>

namespace vestige::devices {
namespace {

using test::FakeMedium;

constexpr u8 ready = 0x50, data_request = 0x58, with_error = 0x51;

class IdeTest : public testing::Test, protected test::StoragePc {
  protected:
    void SetUp() override {
        ide.plug_disk(0, disk);
        power_on();
    }
    void lba28(u32 address, u8 count, u8 device = 0xe0) {
        out(0x1f6, device | (address >> 24));
        out(0x1f2, count);
        out(0x1f3, address & 0xff);
        out(0x1f4, address >> 8 & 0xff);
        out(0x1f5, address >> 16 & 0xff);
    }
    void lba48(u64 address, u16 count) {
        out(0x1f6, 0xe0);
        out(0x1f2, count >> 8);
        out(0x1f3, address >> 24 & 0xff);
        out(0x1f4, address >> 32 & 0xff);
        out(0x1f5, address >> 40 & 0xff);
        out(0x1f2, count & 0xff);
        out(0x1f3, address & 0xff);
        out(0x1f4, address >> 8 & 0xff);
        out(0x1f5, address >> 16 & 0xff);
    }
    std::vector<std::byte> words(std::size_t count, Width width = Width::word) {
        std::vector<std::byte> data(count * 2);
        for (std::size_t i = 0; i < data.size(); i += bytes(width)) {
            const u32 value = in(0x1f0, width);
            for (unsigned b = 0; b < bytes(width); ++b)
                data[i + b] = static_cast<std::byte>(value >> (8 * b));
        }
        return data;
    }
    std::vector<std::byte> identify() {
        out(0x1f7, 0xec);
        EXPECT_EQ(in(0x1f7), data_request);
        return words(256);
    }

    FakeMedium disk{70000, 512};
};

TEST_F(IdeTest, SignatureAfterReset) {
    EXPECT_EQ(in(0x1f7), ready);
    EXPECT_EQ(in(0x1f2), 1U);
    EXPECT_EQ(in(0x1f3), 1U);
    EXPECT_EQ(in(0x1f4), 0U);
    EXPECT_EQ(in(0x1f5), 0U);
    EXPECT_EQ(in(0x1f1), 1U); // diagnostic code
}

TEST_F(IdeTest, EmptyChannelFloatsAndMissingSlaveIsSilent) {
    EXPECT_EQ(in(0x177), 0x7fU);
    EXPECT_EQ(in(0x376), 0x7fU);
    out(0x172, 0x55);
    EXPECT_EQ(in(0x172), 0x7fU);
    out(0x1f6, 0xb0);
    EXPECT_EQ(in(0x1f7), 0U);
    EXPECT_EQ(in(0x3f6), 0U);
    out(0x1f7, 0xec); // goes nowhere
    EXPECT_EQ(in(0x1f7), 0U);
    EXPECT_EQ(lines.edges[14], 0U);
}

TEST_F(IdeTest, IdentifyTellsSizeModelAndChecksum) {
    const auto data = identify();
    EXPECT_EQ(load_le<u16>(data, 0), 0x0040U);
    EXPECT_EQ(load_le<u32>(data, 120), 70000U);
    EXPECT_EQ(load_le<u64>(data, 200), 70000U);
    EXPECT_EQ(load_le<u16>(data, 2), 69U);
    std::string model;
    for (std::size_t i = 54; i < 94; i += 2) {
        model += static_cast<char>(data[i + 1]);
        model += static_cast<char>(data[i]);
    }
    EXPECT_EQ(model, "Vestige hard disk                       ");
    EXPECT_EQ(static_cast<char>(data[20]), 'G');
    EXPECT_EQ(static_cast<char>(data[21]), 'V');
    u8 sum = 0;
    for (const std::byte value : data)
        sum = static_cast<u8>(sum + static_cast<u8>(value));
    EXPECT_EQ(sum, 0);
}

TEST_F(IdeTest, ReadsSectorsByLba28) {
    lba28(300, 2);
    out(0x1f7, 0x20);
    EXPECT_TRUE(lines.levels[14]);
    EXPECT_EQ(in(0x3f6), data_request);
    EXPECT_TRUE(lines.levels[14]) << "the alternate status keeps the interrupt";
    EXPECT_EQ(in(0x1f7), data_request);
    EXPECT_FALSE(lines.levels[14]);
    EXPECT_EQ(words(256), disk.sector(300));
    EXPECT_TRUE(lines.levels[14]);
    EXPECT_EQ(in(0x1f7), data_request);
    EXPECT_EQ(words(256, Width::dword), disk.sector(301));
    EXPECT_FALSE(lines.levels[14]) << "no interrupt after the last block";
    EXPECT_EQ(in(0x1f7), ready);
    EXPECT_EQ(in(0x1f0, Width::word), 0xffffU);
}

TEST_F(IdeTest, ReadsByLba48AndZeroCountIs65536) {
    lba48(69999, 1);
    out(0x1f7, 0x24);
    EXPECT_EQ(words(256), disk.sector(69999));
    lba48(0, 0);
    out(0x1f7, 0x24);
    std::vector<std::byte> all(65535 * 512);
    ports->read_string(Port{0x1f0}, Width::dword, all);
    EXPECT_TRUE(std::equal(all.begin(), all.end(), disk.bytes.begin()));
    EXPECT_EQ(in(0x1f7), data_request);
    EXPECT_EQ(words(256), disk.sector(65535));
    EXPECT_EQ(in(0x1f7), ready);
}

TEST_F(IdeTest, HighOrderBytesAreReadThroughHob) {
    lba48(0x123456789abc, 0x1122);
    out(0x3f6, 0x80);
    EXPECT_EQ(in(0x1f2), 0x11U);
    EXPECT_EQ(in(0x1f3), 0x56U);
    EXPECT_EQ(in(0x1f5), 0x12U);
    out(0x1f3, 0);
    EXPECT_EQ(in(0x1f3), 0U) << "a write to the task file clears HOB";
}

TEST_F(IdeTest, ReadsByChsAfterSetParameters) {
    out(0x1f6, 0xa3); // four heads
    out(0x1f2, 20);
    out(0x1f7, 0x91);
    EXPECT_EQ(in(0x1f7), ready);
    out(0x1f6, 0xa2);
    out(0x1f2, 1);
    out(0x1f3, 7);
    out(0x1f4, 5);
    out(0x1f5, 0);
    out(0x1f7, 0x20);
    EXPECT_EQ(words(256), disk.sector((5 * 4 + 2) * 20 + 6));
    const auto data = identify();
    EXPECT_EQ(load_le<u16>(data, 108), 875U);
    EXPECT_EQ(load_le<u16>(data, 110), 4U);
    EXPECT_EQ(load_le<u16>(data, 112), 20U);
    out(0x1f3, 0); // sector 0 does not exist
    out(0x1f7, 0x20);
    EXPECT_EQ(in(0x1f7), with_error);
    EXPECT_EQ(in(0x1f1), 0x10U);
}

TEST_F(IdeTest, WritesAndReadsBack) {
    lba28(10, 2);
    out(0x1f7, 0x30);
    EXPECT_EQ(lines.edges[14], 0U) << "the first block is asked for without an interrupt";
    EXPECT_EQ(in(0x1f7), data_request);
    for (unsigned i = 0; i < 256; ++i)
        out(0x1f0, 0xa500 + i, Width::word);
    EXPECT_EQ(lines.edges[14], 1U);
    EXPECT_EQ(in(0x1f7), data_request);
    for (unsigned i = 0; i < 128; ++i)
        out(0x1f0, 0x12345678, Width::dword);
    EXPECT_EQ(lines.edges[14], 2U);
    EXPECT_EQ(in(0x1f7), ready);
    EXPECT_EQ(load_le<u16>(disk.bytes, 10 * 512 + 2), 0xa501U);
    EXPECT_EQ(load_le<u32>(disk.bytes, 11 * 512 + 508), 0x12345678U);
    EXPECT_EQ(disk.sector(12), FakeMedium(13, 512).sector(12));
}

TEST_F(IdeTest, MultipleMovesBlocksWithOneInterruptEach) {
    out(0x1f2, 3);
    out(0x1f7, 0xc6);
    EXPECT_EQ(in(0x1f7), with_error) << "only powers of two";
    lba28(0, 5);
    out(0x1f7, 0xc4);
    EXPECT_EQ(in(0x1f7), with_error) << "not set yet";
    out(0x1f2, 4);
    out(0x1f7, 0xc6);
    EXPECT_EQ(in(0x1f7), ready);
    lba28(100, 5);
    const unsigned before = lines.edges[14];
    out(0x1f7, 0xc4);
    EXPECT_EQ(in(0x1f7), data_request);
    for (unsigned i = 0; i < 4; ++i)
        EXPECT_EQ(words(256), disk.sector(100 + i));
    EXPECT_EQ(in(0x1f7), data_request);
    EXPECT_EQ(words(256), disk.sector(104));
    EXPECT_EQ(lines.edges[14] - before, 2U);
    EXPECT_EQ(in(0x1f7), ready);
}

TEST_F(IdeTest, ErrorsNameTheirSector) {
    lba28(69999, 2);
    out(0x1f7, 0x20);
    EXPECT_EQ(in(0x1f7), with_error);
    EXPECT_EQ(in(0x1f1), 0x10U);
    EXPECT_EQ(in(0x1f3) | in(0x1f4) << 8 | in(0x1f5) << 16, 70000U);
    disk.bad = 33;
    lba28(32, 4);
    out(0x1f7, 0x20);
    EXPECT_EQ(words(256), disk.sector(32));
    EXPECT_EQ(in(0x1f7), with_error);
    EXPECT_EQ(in(0x1f1), 0x40U);
    EXPECT_EQ(in(0x1f3), 33U);
    lba28(30, 8);
    out(0x1f7, 0x40); // verify
    EXPECT_EQ(in(0x1f7), with_error);
    EXPECT_EQ(in(0x1f3), 33U);
    out(0x1f7, 0xfb);
    EXPECT_EQ(in(0x1f7), with_error);
    EXPECT_EQ(in(0x1f1), 0x04U);
}

TEST_F(IdeTest, ReadOnlyMediumRefusesWrites) {
    disk.locked = true;
    lba28(1, 1);
    out(0x1f7, 0x30);
    EXPECT_EQ(in(0x1f7), with_error);
    EXPECT_EQ(in(0x1f1), 0x04U);
}

TEST_F(IdeTest, SoftResetEndsACommandAndKeepsSettings) {
    out(0x1f2, 8);
    out(0x1f7, 0xc6);
    lba28(5, 3);
    out(0x1f7, 0x20);
    out(0x3f6, 0x0c);
    EXPECT_EQ(in(0x1f7), 0x80U);
    EXPECT_FALSE(lines.levels[14]);
    out(0x3f6, 0x08);
    EXPECT_EQ(in(0x1f7), ready);
    EXPECT_EQ(in(0x1f3), 1U);
    EXPECT_EQ(load_le<u16>(identify(), 118), 0x0108U);
}

TEST_F(IdeTest, NienHoldsTheInterruptBack) {
    out(0x3f6, 0x0a);
    lba28(5, 1);
    out(0x1f7, 0x20);
    EXPECT_EQ(lines.edges[14], 0U);
    out(0x3f6, 0x08);
    EXPECT_EQ(lines.edges[14], 1U);
}

TEST_F(IdeTest, TwoDrivesShareTheTaskFile) {
    FakeMedium second{100, 512};
    ide.plug_disk(1, second);
    power_on();
    lba28(3, 1, 0xf0);
    out(0x1f7, 0x20);
    EXPECT_EQ(words(256), second.sector(3));
    out(0x1f6, 0xe0);
    EXPECT_EQ(in(0x1f3), 3U);
    out(0x1f7, 0x20);
    EXPECT_EQ(words(256), disk.sector(3));
    out(0x1f7, 0x90); // diagnostics: both pass, drive 0 answers
    EXPECT_EQ(in(0x1f7), ready);
    EXPECT_EQ(in(0x1f1), 1U);
}

TEST_F(IdeTest, StringsMoveWholeBlocks) {
    lba28(40, 4);
    out(0x1f7, 0x20);
    std::vector<std::byte> data(4 * 512);
    ports->read_string(Port{0x1f0}, Width::word, data);
    EXPECT_TRUE(std::equal(data.begin(), data.end(), disk.bytes.begin() + 40 * 512));
    lba28(50, 4);
    out(0x1f7, 0x30);
    ports->write_string(Port{0x1f0}, Width::dword, data);
    EXPECT_TRUE(std::equal(data.begin(), data.end(), disk.bytes.begin() + 50 * 512));
    lba28(40, 1);
    out(0x1f7, 0x20);
    std::vector<std::byte> halves(256);
    ports->read_string(Port{0x1f0}, Width::byte, halves);
    for (std::size_t i = 0; i < 256; ++i)
        EXPECT_EQ(halves[i], disk.bytes[40 * 512 + 2 * i]) << "half of each word is lost";
    EXPECT_EQ(in(0x1f7), ready);
}

TEST_F(IdeTest, FeaturesChooseModes) {
    out(0x1f1, 0x03);
    out(0x1f2, 0x42);
    out(0x1f7, 0xef);
    EXPECT_EQ(in(0x1f7), ready);
    auto data = identify();
    EXPECT_EQ(load_le<u16>(data, 176), 0x043fU);
    EXPECT_EQ(load_le<u16>(data, 126), 0x0007U);
    out(0x1f2, 0x47);
    out(0x1f7, 0xef);
    EXPECT_EQ(in(0x1f7), with_error);
    out(0x1f1, 0x82);
    out(0x1f7, 0xef);
    EXPECT_EQ(load_le<u16>(identify(), 170) & 0x20, 0);
}

/// A table of two regions at 1000h: 700h bytes at 2000h, the rest at 8000h.
void write_table(test::StoragePc& pc, u32 rest) {
    pc.memory.store<u32>(Gpa{0x1000}, 0x2000);
    pc.memory.store<u32>(Gpa{0x1004}, 0x700);
    pc.memory.store<u32>(Gpa{0x1008}, 0x8000);
    pc.memory.store<u32>(Gpa{0x100c}, 0x80000000 | rest);
    pc.out(0xc004, 0x1000, Width::dword);
}

TEST_F(IdeTest, BusMasterReadsIntoScatteredMemory) {
    write_table(*this, 0x1000 - 0x700);
    lba28(20, 8);
    out(0x1f7, 0xc8);
    EXPECT_EQ(in(0x1f7), data_request) << "waits for the bus master";
    EXPECT_EQ(lines.edges[14], 0U);
    out(0xc000, 0x09);
    EXPECT_EQ(lines.edges[14], 1U);
    EXPECT_EQ(in(0xc002) & 7, 4U);
    EXPECT_EQ(in(0x1f7), ready);
    const auto first = disk.bytes.begin() + 20 * 512;
    EXPECT_TRUE(std::equal(first, first + 0x700, ram.begin() + 0x2000));
    EXPECT_TRUE(std::equal(first + 0x700, first + 0x1000, ram.begin() + 0x8000));
    EXPECT_EQ(ram[0x2700], std::byte{0});
    out(0xc000, 0x08);
    out(0xc002, 0x04);
    EXPECT_EQ(in(0xc002) & 7, 0U);
}

TEST_F(IdeTest, BusMasterWritesWhenItWasStartedFirst) {
    write_table(*this, 0x900);
    std::fill_n(ram.begin() + 0x2000, 0x700, std::byte{0x11});
    std::fill_n(ram.begin() + 0x8000, 0x900, std::byte{0x22});
    out(0xc000, 0x01);
    lba48(100, 8);
    out(0x1f7, 0x35);
    EXPECT_EQ(in(0x1f7), ready);
    EXPECT_EQ(disk.bytes[100 * 512 + 0x6ff], std::byte{0x11});
    EXPECT_EQ(disk.bytes[100 * 512 + 0x700], std::byte{0x22});
    EXPECT_EQ(disk.bytes[107 * 512 + 511], std::byte{0x22});
    EXPECT_EQ(disk.sector(108), FakeMedium(109, 512).sector(108));
}

TEST_F(IdeTest, BusMasterNeedsItsBitAndStopsAtTheEndOfTheTable) {
    config(0x0904, 0x0001);
    write_table(*this, 0x100);
    out(0xc000, 0x09);
    lba28(0, 8);
    out(0x1f7, 0xc8);
    EXPECT_EQ(lines.edges[14], 0U);
    config(0x0904, 0x0005);
    EXPECT_EQ(in(0xc002) & 7, 0U) << "the table is shorter than the command: not active, no end";
    EXPECT_EQ(in(0x3f6), data_request);
    EXPECT_EQ(ram[0x80ff], disk.bytes[0x7ff]);
}

TEST_F(IdeTest, BusMasterRefusesWhatIsNoMemory) {
    memory.store<u32>(Gpa{0x1000}, 0xfffffff0); // a region outside RAM
    memory.store<u32>(Gpa{0x1004}, 0x80000000);
    out(0xc004, 0x1000, Width::dword);
    out(0xc000, 0x09);
    lba28(0, 1);
    out(0x1f7, 0xc8);
    EXPECT_EQ(in(0xc002) & 7, 6U);
    EXPECT_EQ(in(0x1f7), with_error);
    EXPECT_EQ(in(0x1f1), 0x84U);
    EXPECT_EQ(ide.refusals(), 1U);
    out(0xc000, 0);
    out(0xc004, 0xf0000000, Width::dword); // the table itself
    out(0xc000, 0x09);
    out(0x1f7, 0xc8);
    EXPECT_EQ(in(0x1f7), with_error);
    // A table of empty regions over and over ends with its 64 KiB.
    for (u64 at = 0x10000; at < 0x20000; at += 8) {
        memory.store<u32>(Gpa{at}, 0x2000);
        memory.store<u32>(Gpa{at + 4}, 2);
    }
    out(0xc000, 0);
    out(0xc004, 0x10000, Width::dword);
    out(0xc000, 0x09);
    lba28(0, 200);
    out(0x1f7, 0xc8);
    EXPECT_EQ(in(0x1f7), with_error);
}

TEST_F(IdeTest, BadSectorEndsADmaCommand) {
    disk.bad = 5;
    write_table(*this, 0x900);
    out(0xc000, 0x09);
    lba28(0, 8);
    out(0x1f7, 0xc8);
    EXPECT_EQ(in(0x1f7), with_error);
    EXPECT_EQ(in(0x1f1), 0x40U);
}

TEST_F(IdeTest, PortsAnswerOnlyWhenTheFunctionDecodesThem) {
    config(0x0940, 0x80000000);
    EXPECT_EQ(in(0x1f7), 0xffU);
    EXPECT_EQ(in(0x177), 0x7fU);
    config(0x0904, 0x0000);
    EXPECT_EQ(in(0x177), 0xffU);
    EXPECT_EQ(in(0xc000), 0xffU);
    config(0x0904, 0x0005);
    config(0x0920, 0xd001);
    EXPECT_EQ(in(0xc000), 0xffU);
    EXPECT_EQ(in(0xd000), 0x00U);
}

} // namespace
} // namespace vestige::devices
