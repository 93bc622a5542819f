// SPDX-License-Identifier: BSD-2-Clause
// PCI configuration space through mechanism 1, and bus 0 with its bridges.
#pragma once

#include "vestige/devices/pci_bridges.hpp"
#include "vestige/machine/power_control.hpp"

namespace vestige::devices {

/// Ports CF8h-CFFh. Functions that are not there read all ones. CF9h is the reset control.
class PciHost final : public machine::PortDevice {
  public:
    PciHost(machine::PowerControl& power, machine::InterruptController& interrupts);
    /// Every function on the bus as after power-on.
    void reset();
    /// The buses on which ranges of base address registers appear; both outlive this.
    [[nodiscard]] bool attach(machine::PortBus& ports, machine::MmioBus& mmio);
    /// Puts a function on bus 0; false when its place is taken or the bus is full.
    [[nodiscard]] bool add(PciFunction& function);
    /// Takes it away, with its ranges.
    void remove(PciFunction& function);

    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;

    /// Configuration access for the PCI BIOS; address is bus<<16 | device<<11 | function<<8 | reg,
    /// aligned to the width.
    [[nodiscard]] u32 read_config(u32 address, Width width) const;
    void write_config(u32 address, Width width, u32 value);
    [[nodiscard]] static constexpr u8 last_bus() { return 0; }
    /// A function drives its slot's interrupt pin.
    void set_pin(unsigned slot, unsigned pin, bool level) { isa_.set_pin(slot, pin, level); }

  private:
    static constexpr std::size_t most_functions = 16;
    [[nodiscard]] PciFunction* find(u32 address) const;
    void remap();

    machine::PowerControl& power_;
    machine::PortBus* ports_ = nullptr;
    machine::MmioBus* mmio_ = nullptr;
    HostBridge host_bridge_;
    IsaBridge isa_;
    StaticVector<PciFunction*, most_functions> functions_;
    u32 address_ = 0;
    u8 reset_control_ = 0;
};

} // namespace vestige::devices
