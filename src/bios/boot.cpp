// SPDX-License-Identifier: BSD-2-Clause
// INT 19h and INT 18h: from drives to boot code.
#include "vestige/bios/service.hpp"

#include "disk_internal.hpp"
#include "option_rom.hpp"

#include <algorithm>

namespace vestige::bios {

using cpu::Gpr;
using cpu::SegmentName;
using disk::Drive;
using disk::DriveType;

namespace {

constexpr FarPtr boot_address{0x0000, 0x7c00};
constexpr Linear boot_buffer{0x7c00};

/// Registers as boot sectors find them: DL the drive, a stack below them, the rest zero.
Outcome start(Call& call, FarPtr target, u8 drive) {
    for (const Gpr name : {Gpr::rax, Gpr::rbx, Gpr::rcx, Gpr::rsi, Gpr::rdi, Gpr::rbp})
        call.env.cpu.regs.set(name, 0);
    call.env.cpu.regs.set(Gpr::rdx, drive);
    call.env.cpu.regs.set(Gpr::rsp, 0x7c00);
    for (const SegmentName name :
         {SegmentName::ds, SegmentName::es, SegmentName::ss, SegmentName::fs, SegmentName::gs})
        call.env.cpu.set_segment(name, cpu::real_mode_segment(0));
    call.env.cpu.set_segment(SegmentName::cs, cpu::real_mode_segment(target.segment, true));
    call.env.cpu.regs.rip = target.offset;
    call.env.cpu.regs.rflags = cpu::rflags::fixed_one | cpu::rflags::interrupt;
    return Outcome::redirected;
}

bool load_sector(Call& call, u8 number) {
    Drive* const drive = call.env.drives.find(number);
    if (drive == nullptr)
        return false;
    return transfer(call, *drive, Transfer::read, Lba{0}, 1, boot_buffer) == disk_status::ok;
}

bool signed_sector(Call& call) {
    return call.env.memory.load<u16>(Gpa{boot_buffer.value() + 510}) == 0xaa55;
}

/// Floppies of old systems lack the signature: what begins like code will do.
bool looks_like_code(Call& call) {
    const u16 first = call.env.memory.load<u16>(Gpa{boot_buffer.value()});
    return first != 0x0000 && first != 0xffff && first != 0xf6f6;
}

std::optional<Outcome> boot_floppy(Call& call) {
    if (!load_sector(call, 0x00) || !(signed_sector(call) || looks_like_code(call)))
        return {};
    print_text(call, "Booting from floppy ...\n");
    return start(call, boot_address, 0x00);
}

std::optional<Outcome> boot_disk(Call& call) {
    if (!load_sector(call, 0x80))
        return {};
    if (!signed_sector(call)) {
        print_text(call, "The hard disk's boot sector has no signature 55AA at its end.\n");
        return {};
    }
    print_text(call, "Booting from hard disk ...\n");
    return start(call, boot_address, 0x80);
}

std::optional<Outcome> boot_cd(Call& call) {
    constexpr u8 number = 0xe0;
    disk::DriveSet& drives = call.env.drives;
    Drive* const cd = drives.find(number);
    if (cd == nullptr)
        return {};
    const auto entry = disk::find_boot_entry(*cd->device);
    if (!entry) {
        print_text(call, entry.error());
        print_text(call, "\n");
        return {};
    }
    print_text(call, "Booting from CD ...\n");
    const disk::BootEntry& boot = entry.value();
    if (boot.media != 0) {
        drives.start_emulation(boot, number);
        const u8 emulated = boot.media == 4 ? 0x80 : 0x00;
        if (!load_sector(call, emulated))
            return {};
        return start(call, boot_address, emulated);
    }
    drives.set_boot_entry(boot, number);
    const u64 count = (u64{boot.sector_count} + 3) / 4;
    const Linear target{u64{boot.load_segment} << 4};
    if (transfer(call, *cd, Transfer::read, Lba{boot.image}, count, target) != disk_status::ok)
        return {};
    const bool usual = boot.load_segment == 0x7c0;
    return start(call, usual ? boot_address : FarPtr{boot.load_segment, 0}, number);
}

} // namespace

Outcome bootstrap(Call& call) {
    if (!call.env.raw_code.empty()) {
        call.env.memory.write(call.env.raw_address, call.env.raw_code);
        return start(call, call.env.raw_entry, 0x80);
    }
    call.env.drives.stop_emulation();
    for (const char device : call.env.boot_order) {
        std::optional<Outcome> outcome;
        if (device == 'a')
            outcome = boot_floppy(call);
        else if (device == 'c')
            outcome = boot_disk(call);
        else if (device == 'd')
            outcome = boot_cd(call);
        else if (device == 'n')
            outcome = boot_option_rom(call);
        if (outcome)
            return *outcome;
    }
    return no_boot_device(call);
}

/// Says that nothing boots; a key tries again.
Outcome no_boot_device(Call& call) {
    if (call.entry() != Entry::after_wait) {
        print_text(call, "No bootable device. Press a key to try again.\n");
        // From here on this is a call of its own, on the boot stack.
        call.env.cpu.regs.set(Gpr::rsp, 0x7c00);
        call.env.cpu.set_segment(SegmentName::ss, cpu::real_mode_segment(0));
        return call.jump({bios_segment, static_cast<u16>(wait_stubs + 8 * 0x18)});
    }
    if (call.bda<u16>(bda::key_head) == call.bda<u16>(bda::key_tail))
        return call.wait();
    call.set_bda<u16>(bda::key_head, call.bda<u16>(bda::key_tail));
    return bootstrap(call);
}

} // namespace vestige::bios
