// SPDX-License-Identifier: BSD-2-Clause
// INT 13h by LBA: Enhanced Disk Drive specification 3.0, and El Torito 1.0.
#include "disk_internal.hpp"

#include <algorithm>

namespace vestige::bios {

using cpu::SegmentName;
using disk::Drive;
using disk::DriveType;

namespace {

/// Hard disks and CDs have the extensions; floppies do not.
Drive* edd_drive(Call& call) {
    Drive* const drive = drive_of(call);
    return drive != nullptr && drive->type != DriveType::floppy ? drive : nullptr;
}

struct Packet {
    u8 size = 0;
    u16 count = 0;
    u32 buffer = 0;
    Lba first;
    u64 flat_buffer = 0;
};

Packet read_packet(const Call& call) {
    std::array<std::byte, 24> raw{};
    call.read(SegmentName::ds, call.si(), std::span{raw}.first(16));
    Packet packet{static_cast<u8>(raw[0]), load_le<u16>(raw, 2), load_le<u32>(raw, 4),
                  Lba{load_le<u64>(raw, 8)}, 0};
    if (packet.size >= 24) {
        call.read(SegmentName::ds, static_cast<u16>(call.si() + 16), std::span{raw}.subspan(16));
        packet.flat_buffer = load_le<u64>(raw, 16);
    }
    return packet;
}

} // namespace

Outcome edd_check(Call& call) {
    if (call.bx() != 0x55aa || edd_drive(call) == nullptr)
        return disk_answer(call, disk_status::bad_command);
    const Outcome outcome = disk_answer(call, disk_status::ok);
    call.set_bx(0xaa55);
    call.set_cx(0x0007); // extended access, locking and ejecting, EDD
    call.set_ah(0x30);   // version 3.0
    return outcome;
}

Outcome edd_transfer(Call& call) {
    Drive* const drive = edd_drive(call);
    const Packet packet = read_packet(call);
    if (drive == nullptr || packet.size < 16)
        return disk_answer(call, disk_status::bad_command);
    if (packet.first.value >= drive->device->sector_count())
        return disk_answer(call, disk_status::bad_command);
    const u8 function = call.ah();
    if (function == 0x47) // seek
        return disk_answer(call, disk_status::ok);
    const Transfer kind = function == 0x42   ? Transfer::read
                          : function == 0x43 ? Transfer::write
                                             : Transfer::verify;
    const bool flat = packet.buffer == 0xffffffff && packet.size >= 24;
    const FarPtr far{static_cast<u16>(packet.buffer >> 16), static_cast<u16>(packet.buffer)};
    const Linear buffer = flat ? Linear{packet.flat_buffer} : far.linear();
    u8 status = disk_status::ok;
    if (flat && packet.flat_buffer > 0xffffffff)
        status = disk_status::bad_command;
    else if (packet.count != 0)
        status = transfer(call, *drive, kind, packet.first, packet.count, buffer);
    if (status != disk_status::ok)
        call.store<u16>(SegmentName::ds, static_cast<u16>(call.si() + 2), 0);
    return disk_answer(call, status);
}

Outcome edd_lock(Call& call) {
    if (edd_drive(call) == nullptr || call.al() > 2)
        return disk_answer(call, disk_status::bad_command);
    if (call.al() == 2)
        call.set_al(0); // never locked
    return disk_answer(call, disk_status::ok);
}

Outcome edd_eject(Call& call) {
    if (edd_drive(call) == nullptr)
        return disk_answer(call, disk_status::bad_command);
    return disk_answer(call, disk_status::not_removable);
}

Outcome edd_media_change(Call& call) {
    return disk_answer(call,
                       edd_drive(call) != nullptr ? disk_status::ok : disk_status::bad_command);
}

Outcome edd_parameters(Call& call) {
    Drive* const drive = edd_drive(call);
    const u16 room = call.load<u16>(SegmentName::ds, call.si());
    constexpr u16 basic = 26, with_configuration = 30;
    if (drive == nullptr || room < basic)
        return disk_answer(call, disk_status::bad_command);
    const bool cd = drive->type == DriveType::cdrom;
    std::array<std::byte, with_configuration> answer{};
    const u16 size = room >= with_configuration ? with_configuration : basic;
    store_le<u16>(answer, 0, size);
    store_le<u16>(answer, 2, cd ? 0x0074 : 0x0002); // removable and lockable, or geometry valid
    store_le<u32>(answer, 4, cd ? 0xffffffff : drive->geometry.cylinders);
    store_le<u32>(answer, 8, cd ? 0xffffffff : drive->geometry.heads);
    store_le<u32>(answer, 12, cd ? 0xffffffff : drive->geometry.sectors);
    store_le<u64>(answer, 16, cd ? ~u64{0} : drive->device->sector_count());
    store_le<u16>(answer, 24, static_cast<u16>(drive->device->sector_size()));
    store_le<u32>(answer, 26, 0xffffffff); // no configuration parameters
    call.write(SegmentName::ds, call.si(), std::span{answer}.first(size));
    return disk_answer(call, disk_status::ok);
}

/// AX=4B00h ends the emulation, AX=4B01h only tells; both fill the specification packet.
Outcome el_torito_status(Call& call) {
    disk::DriveSet& drives = call.env.drives;
    const u8 number = call.dl();
    const bool knows = drives.booted_cd() && (number == drives.boot_cd() || number == 0x7f ||
                                              (drives.emulating() && (number & 0x7f) == 0));
    if (call.al() > 1 || !knows)
        return disk_answer(call, disk_status::bad_command);
    const disk::BootEntry& entry = drives.boot_entry();
    std::array<std::byte, 19> packet{};
    packet[0] = static_cast<std::byte>(packet.size());
    packet[1] = static_cast<std::byte>(entry.media);
    packet[2] = static_cast<std::byte>(!drives.emulating() ? drives.boot_cd()
                                       : entry.media == 4  ? 0x80
                                                           : 0x00);
    store_le<u32>(packet, 4, entry.image);
    store_le<u16>(packet, 12, entry.load_segment);
    store_le<u16>(packet, 14, entry.sector_count);
    if (drives.emulating())
        if (const Drive* const drive = drives.find(entry.media == 4 ? 0x80 : 0x00)) {
            const u32 last = drive->geometry.cylinders - 1;
            packet[16] = static_cast<std::byte>(last);
            packet[17] = static_cast<std::byte>((last >> 2 & 0xc0) | drive->geometry.sectors);
            packet[18] = static_cast<std::byte>(drive->geometry.heads - 1);
        }
    call.write(SegmentName::ds, call.si(), packet);
    const Outcome outcome = disk_answer(call, disk_status::ok);
    if (call.al() == 0)
        drives.stop_emulation();
    return outcome;
}

Outcome hardware_configuration(Call& call) {
    if (edd_drive(call) == nullptr)
        return disk_answer(call, disk_status::bad_command);
    // DMA and prefetch settings change nothing here; other drives are not affected.
    switch (call.al()) {
    case 1:
    case 3:
    case 4:
    case 6:
        call.set_al(0);
        return disk_answer(call, disk_status::ok);
    default:
        return disk_answer(call, disk_status::bad_command);
    }
}

} // namespace vestige::bios
