// SPDX-License-Identifier: BSD-2-Clause
// The mainboard's interrupt wires: from devices to the 8259 pair and to the I/O APIC.
#pragma once

#include "vestige/machine/interrupt_line.hpp"

namespace vestige::devices {

/// Lines 0-15 are ISA interrupt requests and reach both controllers, line 0 the I/O APIC's pin 2;
/// lines 16-23 are pins of the I/O APIC alone.
class InterruptRouter final : public machine::InterruptController {
  public:
    static constexpr unsigned timer_line = 0, clock_line = 8;

    InterruptRouter(machine::InterruptController& pic, machine::InterruptController& io_apic)
        : pic_{pic}, io_apic_{io_apic} {}

    void set_line(unsigned line, bool level) override {
        if (replaced_ && (line == timer_line || line == clock_line))
            return;
        forward(line, level);
    }
    /// The HPET's legacy replacement: lines 0 and 8 are its own, the 8254 and the RTC are cut off.
    void replace_timers(bool replaced) {
        if (replaced == replaced_)
            return;
        forward(timer_line, false);
        forward(clock_line, false);
        replaced_ = replaced;
    }
    /// A line as the HPET drives it.
    void set_replacement(unsigned line, bool level) {
        if (replaced_ || (line != timer_line && line != clock_line))
            forward(line, level);
    }

  private:
    void forward(unsigned line, bool level) {
        constexpr unsigned timer_pin = 2;
        if (line < 16)
            pic_.set_line(line, level);
        if (line != timer_pin) // the 8259 pair's cascade is no request line
            io_apic_.set_line(line == timer_line ? timer_pin : line, level);
    }

    machine::InterruptController& pic_;
    machine::InterruptController& io_apic_;
    bool replaced_ = false;
};

} // namespace vestige::devices
