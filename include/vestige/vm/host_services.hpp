// SPDX-License-Identifier: BSD-2-Clause
// What a VM needs from the machine below: time, sleep, CPUID.
#pragma once

#include "vestige/base/number.hpp"
#include "vestige/cpu/cpuid_policy.hpp"

#include <span>

namespace vestige::vm {

/// The physical CPU that runs the VM.
class HostServices : public cpu::CpuidSource {
  public:
    [[nodiscard]] virtual u64 tsc() const = 0;
    [[nodiscard]] virtual u64 to_nanoseconds(u64 ticks) const = 0;
    [[nodiscard]] virtual u64 to_ticks(u64 nanoseconds) const = 0;
    /// REP MOVS and REP STOS move more than an element at a time, and firmware has not turned that
    /// off (IA32_MISC_ENABLE bit 0).
    [[nodiscard]] virtual bool fast_strings() const = 0;
    /// Sleeps until the TSC reaches deadline or the host is interrupted.
    virtual void idle_until(u64 deadline) = 0;
    /// Called at least every 10 ms while the VM lives: the CPU's own work, such as the console.
    virtual void poll() = 0;

  protected:
    ~HostServices() = default;
};

/// Keys for the VM's keyboard.
class KeySource {
  public:
    /// The set 1 bytes of the next key event; empty when there is none. Valid until the next call.
    [[nodiscard]] virtual std::span<const u8> next_key() = 0;

  protected:
    ~KeySource() = default;
};

} // namespace vestige::vm
