// SPDX-License-Identifier: BSD-2-Clause
// The local APIC's timer. SDM 3A, "APIC Timer".
#pragma once

#include "vestige/machine/clock.hpp"

namespace vestige::devices {

/// Counts a crystal's clock, or waits for a value of the time-stamp counter.
class ApicTimer {
  public:
    enum class Mode : u8 { one_shot, periodic, tsc_deadline, none };

    static constexpr u32 crystal_hertz = 25'000'000;

    explicit ApicTimer(const machine::TscClock& clock) : clock_{clock} {}
    void reset();
    /// From the local vector table. Changing to or from TSC-deadline mode stops the timer.
    void set_mode(Mode mode);
    void set_divider(u32 configuration);
    void set_initial_count(u32 count);
    void set_deadline(u64 tsc);

    [[nodiscard]] u32 divider() const { return configuration_; }
    [[nodiscard]] u32 initial_count() const { return initial_; }
    [[nodiscard]] u32 current_count() const;
    /// 0 outside TSC-deadline mode and once the deadline is over.
    [[nodiscard]] u64 deadline() const { return deadline_; }

    [[nodiscard]] machine::Nanoseconds next_deadline() const;
    /// True when the timer has run out since the last call; once, however often it was.
    [[nodiscard]] bool expire();

  private:
    [[nodiscard]] unsigned shift() const;
    [[nodiscard]] machine::Nanoseconds duration(u32 counts) const;
    [[nodiscard]] machine::Nanoseconds period() const { return duration(initial_); }

    const machine::TscClock& clock_;
    Mode mode_ = Mode::one_shot;
    u32 configuration_ = 0;
    u32 initial_ = 0;
    bool running_ = false;
    machine::Nanoseconds start_ = 0;    ///< of the present period
    machine::Nanoseconds earliest_ = 0; ///< of the next interrupt: its rate is bounded
    u64 deadline_ = 0;
};

} // namespace vestige::devices
