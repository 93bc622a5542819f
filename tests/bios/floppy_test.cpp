// SPDX-License-Identifier: BSD-2-Clause
// INT 13h of diskettes.
#include "disk_fixture.hpp"

namespace vestige::bios {
namespace {

using cpu::Gpr;

class Floppy : public test::DiskPc {
  protected:
    /// The address fields that AH=05h takes at ES:BX.
    void fields(u8 cylinder, u8 head, u8 count, u8 size = 2) {
        for (u8 i = 0; i < count; ++i) {
            memory.store<u8>(Gpa{0x50000U + 4 * i}, cylinder);
            memory.store<u8>(Gpa{0x50001U + 4 * i}, head);
            memory.store<u8>(Gpa{0x50002U + 4 * i}, static_cast<u8>(i + 1));
            memory.store<u8>(Gpa{0x50003U + 4 * i}, size);
        }
    }
};

TEST_F(Floppy, ATransferEndsWithTheCylinder) {
    EXPECT_EQ(chs_call(0x0224, floppy_number, 3, 0, 1), 0);
    EXPECT_EQ(dword_at(0x50000 + 35 * 512), 3U * 36 + 35);
    EXPECT_EQ(chs_call(0x0202, floppy_number, 3, 1, 18), 4) << "the next one would have to seek";
    for (const u8 sector : {36, 21, 19}) // as loaders probe for the geometry
        EXPECT_EQ(chs_call(0x0201, floppy_number, 0, 0, sector), 1) << unsigned{sector};
    EXPECT_EQ(chs_call(0x0201, floppy_number, 0, 0, 18), 0);
    EXPECT_EQ(chs_call(0x0201, floppy_number, 80, 0, 1), 1);
}

TEST_F(Floppy, TheDmaControllerCountsSixteenBits) {
    EXPECT_EQ(chs_call(0x0202, floppy_number, 0, 0, 1, 0xfe00), 9);
    EXPECT_EQ(chs_call(0x0201, floppy_number, 0, 0, 1, 0xfe00), 0);
    EXPECT_EQ(chs_call(0x0402, floppy_number, 0, 0, 1, 0xfe00), 0) << "verify moves nothing";
}

TEST_F(Floppy, ParametersNameTypeAndTable) {
    EXPECT_EQ(disk_call(0x0800, floppy_number), 0);
    EXPECT_EQ(cpu.regs.word(Gpr::rbx), 4);
    EXPECT_EQ(cpu.regs.word(Gpr::rcx), 0x4f12);
    EXPECT_EQ(cpu.regs.word(Gpr::rdx), 0x0101);
    EXPECT_EQ(cpu.regs.word(Gpr::rdi), diskette_table);
}

TEST_F(Floppy, TheChangeLineFallsWithTheFirstAccess) {
    drives.find(floppy_number)->changed = true;
    EXPECT_EQ(disk_call(0x1600, floppy_number), 6);
    EXPECT_EQ(chs_call(0x0201, floppy_number, 0, 0, 1), 0);
    EXPECT_EQ(disk_call(0x1600, floppy_number), 0);
    EXPECT_EQ(disk_call(0x1600, disk_number), 1);
}

TEST_F(Floppy, TheDataAreaFollows) {
    EXPECT_EQ(chs_call(0x0201, floppy_number, 5, 0, 1), 0);
    EXPECT_EQ(byte_at(0x43e) & 1, 1);
    EXPECT_EQ(byte_at(0x43f) & 1, 1) << "the motor runs";
    EXPECT_EQ(byte_at(0x440), 0x25);
    EXPECT_EQ(byte_at(0x490), 0x17) << "500 kbit/s, established, 1.44 MB";
    EXPECT_EQ(byte_at(0x494), 5);
    for (int i = 0; i < 0x25; ++i)
        call(0x08);
    EXPECT_EQ(byte_at(0x43f) & 1, 0) << "the motor is off";
    EXPECT_EQ(disk_call(0x0000, floppy_number), 0);
    EXPECT_EQ(byte_at(0x494), 0);
}

TEST_F(Floppy, FormatFillsATrack) {
    fields(7, 1, 18);
    EXPECT_EQ(chs_call(0x0512, floppy_number, 7, 1, 1), 0);
    const u64 first = (7 * 2 + 1) * 18;
    for (u64 i = 0; i < 18; ++i)
        EXPECT_EQ(floppy.sector(first + i), 0xf6f6f6f6U);
    EXPECT_EQ(floppy.sector(first + 18), first + 18);
    EXPECT_EQ(floppy.sector(first - 1), first - 1);
}

TEST_F(Floppy, FormatChecksItsFields) {
    fields(7, 1, 18);
    EXPECT_EQ(chs_call(0x0512, floppy_number, 8, 1, 1), 4) << "another cylinder";
    fields(7, 1, 18, 3);
    EXPECT_EQ(chs_call(0x0512, floppy_number, 7, 1, 1), 4) << "another size";
    fields(80, 1, 18);
    EXPECT_EQ(chs_call(0x0512, floppy_number, 80, 1, 1), 1);
    EXPECT_EQ(chs_call(0x0500, floppy_number, 7, 1, 1), 1);
    EXPECT_EQ(chs_call(0x0513, floppy_number, 7, 1, 1), 1);
    EXPECT_EQ(chs_call(0x05ff, floppy_number, 7, 1, 1), 1);
    EXPECT_EQ(floppy.sector((7 * 2 + 1) * 18), (7U * 2 + 1) * 18);
}

TEST_F(Floppy, MediaTypesAreThoseOfTheMedium) {
    EXPECT_EQ(chs_call(0x1800, floppy_number, 79, 0, 18), 0);
    const u64 table = (u64{cpu.segment(cpu::SegmentName::es).selector} << 4) +
                      cpu.regs.word(Gpr::rdi);
    EXPECT_EQ(byte_at(table + 3), 2);
    EXPECT_EQ(byte_at(table + 4), 18);
    EXPECT_EQ(chs_call(0x1800, floppy_number, 79, 0, 9), 0x0c);
    EXPECT_EQ(chs_call(0x1800, floppy_number, 39, 0, 18), 0x0c);
    for (const u16 type : {1, 2, 3, 4})
        EXPECT_EQ(disk_call(static_cast<u16>(0x1700 | type), floppy_number), 0x0c);
    EXPECT_EQ(disk_call(0x1700, floppy_number), 1);
    EXPECT_EQ(disk_call(0x1705, floppy_number), 1);
}

TEST_F(Floppy, AReadOnlyMediumSaysSo) {
    disk::RamDisk sealed{floppy.image, {}, {}, 512};
    drives.find(floppy_number)->device = &sealed;
    EXPECT_EQ(chs_call(0x0301, floppy_number, 0, 0, 1), 3);
    fields(0, 0, 18);
    EXPECT_EQ(chs_call(0x0512, floppy_number, 0, 0, 1), 3);
}

TEST_F(Floppy, TheRelocatedServiceIsTheSame) {
    dx(floppy_number);
    cx(1);
    bx(0);
    const test::After after = call_with(0x40, 0x0201, true);
    EXPECT_FALSE(after.carry());
    EXPECT_EQ(byte_at(0x50004), 0xf1);
}

} // namespace
} // namespace vestige::bios
