// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/pci_function.hpp"

#include "vestige/devices/pci.hpp"

namespace vestige::devices {
namespace {

constexpr u32 port_bit = 1;

} // namespace

void PciFunction::set(u8 at, u32 value, unsigned size) {
    for (unsigned i = 0; i < size; ++i)
        bytes_[at + i] = static_cast<u8>(value >> (8 * i));
}

u32 PciFunction::get(u8 at, unsigned size) const {
    u32 value = 0;
    for (unsigned i = 0; i < size; ++i)
        value |= u32{bytes_[at + i]} << (8 * i);
    return value;
}

void PciFunction::allow(u8 at, u32 mask, unsigned size) {
    for (unsigned i = 0; i < size; ++i)
        writable_[at + i] = static_cast<u8>(mask >> (8 * i));
}

void PciFunction::identify(const PciIdentity& identity) {
    for (Bar& bar : bars_) // the buses are told by whoever asked for the reset
        set(static_cast<u8>(pci::first_bar + 4 * bar.number), bar.ports != nullptr ? port_bit : 0,
            4);
    set(pci::vendor_id, identity.vendor, 2);
    set(pci::device_id, identity.device, 2);
    set(pci::command, 0, 2);
    set(pci::status, 0, 2);
    set(pci::revision, identity.revision, 1);
    set(pci::class_code, identity.class_code, 3);
    set(pci::interrupt_line, 0, 1);
    interrupt_ = false;
}

void PciFunction::declare(const Bar& bar) {
    static_cast<void>(bars_.push_back(bar)); // six registers, six places
    const u32 top = bar.ports != nullptr ? 0xffff : 0xffffffff;
    allow(static_cast<u8>(pci::first_bar + 4 * bar.number), top & ~(bar.size - 1), 4);
}

void PciFunction::add_ports(unsigned number, u32 size, machine::PortDevice& device, Width widest) {
    declare({.number = static_cast<u8>(number), .size = size, .ports = &device, .widest = widest});
}

void PciFunction::add_memory(unsigned number, u32 size, machine::MmioDevice& device) {
    declare({.number = static_cast<u8>(number), .size = size, .memory = &device});
}

u32 PciFunction::base_of(unsigned number) const {
    const u32 value = get(static_cast<u8>(pci::first_bar + 4 * number), 4);
    return (value & port_bit) != 0 ? value & ~3U : value & ~15U;
}

bool PciFunction::wanted(const Bar& bar) const {
    const u32 enable = bar.ports != nullptr ? pci::command_io : pci::command_memory;
    // A base of zero means that nobody has set it.
    return (get(pci::command, 2) & enable) != 0 && base_of(bar.number) != 0;
}

void PciFunction::unmap_changed(machine::PortBus& ports, machine::MmioBus& mmio) {
    for (Bar& bar : bars_) {
        if (!bar.mapped || (wanted(bar) && bar.base == base_of(bar.number)))
            continue;
        if (bar.ports != nullptr)
            ports.detach(Port{static_cast<u16>(bar.base)}, bar.size, *bar.ports);
        else
            mmio.detach(Gpa{bar.base}, *bar.memory);
        bar.mapped = false;
    }
}

void PciFunction::map(machine::PortBus& ports, machine::MmioBus& mmio) {
    for (Bar& bar : bars_) {
        if (bar.mapped || !wanted(bar))
            continue;
        bar.base = base_of(bar.number);
        bar.mapped = bar.ports != nullptr
                         ? ports.attach(Port{static_cast<u16>(bar.base)}, bar.size, *bar.ports,
                                        bar.widest)
                         : mmio.attach(Gpa{bar.base}, bar.size, *bar.memory);
    }
}

u32 PciFunction::read_config(u8 at, Width width) { return get(at, bytes(width)); }

void PciFunction::write_config(u8 at, Width width, u32 value) {
    for (unsigned i = 0; i < bytes(width); ++i) {
        const u8 mask = writable_[at + i];
        u8& byte = bytes_[at + i];
        byte = static_cast<u8>((byte & ~mask) | (value >> (8 * i) & mask));
    }
    update_interrupt();
    config_written(at, bytes(width));
}

void PciFunction::config_written(u8, unsigned) {}

bool PciFunction::bus_master() const { return (get(pci::command, 2) & pci::command_master) != 0; }

void PciFunction::set_interrupt(bool level) {
    interrupt_ = level;
    update_interrupt();
}

void PciFunction::update_interrupt() {
    const u32 pin = bytes_[pci::interrupt_pin];
    if (pin == 0 || host_ == nullptr)
        return;
    const u32 others = get(pci::status, 2) & ~u32{pci::status_interrupt};
    set(pci::status, others | (interrupt_ ? u32{pci::status_interrupt} : 0), 2);
    const bool held_back = (get(pci::command, 2) & pci::command_no_interrupt) != 0;
    host_->set_pin(slot_, pin - 1, interrupt_ && !held_back);
}

} // namespace vestige::devices
