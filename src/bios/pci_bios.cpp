// SPDX-License-Identifier: BSD-2-Clause
#include "pci_bios.hpp"

namespace vestige::bios {
namespace {

constexpr u8 successful = 0x00, unsupported = 0x81, device_not_found = 0x86,
             bad_register = 0x87;

Outcome answer(Call& call, u8 status) {
    call.set_ah(status);
    call.set_carry(status != successful);
    return Outcome::done;
}

Outcome present(Call& call) {
    call.set_edx(0x20494350); // "PCI "
    call.set_al(0x01);        // configuration mechanism 1
    call.set_bx(0x0210);
    call.set_cl(devices::PciHost::last_bus());
    return answer(call, successful);
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

Outcome pci_bios(Call& call) {
    switch (call.al()) {
    case 0x01:
        return present(call);
    case 0x02:
        return find(call, 0, 0, u32{call.cx()} << 16 | call.dx());
    case 0x03:
        return find(call, 8, 8, call.ecx() & 0xffffff);
    case 0x08:
        return access(call, Width::byte, false);
    case 0x09:
        return access(call, Width::word, false);
    case 0x0a:
        return access(call, Width::dword, false);
    case 0x0b:
        return access(call, Width::byte, true);
    case 0x0c:
        return access(call, Width::word, true);
    case 0x0d:
        return access(call, Width::dword, true);
    default:
        return answer(call, unsupported);
    }
}

} // namespace vestige::bios
