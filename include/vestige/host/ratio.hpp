// SPDX-License-Identifier: BSD-2-Clause
// Scaling by a constant ratio with one multiplication: no division when time is converted.
#pragma once

#include "vestige/base/number.hpp"

namespace vestige::host {

/// A ratio as 32.32 fixed point.
class Ratio {
  public:
    /// numerator / denominator; the denominator is not 0, and numerator % denominator < 2^32.
    static constexpr Ratio of(u64 numerator, u64 denominator) {
        Ratio ratio;
        ratio.fixed_ =
            ((numerator / denominator) << 32) + ((numerator % denominator) << 32) / denominator;
        return ratio;
    }
    /// value times the ratio, rounded down.
    [[nodiscard]] constexpr u64 scale(u64 value) const {
        return static_cast<u64>(static_cast<unsigned __int128>(value) * fixed_ >> 32);
    }

  private:
    u64 fixed_ = u64{1} << 32;
};

} // namespace vestige::host
