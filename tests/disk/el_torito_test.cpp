// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/disk/drive_set.hpp"
#include "vestige/disk/ram_disk.hpp"

#include "../support/cd_image.hpp"

#include <gtest/gtest.h>

namespace vestige::disk {
namespace {

RamDisk medium(test::CdBuilder& cd) { return {cd.bytes(), {}, {}, 2048}; }

TEST(ElTorito, DefaultEntryIsFound) {
    test::CdBuilder cd{0};
    cd.set_load_segment(0x1234);
    RamDisk disk = medium(cd);
    const auto entry = find_boot_entry(disk);
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry.value().media, 0);
    EXPECT_EQ(entry.value().load_segment, 0x1234);
    EXPECT_EQ(entry.value().sector_count, 4);
    EXPECT_EQ(entry.value().image, 20U);
    EXPECT_EQ(entry.value().catalogue, 19U);
    cd.set_load_segment(0);
    cd.set_sector_count(0);
    EXPECT_EQ(find_boot_entry(disk).value().load_segment, 0x7c0);
    EXPECT_EQ(find_boot_entry(disk).value().sector_count, 1);
}

TEST(ElTorito, BrokenCataloguesAreNamed) {
    test::CdBuilder cd{0};
    RamDisk disk = medium(cd);
    const auto broken = [&](u64 sector, std::size_t at, u8 value) {
        const std::byte old = cd.at(sector)[at];
        cd.at(sector)[at] = std::byte{value};
        const auto entry = find_boot_entry(disk);
        EXPECT_FALSE(entry) << sector << ' ' << at;
        EXPECT_NE(std::string_view{entry.error()}, "");
        cd.at(sector)[at] = old;
    };
    broken(17, 0, 1);
    broken(17, 1, 'X');
    broken(17, 7, 'X');
    broken(17, 0x4a, 0xff); // the catalogue is beyond the end
    broken(19, 0, 2);
    broken(19, 5, 1); // checksum
    broken(19, 30, 0);
    broken(19, 32, 0x00);
    broken(19, 33, 5);
    ASSERT_TRUE(find_boot_entry(disk));
    RamDisk cut{std::span{cd.bytes()}.first(17 * 2048), {}, {}, 2048};
    EXPECT_FALSE(find_boot_entry(cut));
}

TEST(ElTorito, ImageIsSeenInSmallSectors) {
    test::CdBuilder cd{0};
    for (u64 i = 0; i < 32; ++i)
        *cd.image_sector(i) = static_cast<std::byte>(i + 1);
    RamDisk disk = medium(cd);
    CdImage image;
    image.open(disk, 20, 32);
    std::vector<std::byte> out(7 * 512);
    ASSERT_TRUE(image.read(Lba{3}, out));
    for (std::size_t i = 0; i < 7; ++i)
        EXPECT_EQ(out[i * 512], static_cast<std::byte>(i + 4));
    EXPECT_FALSE(image.read(Lba{26}, out));
    EXPECT_FALSE(image.read(Lba{~u64{0}}, out));
    EXPECT_FALSE(image.write(Lba{0}, out));
    EXPECT_TRUE(image.read_only());
}

class Drives : public ::testing::Test {
  protected:
    std::vector<std::byte> floppy_image = std::vector<std::byte>(1440 * 1024);
    std::vector<std::byte> disk_image = std::vector<std::byte>(1024 * 1024);
    RamDisk floppy{floppy_image, {}, {}, 512};
    RamDisk disk{disk_image, {}, {}, 512};
    DriveSet drives;
};

TEST_F(Drives, NumbersFollowTheOrderOfTheirType) {
    test::CdBuilder cd{0};
    RamDisk cdrom = medium(cd);
    EXPECT_TRUE(drives.add(disk, DriveType::disk, {}));
    EXPECT_TRUE(drives.add(disk, DriveType::disk, {}));
    EXPECT_TRUE(drives.add(floppy, DriveType::floppy, {}));
    EXPECT_TRUE(drives.add(cdrom, DriveType::cdrom, {}));
    for (unsigned number = 0; number < 256; ++number) {
        const bool there = number == 0 || number == 0x80 || number == 0x81 || number == 0xe0;
        EXPECT_EQ(drives.find(static_cast<u8>(number)) != nullptr, there) << number;
    }
    EXPECT_EQ(drives.find(0)->floppy_type, 4);
    EXPECT_TRUE(drives.find(0)->changed);
}

TEST_F(Drives, ThereIsRoomForSoMany) {
    EXPECT_FALSE(drives.add(disk, DriveType::floppy, {})) << "no floppy has this size";
    EXPECT_TRUE(drives.add(floppy, DriveType::floppy, {}));
    EXPECT_TRUE(drives.add(floppy, DriveType::floppy, {}));
    EXPECT_FALSE(drives.add(floppy, DriveType::floppy, {}));
    for (int i = 0; i < 4; ++i)
        EXPECT_TRUE(drives.add(disk, DriveType::disk, {}));
    EXPECT_FALSE(drives.add(disk, DriveType::disk, {}));
}

TEST_F(Drives, AnEmulatedFloppyMovesTheOthersUp) {
    test::CdBuilder cd{2, 1024};
    RamDisk cdrom = medium(cd);
    ASSERT_TRUE(drives.add(floppy, DriveType::floppy, {}));
    ASSERT_TRUE(drives.add(cdrom, DriveType::cdrom, {}));
    drives.start_emulation(find_boot_entry(cdrom).value(), 0xe0);
    ASSERT_TRUE(drives.emulating());
    EXPECT_TRUE(drives.find(0)->emulated);
    EXPECT_EQ(drives.find(0)->geometry, (Geometry{80, 2, 18}));
    EXPECT_EQ(drives.find(1)->device, &floppy);
    EXPECT_EQ(drives.count(DriveType::floppy), 2U);
    drives.stop_emulation();
    EXPECT_EQ(drives.find(0)->device, &floppy);
    EXPECT_EQ(drives.boot_cd(), 0xe0);
    drives.reset();
    EXPECT_FALSE(drives.booted_cd());
}

TEST_F(Drives, AnEmulatedDiskIsAsLargeAsItsPartition) {
    test::CdBuilder cd{4, 128};
    std::byte* const mbr = cd.image_sector(0);
    mbr[450] = std::byte{6};
    mbr[451] = std::byte{3};
    mbr[452] = std::byte{17};
    mbr[453] = std::byte{2};
    mbr[454] = std::byte{17};
    mbr[458] = std::byte{187};
    RamDisk cdrom = medium(cd);
    ASSERT_TRUE(drives.add(disk, DriveType::disk, {}));
    ASSERT_TRUE(drives.add(cdrom, DriveType::cdrom, {}));
    drives.start_emulation(find_boot_entry(cdrom).value(), 0xe0);
    EXPECT_EQ(drives.find(0x80)->geometry, (Geometry{3, 4, 17}));
    EXPECT_EQ(drives.find(0x80)->device->sector_count(), 204U);
    EXPECT_EQ(drives.find(0x81)->device, &disk);
}

TEST_F(Drives, EmulationOfNothingIsNone) {
    BootEntry entry;
    entry.media = 2;
    drives.start_emulation(entry, 0xe0);
    EXPECT_FALSE(drives.emulating());
    test::CdBuilder cd{4};
    RamDisk cdrom = medium(cd);
    ASSERT_TRUE(drives.add(cdrom, DriveType::cdrom, {}));
    entry.media = 4;
    entry.image = 0xffffffff; // far beyond the end
    drives.start_emulation(entry, 0xe0);
    EXPECT_FALSE(drives.emulating());
    EXPECT_EQ(drives.find(0x80), nullptr);
}

} // namespace
} // namespace vestige::disk
