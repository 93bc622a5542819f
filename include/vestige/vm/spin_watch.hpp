// SPDX-License-Identifier: BSD-2-Clause
// Tells a guest that loops for ever with interrupts off from one that computes.
#pragma once

#include "vestige/base/static_vector.hpp"
#include "vestige/cpu/registers.hpp"
#include "vestige/machine/clock.hpp"

#include <algorithm>

namespace vestige::vm {

/// Samples the general registers. Code that computes takes them through ever new values; one that
/// waits for what cannot come, or runs through empty memory, shows the same few again and again.
class SpinWatch {
  public:
    static constexpr machine::Nanoseconds long_time = 5 * machine::nanoseconds_per_second;
    static constexpr std::size_t most_states = 8;

    /// There was a sign of life.
    void restart(machine::Nanoseconds now) {
        since_ = now;
        states_.clear();
        said_ = false;
    }
    /// The guest runs without one. True once, when it has not got any further for long_time.
    [[nodiscard]] bool sample(machine::Nanoseconds now, const cpu::Registers& registers) {
        u64 hash = 0xcbf29ce484222325; // FNV-1a, by words
        for (const u64 each : registers.gpr)
            hash = (hash ^ each) * 0x100000001b3;
        if (std::ranges::find(states_, hash) == states_.end() && !states_.push_back(hash))
            restart(now);
        const bool stuck = !said_ && now - since_ >= long_time;
        said_ = said_ || stuck;
        return stuck;
    }

  private:
    machine::Nanoseconds since_ = 0;
    StaticVector<u64, most_states> states_;
    bool said_ = false;
};

} // namespace vestige::vm
