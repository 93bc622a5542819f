// SPDX-License-Identifier: BSD-2-Clause
// INT 13h of hard disks and CDs: by cylinder, head and sector, and by LBA.
#include "disk_fixture.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

using cpu::Gpr;
using cpu::SegmentName;

class Disk : public test::DiskPc {};

TEST_F(Disk, SectorsAreReadWhereTheyAre) {
    EXPECT_EQ(chs_call(0x0203, disk_number, 1, 2, 3, 0x10), 0);
    EXPECT_EQ(cpu.regs.low(Gpr::rax), 3);
    const u32 lba = (1 * 16 + 2) * 63 + 2;
    for (u32 i = 0; i < 3; ++i)
        EXPECT_EQ(dword_at(0x50010 + i * 512), lba + i);
    EXPECT_EQ(byte_at(0x50014), 0xd1);
}

TEST_F(Disk, WritesReachTheMediumAndVerifyMovesNothing) {
    memory.store<u32>(Gpa{0x50000}, 0xcafe1234);
    EXPECT_EQ(chs_call(0x0301, disk_number, 7, 15, 63), 0);
    EXPECT_EQ(hard.sector(disk_sectors - 1), 0xcafe1234U);
    memory.store<u32>(Gpa{0x50000}, 0x55555555);
    EXPECT_EQ(chs_call(0x0401, disk_number, 7, 15, 63), 0);
    EXPECT_EQ(dword_at(0x50000), 0x55555555U);
}

TEST_F(Disk, EveryPartOfAnAddressIsChecked) {
    for (const u16 function : {0x0201, 0x0301, 0x0401}) {
        EXPECT_EQ(chs_call(function, disk_number, 0, 0, 0), 1);
        EXPECT_EQ(chs_call(function, disk_number, 0, 16, 1), 1);
        EXPECT_EQ(chs_call(function, disk_number, 8, 0, 1), 1);
        EXPECT_EQ(chs_call(function, disk_number, 1023, 255, 63), 1);
    }
    for (const u16 count : {0x00, 0x81, 0xff})
        EXPECT_EQ(chs_call(static_cast<u16>(0x0200 | count), disk_number, 0, 0, 1), 1);
    EXPECT_EQ(chs_call(0x0202, disk_number, 7, 15, 63), 1) << "runs over the end";
    EXPECT_EQ(cpu.regs.low(Gpr::rax), 0);
    EXPECT_EQ(chs_call(0x0101, disk_number, 0, 0, 0), 1) << "status of the last operation";
}

/// An image that was cut off: its partition table tells of ten times what there is.
class CutDisk : public test::DiskPc {
  protected:
    void SetUp() override {
        constexpr std::array<u8, 16> entry{0x80, 1, 1, 0, 6, 15, 63, 79, 63, 0, 0, 0, 0xc1, 0x3a, 1, 0};
        std::ranges::transform(entry, hard.image.begin() + 446,
                               [](u8 byte) { return std::byte{byte}; });
        store_le<u16>(hard.image, 510, 0xaa55);
        DiskPc::SetUp();
    }
    static constexpr u32 told_sectors = 63 + 0x13ac1;
};

TEST_F(CutDisk, ReadsPastTheEndAreErrors) {
    ASSERT_EQ(told_sectors, 10 * disk_sectors);
    EXPECT_EQ(chs_call(0x0201, disk_number, 7, 15, 63), 0);
    for (const u16 cylinder : {8, 40, 79})
        for (const u16 function : {0x0201, 0x0301, 0x0401})
            EXPECT_EQ(chs_call(function, disk_number, cylinder, 15, 63), 1) << cylinder;
    EXPECT_EQ(chs_call(0x027f, disk_number, 7, 15, 1), 1) << "runs over the end";
    for (const u64 lba : {disk_sectors, u64{told_sectors} - 1, disk_sectors - 1})
        for (const u16 function : {0x4200, 0x4300, 0x4400}) {
            packet(16, 2, 0x50000000, lba);
            EXPECT_EQ(disk_call(function, disk_number), 1) << lba;
        }
    packet(16, 1, 0x50000000, disk_sectors - 1);
    EXPECT_EQ(disk_call(0x4200, disk_number), 0);
    EXPECT_EQ(dword_at(0x50000), disk_sectors - 1);
}

TEST_F(Disk, DrivesThatAreNotThereAreErrors) {
    for (unsigned drive = 0; drive < 256; ++drive) {
        if (drive == floppy_number || drive == disk_number || drive == cd_number)
            continue;
        for (unsigned function = 0; function < 0x51; ++function) {
            if (function == 0x4a || function == 0x4b || function == 0x4c || function == 0x4d ||
                (function == 0x15 && drive < 2))
                continue;
            set(Gpr::rcx, 1);
            EXPECT_EQ(disk_call(static_cast<u16>(function << 8 | 1), static_cast<u8>(drive)), 1)
                << std::hex << function << ' ' << drive;
        }
    }
}

