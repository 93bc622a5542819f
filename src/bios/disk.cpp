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
Outcome chs_read(Call& call) {
    return chs_transfer(call, Transfer::read);
}
Outcome chs_write(Call& call) {
    return chs_transfer(call, Transfer::write);
}
Outcome chs_verify(Call& call) {
    return chs_transfer(call, Transfer::verify);
}

Outcome parameters(Call& call) {
    const bool floppy = call.dl() < 0x80;
    Drive* const drive = drive_of(call);
    const std::size_t count = call.env.drives.count(floppy ? DriveType::floppy : DriveType::disk);
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

Outcome unsupported(Call& call) {
    return disk_answer(call, disk_status::bad_command);
}

constexpr std::array rows{
    by_ah(0x00, "13/00", "reset", reset, "drive=dl", "cf ah"),
    by_ah(0x01, "13/01", "last status", last_status, "drive=dl", "cf ah"),
    by_ah(0x02, "13/02", "read", chs_read, "drive=dl chs count=al# buf=es:bx", "cf ah al"),
    by_ah(0x03, "13/03", "write", chs_write, "drive=dl chs count=al# buf=es:bx", "cf ah al"),
    by_ah(0x04, "13/04", "verify", chs_verify, "drive=dl chs count=al#", "cf ah al"),
    no_ah(0x05, "13/05", "format track"),
    no_ah(0x06, "13/06", "format and mark bad"),
    no_ah(0x07, "13/07", "format drive"),
    by_ah(0x08, "13/08", "get parameters", parameters, "drive=dl", "cf ah bl cx dx table=es:di"),
    by_ah(0x09, "13/09", "initialize drive", needs_drive, "drive=dl", "cf ah"),
    no_ah(0x0a, "13/0A", "read long"),
    no_ah(0x0b, "13/0B", "write long"),
    by_ah(0x0c, "13/0C", "seek", seek, "drive=dl chs", "cf ah"),
    by_ah(0x0d, "13/0D", "alternate reset", needs_drive, "drive=dl", "cf ah"),
    by_ah(0x10, "13/10", "drive ready", needs_drive, "drive=dl", "cf ah"),
    by_ah(0x11, "13/11", "recalibrate", needs_drive, "drive=dl", "cf ah"),
    by_ah(0x14, "13/14", "diagnostic", needs_drive, "drive=dl", "cf ah"),
    by_ah(0x15, "13/15", "drive type", drive_type, "drive=dl", "cf ah sectors=cx:dx"),
    by_ah(0x16, "13/16", "change line", change_line, "drive=dl", "cf ah"),
    no_ah(0x17, "13/17", "set disk type"),
    no_ah(0x18, "13/18", "set media type"),
    by_ah(0x41, "13/41", "EDD check", edd_check, "drive=dl bx", "cf ah bx cx"),
    by_ah(0x42, "13/42", "EDD read", edd_transfer, "drive=dl packet", "cf ah"),
    by_ah(0x43, "13/43", "EDD write", edd_transfer, "drive=dl packet", "cf ah"),
    by_ah(0x44, "13/44", "EDD verify", edd_transfer, "drive=dl packet", "cf ah"),
    by_ah(0x45, "13/45", "EDD lock", edd_lock, "drive=dl al", "cf ah al"),
    by_ah(0x46, "13/46", "EDD eject", edd_eject, "drive=dl", "cf ah"),
    by_ah(0x47, "13/47", "EDD seek", edd_transfer, "drive=dl packet", "cf ah"),
    by_ah(0x48, "13/48", "EDD parameters", edd_parameters, "drive=dl buf=ds:si", "cf ah"),
    by_ah(0x49, "13/49", "EDD media change", edd_media_change, "drive=dl", "cf ah"),
    no_ah(0x4a, "13/4A", "El Torito start emulation"),
    by_ax(0x4b00, "13/4B00", "El Torito terminate", el_torito_status, "drive=dl buf=ds:si",
          "cf ah"),
    by_ax(0x4b01, "13/4B01", "El Torito status", el_torito_status, "drive=dl buf=ds:si", "cf ah"),
    no_ah(0x4c, "13/4C", "El Torito start and boot"),
    no_ah(0x4d, "13/4D", "El Torito catalogue"),
    by_ah(0x4e, "13/4E", "hardware configuration", hardware_configuration, "drive=dl al",
          "cf ah al"),
    no_ah(0x50, "13/50", "send packet"),
};

} // namespace

constinit const FunctionTable disk_services{rows, index_of(rows), unsupported, "cf ah"};

Drive* drive_of(Call& call) {
    return call.env.drives.find(call.dl());
}

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
    const auto ram =
        one_piece ? call.env.memory.ram(call.physical(buffer), size) : std::span<std::byte>{};
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
