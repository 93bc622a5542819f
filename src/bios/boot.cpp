// SPDX-License-Identifier: BSD-2-Clause
// INT 19h and INT 18h: from drives to boot code.
#include "vestige/bios/service.hpp"

#include "disk_internal.hpp"
#include "option_rom.hpp"

#include <algorithm>

namespace vestige::bios {

using cpu::Gpr;
using cpu::SegmentName;
using disk::DriveType;

namespace {

constexpr FarPtr boot_address{0x0000, 0x7c00};
constexpr u16 boot_stack = 0x7c00;
/// In the extended BIOS data area: how many places of the boot order have been tried before the
/// one that runs.
constexpr u16 boot_sequence = 0x6e;
constexpr u8 disk_interrupt = 0x13;

Gpa sequence_field(const Call& call) {
    return call.physical(FarPtr{call.bda<u16>(bda::ebda_segment), boot_sequence}.linear());
}

std::size_t sequence(const Call& call) {
    return call.bda<u16>(sequence_field(call));
}
void set_sequence(Call& call, std::size_t place) {
    call.set_bda<u16>(sequence_field(call), static_cast<u16>(place));
}

/// What is on the stack is over: a boot begins with an empty one.
void fresh_stack(Call& call) {
    call.env.cpu.regs.set(Gpr::rsp, boot_stack);
    call.env.cpu.set_segment(SegmentName::ss, cpu::real_mode_segment(0));
}

bool signed_sector(Call& call) {
    return call.bda<u16>(Gpa{boot_address.linear().value() + 510}) == 0xaa55;
}

/// Floppies of old systems lack the signature: what begins like code will do.
bool looks_like_code(Call& call) {
    const u16 first = call.bda<u16>(Gpa{boot_address.linear().value()});
    return first != 0x0000 && first != 0xffff && first != 0xf6f6;
}

/// Reads the first sector as any program would, by INT 13h: who hooked it wants to see that.
Outcome load_sector(Call& call, u8 drive) {
    constexpr u16 read_one_sector = 0x0201;
    fresh_stack(call);
    call.set_ax(read_one_sector);
    call.set_bx(boot_address.offset);
    call.set_cx(0x0001);
    call.set_dx(drive);
    call.set_selector(SegmentName::es, boot_address.segment);
    return call.call_interrupt(disk_interrupt);
}

std::optional<Outcome> boot_first_cd(Call& call) {
    constexpr u8 first = 0xe0;
    for (u8 i = 0; i < disk::DriveSet::most_of_a_type; ++i) {
        const u8 number = static_cast<u8>(first + i);
        disk::Drive* const cd = call.env.drives.find(number);
        if (cd == nullptr)
            return {};
        const auto entry = disk::find_boot_entry(*cd->device);
        if (!entry) {
            print_text(call, entry.error());
            print_text(call, "\n");
            continue;
        }
        print_text(call, "Booting from CD ...\n");
        if (const auto outcome = boot_from_cd(call, entry.value(), number))
            return outcome;
    }
    return {};
}

Outcome nothing_boots(Call& call) {
    print_text(call, "No bootable device. Press a key to try again.\n");
    // From here on this is a call of its own, on the boot stack.
    fresh_stack(call);
    return call.jump({bios_segment, static_cast<u16>(wait_stubs + 8 * 0x18)});
}

Outcome boot_from(Call& call, std::size_t place) {
    for (; place < call.env.boot_order.size(); ++place) {
        set_sequence(call, place);
        const char device = call.env.boot_order[place];
        if (device == 'a' && call.env.drives.count(DriveType::floppy) != 0)
            return load_sector(call, 0x00);
        if (device == 'c' && call.env.drives.count(DriveType::disk) != 0)
            return load_sector(call, 0x80);
        if (device == 'n') {
            fresh_stack(call);
            if (const auto outcome = boot_option_rom(call))
                return *outcome;
        }
        if (device == 'd')
            if (const auto outcome = boot_first_cd(call))
                return *outcome;
    }
    return nothing_boots(call);
}

/// INT 13h has come back with the first sector, or without.
Outcome sector_loaded(Call& call) {
    const std::size_t place = sequence(call);
    const bool floppy = place < call.env.boot_order.size() && call.env.boot_order[place] == 'a';
    if (call.carry_in_registers())
        return boot_from(call, place + 1);
    if (!signed_sector(call) && !(floppy && looks_like_code(call))) {
        if (!floppy)
            print_text(call, "The hard disk's boot sector has no signature 55AA at its end.\n");
        return boot_from(call, place + 1);
    }
    print_text(call, floppy ? "Booting from floppy ...\n" : "Booting from hard disk ...\n");
    return start_boot_code(call, boot_address, floppy ? 0x00 : 0x80);
}

} // namespace

/// Registers as boot sectors find them: DL the drive, a stack below them, most of the rest zero.
Outcome start_boot_code(Call& call, FarPtr target, u8 drive) {
    for (const Gpr name : {Gpr::rbx, Gpr::rcx, Gpr::rsi, Gpr::rdi, Gpr::rbp})
        call.env.cpu.regs.set(name, 0);
    call.env.cpu.regs.set(Gpr::rax, 0xaa55);
    call.env.cpu.regs.set(Gpr::rdx, drive);
    fresh_stack(call);
    for (const SegmentName name :
         {SegmentName::ds, SegmentName::es, SegmentName::fs, SegmentName::gs})
        call.env.cpu.set_segment(name, cpu::real_mode_segment(0));
    call.env.cpu.set_segment(SegmentName::cs, cpu::real_mode_segment(target.segment, true));
    call.env.cpu.regs.rip = target.offset;
    call.env.cpu.regs.rflags = cpu::rflags::fixed_one | cpu::rflags::interrupt;
    return Outcome::redirected;
}

Outcome bootstrap(Call& call) {
    if (call.entry() == Entry::continuation)
        return sector_loaded(call);
    if (!call.env.raw_code.empty()) {
        set_sequence(call, call.env.boot_order.size());
        call.env.memory.write(call.env.raw_address, call.env.raw_code);
        return start_boot_code(call, call.env.raw_entry, 0x80);
    }
    call.env.drives.stop_emulation();
    count_drives(call);
    return boot_from(call, 0);
}

/// What was booted has given up: the next place of the boot order has its turn. When all have had
/// theirs, a key begins anew.
Outcome no_boot_device(Call& call) {
    if (call.entry() == Entry::continuation)
        return sector_loaded(call);
    if (call.entry() == Entry::call)
        return boot_from(call, sequence(call) + 1);
    if (call.bda<u16>(bda::key_head) == call.bda<u16>(bda::key_tail))
        return call.wait();
    call.set_bda<u16>(bda::key_head, call.bda<u16>(bda::key_tail));
    return bootstrap(call);
}

} // namespace vestige::bios
