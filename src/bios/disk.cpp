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
constexpr u16 most_sectors = 128;

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
u8 indirect(Call& call, Drive& drive, Transfer kind, Lba at, Buffer buffer) {
    std::array<std::byte, largest_sector> sector{};
    const std::span<std::byte> data{sector.data(),
                                    std::min(drive.device->sector_size(), largest_sector)};
    const Gpa physical{buffer.start.value()};
    if (kind == Transfer::write && buffer.physical)
        call.env.memory.read(physical, data);
    else if (kind == Transfer::write)
        call.read_linear(buffer.start, data);
    const u8 status = direct(drive, kind, at, data);
    if (kind != Transfer::read || status != disk_status::ok)
        return status;
    if (buffer.physical)
        call.env.memory.write(physical, data);
    else
        call.write_linear(buffer.start, data);
    return status;
}

/// The guest's RAM behind a buffer; empty unless it is one piece of RAM.
std::span<std::byte> plain_ram(Call& call, Buffer buffer, u64 size) {
    if (buffer.physical)
        return call.env.memory.ram(Gpa{buffer.start.value()}, size);
    if (!call.flat() && buffer.start.offset_in(page_size) + size > page_size)
        return {};
    return call.env.memory.ram(call.physical(buffer.start), size);
}

/// A floppy controller's DMA address counts 16 bits.
bool crosses_dma_boundary(Call& call, Linear buffer, u64 size) {
    constexpr u64 dma_page = 0x10000;
    return call.physical(buffer).value() % dma_page + size > dma_page;
}

u8 floppy_obstacle(Call& call, const Drive& drive, Lba first, u8 count, Linear buffer) {
    // The controller does not seek within a command: a transfer ends with the cylinder.
    const u64 in_cylinder = u64{drive.geometry.heads} * drive.geometry.sectors;
    if (first.value % in_cylinder + count > in_cylinder)
        return disk_status::sector_not_found;
    if (!drive.emulated && crosses_dma_boundary(call, buffer, u64{count} * 512))
        return disk_status::dma_boundary;
    return disk_status::ok;
}

Outcome chs_transfer(Call& call, Drive& drive, Transfer kind) {
    const u8 count = call.al();
    const auto first = disk::to_lba(drive.geometry, chs_of(call));
    if (drive.type == DriveType::cdrom)
        return disk_answer(call, kind == Transfer::write ? disk_status::write_protected
                                                         : disk_status::bad_command);
    if (count == 0 || count > most_sectors || !first)
        return disk_answer(call, disk_status::bad_command);
    const Linear buffer{call.env.cpu.segment(cpu::SegmentName::es).base + call.bx()};
    u8 status = disk_status::ok;
    if (drive.type == DriveType::floppy) {
        if (kind != Transfer::verify)
            status = floppy_obstacle(call, drive, *first, count, buffer);
        drive.changed = false;
        note_floppy_access(call, drive, chs_of(call).cylinder);
    }
    if (status == disk_status::ok)
        status = transfer(call, drive, kind, *first, count, {buffer});
    if (status != disk_status::ok)
        call.set_al(0);
    return disk_answer(call, status);
}
Outcome chs_read(Call& call, Drive& drive) {
    return chs_transfer(call, drive, Transfer::read);
}
Outcome chs_write(Call& call, Drive& drive) {
    return chs_transfer(call, drive, Transfer::write);
}
Outcome chs_verify(Call& call, Drive& drive) {
    return chs_transfer(call, drive, Transfer::verify);
}

Outcome reset(Call& call, Drive& drive) {
    if (drive.type == DriveType::floppy)
        note_floppy_reset(call);
    return disk_answer(call, disk_status::ok);
}

Outcome last_status(Call& call, Drive&) {
    const u8 status = call.bda<u8>(call.dl() < 0x80 ? bda::floppy_status : bda::disk_status);
    call.set_ah(status);
    call.set_carry(status != disk_status::ok);
    return Outcome::done;
}

/// A fixed disk's sectors have their places; there is nothing to format.
Outcome format_track(Call& call, Drive& drive) {
    if (drive.type == DriveType::floppy)
        return format_floppy_track(call, drive);
    if (drive.device->read_only())
        return disk_answer(call, disk_status::write_protected);
    const bool there = chs_of(call).cylinder < drive.geometry.cylinders &&
                       call.dh() < drive.geometry.heads;
    return disk_answer(call, there ? disk_status::ok : disk_status::bad_command);
}

