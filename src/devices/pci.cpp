// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/pci.hpp"

namespace vestige::devices {
namespace {

constexpr Port address_port{0xcf8}, reset_port{0xcf9}, data_port{0xcfc};
constexpr u32 enable = 0x80000000;
constexpr u32 end_of_bars = 0x28;

} // namespace

PciHost::PciHost(machine::PowerControl& power, machine::InterruptController& interrupts)
    : power_{power}, isa_{interrupts} {
    static_cast<void>(add(host_bridge_)); // the bus is empty and has room
    static_cast<void>(add(isa_));
    reset();
}

bool PciHost::attach(machine::PortBus& ports, machine::MmioBus& mmio) {
    ports_ = &ports;
    mmio_ = &mmio;
    return ports.attach(address_port, 8, *this, Width::dword);
}

bool PciHost::add(PciFunction& function) {
    if (find(u32{function.slot()} << 11 | u32{function.function()} << 8) != nullptr)
        return false;
    function.connect(*this);
    return functions_.push_back(&function);
}

void PciHost::remove(PciFunction& function) {
    for (PciFunction*& other : functions_) {
        if (other != &function)
            continue;
        function.power_on(); // decodes nothing
        remap();
        other = functions_.back();
        functions_.pop_back();
        return;
    }
}

void PciHost::reset() {
    address_ = 0;
    reset_control_ = 0;
    for (PciFunction* const function : functions_)
        function->power_on();
    remap();
}

/// A range may have moved to where another one has just been.
void PciHost::remap() {
    if (ports_ == nullptr || mmio_ == nullptr)
        return;
    for (PciFunction* const function : functions_)
        function->unmap_changed(*ports_, *mmio_);
    for (PciFunction* const function : functions_)
        function->map(*ports_, *mmio_);
}

PciFunction* PciHost::find(u32 address) const {
    if ((address >> 16 & 0xff) != last_bus())
        return nullptr;
    for (PciFunction* const f : functions_)
        if (f->slot() == (address >> 11 & 31) && f->function() == (address >> 8 & 7))
            return f;
    return nullptr;
}

u32 PciHost::read_config(u32 address, Width width) const {
    PciFunction* const function = find(address);
    if (function == nullptr || address % bytes(width) != 0)
        return static_cast<u32>(all_ones(width));
    return function->read_config(static_cast<u8>(address), width);
}

void PciHost::write_config(u32 address, Width width, u32 value) {
    PciFunction* const function = find(address);
    if (function == nullptr || address % bytes(width) != 0)
        return;
    const u32 at = address & 0xff;
    function->write_config(static_cast<u8>(at), width, value);
    if (at < end_of_bars)
        remap();
}

u32 PciHost::read_port(Port port, Width width) {
    if (port == address_port && width == Width::dword)
        return address_;
    if (port == reset_port && width == Width::byte)
        return reset_control_;
    if (port < data_port || (address_ & enable) == 0)
        return static_cast<u32>(all_ones(width));
    u32 value = 0;
    const u32 address = (address_ & 0xfffffc) + (port.value & 3U);
    if (address % bytes(width) == 0)
        return read_config(address, width);
    for (unsigned i = 0; i < bytes(width); ++i) // all in one dword: the bus splits at its end
        value |= read_config((address & ~3U) | ((address + i) & 3), Width::byte) << (8 * i);
    return value;
}

void PciHost::write_port(Port port, Width width, u32 value) {
    if (port == address_port && width == Width::dword) {
        address_ = value & 0x80fffffc;
    } else if (port == reset_port && width == Width::byte) {
        reset_control_ = value & 0x0a;
        if ((value & 4) != 0)
            power_.request_reset("port CF9h");
    } else if (port >= data_port && (address_ & enable) != 0) {
        const u32 address = (address_ & 0xfffffc) + (port.value & 3U);
        if (address % bytes(width) == 0)
            return write_config(address, width, value);
        for (unsigned i = 0; i < bytes(width); ++i)
            write_config((address & ~3U) | ((address + i) & 3), Width::byte,
                         value >> (8 * i) & 0xff);
    }
}

} // namespace vestige::devices
