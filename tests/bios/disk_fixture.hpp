// SPDX-License-Identifier: BSD-2-Clause
// A PC with a floppy, a hard disk and a CD whose sectors tell what they are.
#pragma once

#include "pc_fixture.hpp"

#include "../support/cd_image.hpp"

namespace vestige::test {

class DiskPc : public Pc {
  protected:
    static constexpr u8 floppy_number = 0x00, disk_number = 0x80, cd_number = 0xe0;
    static constexpr u64 disk_sectors = 8 * 16 * 63;
    static constexpr u32 cd_sectors = 64;

    /// A medium of marked sectors with an overlay for what the guest writes.
    struct Medium {
        Medium(u64 size, u32 sector_size, u8 mark)
            : image(size), table(disk::RamDisk::blocks_of(size)), pool(size),
              disk{image, table, pool, sector_size} {
            for (u64 i = 0; i < size / sector_size; ++i) {
                store_le<u32>(image, i * sector_size, static_cast<u32>(i));
                image[i * sector_size + 4] = std::byte{mark};
                image[(i + 1) * sector_size - 1] = std::byte{mark};
            }
        }
        u32 sector(u64 lba, std::size_t at = 0) {
            std::vector<std::byte> out(disk.sector_size());
            EXPECT_TRUE(disk.read(Lba{lba}, out));
            return load_le<u32>(out, at);
        }
        std::vector<std::byte> image;
        std::vector<u32> table;
        std::vector<std::byte> pool;
        disk::RamDisk disk;
    };

    void SetUp() override {
        EXPECT_TRUE(drives.add(floppy.disk, disk::DriveType::floppy, {}));
        EXPECT_TRUE(drives.add(hard.disk, disk::DriveType::disk,
                               std::span{hard.image}.first(512)));
        EXPECT_TRUE(drives.add(cd, disk::DriveType::cdrom, {}));
        power_on();
        cpu.load_real(cpu::SegmentName::es, 0x5000);
        cpu.load_real(cpu::SegmentName::ds, 0x6000);
    }

    /// Status that a call answers, by AH, CF and the data area; they have to agree.
    u8 disk_call(u16 function, u8 drive) {
        cpu.regs.set_low(cpu::Gpr::rdx, drive);
        cpu.regs.rflags = cpu.regs.rflags ^ cpu::rflags::cf;
        const After after = call(0x13, function);
        const u8 status = after.regs.high(cpu::Gpr::rax);
        EXPECT_EQ(after.carry(), status != 0) << std::hex << function;
        EXPECT_EQ(byte_at(drive < 0x80 ? 0x441 : 0x474), status) << std::hex << function;
        return status;
    }
    u8 chs_call(u16 function, u8 drive, u16 cylinder, u8 head, u8 sector, u16 buffer = 0) {
        cx(static_cast<u16>((cylinder & 0xff) << 8 | (cylinder >> 2 & 0xc0) | sector));
        dx(static_cast<u16>(head << 8));
        bx(buffer);
        return disk_call(function, drive);
    }
    void packet(u8 size, u16 count, u32 buffer, u64 lba, u64 flat = 0) {
        set(cpu::Gpr::rsi, 0x40);
        const Gpa at{0x60040};
        memory.store<u16>(at, size);
        memory.store<u16>(at + 2, count);
        memory.store<u32>(at + 4, buffer);
        memory.store<u64>(at + 8, lba);
        memory.store<u64>(at + 16, flat);
    }
    u16 packet_count() { return word_at(0x60042); }

    Medium floppy{1440 * 1024, 512, 0xf1};
    Medium hard{disk_sectors * 512, 512, 0xd1};
    CdBuilder cd_image{0, cd_sectors};
    disk::RamDisk cd{cd_image.bytes(), {}, {}, 2048};
};

} // namespace vestige::test