TEST_F(Disk, TheInterruptFlagIsTheCallers) {
    EXPECT_NE(call(0x13, 0x0000).flags & cpu::rflags::interrupt, 0U);
    cpu.regs.rflags &= ~cpu::rflags::interrupt;
    EXPECT_EQ(call(0x13, 0x0000).flags & cpu::rflags::interrupt, 0U);
}

TEST_F(Disk, ParametersNameTheLastOfEach) {
    EXPECT_EQ(disk_call(0x0800, disk_number), 0);
    EXPECT_EQ(cpu.regs.word(Gpr::rcx), 0x073f);
    EXPECT_EQ(cpu.regs.high(Gpr::rdx), 15);
    EXPECT_EQ(cpu.regs.low(Gpr::rdx), 1);
    EXPECT_EQ(disk_call(0x0800, 0x81), 1);
    EXPECT_EQ(disk_call(0x0800, cd_number), 1);
}

TEST_F(Disk, TypesDiffer) {
    set(Gpr::rdx, disk_number);
    test::After after = call(0x13, 0x1500);
    EXPECT_FALSE(after.carry());
    EXPECT_EQ(after.regs.high(Gpr::rax), 3);
    EXPECT_EQ(after.regs.word(Gpr::rcx) << 16 | after.regs.word(Gpr::rdx), 7 * 16 * 63);
    set(Gpr::rdx, floppy_number);
    EXPECT_EQ(call(0x13, 0x1500).regs.high(Gpr::rax), 2);
    set(Gpr::rdx, 1);
    after = call(0x13, 0x1500);
    EXPECT_FALSE(after.carry());
    EXPECT_EQ(after.regs.high(Gpr::rax), 0);
    set(Gpr::rdx, cd_number);
    EXPECT_EQ(call(0x13, 0x1500).regs.high(Gpr::rax), 1);
}

TEST_F(Disk, SeekKnowsTheCylinders) {
    EXPECT_EQ(chs_call(0x0c00, disk_number, 7, 0, 1), 0);
    EXPECT_EQ(chs_call(0x0c00, disk_number, 8, 0, 1), 0x40);
    for (const u16 function : {0x0000, 0x0900, 0x0d00, 0x1000, 0x1100, 0x1400})
        EXPECT_EQ(disk_call(function, disk_number), 0);
    EXPECT_EQ(chs_call(0x0500, disk_number, 7, 15, 1), 0);
    EXPECT_EQ(chs_call(0x0500, disk_number, 8, 0, 1), 1);
}

TEST_F(Disk, ABufferInRomIsNotWrittenAndOneAtTheEndOfTheSegmentRunsOn) {
    cpu.load_real(SegmentName::es, 0xf000);
    const u32 before = dword_at(0xf0000);
    EXPECT_EQ(chs_call(0x0201, disk_number, 0, 0, 2), 0);
    EXPECT_EQ(dword_at(0xf0000), before);
    cpu.load_real(SegmentName::es, 0x5000);
    EXPECT_EQ(chs_call(0x0202, disk_number, 0, 0, 2, 0xfe00), 0);
    EXPECT_EQ(dword_at(0x5fe00), 1U);
    EXPECT_EQ(dword_at(0x60000), 2U);
}

TEST_F(Disk, WithA20OffTheFirstMegabyteFollowsItself) {
    a20.set(false);
    cpu.load_real(SegmentName::es, 0xffff);
    memory.store<u32>(Gpa{0x100000 + 0x8000 - 0x10}, 0x77777777);
    EXPECT_EQ(chs_call(0x0201, disk_number, 0, 0, 6, 0x8000), 0);
    EXPECT_EQ(dword_at(0x8000 - 0x10), 5U);
    EXPECT_EQ(dword_at(0x108000 - 0x10), 0x77777777U);
    a20.set(true);
    EXPECT_EQ(chs_call(0x0201, disk_number, 0, 0, 6, 0x8000), 0);
    EXPECT_EQ(dword_at(0x108000 - 0x10), 5U);
}

TEST_F(Disk, ExtensionsAreThereForDisksAndCds) {
    for (const u8 drive : {disk_number, cd_number}) {
        bx(0x55aa);
        set(Gpr::rdx, drive);
        const test::After after = call_with(0x13, 0x4100, true);
        EXPECT_FALSE(after.carry());
        EXPECT_EQ(after.regs.word(Gpr::rbx), 0xaa55);
        EXPECT_EQ(after.regs.high(Gpr::rax), 0x30);
        EXPECT_EQ(after.regs.word(Gpr::rcx), 7);
    }
    EXPECT_EQ(disk_call(0x4100, floppy_number), 1);
}

