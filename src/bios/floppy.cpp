// SPDX-License-Identifier: BSD-2-Clause
// INT 13h of diskettes: formatting, media types, and what the data area tells about the drives.
#include "disk_internal.hpp"

#include "vestige/bios/service.hpp"

#include <algorithm>

namespace vestige::bios {

using disk::Drive;

namespace {

constexpr u32 sector_size = 512;
constexpr u8 size_code = 2; // of 512-byte sectors
/// Places in the diskette parameter table that INT 1Eh points to.
constexpr unsigned motor_off_ticks = 2, fill_byte = 8;

u8 parameter(const Call& call, unsigned at) {
    const u32 vector = call.bda<u32>(Gpa{4 * 0x1e});
    const FarPtr table{static_cast<u16>(vector >> 16), static_cast<u16>(vector + at)};
    std::array<std::byte, 1> value{};
    call.read_linear(table.linear(), value);
    return static_cast<u8>(value[0]);
}

/// Data rate, "established" and the kind of drive and medium, by the medium's format (Ralf Brown,
/// table M0030).
u8 media_state(const disk::Geometry& g) {
    constexpr u8 established = 0x10, rate_250k = 0x80, rate_1m = 0xc0;
    const u8 kind = g.cylinders == 40 ? 0x03 : g.sectors == 15 ? 0x05 : 0x07;
    const u8 rate = g.sectors <= 9 ? rate_250k : g.sectors >= 36 ? rate_1m : u8{0};
    return static_cast<u8>(established | rate | kind);
}

bool fits(const disk::Geometry& g, u8 cylinder, u8 head, std::span<const std::byte> field) {
    const u8 sector = static_cast<u8>(field[2]);
    return static_cast<u8>(field[0]) == cylinder && static_cast<u8>(field[1]) == head &&
           sector != 0 && sector <= g.sectors && static_cast<u8>(field[3]) == size_code;
}

/// The table in the ROM for a medium of this format.
FarPtr media_table(const disk::Geometry& g) {
    for (std::size_t i = 0; i < disk::floppy_formats.size(); ++i)
        if (disk::floppy_formats[i].geometry == g)
            return {bios_segment, static_cast<u16>(media_tables + media_table_size * i)};
    return {bios_segment, diskette_table};
}

} // namespace

void note_floppy_access(Call& call, const Drive& drive, u32 cylinder) {
    const u8 number = call.dl() & 1;
    const u8 mask = static_cast<u8>(1U << number);
    constexpr u8 all_motors = 0x03;
    call.set_bda<u8>(bda::floppy_recalibrate,
                     static_cast<u8>(call.bda<u8>(bda::floppy_recalibrate) | mask));
    call.set_bda<u8>(bda::floppy_motor,
                     static_cast<u8>((call.bda<u8>(bda::floppy_motor) & ~all_motors) | mask));
    call.set_bda<u8>(bda::floppy_motor_count, parameter(call, motor_off_ticks));
    call.set_bda<u8>(bda::floppy_media + number, media_state(drive.geometry));
    call.set_bda<u8>(bda::floppy_cylinders + number, static_cast<u8>(cylinder));
}

void note_floppy_reset(Call& call) {
    call.set_bda<u8>(bda::floppy_recalibrate, 0);
    for (u8 i = 0; i < 2; ++i) {
        call.set_bda<u8>(bda::floppy_media + i, 0);
        call.set_bda<u8>(bda::floppy_cylinders + i, 0);
    }
}

/// ES:BX has four bytes for each sector: cylinder, head, number, size. A medium of ours has room
/// for the sectors of its format only.
Outcome format_floppy_track(Call& call, Drive& drive) {
    const disk::Geometry& g = drive.geometry;
    const u8 count = call.al();
    if (count == 0 || count > g.sectors || call.ch() >= g.cylinders || call.dh() >= g.heads)
        return disk_answer(call, disk_status::bad_command);
    std::array<std::byte, 4 * 64> fields{};
    call.read(cpu::SegmentName::es, call.bx(), std::span{fields}.first(4U * count));
    std::array<std::byte, sector_size> blank{};
    std::fill(blank.begin(), blank.end(), std::byte{parameter(call, fill_byte)});
    drive.changed = false;
    note_floppy_access(call, drive, call.ch());
    for (u8 i = 0; i < count; ++i) {
        const auto field = std::span{fields}.subspan(4U * i, 4);
        if (!fits(g, call.ch(), call.dh(), field))
            return disk_answer(call, disk_status::sector_not_found);
        const auto at = disk::to_lba(g, {call.ch(), call.dh(), static_cast<u8>(field[2])});
        if (const auto written = drive.device->write(*at, blank); !written)
            return disk_answer(call, written.error() == machine::BlockError::write_protected
                                         ? disk_status::write_protected
                                         : disk_status::controller);
    }
    return disk_answer(call, disk_status::ok);
}

Outcome floppy_change_line(Call& call, Drive& drive) {
    return disk_answer(call, drive.changed ? disk_status::changed : disk_status::ok);
}

/// AL: 1 is 360 KB in a drive of its own, 2 in a 1.2 MB drive, 3 is 1.2 MB, 4 is 720 KB.
Outcome set_floppy_type(Call& call, Drive& drive) {
    const disk::Geometry& g = drive.geometry;
    const u8 type = call.al();
    const bool low = g.cylinders == 40;
    const bool suits = ((type == 1 || type == 2) && low) || (type == 3 && g.sectors == 15) ||
                       (type == 4 && g.cylinders == 80 && g.sectors == 9);
    if (type == 0 || type > 4)
        return disk_answer(call, disk_status::bad_command);
    if (!suits)
        return disk_answer(call, disk_status::media_unknown);
    note_floppy_access(call, drive, 0);
    return disk_answer(call, disk_status::ok);
}

/// CH and CL name the last cylinder and the sectors of a track of the format to be made.
Outcome set_floppy_media(Call& call, Drive& drive) {
    const disk::Geometry& g = drive.geometry;
    const Chs last = chs_of(call);
    if (last.cylinder + 1 != g.cylinders || last.sector != g.sectors)
        return disk_answer(call, disk_status::media_unknown);
    note_floppy_access(call, drive, 0);
    const FarPtr table = media_table(g);
    call.set_selector(cpu::SegmentName::es, table.segment);
    call.set_di(table.offset);
    return disk_answer(call, disk_status::ok);
}

} // namespace vestige::bios
