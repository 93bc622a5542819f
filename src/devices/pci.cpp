// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/pci.hpp"

#include "vestige/base/little_endian.hpp"

namespace vestige::devices {
namespace {

// Offsets in a type 0 header (PCI Local Bus 2.1, "Configuration Space Header").
constexpr std::size_t vendor = 0x00, device_id = 0x02, command = 0x04, status = 0x06,
                      class_code = 0x09, header_type = 0x0e;

void put(std::array<u8, 256>& bytes, std::size_t at, u16 value) {
    bytes[at] = static_cast<u8>(value);
    bytes[at + 1] = static_cast<u8>(value >> 8);
}

PciFunction host_bridge() {
    PciFunction f;
    put(f.bytes, vendor, 0x8086);
    put(f.bytes, device_id, 0x1237); // 82441FX
    put(f.bytes, command, 0x0006);
    put(f.bytes, status, 0x0200);
    f.bytes[0x08] = 0x02;
    f.bytes[class_code + 2] = 0x06; // bridge, host
    for (std::size_t at = 0x50; at < 0x100; ++at)
        f.writable[at] = 0xff;
    return f;
}

PciFunction isa_bridge() {
    PciFunction f;
    f.device = 1;
    put(f.bytes, vendor, 0x8086);
    put(f.bytes, device_id, 0x7000); // 82371SB
    put(f.bytes, command, 0x0007);
    put(f.bytes, status, 0x0200);
    f.bytes[class_code + 1] = 0x01; // bridge, ISA
    f.bytes[class_code + 2] = 0x06;
    f.bytes[header_type] = 0x00;
    for (std::size_t pirq = 0x60; pirq < 0x64; ++pirq) {
        f.bytes[pirq] = 0x80; // not routed
        f.writable[pirq] = 0x8f;
    }
    return f;
}

} // namespace

void PciHost::reset() {
    address_ = 0;
    reset_control_ = 0;
    functions_ = {host_bridge(), isa_bridge()};
}

const PciFunction* PciHost::find(u32 address) const {
    if ((address >> 16 & 0xff) != 0)
        return nullptr;
    for (const PciFunction& f : functions_)
        if (f.device == (address >> 11 & 31) && f.function == (address >> 8 & 7))
            return &f;
    return nullptr;
}

u32 PciHost::read_config(u32 address, Width width) const {
    const PciFunction* const f = find(address);
    if (f == nullptr)
        return static_cast<u32>(all_ones(width));
    u32 value = 0;
    for (unsigned i = 0; i < bytes(width); ++i)
        value |= u32{f->bytes[(address + i) & 0xff]} << (8 * i);
    return value;
}

void PciHost::write_config(u32 address, Width width, u32 value) {
    for (PciFunction& f : functions_) {
        if (&f != find(address))
            continue;
        for (unsigned i = 0; i < bytes(width); ++i) {
            const std::size_t at = (address + i) & 0xff;
            const u8 mask = f.writable[at];
            f.bytes[at] = static_cast<u8>((f.bytes[at] & ~mask) | ((value >> (8 * i)) & mask));
        }
    }
}

u32 PciHost::read_port(Port port, Width width) {
    if (port.value == 0xcf8 && width == Width::dword)
        return address_;
    if (port.value < 0xcfc)
        return port.value == 0xcf9 && width == Width::byte
                   ? reset_control_
                   : static_cast<u32>(all_ones(width));
    if ((address_ & 0x80000000) == 0)
        return static_cast<u32>(all_ones(width));
    return read_config((address_ & 0xfffffc) + (port.value & 3U), width);
}

void PciHost::write_port(Port port, Width width, u32 value) {
    if (port.value == 0xcf8 && width == Width::dword) {
        address_ = value & 0x80fffffc;
    } else if (port.value == 0xcf9 && width == Width::byte) {
        reset_control_ = value & 0x0a;
        if ((value & 4) != 0)
            power_.request_reset("port CF9h");
    } else if (port.value >= 0xcfc && (address_ & 0x80000000) != 0) {
        write_config((address_ & 0xfffffc) + (port.value & 3U), width, value);
    }
}

} // namespace vestige::devices
