// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/disk/drive_set.hpp"

#include "vestige/base/little_endian.hpp"

#include <algorithm>
#include <array>

namespace vestige::disk {
namespace {

constexpr u8 first_number(DriveType type) {
    switch (type) {
    case DriveType::floppy:
        return 0x00;
    case DriveType::disk:
        return 0x80;
    default:
        return 0xe0;
    }
}

constexpr std::optional<DriveType> type_of(u8 number) {
    if (number < 0x80)
        return DriveType::floppy;
    return number < 0xe0 ? DriveType::disk : DriveType::cdrom;
}

/// An emulated disk has the heads and sectors at which its first partition ends.
Geometry emulated_geometry(u64 sectors, std::span<const std::byte> mbr) {
    const u32 heads = static_cast<u8>(mbr[451]) + 1U;
    const u32 per_track = static_cast<u8>(mbr[452]) & 63U;
    const u32 last = static_cast<u8>(mbr[453]) | (static_cast<u8>(mbr[452]) & 0xc0U) << 2;
    if (per_track == 0 || heads > 255)
        return disk_geometry(sectors, mbr);
    return {last + 1, heads, per_track};
}

} // namespace

DriveSet::List& DriveSet::list(DriveType type) {
    return type == DriveType::floppy ? floppies_ : type == DriveType::disk ? disks_ : cds_;
}
const DriveSet::List& DriveSet::list(DriveType type) const {
    return type == DriveType::floppy ? floppies_ : type == DriveType::disk ? disks_ : cds_;
}

bool DriveSet::add(machine::BlockDevice& device, DriveType type,
                   std::span<const std::byte> first_sector) {
    if (type == DriveType::floppy && floppies_.size() == 2)
        return false;
    Drive drive;
    drive.device = &device;
    drive.type = type;
    if (type == DriveType::floppy) {
        const auto format = floppy_format(device.sector_count() * device.sector_size());
        if (!format)
            return false;
        drive.geometry = format->geometry;
        drive.floppy_type = format->type;
        drive.changed = true;
    } else if (type == DriveType::disk) {
        drive.geometry = disk_geometry(device.sector_count(), first_sector);
    }
    return list(type).push_back(drive);
}

Drive* DriveSet::find(u8 number) {
    const DriveType type = *type_of(number);
    std::size_t index = number - first_number(type);
    if (emulating_ && emulated_.type == type) {
        if (index == 0)
            return &emulated_;
        --index;
    }
    List& drives = list(type);
    return index < drives.size() ? &drives[index] : nullptr;
}

std::size_t DriveSet::count(DriveType type) const {
    return list(type).size() + (emulating_ && emulated_.type == type ? 1 : 0);
}

void DriveSet::set_boot_entry(const BootEntry& entry, u8 cd_number) {
    entry_ = entry;
    boot_cd_ = cd_number;
}

void DriveSet::start_emulation(const BootEntry& entry, u8 cd_number) {
    Drive* const cd = find(cd_number);
    if (cd == nullptr)
        return;
    stop_emulation();
    set_boot_entry(entry, cd_number);
    constexpr std::array<u32, 4> floppy_kib{0, 1200, 1440, 2880};
    emulated_ = Drive{};
    emulated_.device = &image_;
    emulated_.emulated = true;
    if (entry.media == 4) {
        const u64 room = cd->device->sector_count() * 4;
        const u64 start = u64{entry.image} * 4;
        if (room <= start)
            return;
        image_.open(*cd->device, entry.image, room - start);
        std::array<std::byte, 512> mbr{};
        static_cast<void>(image_.read(Lba{0}, mbr));
        // The partition table says how large the emulated disk is.
        const u64 end = u64{load_le<u32>(mbr, 454)} + load_le<u32>(mbr, 458);
        if (end != 0)
            image_.open(*cd->device, entry.image, std::min(end, image_.sector_count()));
        emulated_.type = DriveType::disk;
        emulated_.geometry = emulated_geometry(image_.sector_count(), mbr);
    } else {
        const auto format = floppy_format(u64{floppy_kib[entry.media & 3]} * 1024);
        if (!format)
            return;
        image_.open(*cd->device, entry.image, format->geometry.total());
        emulated_.type = DriveType::floppy;
        emulated_.geometry = format->geometry;
        emulated_.floppy_type = format->type;
    }
    emulating_ = true;
}

void DriveSet::stop_emulation() { emulating_ = false; }

void DriveSet::reset() {
    stop_emulation();
    entry_ = {};
    boot_cd_ = 0;
    for (Drive& cd : cds_)
        cd.locks = 0;
}

} // namespace vestige::disk
