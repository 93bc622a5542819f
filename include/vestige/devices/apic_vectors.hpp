// SPDX-License-Identifier: BSD-2-Clause
// The local APIC's 256-bit registers: a bit per interrupt vector.
#pragma once

#include "vestige/base/number.hpp"

#include <array>
#include <bit>

namespace vestige::devices {

/// IRR, ISR or TMR.
class VectorSet {
  public:
    constexpr void set(Vector vector) { words_[vector.value / 32U] |= mask(vector); }
    constexpr void clear(Vector vector) { words_[vector.value / 32U] &= ~mask(vector); }
    [[nodiscard]] constexpr bool has(Vector vector) const {
        return (words_[vector.value / 32U] & mask(vector)) != 0;
    }
    /// The set vector of highest number; 0, which no APIC delivers, when there is none.
    [[nodiscard]] constexpr Vector highest() const {
        for (unsigned word = 8; word-- > 0;)
            if (words_[word] != 0)
                return {static_cast<u8>(32 * word + 31 -
                                        static_cast<unsigned>(std::countl_zero(words_[word])))};
        return {0};
    }
    /// Vectors 32n to 32n+31, as the register at offset 10h * n shows them.
    [[nodiscard]] constexpr u32 word(unsigned number) const { return words_[number % 8]; }

  private:
    static constexpr u32 mask(Vector vector) { return u32{1} << (vector.value % 32U); }
    std::array<u32, 8> words_{};
};

} // namespace vestige::devices
