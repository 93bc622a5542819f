// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/floppy_controller.hpp"

#include "storage_fixture.hpp"

#include <gtest/gtest.h>

namespace vestige::devices {
namespace {

using Result = std::vector<u8>;

class FloppyTest : public testing::Test, protected test::StoragePc {
  protected:
    void SetUp() override {
        floppy.plug(0, {.medium = &medium, .cylinders = 80, .heads = 2, .sectors = 18});
        floppy.reset();
        out(0x3f2, 0x00);
        out(0x3f2, 0x1c);
        EXPECT_TRUE(lines.levels[6]);
        for (u8 unit = 0; unit < 4; ++unit)
            EXPECT_EQ(command({0x08}), (Result{static_cast<u8>(0xc0 | unit), 0}));
        EXPECT_FALSE(lines.levels[6]);
        out(0x3f7, 0); // 500 kbit/s
        command({0x03, 0xdf, 0x02});
    }
    /// Sends a command and takes its results.
    Result command(std::initializer_list<u8> bytes) {
        for (const u8 byte : bytes) {
            EXPECT_EQ(in(0x3f4) & 0xc0, 0x80U);
            out(0x3f5, byte);
        }
        return results();
    }
    Result results() {
        Result all;
        while ((in(0x3f4) & 0xf0) == 0xd0)
            all.push_back(static_cast<u8>(in(0x3f5)));
        return all;
    }
    void seek(u8 cylinder) {
        EXPECT_TRUE(command({0x0f, 0x00, cylinder}).empty());
        EXPECT_TRUE(lines.levels[6]);
        EXPECT_EQ(in(0x3f4) & 0x0f, 1U);
        EXPECT_EQ(command({0x08}), (Result{0x20, cylinder}));
        EXPECT_EQ(in(0x3f4), 0x80U);
    }
    void program(u32 address, u32 size, u8 mode) {
        out(0x0a, 0x06);
        out(0x0c, 0);
        out(0x0b, mode);
        out(0x04, address & 0xff);
        out(0x04, address >> 8 & 0xff);
        out(0x05, (size - 1) & 0xff);
        out(0x05, (size - 1) >> 8);
        out(0x81, address >> 16);
        out(0x0a, 0x02);
    }
    std::vector<std::byte> memory_at(std::size_t at, std::size_t size) {
        const auto first = ram.begin() + static_cast<long>(at);
        return {first, first + static_cast<long>(size)};
    }

