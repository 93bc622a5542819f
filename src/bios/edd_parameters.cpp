// SPDX-License-Identifier: BSD-2-Clause
// INT 13h AH=48h: the drive's size, its controller's registers and the path to it.
#include "disk_internal.hpp"

#include <algorithm>
#include <string_view>

namespace vestige::bios {

using cpu::SegmentName;
using disk::Drive;
using disk::DriveType;

namespace {

// Sizes of the three versions of the answer, and of the longer form of the last.
constexpr u16 basic = 26, with_controller = 30, with_path = 66, with_long_path = 74;
/// Where in the extended BIOS data area the controller's table is made.
constexpr u16 controller_table = 0x70;

/// Where a drive is attached: two disks at the first IDE channel, two CDs at the second.
struct Attachment {
    u16 command_port;
    u16 control_port;
    u8 irq;
    u8 unit;
};
constexpr std::array<Attachment, 4> attachments{{
    {0x1f0, 0x3f6, 14, 0},
    {0x1f0, 0x3f6, 14, 1},
    {0x170, 0x376, 15, 0},
    {0x170, 0x376, 15, 1},
}};

/// Null for the other disks, which are not IDE drives.
const Attachment* attachment_of(const Call& call, const Drive& drive) {
    const unsigned unit = call.dl() & 0x1fU;
    if (unit >= 2)
        return nullptr;
    return &attachments[drive.type == DriveType::cdrom ? 2 + unit : unit];
}

void put_text(std::span<std::byte> at, std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i)
        at[i] = static_cast<std::byte>(text[i]);
}

/// The byte that makes all others and itself add up to zero.
std::byte balance(std::span<const std::byte> bytes) {
    u8 sum = 0;
    for (const std::byte b : bytes)
        sum = static_cast<u8>(sum + static_cast<u8>(b));
    return static_cast<std::byte>(u8{0} - sum);
}

void put_sizes(std::span<std::byte> answer, const Drive& drive) {
    constexpr u16 removable_lockable_unknown = 0x0074, geometry_valid = 0x0002;
    constexpr u32 heads = 16, per_track = 63, most_cylinders = 0x3fff;
    const bool cd = drive.type == DriveType::cdrom;
    const u64 sectors = drive.device->sector_count();
    // What the drive itself would call its geometry.
    disk::Geometry g = drive.geometry;
    if (g.heads > heads || g.total() < sectors - sectors % (u64{heads} * per_track))
        g = {static_cast<u32>(std::min<u64>(sectors / (heads * per_track), most_cylinders)), heads,
             per_track};
    const bool valid = sectors <= u64{most_cylinders} * heads * per_track;
    store_le<u16>(answer, 2, cd ? removable_lockable_unknown : valid ? geometry_valid : 0);
    store_le<u32>(answer, 4, cd ? 0xffffffff : g.cylinders);
    store_le<u32>(answer, 8, cd ? 0xffffffff : g.heads);
    store_le<u32>(answer, 12, cd ? 0xffffffff : g.sectors);
    store_le<u64>(answer, 16, cd ? ~u64{0} : sectors);
    store_le<u16>(answer, 24, static_cast<u16>(drive.device->sector_size()));
}

/// The table of the controller's registers; its place goes into the answer.
void put_controller(Call& call, std::span<std::byte> answer, const Drive& drive,
                    const Attachment& at) {
    constexpr u16 lba = 0x10, removable = 0x20, packet_device = 0x40, translated = 0x208;
    std::array<std::byte, 16> table{};
    store_le<u16>(table, 0, at.command_port);
    store_le<u16>(table, 2, at.control_port);
    table[4] = static_cast<std::byte>(0xe0 | at.unit << 4);
    table[5] = std::byte{0xcb};
    table[6] = static_cast<std::byte>(at.irq);
    table[7] = std::byte{1}; // one sector an interrupt
    const bool cd = drive.type == DriveType::cdrom;
    const bool large = drive.geometry.heads > 16;
    store_le<u16>(table, 10,
                  static_cast<u16>(lba | (cd      ? removable | packet_device
                                          : large ? translated
                                                  : 0)));
    table[14] = std::byte{0x11}; // revision of this table
    table[15] = balance(std::span{table}.first(15));
    const FarPtr place{call.bda<u16>(bda::ebda_segment), controller_table};
    call.write_linear(place.linear(), table);
    store_le<u16>(answer, 26, place.offset);
    store_le<u16>(answer, 28, place.segment);
}

void put_path(std::span<std::byte> answer, const Drive& drive, const Attachment& at) {
    const bool is_long = answer.size() == with_long_path;
    store_le<u16>(answer, 30, 0xbedd);
    answer[32] = std::byte{static_cast<u8>(answer.size() - 30)};
    put_text(answer.subspan(36), "ISA ");
    put_text(answer.subspan(40), drive.type == DriveType::cdrom ? "ATAPI   " : "ATA     ");
    store_le<u16>(answer, 48, at.command_port);
    answer[56] = static_cast<std::byte>(at.unit);
    const std::size_t last = is_long ? with_long_path - 1 : with_path - 1;
    answer[last] = balance(answer.subspan(30, last - 30));
}

} // namespace

Outcome edd_parameters(Call& call, Drive& drive) {
    const u16 room = call.load<u16>(SegmentName::ds, call.si());
    if (drive.emulated || room < basic)
        return disk_answer(call, disk_status::bad_command);
    const Attachment* const at = attachment_of(call, drive);
    const u16 size = at != nullptr && room == with_long_path ? with_long_path
                     : at != nullptr && room >= with_path    ? with_path
                     : room >= with_controller               ? with_controller
                                                             : basic;
    std::array<std::byte, with_long_path> storage{};
    const std::span answer{storage.data(), size};
    // The field holds the size without the path, which has a length of its own.
    store_le<u16>(answer, 0, std::min(size, with_controller));
    put_sizes(answer, drive);
    if (size >= with_controller && at == nullptr)
        store_le<u32>(answer, 26, 0xffffffff);
    else if (size >= with_controller)
        put_controller(call, answer, drive, *at);
    if (size >= with_path)
        put_path(answer, drive, *at);
    call.write(SegmentName::ds, call.si(), answer);
    return disk_answer(call, disk_status::ok);
}

} // namespace vestige::bios
