// SPDX-License-Identifier: BSD-2-Clause
// Small numbers with a meaning of their own, and short names for fixed-width integers.
#pragma once

#include <compare>
#include <cstdint>

namespace vestige {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

/// A number that only mixes with its own kind.
template <class Tag, class Value> struct Number {
    Value value{};

    constexpr auto operator<=>(const Number&) const = default;
};

/// An x86 I/O port.
using Port = Number<struct PortTag, u16>;
/// An interrupt or exception vector.
using Vector = Number<struct VectorTag, u8>;
/// A logical block address, in sectors of the medium.
using Lba = Number<struct LbaTag, u64>;

/// Cylinder, head, sector as INT 13h means them; sector counts from 1.
struct Chs {
    u32 cylinder = 0;
    u32 head = 0;
    u32 sector = 0;
    constexpr bool operator==(const Chs&) const = default;
};

/// Width of one port, MMIO or memory access, in bytes.
enum class Width : u8 { byte = 1, word = 2, dword = 4, qword = 8 };

/// Bytes in an access of this width.
constexpr unsigned bytes(Width width) { return static_cast<unsigned>(width); }

/// All ones of this width: what an absent device answers.
constexpr u64 all_ones(Width width) { return ~u64{0} >> (64 - 8 * bytes(width)); }

} // namespace vestige