TEST_F(Disk, PacketsReadWriteAndVerify) {
    packet(16, 3, 0x50000010, 100);
    EXPECT_EQ(disk_call(0x4200, disk_number), 0);
    EXPECT_EQ(dword_at(0x50010 + 1024), 102U);
    EXPECT_EQ(packet_count(), 3);
    memory.store<u32>(Gpa{0x50010}, 0xabcdef01);
    packet(16, 1, 0x50000010, 200);
    EXPECT_EQ(disk_call(0x4300, disk_number), 0);
    EXPECT_EQ(hard.sector(200), 0xabcdef01U);
    EXPECT_EQ(disk_call(0x4400, disk_number), 0);
    EXPECT_EQ(disk_call(0x4700, disk_number), 0);
    packet(16, 0, 0x50000010, 100);
    EXPECT_EQ(disk_call(0x4200, disk_number), 0) << "nothing to do";
}

TEST_F(Disk, PacketsAreCheckedWhole) {
    packet(15, 1, 0x50000000, 0);
    for (const u16 function : {0x4200, 0x4300, 0x4400, 0x4700})
        EXPECT_EQ(disk_call(function, disk_number), 1);
    for (const u64 lba : {disk_sectors, u64{1} << 32, ~u64{0}}) {
        packet(16, 1, 0x50000000, lba);
        for (const u16 function : {0x4200, 0x4300, 0x4400, 0x4700})
            EXPECT_EQ(disk_call(function, disk_number), 1);
    }
    packet(16, 2, 0x50000000, disk_sectors - 1);
    EXPECT_EQ(disk_call(0x4200, disk_number), 1);
    EXPECT_EQ(packet_count(), 0) << "what was moved";
}

TEST_F(Disk, AFlatBufferLiesAnywhere) {
    packet(24, 2, 0xffffffff, 10, 0x300000);
    EXPECT_EQ(disk_call(0x4200, disk_number), 0);
    EXPECT_EQ(dword_at(0x300000 + 512), 11U);
    memory.store<u32>(Gpa{0x300000}, 0x600df00d);
    EXPECT_EQ(disk_call(0x4300, disk_number), 0);
    EXPECT_EQ(hard.sector(10), 0x600df00dU);
    packet(24, 1, 0xffffffff, 10, ~u64{0} - 5);
    EXPECT_EQ(disk_call(0x4200, disk_number), 1) << "runs over the end of addresses";
    packet(24, 1, 0xffffffff, 10, u64{1} << 40);
    EXPECT_EQ(disk_call(0x4200, disk_number), 0) << "no memory there: written to nowhere";
    packet(16, 1, 0xffffffff, 12);
    EXPECT_EQ(disk_call(0x4200, disk_number), 0) << "an old packet: FFFF:FFFF as it is";
    EXPECT_EQ(dword_at(0x10ffef), 12U);
}

TEST_F(Disk, CdsHaveLargeSectorsAndAreNotWritten) {
    std::memcpy(cd_image.at(33), "sector 33", 9);
    packet(16, 1, 0x50000000, 33);
    EXPECT_EQ(disk_call(0x4200, cd_number), 0);
    EXPECT_EQ(dword_at(0x50000), 0x74636573U);
    EXPECT_EQ(disk_call(0x4300, cd_number), 3);
    EXPECT_EQ(packet_count(), 0);
    packet(16, 1, 0x50000000, cd_sectors);
    EXPECT_EQ(disk_call(0x4200, cd_number), 0x0c);
    EXPECT_EQ(chs_call(0x0201, cd_number, 0, 0, 1), 1);
    EXPECT_EQ(chs_call(0x0301, cd_number, 0, 0, 1), 3);
}

