// SPDX-License-Identifier: BSD-2-Clause
// The fixed hardware of ACPI: PM1 event and control registers and the power management timer
// (ACPI 6, "ACPI Hardware Specification").
#pragma once

#include "vestige/machine/clock.hpp"
#include "vestige/machine/interrupt_line.hpp"
#include "vestige/machine/port_bus.hpp"
#include "vestige/machine/power_control.hpp"

namespace vestige::devices {

/// PM1a event block at 600h (status, enable), PM1a control at 604h, timer at 608h. There is no SMM:
/// the machine is in ACPI mode all the time. Sleep type 0 is S5, which powers off; other types do
/// nothing.
class AcpiPm final : public machine::PortDevice, public machine::Timed {
  public:
    static constexpr Port event_block{0x600}, control_block{0x604}, timer_block{0x608};
    static constexpr u32 port_count = 12;
    static constexpr unsigned sci_line = 9;
    static constexpr u64 timer_frequency = 3'579'545;

    AcpiPm(const machine::Clock& clock, machine::InterruptLine sci, machine::PowerControl& power)
        : clock_{clock}, sci_{sci}, power_{power} {}
    void reset();
    [[nodiscard]] bool attach(machine::PortBus& bus) {
        return bus.attach(event_block, port_count, *this, Width::dword);
    }
    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;
    /// The timer's highest bit changes while its interrupt is enabled.
    [[nodiscard]] machine::Nanoseconds next_deadline() const override;
    void expire() override;

  private:
    [[nodiscard]] u64 ticks() const;
    [[nodiscard]] u8 byte_of(unsigned offset) const;
    void write_byte(unsigned offset, u8 value);
    void set_control(u16 value);
    void update();

    const machine::Clock& clock_;
    machine::InterruptLine sci_;
    machine::PowerControl& power_;
    u16 status_ = 0;
    u16 enable_ = 0;
    u16 control_ = 0;
    u64 half_periods_ = 0; ///< changes of the timer's highest bit that status_ knows of
};

} // namespace vestige::devices
