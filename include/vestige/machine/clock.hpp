// SPDX-License-Identifier: BSD-2-Clause
// A VM's time, and devices that want to be woken at a time.
#pragma once

#include "vestige/base/number.hpp"

namespace vestige::machine {

/// Nanoseconds of the VM's own monotonic time; 0 at power-on.
using Nanoseconds = u64;
inline constexpr Nanoseconds nanoseconds_per_second = 1'000'000'000;
/// A deadline that never comes.
inline constexpr Nanoseconds never = ~Nanoseconds{0};

class Clock {
  public:
    [[nodiscard]] virtual Nanoseconds now() const = 0;

  protected:
    ~Clock() = default;
};

/// The VM's clock together with the guest's time-stamp counter.
class TscClock : public Clock {
  public:
    [[nodiscard]] virtual u64 read_tsc() const = 0;
    /// The time at which the counter, as it runs now, has reached value: no later than now() for
    /// values of the past, never for those that are too far away.
    [[nodiscard]] virtual Nanoseconds time_of_tsc(u64 value) const = 0;

  protected:
    ~TscClock() = default;
};

/// A device with timers. The VM calls expire() once now() has reached next_deadline(), and asks
/// for next_deadline() again after every port or MMIO access and every expire().
class Timed {
  public:
    /// When expire() wants to be called next; never when idle.
    [[nodiscard]] virtual Nanoseconds next_deadline() const = 0;
    /// Brings the device to the present. Work is bounded however late the call comes.
    virtual void expire() = 0;

  protected:
    ~Timed() = default;
};

} // namespace vestige::machine
