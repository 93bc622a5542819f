// SPDX-License-Identifier: BSD-2-Clause
// Integer arithmetic with the flags that the CPU sets.
#pragma once

#include "vestige/cpu/registers.hpp"

namespace vestige::cpu::alu {

inline constexpr u64 arithmetic_flags =
    rflags::cf | rflags::pf | rflags::af | rflags::zf | rflags::sf | rflags::of;

/// A result of the operation's width and the arithmetic flags that it leaves.
struct Outcome {
    u64 value = 0;
    u64 flags = 0;
    constexpr bool operator==(const Outcome&) const = default;
};

constexpr u64 top_bit(Width width) {
    return bit(8 * bytes(width) - 1);
}

/// SF, ZF and PF of a result.
constexpr u64 result_flags(u64 value, Width width) {
    u64 flags = 0;
    if ((value & all_ones(width)) == 0)
        flags |= rflags::zf;
    if ((value & top_bit(width)) != 0)
        flags |= rflags::sf;
    u8 low = static_cast<u8>(value);
    low = static_cast<u8>(low ^ low >> 4);
    low = static_cast<u8>(low ^ low >> 2);
    low = static_cast<u8>(low ^ low >> 1);
    if ((low & 1) == 0)
        flags |= rflags::pf;
    return flags;
}

/// Flags of an addition or subtraction from its vectors of carries and overflows, bit by bit.
constexpr Outcome with_carries(u64 value, u64 carries, u64 overflows, Width width) {
    Outcome result{value & all_ones(width), result_flags(value, width)};
    if ((carries & top_bit(width)) != 0)
        result.flags |= rflags::cf;
    if ((carries & 8) != 0)
        result.flags |= rflags::af;
    if ((overflows & top_bit(width)) != 0)
        result.flags |= rflags::of;
    return result;
}

constexpr Outcome add(u64 a, u64 b, bool carry, Width width) {
    const u64 sum = a + b + (carry ? 1 : 0);
    return with_carries(sum, (a & b) | ((a | b) & ~sum), ~(a ^ b) & (a ^ sum), width);
}

constexpr Outcome subtract(u64 a, u64 b, bool borrow, Width width) {
    const u64 difference = a - b - (borrow ? 1 : 0);
    return with_carries(difference, (~a & b) | ((~a | b) & difference), (a ^ b) & (a ^ difference),
                        width);
}

/// AND, OR, XOR, TEST: carry and overflow are cleared (and AF, which the manual leaves open).
constexpr Outcome logic(u64 value, Width width) {
    return {value & all_ones(width), result_flags(value, width)};
}

/// INC and DEC keep CF.
constexpr Outcome keep_carry(Outcome result, u64 old_flags) {
    result.flags = (result.flags & ~rflags::cf) | (old_flags & rflags::cf);
    return result;
}

/// value, whose sign bit is that of from, extended to 64 bits.
constexpr u64 sign_extend(u64 value, Width from) {
    const unsigned shift = 64 - 8 * bytes(from);
    return static_cast<u64>(static_cast<std::int64_t>(value << shift) >> shift);
}

constexpr u64 byte_swap(u64 value, Width width) {
    u64 result = 0;
    for (unsigned i = 0; i < bytes(width); ++i)
        result = result << 8 | (value >> (8 * i) & 0xff);
    return result;
}

static_assert(add(0xff, 1, false, Width::byte) ==
              Outcome{0, rflags::cf | rflags::af | rflags::zf | rflags::pf});
static_assert(subtract(0x80, 1, false, Width::byte) == Outcome{0x7f, rflags::of | rflags::af});
static_assert(sign_extend(0x80, Width::byte) == 0xffffffffffffff80);

} // namespace vestige::cpu::alu
