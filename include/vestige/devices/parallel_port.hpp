// SPDX-License-Identifier: BSD-2-Clause
// A parallel port with a printer (IBM PC AT Technical Reference, "Serial/Parallel Adapter").
#pragma once

#include "vestige/machine/backends.hpp"
#include "vestige/machine/interrupt_line.hpp"
#include "vestige/machine/port_bus.hpp"

namespace vestige::devices {

/// Data, status and control registers. The printer takes a byte with the strobe's rising edge and
/// is busy as long as nobody takes it from there.
class ParallelPort final : public machine::PortDevice {
  public:
    ParallelPort(machine::InterruptLine irq, machine::CharacterSink& paper)
        : irq_{irq}, paper_{paper} {}

    void reset();
    [[nodiscard]] bool attach(machine::PortBus& bus, Port base);

    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;

    // The same registers for INT 17h.
    [[nodiscard]] u8 read(u8 offset);
    void write(u8 offset, u8 value);

  private:
    void print();

    machine::InterruptLine irq_;
    machine::CharacterSink& paper_;
    Port base_{};
    u8 data_ = 0;
    u8 control_ = 0x0c; ///< printer selected, not in reset
    u8 unprinted_ = 0;
    bool busy_ = false;
};

} // namespace vestige::devices