TEST_F(Disk, ParametersOfThreeVersions) {
    const auto ask = [this](u8 drive, u16 room) {
        set(Gpr::rsi, 0x100);
        for (u64 i = 0; i < 80; ++i)
            memory.store<u8>(Gpa{0x60100 + i}, 0xee);
        memory.store<u16>(Gpa{0x60100}, room);
        return disk_call(0x4800, drive);
    };
    EXPECT_EQ(ask(disk_number, 25), 1);
    EXPECT_EQ(ask(disk_number, 26), 0);
    EXPECT_EQ(dword_at(0x60104), 8U);
    EXPECT_EQ(dword_at(0x60108), 16U);
    EXPECT_EQ(dword_at(0x6010c), 63U);
    EXPECT_EQ(dword_at(0x60110), disk_sectors);
    EXPECT_EQ(word_at(0x60118), 512);
    EXPECT_EQ(byte_at(0x6011a), 0xee) << "no more than there is room for";
    EXPECT_EQ(ask(disk_number, 0x42), 0);
    EXPECT_EQ(word_at(0x6011e), 0xbedd);
    EXPECT_EQ(dword_at(0x60124), 0x20415349U); // "ISA "
    EXPECT_EQ(word_at(0x60130), 0x1f0);
    u8 sum = 0;
    for (u64 i = 30; i < 66; ++i)
        sum = static_cast<u8>(sum + byte_at(0x60100 + i));
    EXPECT_EQ(sum, 0);
    const u64 table = (u64{word_at(0x6011c)} << 4) + word_at(0x6011a);
    EXPECT_EQ(word_at(table), 0x1f0);
    EXPECT_EQ(byte_at(table + 6), 14);
    sum = 0;
    for (u64 i = 0; i < 16; ++i)
        sum = static_cast<u8>(sum + byte_at(table + i));
    EXPECT_EQ(sum, 0);
    EXPECT_EQ(ask(cd_number, 0x42), 0);
    EXPECT_EQ(word_at(0x60118), 2048);
    EXPECT_EQ(dword_at(0x60128), 0x50415441U); // "ATAP"
    EXPECT_EQ(ask(floppy_number, 0x42), 1);
}

TEST_F(Disk, LocksAreCounted) {
    EXPECT_EQ(disk_call(0x4501, cd_number), 0xb0) << "not locked";
    EXPECT_EQ(disk_call(0x4500, cd_number), 0);
    EXPECT_EQ(disk_call(0x4500, cd_number), 0);
    EXPECT_EQ(cpu.regs.low(Gpr::rax), 1);
    EXPECT_EQ(disk_call(0x4600, cd_number), 0xb1);
    EXPECT_EQ(disk_call(0x4501, cd_number), 0);
    EXPECT_EQ(disk_call(0x4502, cd_number), 0);
    EXPECT_EQ(cpu.regs.low(Gpr::rax), 1) << "one lock is left";
    EXPECT_EQ(disk_call(0x4501, cd_number), 0);
    EXPECT_EQ(disk_call(0x4503, cd_number), 1);
    EXPECT_EQ(disk_call(0x4600, cd_number), 0);
    EXPECT_EQ(disk_call(0x4600, disk_number), 0xb2);
    EXPECT_EQ(disk_call(0x4500, disk_number), 0);
    for (int i = 0; i < 255; ++i)
        EXPECT_EQ(disk_call(0x4500, cd_number), 0);
    EXPECT_EQ(disk_call(0x4500, cd_number), 0xb4);
    EXPECT_TRUE(call(0x13, 0x4900).carry());
    EXPECT_EQ(cpu.regs.high(Gpr::rax), 6);
    EXPECT_EQ(byte_at(0x474), 0) << "the drive itself is well";
    EXPECT_EQ(disk_call(0x4900, disk_number), 0);
}

TEST_F(Disk, ASystemMayObjectToAnEject) {
    unsigned asked = 0;
    hook(0x15, {0x7000, 0}, [&] {
        ++asked;
        EXPECT_EQ(cpu.regs.high(Gpr::rax), 0x52);
        EXPECT_EQ(cpu.regs.low(Gpr::rdx), cd_number);
        cpu.regs.set_high(Gpr::rax, 0xb1);
        // Error by the caller's carry flag.
        const u64 flags = cpu.segment(SegmentName::ss).base + cpu.regs.word(Gpr::rsp) + 4;
        memory.store<u16>(Gpa{flags}, word_at(flags) | 1);
    });
    EXPECT_EQ(disk_call(0x4600, cd_number), 0xb1);
    EXPECT_EQ(asked, 1U);
}

TEST_F(Disk, HardwareConfigurationIsAccepted) {
    EXPECT_EQ(disk_call(0x4e01, disk_number), 0);
    EXPECT_EQ(disk_call(0x4e00, disk_number), 1);
    EXPECT_EQ(disk_call(0x4e07, disk_number), 1);
}

TEST_F(Disk, ParameterTablesAreWhereTheVectorsPoint) {
    const u64 table = (u64{word_at(0x41 * 4 + 2)} << 4) + word_at(0x41 * 4);
    EXPECT_EQ(word_at(table), 8);
    EXPECT_EQ(byte_at(table + 2), 16);
    EXPECT_EQ(byte_at(table + 14), 63);
    EXPECT_EQ(byte_at(0x475), 1);
}

} // namespace
} // namespace vestige::bios
