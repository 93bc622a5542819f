// SPDX-License-Identifier: BSD-2-Clause
// The high precision event timer (IA-PC HPET Specification 1.0a).
#pragma once

#include "vestige/devices/interrupt_router.hpp"
#include "vestige/machine/clock.hpp"
#include "vestige/machine/mmio_bus.hpp"

#include <array>

namespace vestige::devices {

/// One comparator.
struct HpetTimer {
    u64 configuration = 0;
    u64 comparator = ~u64{0};
    u64 period = 0;
    machine::Nanoseconds earliest = 0; ///< of the next interrupt: its rate is bounded

    [[nodiscard]] bool interrupts() const;
    [[nodiscard]] bool periodic() const;
    /// All ones of the comparator's width.
    [[nodiscard]] u64 mask() const;
};

/// A 64-bit counter of 100 MHz and three comparators, each of them 32 or 64 bits wide, one-shot or
/// periodic, on pins 20-23 of the I/O APIC or in place of the 8254 and the RTC.
class Hpet final : public machine::MmioDevice, public machine::Timed {
  public:
    static constexpr Gpa base{0xfed00000};
    static constexpr unsigned timer_count = 3;
    static constexpr machine::Nanoseconds tick = 10;

    Hpet(const machine::Clock& clock, InterruptRouter& router) : clock_{clock}, router_{router} {}
    void reset();
    [[nodiscard]] bool attach(machine::MmioBus& bus) { return bus.attach(base, 0x400, *this); }
    /// The low half of the capabilities register, as ACPI's HPET table wants it.
    [[nodiscard]] static u32 capabilities();

    u64 read_mmio(u64 offset, Width width) override;
    void write_mmio(u64 offset, Width width, u64 value) override;
    [[nodiscard]] machine::Nanoseconds next_deadline() const override;
    void expire() override;

  private:
    [[nodiscard]] bool running() const;
    [[nodiscard]] u64 counter() const;
    [[nodiscard]] u64 read(u64 number) const;
    void write(u64 number, u64 value);
    void write_configuration(u64 value);
    void write_status(u64 value);
    void write_timer(unsigned number, u64 offset, u64 value);
    void write_comparator(HpetTimer& timer, u64 value);
    [[nodiscard]] unsigned line_of(unsigned number) const;
    void raise(unsigned number);
    void catch_up();

    const machine::Clock& clock_;
    InterruptRouter& router_;
    u64 configuration_ = 0;
    u64 status_ = 0;
    u64 held_ = 0; ///< the counter at start_, or while it stands still
    machine::Nanoseconds start_ = 0;
    u64 seen_ = 0; ///< counter up to which comparators have been looked at
    std::array<HpetTimer, timer_count> timers_{};
};

} // namespace vestige::devices
