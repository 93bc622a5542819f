// SPDX-License-Identifier: BSD-2-Clause
// El Torito 1.0: CDs that boot, with and without a drive that they emulate; INT 13h AH=4Ah-4Dh.
#include "disk_internal.hpp"

#include <algorithm>

namespace vestige::bios {

using cpu::SegmentName;
using disk::BootEntry;
using disk::Drive;
using disk::DriveType;

namespace {

constexpr u8 first_cd = 0xe0;
constexpr u8 hard_disk_media = 4;
constexpr u16 usual_segment = 0x7c0;

constexpr u8 emulated_number(const BootEntry& entry) {
    return entry.media == hard_disk_media ? 0x80 : 0x00;
}

/// The CD that a call is about: DL's, the booted one, or the first.
u8 cd_of(Call& call) {
    const disk::DriveSet& drives = call.env.drives;
    if (call.dl() >= first_cd)
        return call.dl();
    return drives.booted_cd() ? drives.boot_cd() : first_cd;
}

/// The specification packet of AH=4Ah and 4Ch at DS:SI; nothing when it names no medium.
std::optional<BootEntry> read_specification(Call& call) {
    constexpr u16 size = 0x13;
    std::array<std::byte, size> packet{};
    call.read(SegmentName::ds, call.si(), packet);
    BootEntry entry;
    entry.media = static_cast<u8>(packet[1]) & 0x0f;
    if (static_cast<u8>(packet[0]) < size || entry.media > hard_disk_media)
        return {};
    entry.image = load_le<u32>(packet, 4);
    const u16 segment = load_le<u16>(packet, 12);
    entry.load_segment = segment == 0 ? usual_segment : segment;
    entry.sector_count = std::max<u16>(load_le<u16>(packet, 14), 1);
    return entry;
}

} // namespace

std::optional<Outcome> boot_from_cd(Call& call, const BootEntry& entry, u8 cd_number) {
    disk::DriveSet& drives = call.env.drives;
    Drive* const cd = drives.find(cd_number);
    if (cd == nullptr)
        return {};
    Drive* source = cd;
    u8 number = cd_number;
    Lba first{entry.image};
    u64 count = (u64{entry.sector_count} + 3) / 4;
    if (entry.media != 0) {
        drives.start_emulation(entry, cd_number);
        number = emulated_number(entry);
        source = drives.find(number);
        first = Lba{0};
        count = entry.sector_count;
        count_drives(call);
    } else {
        drives.set_boot_entry(entry, cd_number);
    }
    const Linear target{u64{entry.load_segment} << 4};
    if (source == nullptr ||
        transfer(call, *source, Transfer::read, first, count, {target}) != disk_status::ok) {
        drives.stop_emulation();
        count_drives(call);
        return {};
    }
    const bool usual = entry.load_segment == usual_segment;
    return start_boot_code(call, usual ? FarPtr{0, 0x7c00} : FarPtr{entry.load_segment, 0}, number);
}

Outcome start_emulation(Call& call) {
    const auto entry = read_specification(call);
    if (!entry || entry->media == 0 || call.env.drives.find(cd_of(call)) == nullptr)
        return disk_answer(call, disk_status::bad_command);
    call.env.drives.start_emulation(*entry, cd_of(call));
    count_drives(call);
    return disk_answer(call, disk_status::ok);
}

Outcome emulate_and_boot(Call& call) {
    if (const auto entry = read_specification(call))
        if (const auto outcome = boot_from_cd(call, *entry, cd_of(call)))
            return *outcome;
    return disk_answer(call, disk_status::bad_command);
}

/// AX=4B00h ends the emulation, AX=4B01h only tells; both fill the specification packet. Without
/// a CD that was booted all but its size is zero, as other BIOSes have it.
Outcome emulation_status(Call& call) {
    disk::DriveSet& drives = call.env.drives;
    const BootEntry& entry = drives.boot_entry();
    std::array<std::byte, 19> packet{};
    packet[0] = static_cast<std::byte>(packet.size());
    packet[1] = static_cast<std::byte>(entry.media);
    if (drives.booted_cd()) {
        packet[2] = static_cast<std::byte>(entry.media != 0 ? emulated_number(entry)
                                                            : drives.boot_cd());
        packet[8] = static_cast<std::byte>(drives.boot_cd() & 1);
    }
    store_le<u32>(packet, 4, entry.image);
    store_le<u16>(packet, 12, entry.load_segment);
    store_le<u16>(packet, 14, entry.sector_count);
    if (drives.emulating())
        if (const Drive* const drive = drives.find(emulated_number(entry))) {
            const u32 last = drive->geometry.cylinders - 1;
            packet[16] = static_cast<std::byte>(last);
            packet[17] = static_cast<std::byte>((last >> 2 & 0xc0) | drive->geometry.sectors);
            packet[18] = static_cast<std::byte>(drive->geometry.heads - 1);
        }
    call.write(SegmentName::ds, call.si(), packet);
    if (call.al() == 0) {
        drives.stop_emulation();
        count_drives(call);
    }
    return disk_answer(call, disk_status::ok);
}

/// The command packet at DS:SI: how many sectors of the catalogue go where, from which one on.
Outcome read_catalogue(Call& call) {
    std::array<std::byte, 8> packet{};
    call.read(SegmentName::ds, call.si(), packet);
    Drive* const cd = call.env.drives.find(cd_of(call));
    if (cd == nullptr || static_cast<u8>(packet[0]) < packet.size())
        return disk_answer(call, disk_status::bad_command);
    const auto entry = disk::find_boot_entry(*cd->device);
    if (!entry)
        return disk_answer(call, disk_status::bad_command);
    const FarPtr buffer{load_le<u16>(packet, 4), load_le<u16>(packet, 2)};
    const Lba first{u64{entry.value().catalogue} + load_le<u16>(packet, 6)};
    return disk_answer(call, transfer(call, *cd, Transfer::read, first, static_cast<u8>(packet[1]),
                                      {buffer.linear()}));
}

} // namespace vestige::bios
