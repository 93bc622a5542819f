// SPDX-License-Identifier: BSD-2-Clause
// PCI configuration space through mechanism 1, with the bridges of a PC on bus 0.
#pragma once

#include "vestige/machine/port_bus.hpp"
#include "vestige/machine/power_control.hpp"

#include <array>

namespace vestige::devices {

/// A function's 256 bytes of configuration space and which bits of them a guest may change.
struct PciFunction {
    u8 device = 0;
    u8 function = 0;
    std::array<u8, 256> bytes{};
    std::array<u8, 256> writable{};
};

/// Ports CF8h-CFFh. Functions that are not there read all ones. CF9h is the reset control.
class PciHost final : public machine::PortDevice {
  public:
    explicit PciHost(machine::PowerControl& power) : power_{power} { reset(); }
    void reset();
    [[nodiscard]] bool attach(machine::PortBus& bus) {
        return bus.attach(Port{0xcf8}, 8, *this, Width::dword);
    }
    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;

    /// Configuration access for the PCI BIOS; address is bus<<16 | device<<11 | function<<8 | reg.
    [[nodiscard]] u32 read_config(u32 address, Width width) const;
    void write_config(u32 address, Width width, u32 value);
    [[nodiscard]] static constexpr u8 last_bus() { return 0; }

  private:
    [[nodiscard]] const PciFunction* find(u32 address) const;

    machine::PowerControl& power_;
    u32 address_ = 0;
    u8 reset_control_ = 0;
    std::array<PciFunction, 2> functions_{};
};

} // namespace vestige::devices