Outcome parameters(Call& call, Drive& drive) {
    const bool floppy = drive.type == DriveType::floppy;
    const disk::Geometry& g = drive.geometry;
    const u32 last_cylinder = g.cylinders - 1;
    call.set_ch(static_cast<u8>(last_cylinder));
    call.set_cl(static_cast<u8>((last_cylinder >> 2 & 0xc0) | g.sectors));
    call.set_dh(static_cast<u8>(g.heads - 1));
    call.set_al(0);
    if (floppy) {
        call.set_bx(drive.floppy_type);
        call.set_di(diskette_table);
        call.set_selector(cpu::SegmentName::es, bios_segment);
    }
    const Outcome outcome = disk_answer(call, disk_status::ok);
    call.set_dl(static_cast<u8>(call.env.drives.count(drive.type)));
    return outcome;
}

/// Services that have nothing to do once the drive is there.
Outcome ready(Call& call, Drive&) {
    return disk_answer(call, disk_status::ok);
}

Outcome seek(Call& call, Drive& drive) {
    const bool there =
        drive.type == DriveType::cdrom || chs_of(call).cylinder < drive.geometry.cylinders;
    return disk_answer(call, there ? disk_status::ok : disk_status::seek_failed);
}

Outcome drive_type(Call& call) {
    constexpr u8 none = 0, no_change_line = 1, with_change_line = 2, fixed_disk = 3;
    const Drive* const drive = drive_for(call, any_drive);
    if (drive == nullptr && call.dl() >= 0x02)
        return disk_answer(call, disk_status::bad_command);
    const Outcome outcome = disk_answer(call, disk_status::ok);
    if (drive == nullptr) {
        call.set_ah(none);
    } else if (drive->type == DriveType::disk) {
        // The last cylinder is kept for diagnostics, here as in 40-year-old BIOSes.
        const disk::Geometry& g = drive->geometry;
        const u32 sectors = (g.cylinders - 1) * g.heads * g.sectors;
        call.set_cx(static_cast<u16>(sectors >> 16));
        call.set_dx(static_cast<u16>(sectors));
        call.set_ah(fixed_disk);
    } else {
        call.set_ah(drive->type == DriveType::floppy ? with_change_line : no_change_line);
    }
    return outcome;
}

Outcome unsupported(Call& call) {
    return disk_answer(call, disk_status::bad_command);
}

constexpr u8 chs_drives = floppies | hard_disks;

constexpr std::array rows{
    by_ah(0x00, "13/00", "reset", on<reset, any_drive>, "drive=dl", "cf ah"),
    by_ah(0x01, "13/01", "last status", on<last_status, any_drive>, "drive=dl", "cf ah"),
    by_ah(0x02, "13/02", "read", on<chs_read, any_drive>, "drive=dl chs count=al# buf=es:bx",
          "cf ah al"),
    by_ah(0x03, "13/03", "write", on<chs_write, any_drive>, "drive=dl chs count=al# buf=es:bx",
          "cf ah al"),
    by_ah(0x04, "13/04", "verify", on<chs_verify, any_drive>, "drive=dl chs count=al#", "cf ah al"),
    by_ah(0x05, "13/05", "format track", on<format_track, chs_drives>,
          "drive=dl chs count=al# buf=es:bx", "cf ah"),
    no_ah(0x06, "13/06", "format and mark bad"),
    no_ah(0x07, "13/07", "format drive"),
    by_ah(0x08, "13/08", "get parameters", on<parameters, chs_drives>, "drive=dl",
          "cf ah bl cx dx table=es:di"),
    by_ah(0x09, "13/09", "initialize drive", on<ready, fixed_and_cds>, "drive=dl", "cf ah"),
    no_ah(0x0a, "13/0A", "read long"),
    no_ah(0x0b, "13/0B", "write long"),
    by_ah(0x0c, "13/0C", "seek", on<seek, fixed_and_cds>, "drive=dl chs", "cf ah"),
    by_ah(0x0d, "13/0D", "alternate reset", on<ready, fixed_and_cds>, "drive=dl", "cf ah"),
    by_ah(0x10, "13/10", "drive ready", on<ready, fixed_and_cds>, "drive=dl", "cf ah"),
    by_ah(0x11, "13/11", "recalibrate", on<ready, fixed_and_cds>, "drive=dl", "cf ah"),
    by_ah(0x14, "13/14", "diagnostic", on<ready, fixed_and_cds>, "drive=dl", "cf ah"),
    by_ah(0x15, "13/15", "drive type", drive_type, "drive=dl", "cf ah sectors=cx:dx"),
    by_ah(0x16, "13/16", "change line", on<floppy_change_line, floppies>, "drive=dl", "cf ah"),
    by_ah(0x17, "13/17", "set disk type", on<set_floppy_type, floppies>, "drive=dl al", "cf ah"),
    by_ah(0x18, "13/18", "set media type", on<set_floppy_media, floppies>, "drive=dl chs",
          "cf ah table=es:di"),
    by_ah(0x41, "13/41", "EDD check", on<edd_check, fixed_and_cds>, "drive=dl bx", "cf ah bx cx"),
    by_ah(0x42, "13/42", "EDD read", on<edd_read, fixed_and_cds>, "drive=dl packet", "cf ah"),
    by_ah(0x43, "13/43", "EDD write", on<edd_write, fixed_and_cds>, "drive=dl packet", "cf ah"),
    by_ah(0x44, "13/44", "EDD verify", on<edd_verify, fixed_and_cds>, "drive=dl packet", "cf ah"),
    by_ah(0x45, "13/45", "EDD lock", on<edd_lock, fixed_and_cds>, "drive=dl al", "cf ah al"),
    by_ah(0x46, "13/46", "EDD eject", on<edd_eject, fixed_and_cds>, "drive=dl", "cf ah"),
    by_ah(0x47, "13/47", "EDD seek", on<edd_seek, fixed_and_cds>, "drive=dl packet", "cf ah"),
    by_ah(0x48, "13/48", "EDD parameters", on<edd_parameters, fixed_and_cds>, "drive=dl buf=ds:si",
          "cf ah"),
    by_ah(0x49, "13/49", "EDD media change", on<edd_media_change, fixed_and_cds>, "drive=dl",
          "cf ah"),
    by_ah(0x4a, "13/4A", "El Torito start emulation", start_emulation, "drive=dl packet=ds:si",
          "cf ah"),
    by_ax(0x4b00, "13/4B00", "El Torito terminate", emulation_status, "drive=dl buf=ds:si",
          "cf ah"),
    by_ax(0x4b01, "13/4B01", "El Torito status", emulation_status, "drive=dl buf=ds:si", "cf ah"),
    by_ah(0x4c, "13/4C", "El Torito start and boot", emulate_and_boot, "drive=dl packet=ds:si",
          "cf ah"),
    by_ah(0x4d, "13/4D", "El Torito catalogue", read_catalogue, "drive=dl packet=ds:si", "cf ah"),
    by_ah(0x4e, "13/4E", "hardware configuration", on<hardware_configuration, fixed_and_cds>,
          "drive=dl al", "cf ah"),
    no_ah(0x50, "13/50", "send packet"),
};

} // namespace

