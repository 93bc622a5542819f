// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/disk/ram_disk.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace vestige::disk {
namespace {

using machine::BlockError;

class RamDiskTest : public ::testing::Test {
  protected:
    std::vector<std::byte> image = std::vector<std::byte>(5 * 4096 + 700);
    std::vector<u32> table = std::vector<u32>(RamDisk::blocks_of(image.size()));
    std::vector<std::byte> pool = std::vector<std::byte>(2 * RamDisk::block_size);
    RamDisk disk{image, table, pool, 512};

    void SetUp() override {
        for (std::size_t i = 0; i < image.size(); ++i)
            image[i] = static_cast<std::byte>(i / 512 + i);
    }
    std::vector<std::byte> read(u64 first, std::size_t sectors) {
        std::vector<std::byte> out(sectors * 512);
        EXPECT_TRUE(disk.read(Lba{first}, out));
        return out;
    }
};

TEST_F(RamDiskTest, ReadsTheModuleAndZerosBehindItsEnd) {
    EXPECT_EQ(disk.sector_count(), 42U);
    const auto all = read(0, 42);
    EXPECT_TRUE(std::equal(image.begin(), image.end(), all.begin()));
    for (std::size_t i = image.size(); i < all.size(); ++i)
        EXPECT_EQ(all[i], std::byte{0});
}

TEST_F(RamDiskTest, WritesGoToTheOverlayOnly) {
    const auto before = image;
    const std::vector<std::byte> data(3 * 512, std::byte{0xaa});
    ASSERT_TRUE(disk.write(Lba{7}, data)); // across the end of a block
    EXPECT_EQ(image, before);
    EXPECT_EQ(read(7, 3), data);
    EXPECT_EQ(read(6, 1), std::vector<std::byte>(before.begin() + 6 * 512, before.begin() + 3584));
    EXPECT_EQ(read(10, 1),
              std::vector<std::byte>(before.begin() + 10 * 512, before.begin() + 11 * 512));
}

TEST_F(RamDiskTest, AFullOverlayIsAMediumError) {
    const std::vector<std::byte> data(512, std::byte{1});
    EXPECT_TRUE(disk.write(Lba{0}, data));
    EXPECT_TRUE(disk.write(Lba{8}, data));
    EXPECT_EQ(disk.write(Lba{16}, data).error(), BlockError::medium);
    EXPECT_TRUE(disk.write(Lba{1}, data)) << "changed blocks stay writable";
}

TEST_F(RamDiskTest, RangesAreChecked) {
    std::vector<std::byte> two(1024);
    EXPECT_EQ(disk.read(Lba{41}, two).error(), BlockError::out_of_range);
    EXPECT_EQ(disk.read(Lba{43}, std::span{two}.first(0)).error(), BlockError::out_of_range);
    EXPECT_EQ(disk.read(Lba{~u64{0}}, two).error(), BlockError::out_of_range);
    EXPECT_EQ(disk.write(Lba{41}, two).error(), BlockError::out_of_range);
    EXPECT_TRUE(disk.read(Lba{42}, std::span{two}.first(0)));
}

TEST_F(RamDiskTest, WithoutAnOverlayItIsReadOnly) {
    RamDisk fixed{image, {}, {}, 2048};
    EXPECT_TRUE(fixed.read_only());
    EXPECT_EQ(fixed.sector_count(), 11U);
    std::vector<std::byte> sector(2048);
    EXPECT_TRUE(fixed.read(Lba{10}, sector));
    EXPECT_EQ(fixed.write(Lba{0}, sector).error(), BlockError::write_protected);
}

} // namespace
} // namespace vestige::disk
