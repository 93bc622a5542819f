// SPDX-License-Identifier: BSD-2-Clause
// The PC's pair of 8259A interrupt controllers with the ELCR (Intel 8259A data sheet).
#pragma once

#include "vestige/machine/interrupt_line.hpp"
#include "vestige/machine/port_bus.hpp"

#include <array>
#include <optional>

namespace vestige::devices {

/// One 8259A. Lines and registers are bit masks, line 0 in bit 0.
struct PicChip {
    u8 lines = 0;
    u8 irr = 0;
    u8 isr = 0;
    u8 imr = 0;
    u8 level = 0;       ///< ELCR: 1 is level-triggered
    u8 vector_base = 0;
    u8 lowest = 7;      ///< line of lowest priority (rotation)
    u8 next_icw = 0;    ///< 0: not initializing, else the ICW expected at the odd port
    bool needs_icw4 = false;
    bool single = false;
    bool auto_eoi = false;
    bool rotate_on_auto_eoi = false;
    bool special_mask = false;
    bool special_nested = false;
    bool read_isr = false;
    bool poll = false;

    /// The line that would interrupt now, if any.
    [[nodiscard]] std::optional<unsigned> best() const;
    [[nodiscard]] unsigned highest_in_service() const; ///< 8 when none
    void set_line(unsigned line, bool high);
    void enter_service(unsigned line);
    void end(std::optional<unsigned> line, bool rotate);
    void write_even(u8 value);
    void write_odd(u8 value);
};

/// Master at 20h, slave at A0h on the master's line 2, ELCR at 4D0h.
class Pic8259 final : public machine::InterruptController, public machine::PortDevice {
  public:
    static constexpr unsigned cascade = 2;

    /// output is INTR, towards the CPU.
    explicit Pic8259(machine::InterruptLine output = {}) : output_{output} {}
    void reset();
    [[nodiscard]] bool attach(machine::PortBus& bus);

    void set_line(unsigned line, bool level) override;
    /// INTR.
    [[nodiscard]] bool interrupt_pending() const { return pending_; }
    /// INTA: the vector to deliver; a spurious one when the request went away.
    [[nodiscard]] Vector acknowledge();
    /// Non-specific EOI for an interrupt of this line (0-15), to both chips where needed.
    void end_of_interrupt(unsigned line);
    [[nodiscard]] u16 mask() const;

    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;

    [[nodiscard]] const PicChip& chip(unsigned number) const { return chips_[number]; }

  private:
    void update();
    u8 poll(unsigned number);

    machine::InterruptLine output_;
    std::array<PicChip, 2> chips_{};
    bool pending_ = false;
};

} // namespace vestige::devices
