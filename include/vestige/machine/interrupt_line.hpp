// SPDX-License-Identifier: BSD-2-Clause
// Interrupt request lines between devices and an interrupt controller.
#pragma once

#include "vestige/base/number.hpp"

namespace vestige::machine {

/// Something with numbered interrupt inputs: the 8259 pair, an I/O APIC, a local APIC's pins.
class InterruptController {
  public:
    /// Drives input line (an IRQ number on a mainboard) to level: true is asserted.
    virtual void set_line(unsigned line, bool level) = 0;

  protected:
    ~InterruptController() = default;
};

/// Where message-signalled interrupts go: a device's write to the local APICs' address range
/// (FEExxxxxh; SDM 3A, "Message Signalled Interrupts").
class MessageSink {
  public:
    virtual void message(u64 address, u32 data) = 0;

  protected:
    ~MessageSink() = default;
};

/// A device's end of one interrupt request line. Unconnected by default: then nothing happens.
class InterruptLine {
  public:
    constexpr InterruptLine() = default;
    constexpr InterruptLine(InterruptController& controller, unsigned line)
        : controller_{&controller}, line_{line} {}

    void set(bool level) const {
        if (controller_ != nullptr)
            controller_->set_line(line_, level);
    }
    /// A rising edge, then low again.
    void pulse() const {
        set(true);
        set(false);
    }

  private:
    InterruptController* controller_ = nullptr;
    unsigned line_ = 0;
};

} // namespace vestige::machine
