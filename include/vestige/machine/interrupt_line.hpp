// SPDX-License-Identifier: BSD-2-Clause
// Interrupt request lines between devices and an interrupt controller.
#pragma once

#include "vestige/base/number.hpp"

namespace vestige::machine {

/// Something with numbered interrupt inputs: the 8259 pair, later an I/O APIC.
class InterruptController {
  public:
    /// Drives input line (IRQ number, 0-15 for the 8259 pair) to level.
    virtual void set_line(unsigned line, bool level) = 0;

  protected:
    ~InterruptController() = default;
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