constinit const FunctionTable disk_services{rows, index_of(rows), unsupported, "cf ah",
                                            eject_answered};

Drive* drive_for(Call& call, u8 types) {
    Drive* const drive = call.env.drives.find(call.dl());
    if (drive == nullptr)
        return nullptr;
    if (drive->type != DriveType::floppy)
        call.set_bda<u8>(bda::disk_interrupt_seen, 0);
    const u8 type = drive->type == DriveType::floppy ? floppies
                    : drive->type == DriveType::disk ? hard_disks
                                                     : cds;
    return (types & type) != 0 ? drive : nullptr;
}

Chs chs_of(const Call& call) {
    return {call.ch() | (call.cl() & 0xc0U) << 2, call.dh(), call.cl() & 0x3fU};
}

Outcome disk_answer(Call& call, u8 status) {
    call.set_bda<u8>(call.dl() < 0x80 ? bda::floppy_status : bda::disk_status, status);
    call.set_ah(status);
    call.set_carry(status != disk_status::ok);
    return Outcome::done;
}

u8 transfer(Call& call, Drive& drive, Transfer kind, Lba first, u64 count, Buffer buffer) {
    const u32 sector_size = drive.device->sector_size();
    const u64 size = count * sector_size;
    if (first.value > drive.device->sector_count() ||
        count > drive.device->sector_count() - first.value ||
        buffer.start.value() > ~u64{0} - size)
        return disk_status::bad_command;
    if (kind == Transfer::verify)
        return disk_status::ok;
    if (const auto ram = plain_ram(call, buffer, size); !ram.empty())
        return direct(drive, kind, first, ram);
    for (u64 i = 0; i < count; ++i) {
        const Buffer piece{buffer.start + i * sector_size, buffer.physical};
        const u8 status = indirect(call, drive, kind, Lba{first.value + i}, piece);
        if (status != disk_status::ok)
            return status;
    }
    return disk_status::ok;
}

void count_drives(Call& call) {
    constexpr u16 floppy_bits = 0x00c1;
    const std::size_t there = std::min<std::size_t>(call.env.drives.count(DriveType::floppy), 2);
    const u16 floppy_count = there == 0 ? u16{0} : static_cast<u16>(1 | (there - 1) << 6);
    call.set_bda<u16>(bda::equipment,
                      static_cast<u16>((call.bda<u16>(bda::equipment) & ~floppy_bits) |
                                       floppy_count));
    call.set_bda<u8>(bda::disk_count, static_cast<u8>(call.env.drives.count(DriveType::disk)));
}

} // namespace vestige::bios
