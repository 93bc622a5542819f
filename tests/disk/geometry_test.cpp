// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/disk/geometry.hpp"

#include "vestige/base/little_endian.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace vestige::disk {
namespace {

std::vector<std::byte> mbr(u8 last_head, u8 last_sector, u8 last_cylinder, u32 start, u32 count) {
    std::vector<std::byte> sector(512);
    sector[446 + 4] = std::byte{0x83};
    sector[446 + 5] = std::byte{last_head};
    sector[446 + 6] = std::byte{last_sector};
    sector[446 + 7] = std::byte{last_cylinder};
    store_le<u32>(sector, 446 + 8, start);
    store_le<u32>(sector, 446 + 12, count);
    store_le<u16>(sector, 510, 0xaa55);
    return sector;
}

TEST(Geometry, FloppiesAreKnownByTheirSize) {
    for (const FloppyFormat& format : floppy_formats) {
        EXPECT_EQ(format.geometry.total() * 512, u64{format.kib} * 1024);
        EXPECT_EQ(floppy_format(u64{format.kib} * 1024)->geometry, format.geometry);
    }
    EXPECT_FALSE(floppy_format(0));
    EXPECT_FALSE(floppy_format(1440 * 1024 + 512));
}

TEST(Geometry, AddressesOutsideAreNone) {
    const Geometry g{80, 2, 18};
    EXPECT_EQ(to_lba(g, {1, 1, 2})->value, 36U + 18 + 1);
    EXPECT_FALSE(to_lba(g, {80, 0, 1}));
    EXPECT_FALSE(to_lba(g, {0, 2, 1}));
    EXPECT_FALSE(to_lba(g, {0, 0, 0}));
    EXPECT_FALSE(to_lba(g, {0, 0, 19}));
    EXPECT_FALSE(to_lba(Geometry{}, {0, 0, 1}));
}

TEST(Geometry, DisksAreTranslatedAsTheyGrow) {
    EXPECT_EQ(disk_geometry(1, {}), (Geometry{1, 16, 63}));
    EXPECT_EQ(disk_geometry(1024ULL * 16 * 63, {}), (Geometry{1024, 16, 63}));
    EXPECT_EQ(disk_geometry(1024ULL * 16 * 63 + 1, {}), (Geometry{512, 32, 63}));
    EXPECT_EQ(disk_geometry(1024ULL * 128 * 63, {}), (Geometry{1024, 128, 63}));
    EXPECT_EQ(disk_geometry(1024ULL * 128 * 63 + 1, {}).heads, 255U);
    EXPECT_EQ(disk_geometry(~u64{0}, {}), (Geometry{1024, 255, 63}));
}

TEST(Geometry, APartitionThatFitsItselfTells) {
    // 4 heads, 17 sectors: cylinders 0 to 99, from the second track on.
    EXPECT_EQ(disk_geometry(10000, mbr(3, 17, 99, 17, 100 * 4 * 17 - 17)),
              (Geometry{147, 4, 17}));
    // An end that does not agree with the count is not believed.
    EXPECT_EQ(disk_geometry(10000, mbr(3, 17, 99, 17, 100)).sectors, 63U);
    EXPECT_EQ(disk_geometry(10000, mbr(3, 0, 99, 17, 100)).sectors, 63U);
    EXPECT_EQ(disk_geometry(10000, mbr(0xff, 0xff, 0xff, 1, 0xffffffff)).sectors, 63U);
    auto unsigned_sector = mbr(3, 17, 99, 17, 100 * 4 * 17 - 17);
    unsigned_sector[510] = std::byte{0};
    EXPECT_EQ(disk_geometry(10000, unsigned_sector).sectors, 63U);
}

} // namespace
} // namespace vestige::disk
