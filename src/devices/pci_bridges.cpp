// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/pci_bridges.hpp"

namespace vestige::devices {
namespace {

/// Interrupts that the PIIX3 can route a link to (82371SB, "PIRQRC").
constexpr u16 routable = 0xdef8;

} // namespace

HostBridge::HostBridge() : PciFunction{pci::host_bridge_slot, 0} {
    // Chipset registers only remember: memory always is as after POST.
    for (unsigned at = 0x50; at < 0x100; ++at)
        allow(static_cast<u8>(at), 0xff, 1);
}

void HostBridge::power_on() {
    identify({.vendor = 0x8086, .device = 0x1237, .class_code = 0x060000, .revision = 2});
    set(pci::command, pci::command_memory | pci::command_master, 2);
    set(pci::status, 0x0280, 2);
    for (unsigned at = 0x50; at < 0x100; ++at)
        set(static_cast<u8>(at), 0, 1);
}

IsaBridge::IsaBridge(machine::InterruptController& interrupts)
    : PciFunction{pci::isa_bridge_slot, pci::isa_function}, interrupts_{interrupts} {
    allow(pci::command, 0x0008, 2);
    for (u8 link = 0; link < pci::links; ++link)
        allow(static_cast<u8>(pci::first_route_register + link), 0x8f, 1);
}

void IsaBridge::power_on() {
    identify({.vendor = 0x8086, .device = 0x7000, .class_code = 0x060100, .revision = 0});
    set(pci::command, 0x0007, 2);
    set(pci::status, 0x0200, 2);
    set(pci::header_type, pci::multifunction, 1);
    for (u8 link = 0; link < pci::links; ++link)
        set(static_cast<u8>(pci::first_route_register + link), pci::not_routed, 1);
    asserted_ = {};
    update();
}

void IsaBridge::set_pin(unsigned slot, unsigned pin, bool level) {
    const unsigned link = pci::link_of(slot, pin);
    const u32 mask = 1U << (slot % 32);
    asserted_[link] = level ? asserted_[link] | mask : asserted_[link] & ~mask;
    interrupts_.set_line(pci::first_apic_input + link, asserted_[link] != 0);
    update();
}

void IsaBridge::config_written(u8, unsigned) { update(); }

/// Drives the ISA interrupts: links that share one are ORed.
void IsaBridge::update() {
    u16 wanted = 0;
    for (u8 link = 0; link < pci::links; ++link) {
        const u32 route = get(static_cast<u8>(pci::first_route_register + link), 1);
        if ((route & pci::not_routed) == 0 && asserted_[link] != 0)
            wanted = static_cast<u16>(wanted | (1U << (route & 15) & routable));
    }
    for (unsigned line = 0; line < 16; ++line)
        if (((wanted ^ driven_) >> line & 1) != 0)
            interrupts_.set_line(line, (wanted >> line & 1) != 0);
    driven_ = wanted;
}

} // namespace vestige::devices
