// SPDX-License-Identifier: BSD-2-Clause
// A parallel port of the PC/AT with nothing plugged in.
#pragma once

#include "vestige/machine/port_bus.hpp"

namespace vestige::devices {

/// Data, status and control at base. Data and control only remember; the open status inputs read
/// as an absent printer: busy, out of paper, not acknowledging.
class ParallelPort final : public machine::PortDevice {
  public:
    void reset() { data_ = control_ = 0; }
    [[nodiscard]] bool attach(machine::PortBus& bus, Port base) {
        base_ = base;
        return bus.attach(base, 3, *this);
    }
    u32 read_port(Port port, Width) override {
        switch (port.value - base_.value) {
        case 0:
            return data_;
        case 1:
            return open_status;
        default:
            return 0xc0U | control_;
        }
    }
    void write_port(Port port, Width, u32 value) override {
        switch (port.value - base_.value) {
        case 0:
            data_ = static_cast<u8>(value);
            break;
        case 1: // inputs
            break;
        default:
            control_ = value & 0x3f;
            break;
        }
    }

  private:
    static constexpr u8 open_status = 0x7f;
    Port base_;
    u8 data_ = 0;
    u8 control_ = 0;
};

} // namespace vestige::devices
