// SPDX-License-Identifier: BSD-2-Clause
// Register fields by their bit numbers, in the manuals' order: BitField<31, 16, u16>.
#pragma once

#include <cstdint>

namespace vestige {

/// Bits Hi..Lo of a word, seen as T.
template <unsigned Hi, unsigned Lo, class T = std::uint64_t> struct BitField {
    static_assert(Hi >= Lo && Hi < 64);
    static constexpr std::uint64_t mask = (~std::uint64_t{0} >> (63 - (Hi - Lo))) << Lo;

    /// The field's value in word.
    static constexpr T get(std::uint64_t word) { return static_cast<T>((word & mask) >> Lo); }
    /// word with the field replaced; bits of value beyond the field are dropped.
    static constexpr std::uint64_t set(std::uint64_t word, T value) {
        return (word & ~mask) | ((static_cast<std::uint64_t>(value) << Lo) & mask);
    }
};

/// A single flag bit.
template <unsigned Bit> using FlagBit = BitField<Bit, Bit, bool>;

/// The word with only this bit set.
constexpr std::uint64_t bit(unsigned number) { return std::uint64_t{1} << number; }

} // namespace vestige
