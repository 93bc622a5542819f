// SPDX-License-Identifier: BSD-2-Clause
// Numbers that look random and are the same in every run.
#pragma once

#include "vestige/base/number.hpp"

#include <cstdlib>

namespace vestige::test {

/// SplitMix64.
class RandomBytes {
  public:
    explicit RandomBytes(u64 seed) : state_{seed} {}
    u64 next() {
        u64 z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
    }
    u64 below(u64 limit) { return next() % limit; }
    bool one_in(u64 times) { return below(times) == 0; }

  private:
    u64 state_;
};

/// Inputs for each fuzzer: few in every test run, VESTIGE_FUZZ of them on request.
inline u64 fuzz_inputs() {
    const char* const wanted = std::getenv("VESTIGE_FUZZ");
    return wanted == nullptr ? 20'000 : std::strtoull(wanted, nullptr, 10);
}

} // namespace vestige::test