    test::FakeMedium medium{2880, 512};
    static constexpr u8 rd = 0x46, wr = 0x4a;
};

TEST_F(FloppyTest, ReadsByDma) {
    seek(3);
    program(0x8000, 1024, rd);
    const unsigned before = lines.edges[6];
    EXPECT_EQ(command({0xe6, 0x04, 3, 1, 17, 2, 18, 0x1b, 0xff}),
              (Result{0x04, 0, 0, 4, 0, 1, 2}));
    EXPECT_EQ(lines.edges[6], before + 1);
    EXPECT_FALSE(lines.levels[6]);
    EXPECT_EQ(memory_at(0x8000, 512), medium.sector((3 * 2 + 1) * 18 + 16));
    EXPECT_EQ(memory_at(0x8200, 512), medium.sector((3 * 2 + 1) * 18 + 17));
}

TEST_F(FloppyTest, MultiTrackGoesOnUnderTheOtherHead) {
    seek(1);
    program(0x8000, 36 * 512, rd);
    EXPECT_EQ(command({0xe6, 0x00, 1, 0, 1, 2, 18, 0x1b, 0xff}),
              (Result{0x04, 0, 0, 2, 0, 1, 2}));
    EXPECT_EQ(memory_at(0x8000 + 35 * 512, 512), medium.sector(71));
    program(0x8000, 20 * 512, rd);
    EXPECT_EQ(command({0x46, 0x00, 1, 0, 1, 2, 18, 0x1b, 0xff}),
              (Result{0x40, 0x80, 0, 2, 0, 1, 2}))
        << "one track only: its end comes before the terminal count";
}

TEST_F(FloppyTest, WritesByDma) {
    seek(79);
    std::fill_n(ram.begin() + 0x9000, 600, std::byte{0x99});
    program(0x9000, 600, wr);
    EXPECT_EQ(command({0xc5, 0x00, 79, 0, 1, 2, 18, 0x1b, 0xff})[0], 0U);
    EXPECT_EQ(medium.bytes[79 * 36 * 512 + 599], std::byte{0x99});
    EXPECT_EQ(medium.bytes[79 * 36 * 512 + 600], std::byte{0}) << "the sector is filled up";
    medium.locked = true;
    program(0x9000, 512, wr);
    EXPECT_EQ(command({0xc5, 0x00, 79, 0, 1, 2, 18, 0x1b, 0xff}),
              (Result{0x40, 0x02, 0, 79, 0, 1, 2}));
    EXPECT_EQ(command({0x04, 0x00})[0] & 0x40, 0x40);
}

TEST_F(FloppyTest, WaitsForAMaskedChannel) {
    program(0x8000, 512, rd);
    out(0x0a, 0x06);
    EXPECT_TRUE(command({0xe6, 0x00, 0, 0, 1, 2, 18, 0x1b, 0xff}).empty());
    EXPECT_EQ(in(0x3f4) & 0xf0, 0x10U);
    EXPECT_FALSE(lines.levels[6]);
    out(0x0a, 0x02);
    EXPECT_TRUE(lines.levels[6]);
    EXPECT_EQ(results()[0], 0U);
    EXPECT_EQ(memory_at(0x8000, 512), medium.sector(0));
}

TEST_F(FloppyTest, MovesBytesWithoutDma) {
    command({0x03, 0xdf, 0x03});
    EXPECT_TRUE(command({0xe6, 0x00, 0, 0, 5, 2, 5, 0x1b, 0xff}).empty());
    std::vector<std::byte> data;
    while ((in(0x3f4) & 0xf0) == 0xf0) {
        EXPECT_TRUE(lines.levels[6]);
        data.push_back(static_cast<std::byte>(in(0x3f5)));
        if (data.size() == 512)
            break;
    }
    EXPECT_EQ(data, medium.sector(4));
    // With both heads the transfer goes on under head 1: a reset ends it.
    out(0x3f4, 0x80);
    EXPECT_EQ(in(0x3f4), 0x80U);
    EXPECT_EQ(command({0x08}), (Result{0xc0, 0}));
    EXPECT_TRUE(command({0x45, 0x00, 0, 0, 5, 2, 5, 0x1b, 0xff}).empty());
    for (unsigned i = 0; i < 512; ++i)
        out(0x3f5, 0x3c);
    EXPECT_EQ(results(), (Result{0x40, 0x80, 0, 1, 0, 1, 2}));
    EXPECT_EQ(medium.sector(4), std::vector<std::byte>(512, std::byte{0x3c}));
}

TEST_F(FloppyTest, ErrorsSayWhatIsMissing) {
    program(0x8000, 512, rd);
    EXPECT_EQ(command({0xe6, 0x00, 5, 0, 1, 2, 18, 0x1b, 0xff}),
              (Result{0x40, 0x04, 0x10, 5, 0, 1, 2}))
        << "the head is elsewhere";
    EXPECT_EQ(command({0xe6, 0x00, 0, 0, 19, 2, 18, 0x1b, 0xff})[1], 0x04);
    EXPECT_EQ(command({0xe6, 0x00, 0, 0, 1, 3, 18, 0x1b, 0xff})[1], 0x04);
    EXPECT_EQ(command({0xa6, 0x00, 0, 0, 1, 2, 18, 0x1b, 0xff})[1], 0x01) << "single density";
    out(0x3f7, 2);
    EXPECT_EQ(command({0xe6, 0x00, 0, 0, 1, 2, 18, 0x1b, 0xff})[1], 0x01) << "wrong rate";
    out(0x3f7, 0);
    EXPECT_EQ(command({0xe6, 0x01, 0, 0, 1, 2, 18, 0x1b, 0xff})[0], 0x41) << "no drive";
    out(0x3f2, 0x0c);
    EXPECT_EQ(command({0xe6, 0x00, 0, 0, 1, 2, 18, 0x1b, 0xff})[1], 0x01) << "motor off";
    out(0x3f2, 0x1c);
    medium.bad = 0;
    EXPECT_EQ(command({0xe6, 0x00, 0, 0, 1, 2, 18, 0x1b, 0xff})[1], 0x20);
    EXPECT_EQ(command({0x1f}), (Result{0x80}));
    EXPECT_EQ(command({0x08}), (Result{0x80})) << "nothing to sense";
}

TEST_F(FloppyTest, RecalibratesAndChangesTheLine) {
    EXPECT_EQ(in(0x3f7) & 0x80, 0x80U);
    seek(10);
    EXPECT_EQ(in(0x3f7) & 0x80, 0U);
    command({0x07, 0x00});
    EXPECT_EQ(command({0x08}), (Result{0x20, 0}));
    EXPECT_EQ(command({0x04, 0x00}), (Result{0x38}));
    command({0x07, 0x01});
    EXPECT_EQ(command({0x08}), (Result{0x71, 0}));
    command({0xcf, 0x00, 7});
    EXPECT_EQ(command({0x08}), (Result{0x20, 7}));
    command({0x8f, 0x00, 9});
    EXPECT_EQ(command({0x08}), (Result{0x20, 0}));
}

TEST_F(FloppyTest, DescribesItself) {
    EXPECT_EQ(command({0x10}), (Result{0x90}));
    command({0x13, 0x00, 0x57, 0x08});
    EXPECT_EQ(command({0x94}), (Result{0x10}));
    command({0x12, 0x04});
    EXPECT_EQ(command({0x0e}), (Result{0, 0, 0, 0, 0xdf, 0x02, 0, 0x84, 0x57, 0x08}));
    out(0x3f4, 0x80);
    for (unsigned i = 0; i < 4; ++i)
        command({0x08});
    EXPECT_EQ(command({0x0e})[8], 0x57) << "locked";
    EXPECT_EQ(command({0x14}), (Result{0x00}));
    EXPECT_EQ(command({0x4a, 0x00}), (Result{0, 0, 0, 0, 0, 1, 2}));
    EXPECT_EQ(command({0x4a, 0x00}), (Result{0, 0, 0, 0, 0, 2, 2}));
}

TEST_F(FloppyTest, ImpliedSeekAndVerify) {
    command({0x13, 0x00, 0x57, 0x00});
    program(0x8000, 512, rd);
    EXPECT_EQ(command({0xe6, 0x00, 40, 0, 1, 2, 18, 0x1b, 0xff})[0], 0U);
    EXPECT_EQ(memory_at(0x8000, 512), medium.sector(40 * 36));
    EXPECT_EQ(command({0xd6, 0x80, 40, 0, 1, 2, 18, 0x1b, 3}), (Result{0, 0, 0, 40, 0, 4, 2}));
    EXPECT_EQ(command({0x56, 0x00, 40, 0, 1, 2, 18, 0x1b, 0xff})[0], 0U);
}

TEST_F(FloppyTest, FormatsATrack) {
    seek(2);
    for (u8 i = 0; i < 18; ++i) {
        ram[0x8000U + 4U * i] = std::byte{2};
        ram[0x8001U + 4U * i] = std::byte{0};
        ram[0x8002U + 4U * i] = static_cast<std::byte>(i + 1);
        ram[0x8003U + 4U * i] = std::byte{2};
    }
    program(0x8000, 72, wr);
    EXPECT_EQ(command({0x4d, 0x00, 2, 18, 0x50, 0xf6})[0], 0U);
    EXPECT_EQ(medium.sector(2 * 36), std::vector<std::byte>(512, std::byte{0xf6}));
    EXPECT_EQ(medium.sector(2 * 36 + 17), std::vector<std::byte>(512, std::byte{0xf6}));
    EXPECT_EQ(medium.sector(2 * 36 + 18), test::FakeMedium(100, 512).sector(2 * 36 + 18));
    EXPECT_EQ(command({0x4d, 0x00, 2, 9, 0x50, 0xf6})[0], 0x50) << "no other format";
}

} // namespace
} // namespace vestige::devices
