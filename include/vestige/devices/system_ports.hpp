// SPDX-License-Identifier: BSD-2-Clause
// The small ports of a PC: 92h, F0h and Vestige's own exit ports.
#pragma once

#include "vestige/machine/a20_gate.hpp"
#include "vestige/machine/backends.hpp"
#include "vestige/machine/interrupt_line.hpp"
#include "vestige/machine/port_bus.hpp"
#include "vestige/machine/power_control.hpp"

namespace vestige::devices {

/// Port 92h: bit 1 is A20, bit 0 resets. Port CF9h is inside the PCI bridge's range.
class SystemControl final : public machine::PortDevice {
  public:
    SystemControl(machine::A20Gate& a20, machine::PowerControl& power) : a20_{a20}, power_{power} {}
    void reset() { latch_ = 0; }
    [[nodiscard]] bool attach(machine::PortBus& bus) { return bus.attach(Port{0x92}, 1, *this); }
    u32 read_port(Port, Width) override;
    void write_port(Port, Width, u32 value) override;

  private:
    machine::A20Gate& a20_;
    machine::PowerControl& power_;
    u8 latch_ = 0;
};

/// What a mainboard makes of FERR# for software that leaves CR0.NE clear: an x87 error is IRQ 13
/// until a write to port F0h (SDM 1, "MS-DOS Compatibility Sub-mode"). That the write also lets
/// waiting instructions run while the error still pends, as IGNNE# does, is not modelled: handlers
/// end the error by FNCLEX, FNINIT or FNSAVE, which do not wait.
class CoprocessorError final : public machine::PortDevice {
  public:
    explicit CoprocessorError(machine::InterruptLine irq) : irq_{irq} {}
    void reset() { acknowledge(); }
    [[nodiscard]] bool attach(machine::PortBus& bus) { return bus.attach(Port{0xf0}, 1, *this); }
    /// An instruction waits for an unmasked error to go away.
    void report() { irq_.set(true); }
    void acknowledge() { irq_.set(false); }
    u32 read_port(Port, Width) override { return 0xff; }
    void write_port(Port, Width, u32) override { acknowledge(); }

  private:
    machine::InterruptLine irq_;
};

/// F4h ends the VM with a status, `Shutdown` to 8900h powers it off, E9h is a debug console.
class ExitPorts final : public machine::PortDevice {
  public:
    ExitPorts(machine::PowerControl& power, machine::CharacterSink& debug)
        : power_{power}, debug_{debug} {}
    void reset() { matched_ = 0; }
    [[nodiscard]] bool attach(machine::PortBus& bus);
    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;

  private:
    machine::PowerControl& power_;
    machine::CharacterSink& debug_;
    std::size_t matched_ = 0; ///< characters of the shutdown word seen in a row
};

} // namespace vestige::devices
