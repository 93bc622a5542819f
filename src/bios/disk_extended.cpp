// SPDX-License-Identifier: BSD-2-Clause
// INT 13h by LBA: Enhanced Disk Drive specification 3.0.
#include "disk_internal.hpp"

namespace vestige::bios {

using cpu::SegmentName;
using disk::Drive;
using disk::DriveType;

namespace {

constexpr u8 short_packet = 16, long_packet = 24;
constexpr u16 count_field = 2;

struct Packet {
    u16 count = 0;
    Buffer buffer;
    Lba first;
};

/// Nothing when the packet is too short to be one.
std::optional<Packet> read_packet(const Call& call) {
    std::array<std::byte, long_packet> raw{};
    call.read(SegmentName::ds, call.si(), std::span{raw}.first(short_packet));
    const u8 size = static_cast<u8>(raw[0]);
    if (size < short_packet)
        return {};
    const u32 buffer = load_le<u32>(raw, 4);
    const FarPtr far{static_cast<u16>(buffer >> 16), static_cast<u16>(buffer)};
    Packet packet{load_le<u16>(raw, count_field), {far.linear()}, Lba{load_le<u64>(raw, 8)}};
    if (size >= long_packet && buffer == 0xffffffff) {
        const u16 behind = static_cast<u16>(call.si() + short_packet);
        call.read(SegmentName::ds, behind, std::span{raw}.subspan(short_packet));
        packet.buffer = {Linear{load_le<u64>(raw, short_packet)}, true};
    }
    return packet;
}

Outcome packet_transfer(Call& call, Drive& drive, Transfer kind) {
    const auto packet = read_packet(call);
    const bool from_cd = drive.type == DriveType::cdrom && kind == Transfer::read;
    if (!packet || (packet->first.value >= drive.device->sector_count() && !from_cd))
        return disk_answer(call, disk_status::bad_command);
    u8 status = packet->count == 0 ? disk_status::ok
                                   : transfer(call, drive, kind, packet->first, packet->count,
                                              packet->buffer);
    if (from_cd && status == disk_status::bad_command) // the drive itself says so
        status = disk_status::media_unknown;
    if (status != disk_status::ok) // nothing was moved
        call.store<u16>(SegmentName::ds, static_cast<u16>(call.si() + count_field), 0);
    return disk_answer(call, status);
}

} // namespace

// A drive that a CD emulates has the old services only: edd_check() is asked first.
Outcome edd_check(Call& call, Drive& drive) {
    if (drive.emulated)
        return disk_answer(call, disk_status::bad_command);
    const Outcome outcome = disk_answer(call, disk_status::ok);
    call.set_bx(0xaa55);
    call.set_cx(0x0007); // extended access, locking and ejecting, EDD
    call.set_ah(0x30);   // version 3.0
    return outcome;
}

Outcome edd_read(Call& call, Drive& drive) {
    return packet_transfer(call, drive, Transfer::read);
}
Outcome edd_write(Call& call, Drive& drive) {
    return packet_transfer(call, drive, Transfer::write);
}
Outcome edd_verify(Call& call, Drive& drive) {
    return packet_transfer(call, drive, Transfer::verify);
}

Outcome edd_seek(Call& call, Drive& drive) {
    const auto packet = read_packet(call);
    const bool there = packet && packet->first.value < drive.device->sector_count();
    return disk_answer(call, there ? disk_status::ok : disk_status::bad_command);
}

/// AL: 0 locks the medium in once more, 1 takes one lock away, 2 asks.
Outcome edd_lock(Call& call, Drive& drive) {
    constexpr u8 lock = 0, unlock = 1, status = 2, most_locks = 0xff;
    if (drive.type != DriveType::cdrom) // fixed: there is nothing to lock
        return disk_answer(call, disk_status::ok);
    const u8 wanted = call.al();
    if (wanted > status)
        return disk_answer(call, disk_status::bad_command);
    if (wanted == lock && drive.locks == most_locks) {
        call.set_al(1);
        return disk_answer(call, disk_status::too_many_locks);
    }
    if (wanted == unlock && drive.locks == 0) {
        call.set_al(0);
        return disk_answer(call, disk_status::not_locked);
    }
    if (wanted == lock)
        ++drive.locks;
    else if (wanted == unlock)
        --drive.locks;
    call.set_al(drive.locks != 0 ? 1 : 0);
    return disk_answer(call, disk_status::ok);
}

/// The tray opens if INT 15h AH=52h, where a system may object, agrees. It closes again at the
/// next access: the medium is always the same.
Outcome edd_eject(Call& call, Drive& drive) {
    constexpr u8 system = 0x15, eject_hook = 0x52;
    if (drive.type != DriveType::cdrom)
        return disk_answer(call, disk_status::not_removable);
    if (drive.locks != 0)
        return disk_answer(call, disk_status::locked);
    call.save_registers();
    call.set_ah(eject_hook);
    return call.call_interrupt(system);
}

Outcome eject_answered(Call& call) {
    const bool refused = call.carry_in_registers() || call.ah() != 0;
    call.restore_registers();
    return disk_answer(call, refused ? disk_status::locked : disk_status::ok);
}

/// Whether the medium was changed cannot be told, so it counts as changed.
Outcome edd_media_change(Call& call, Drive& drive) {
    if (drive.type != DriveType::cdrom)
        return disk_answer(call, disk_status::ok);
    static_cast<void>(disk_answer(call, disk_status::ok)); // the drive itself is well
    call.set_ah(disk_status::changed);
    call.set_carry(true);
    return Outcome::done;
}

Outcome hardware_configuration(Call& call, Drive&) {
    // DMA and prefetch settings change nothing here; other drives are not affected.
    switch (call.al()) {
    case 1:
    case 3:
    case 4:
    case 6:
        return disk_answer(call, disk_status::ok);
    default:
        return disk_answer(call, disk_status::bad_command);
    }
}

} // namespace vestige::bios
