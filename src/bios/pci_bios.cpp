// SPDX-License-Identifier: BSD-2-Clause
#include "pci_bios.hpp"

namespace vestige::bios {
namespace {

constexpr u8 successful = 0x00, unsupported = 0x81, device_not_found = 0x86, bad_register = 0x87,
             buffer_too_small = 0x89;

Outcome answer(Call& call, u8 status) {
    call.set_ah(status);
    call.set_carry(status != successful);
    return Outcome::done;
}

/// The index-th function whose configuration word at reg, shifted, equals wanted.
Outcome find(Call& call, u8 reg, unsigned shift, u32 wanted) {
    u16 index = call.si();
    for (u32 function = 0; function < 256; ++function) {
        const u32 value = call.env.pci.read_config(function << 8 | reg, Width::dword);
        if (value == 0xffffffff || value >> shift != wanted)
            continue;
        if (index-- == 0) {
            call.set_bx(static_cast<u16>(function));
            return answer(call, successful);
        }
    }
    return answer(call, device_not_found);
}

Outcome access(Call& call, Width width, bool write) {
    const u16 reg = call.di();
    if (reg > 0xff || reg % bytes(width) != 0)
        return answer(call, bad_register);
    const u32 address = u32{call.bx()} << 8 | reg;
    if (write) {
        call.env.pci.write_config(address, width, call.ecx());
        return answer(call, successful);
    }
    const u32 value = call.env.pci.read_config(address, width);
    if (width == Width::byte)
        call.set_cl(static_cast<u8>(value));
    else if (width == Width::word)
        call.set_cx(static_cast<u16>(value));
    else
        call.set_ecx(value);
    return answer(call, successful);
}

} // namespace

Outcome pci_present(Call& call) {
    call.set_edx(0x20494350); // "PCI "
    call.set_al(0x01);        // configuration mechanism 1
    call.set_bx(0x0210);
    call.set_cl(devices::PciHost::last_bus());
    call.set_edi(static_cast<u32>(rom_base.value() + pci_entry));
    return answer(call, successful);
}

Outcome pci_find_device(Call& call) {
    return find(call, 0, 0, u32{call.cx()} << 16 | call.dx());
}
Outcome pci_find_class(Call& call) {
    return find(call, 8, 8, call.ecx() & 0xffffff);
}
Outcome pci_read_byte(Call& call) {
    return access(call, Width::byte, false);
}
Outcome pci_read_word(Call& call) {
    return access(call, Width::word, false);
}
Outcome pci_read_dword(Call& call) {
    return access(call, Width::dword, false);
}
Outcome pci_write_byte(Call& call) {
    return access(call, Width::byte, true);
}
Outcome pci_write_word(Call& call) {
    return access(call, Width::word, true);
}
Outcome pci_write_dword(Call& call) {
    return access(call, Width::dword, true);
}
Outcome pci_interrupt_routing(Call& call) {
    constexpr u16 header = 32, size_field = 6, segment_field = 4, offset_field = 2;
    const bool by_segment = (call.env.cpu.cr0() & cpu::cr0::pe) == 0 ||
                            (call.env.cpu.regs.rflags & cpu::rflags::vm) != 0;
    if (!by_segment || call.bx() != 0)
        return answer(call, unsupported);
    const Gpa table = rom_base + pci_routing;
    const u16 size = static_cast<u16>(call.env.memory.load<u16>(table + size_field) - header);
    const u16 request = call.di(), room = call.load<u16>(cpu::SegmentName::es, request);
    call.store<u16>(cpu::SegmentName::es, request, size);
    if (room < size)
        return answer(call, buffer_too_small);
    const FarPtr buffer{
        call.load<u16>(cpu::SegmentName::es, static_cast<u16>(request + segment_field)),
        call.load<u16>(cpu::SegmentName::es, static_cast<u16>(request + offset_field))};
    call.write_linear(buffer.linear(), call.env.memory.view(table + header, size));
    call.set_bx(0); // no interrupt is PCI's alone
    return answer(call, successful);
}
Outcome pci_unsupported(Call& call) {
    return answer(call, unsupported);
}

} // namespace vestige::bios
