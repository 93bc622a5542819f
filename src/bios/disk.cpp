// SPDX-License-Identifier: BSD-2-Clause
// INT 13h by cylinder, head and sector.
#include "disk_internal.hpp"

#include "vestige/bios/service.hpp"

#include <algorithm>

namespace vestige::bios {

using disk::Drive;
using disk::DriveType;
using machine::BlockError;

namespace {

constexpr u32 largest_sector = 2048;

u8 status_of(BlockError error) {
    switch (error) {
    case BlockError::out_of_range:
        return disk_status::bad_command;
    case BlockError::write_protected:
        return disk_status::write_protected;
    case BlockError::medium:
        return disk_status::controller;
    }
    return disk_status::controller;
}

u8 block_status(const Result<Unit, BlockError>& result) {
    return result ? disk_status::ok : status_of(result.error());
}

/// One piece that lies in plain RAM: straight between the medium and the guest.
u8 direct(Drive& drive, Transfer kind, Lba at, std::span<std::byte> ram) {
    if (kind == Transfer::write)
        return block_status(drive.device->write(at, ram));
    return block_status(drive.device->read(at, ram));
}

/// One sector through a buffer of ours, for guest memory that is not one piece of RAM.
u8 indirect(Call& call, Drive& drive, Transfer kind, Lba at, Linear buffer, u32 sector_size) {
    std::array<std::byte, largest_sector> sector{};
    const std::span<std::byte> data{sector.data(), std::min(sector_size, largest_sector)};
    if (kind == Transfer::write)
        call.read_linear(buffer, data);
    const u8 status = direct(drive, kind, at, data);
    if (kind == Transfer::read && status == disk_status::ok)
        call.write_linear(buffer, data);
    return status;
}

Outcome reset(Call& call) {
    if (call.dl() >= 0x80 && drive_of(call) == nullptr)
        return disk_answer(call, disk_status::bad_command);
    return disk_answer(call, disk_status::ok);
}

Outcome last_status(Call& call) {
    const u8 status = call.bda<u8>(call.dl() < 0x80 ? bda::floppy_status : bda::disk_status);
    call.set_ah(status);
    call.set_carry(status != disk_status::ok);
    return Outcome::done;
}

Chs chs_of(const Call& call) {
    return {call.ch() | (call.cl() & 0xc0U) << 2, call.dh(), call.cl() & 0x3fU};
}

Outcome chs_transfer(Call& call, Transfer kind) {
    Drive* const drive = drive_of(call);
    const u8 count = call.al();
    if (drive == nullptr || drive->type == DriveType::cdrom || count == 0 || count > 128)
        return disk_answer(call, disk_status::bad_command);
    const auto first = disk::to_lba(drive->geometry, chs_of(call));
    const bool floppy = drive->type == DriveType::floppy;
    if (!first)
        return disk_answer(call, floppy ? disk_status::sector_not_found : disk_status::bad_command);
    // A floppy controller does not seek within a command: the transfer ends with the cylinder.
    const u64 in_cylinder = u64{drive->geometry.heads} * drive->geometry.sectors;
    if (floppy && first->value % in_cylinder + count > in_cylinder)
        return disk_answer(call, disk_status::sector_not_found);
    drive->changed = false;
    const Linear buffer{call.env.cpu.segment(cpu::SegmentName::es).base + call.bx()};
    const u8 status = transfer(call, *drive, kind, *first, count, buffer);
    if (status != disk_status::ok)
        call.set_al(0);
    return disk_answer(call, status);
}
Outcome chs_read(Call& call) { return chs_transfer(call, Transfer::read); }
Outcome chs_write(Call& call) { return chs_transfer(call, Transfer::write); }
Outcome chs_verify(Call& call) { return chs_transfer(call, Transfer::verify); }

Outcome parameters(Call& call) {
    const bool floppy = call.dl() < 0x80;
    Drive* const drive = drive_of(call);
    const std::size_t count =
        call.env.drives.count(floppy ? DriveType::floppy : DriveType::disk);
    if (drive == nullptr || drive->type == DriveType::cdrom) {
        if (!floppy)
            return disk_answer(call, 0x07);
        return disk_answer(call, disk_status::bad_command);
    }
    const disk::Geometry& g = drive->geometry;
    const u32 last_cylinder = g.cylinders - 1;
    call.set_ch(static_cast<u8>(last_cylinder));
    call.set_cl(static_cast<u8>((last_cylinder >> 2 & 0xc0) | g.sectors));
    call.set_dh(static_cast<u8>(g.heads - 1));
    call.set_dl(static_cast<u8>(count));
    call.set_al(0);
    if (floppy) {
        call.set_bx(drive->floppy_type);
        const u32 table = call.bda<u32>(Gpa{0x1e * 4});
        call.set_di(static_cast<u16>(table));
        call.set_selector(cpu::SegmentName::es, static_cast<u16>(table >> 16));
    }
    // The answer's own status goes to the drive that was asked, not to the count now in DL.
    call.set_bda<u8>(floppy ? bda::floppy_status : bda::disk_status, disk_status::ok);
    call.set_ah(disk_status::ok);
    call.set_carry(false);
    call.set_interrupt_flag();
    return Outcome::done;
}

/// Services that only need the drive to be there.
Outcome needs_drive(Call& call) {
    Drive* const drive = drive_of(call);
    const bool there = drive != nullptr && drive->type == DriveType::disk;
    return disk_answer(call, there ? disk_status::ok : disk_status::bad_command);
}

Outcome seek(Call& call) {
    Drive* const drive = drive_of(call);
    const bool there = drive != nullptr && drive->type == DriveType::disk &&
                       chs_of(call).cylinder < drive->geometry.cylinders;
    return disk_answer(call, there ? disk_status::ok : disk_status::bad_command);
}

Outcome drive_type(Call& call) {
    Drive* const drive = drive_of(call);
    u8 type = 0;
    if (drive != nullptr && drive->type == DriveType::floppy)
        type = 2; // with change line
    if (drive != nullptr && drive->type == DriveType::disk) {
        type = 3;
        const u64 sectors = drive->geometry.total();
        call.set_cx(static_cast<u16>(sectors >> 16));
        call.set_dx(static_cast<u16>(sectors));
    }
    call.set_ah(type);
    call.set_carry(false);
    call.set_interrupt_flag();
    return Outcome::done;
}

Outcome change_line(Call& call) {
    Drive* const drive = drive_of(call);
    if (drive == nullptr || drive->type != DriveType::floppy)
        return disk_answer(call, disk_status::bad_command);
    return disk_answer(call, drive->changed ? disk_status::changed : disk_status::ok);
}

Outcome unsupported(Call& call) { return disk_answer(call, disk_status::bad_command); }

constexpr std::array rows{
    Service{0x00, "reset", reset},
    Service{0x01, "last status", last_status},
    Service{0x02, "read", chs_read},
    Service{0x03, "write", chs_write},
    Service{0x04, "verify", chs_verify},
    Service{0x08, "get parameters", parameters},
    Service{0x09, "initialize drive", needs_drive},
    Service{0x0c, "seek", seek},
    Service{0x0d, "alternate reset", needs_drive},
    Service{0x10, "drive ready", needs_drive},
    Service{0x11, "recalibrate", needs_drive},
    Service{0x14, "diagnostic", needs_drive},
    Service{0x15, "drive type", drive_type},
    Service{0x16, "change line", change_line},
    Service{0x41, "EDD check", edd_check},
    Service{0x42, "EDD read", edd_transfer},
    Service{0x43, "EDD write", edd_transfer},
    Service{0x44, "EDD verify", edd_transfer},
    Service{0x45, "EDD lock", edd_lock},
    Service{0x46, "EDD eject", edd_eject},
    Service{0x47, "EDD seek", edd_transfer},
    Service{0x48, "EDD parameters", edd_parameters},
    Service{0x49, "EDD media change", edd_media_change},
    Service{0x4b, "El Torito status", el_torito_status},
    Service{0x4e, "hardware configuration", hardware_configuration},
};

} // namespace

constinit const InterruptServices disk_services{rows, unsupported, "disk"};

Drive* drive_of(Call& call) { return call.env.drives.find(call.dl()); }

Outcome disk_answer(Call& call, u8 status) {
    call.set_bda<u8>(call.dl() < 0x80 ? bda::floppy_status : bda::disk_status, status);
    call.set_ah(status);
    call.set_carry(status != disk_status::ok);
    call.set_interrupt_flag();
    return Outcome::done;
}

u8 transfer(Call& call, Drive& drive, Transfer kind, Lba first, u64 count, Linear buffer) {
    const u32 sector_size = drive.device->sector_size();
    if (first.value > drive.device->sector_count() ||
        count > drive.device->sector_count() - first.value)
        return disk_status::bad_command;
    if (kind == Transfer::verify)
        return disk_status::ok;
    const u64 size = count * sector_size;
    const bool one_piece = call.flat() || buffer.offset_in(page_size) + size <= page_size;
    const auto ram = one_piece ? call.env.memory.ram(call.physical(buffer), size)
                               : std::span<std::byte>{};
    if (!ram.empty())
        return direct(drive, kind, first, ram);
    for (u64 i = 0; i < count; ++i) {
        const u8 status = indirect(call, drive, kind, Lba{first.value + i},
                                   buffer + i * sector_size, sector_size);
        if (status != disk_status::ok)
            return status;
    }
    return disk_status::ok;
}

} // namespace vestige::bios
