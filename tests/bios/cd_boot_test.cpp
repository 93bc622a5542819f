// SPDX-License-Identifier: BSD-2-Clause
// Boot order, boot sectors, El Torito.
#include "disk_fixture.hpp"

namespace vestige::bios {
namespace {

using cpu::Gpr;
using cpu::SegmentName;

class Boot : public test::DiskPc {
  protected:
    static constexpr FarPtr boot_code{0, 0x7c00};
    void SetUp() override {}
    void sign(std::byte* sector) {
        sector[510] = std::byte{0x55};
        sector[511] = std::byte{0xaa};
    }
    void start() { DiskPc::SetUp(); }
    /// INT 18h or 19h from boot code, up to the next boot code.
    FarPtr again(u8 number) {
        cpu.run_at(home, stack);
        interrupt(number);
        for (int i = 0; i < 10000; ++i) {
            if (here().segment != 0xf000 || here().offset == wait_stubs + 8 * 0x18)
                return here();
            EXPECT_TRUE(step());
        }
        return {};
    }
    u8 emulation(u8 function, u8 drive) {
        set(Gpr::rsi, 0x200);
        return disk_call(static_cast<u16>(0x4b00 | function), drive);
    }
};

TEST_F(Boot, AFloppyNeedsNoSignature) {
    boot_order = "a";
    start(); // its first sector begins with zeros
    EXPECT_NE(booted_at, boot_code);
    floppy.image[0] = std::byte{0xeb};
    EXPECT_EQ(again(0x19), boot_code);
    EXPECT_EQ(cpu.regs.low(Gpr::rdx), 0);
    EXPECT_EQ(dword_at(0x7c00), 0xebU);
}

TEST_F(Boot, GivingUpLeadsToTheNextDevice) {
    floppy.image[0] = std::byte{0xeb};
    sign(hard.image.data());
    cd_image.set_load_segment(0x2345);
    start();
    EXPECT_EQ(booted_at, boot_code);
    EXPECT_EQ(byte_at(0x7c04), 0xf1);
    EXPECT_EQ(again(0x18), boot_code);
    EXPECT_EQ(byte_at(0x7c04), 0xd1);
    EXPECT_EQ(cpu.regs.low(Gpr::rdx), 0x80);
    EXPECT_EQ(again(0x18), (FarPtr{0x2345, 0}));
    EXPECT_EQ(cpu.regs.low(Gpr::rdx), 0xe0);
    EXPECT_EQ(again(0x18), (FarPtr{0xf000, wait_stubs + 8 * 0x18})) << "a key begins anew";
}

TEST_F(Boot, ACdWithoutEmulationTellsWhatItLoaded) {
    boot_order = "d";
    cd_image.image_sector(0)[0] = std::byte{0x42};
    cd_image.image_sector(3)[511] = std::byte{0x43};
    start();
    EXPECT_EQ(booted_at, boot_code);
    EXPECT_EQ(byte_at(0x7c00), 0x42);
    EXPECT_EQ(byte_at(0x7c00 + 2047), 0x43);
    EXPECT_EQ(emulation(1, cd_number), 0);
    EXPECT_EQ(byte_at(0x60200), 0x13);
    EXPECT_EQ(byte_at(0x60201), 0);
    EXPECT_EQ(byte_at(0x60202), cd_number);
    EXPECT_EQ(dword_at(0x60204), 20U);
    EXPECT_EQ(word_at(0x6020e), 4);
}

TEST_F(Boot, AnEmulatedFloppyIsDriveAUntilItIsEnded) {
    boot_order = "d";
    cd_image = test::CdBuilder{2, 1024};
    cd = disk::RamDisk{cd_image.bytes(), {}, {}, 2048};
    cd_image.set_sector_count(1);
    cd_image.image_sector(0)[0] = std::byte{0xeb};
    cd_image.image_sector(18 * 2 * 79)[0] = std::byte{0x99};
    start();
    EXPECT_EQ(booted_at, boot_code);
    EXPECT_EQ(byte_at(0x7c00), 0xeb);
    EXPECT_EQ(chs_call(0x0201, 0, 79, 0, 1), 0);
    EXPECT_EQ(byte_at(0x50000), 0x99);
    EXPECT_EQ(chs_call(0x0301, 0, 0, 0, 1), 3);
    EXPECT_EQ(chs_call(0x0201, 1, 0, 0, 1), 0) << "the real one is B: now";
    EXPECT_EQ(byte_at(0x50004), 0xf1);
    EXPECT_EQ(word_at(0x410) & 0xc1, 0x41) << "two floppies";
    EXPECT_EQ(emulation(1, 0), 0);
    EXPECT_EQ(byte_at(0x60202), 0);
    EXPECT_EQ(byte_at(0x60210), 79);
    EXPECT_EQ(byte_at(0x60211), 18);
    EXPECT_EQ(byte_at(0x60212), 1);
    EXPECT_EQ(emulation(0, 0), 0);
    EXPECT_EQ(word_at(0x410) & 0xc1, 0x01);
    EXPECT_EQ(chs_call(0x0201, 0, 0, 0, 1), 0);
    EXPECT_EQ(byte_at(0x50004), 0xf1);
}

TEST_F(Boot, ADriveIsEmulatedOnRequest) {
    boot_order = "c";
    sign(hard.image.data());
    start();
    set(Gpr::rsi, 0x300);
    memory.store<u8>(Gpa{0x60300}, 0x13);
    memory.store<u8>(Gpa{0x60301}, 4);
    memory.store<u8>(Gpa{0x60302}, cd_number);
    memory.store<u32>(Gpa{0x60304}, 20);
    memory.store<u16>(Gpa{0x6030c}, 0);
    memory.store<u16>(Gpa{0x6030e}, 1);
    cd_image.image_sector(0)[0] = std::byte{0x31};
    EXPECT_EQ(disk_call(0x4a00, cd_number), 0);
    EXPECT_EQ(byte_at(0x475), 2);
    EXPECT_EQ(chs_call(0x0201, 0x81, 0, 0, 1), 0);
    EXPECT_EQ(byte_at(0x50004), 0xd1);
    EXPECT_EQ(disk_call(0x4100, 0x80), 1) << "an emulated drive has the old services only";
    set(Gpr::rsi, 0x300);
    set(Gpr::rdx, cd_number);
    ax(0x4c00);
    EXPECT_EQ(again(0x13), boot_code);
    EXPECT_EQ(byte_at(0x7c00), 0x31);
    EXPECT_EQ(cpu.regs.low(Gpr::rdx), 0x80);
}

TEST_F(Boot, BadSpecificationsAreRefused) {
    start();
    set(Gpr::rsi, 0x300);
    for (const u8 media : {0, 5, 15}) {
        memory.store<u8>(Gpa{0x60300}, 0x13);
        memory.store<u8>(Gpa{0x60301}, media);
        EXPECT_EQ(disk_call(0x4a00, cd_number), 1) << unsigned{media};
    }
    memory.store<u8>(Gpa{0x60300}, 0x12);
    memory.store<u8>(Gpa{0x60301}, 2);
    EXPECT_EQ(disk_call(0x4a00, cd_number), 1);
    EXPECT_EQ(disk_call(0x4c00, cd_number), 1);
    memory.store<u8>(Gpa{0x60300}, 0x13);
    memory.store<u32>(Gpa{0x60304}, 0xfffffff0);
    EXPECT_EQ(disk_call(0x4c00, cd_number), 1) << "beyond the end";
    EXPECT_FALSE(drives.emulating());
}

TEST_F(Boot, TheCatalogueIsRead) {
    start();
    set(Gpr::rsi, 0x300);
    memory.store<u8>(Gpa{0x60300}, 8);
    memory.store<u8>(Gpa{0x60301}, 1);
    memory.store<u32>(Gpa{0x60302}, 0x50000000);
    memory.store<u16>(Gpa{0x60306}, 0);
    EXPECT_EQ(disk_call(0x4d00, cd_number), 0);
    EXPECT_EQ(byte_at(0x50000), 1);
    EXPECT_EQ(word_at(0x5001e), 0xaa55);
    memory.store<u16>(Gpa{0x60306}, 0xffff);
    EXPECT_EQ(disk_call(0x4d00, cd_number), 1);
    memory.store<u8>(Gpa{0x60300}, 7);
    EXPECT_EQ(disk_call(0x4d00, cd_number), 1);
    EXPECT_EQ(disk_call(0x4d00, 0xe5), 1);
}

} // namespace
} // namespace vestige::bios
