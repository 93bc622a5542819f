// SPDX-License-Identifier: BSD-2-Clause
// The x86 register model that the whole core shares.
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/base/bit_field.hpp"
#include "vestige/base/number.hpp"

#include <array>
#include <cstddef>

namespace vestige::cpu {

/// General-purpose registers in encoding order.
enum class Gpr : u8 {
    rax,
    rcx,
    rdx,
    rbx,
    rsp,
    rbp,
    rsi,
    rdi,
    r8,
    r9,
    r10,
    r11,
    r12,
    r13,
    r14,
    r15
};

/// RFLAGS bits.
namespace rflags {
inline constexpr u64 cf = bit(0);
inline constexpr u64 fixed_one = bit(1);
inline constexpr u64 pf = bit(2);
inline constexpr u64 af = bit(4);
inline constexpr u64 zf = bit(6);
inline constexpr u64 sf = bit(7);
inline constexpr u64 tf = bit(8);
inline constexpr u64 interrupt = bit(9);
inline constexpr u64 df = bit(10);
inline constexpr u64 of = bit(11);
inline constexpr u64 nt = bit(14);
inline constexpr u64 rf = bit(16);
inline constexpr u64 vm = bit(17);
inline constexpr u64 ac = bit(18);
inline constexpr u64 vif = bit(19);
inline constexpr u64 vip = bit(20);
} // namespace rflags

namespace cr0 {
inline constexpr u64 pe = bit(0);
inline constexpr u64 mp = bit(1);
inline constexpr u64 em = bit(2);
inline constexpr u64 ts = bit(3);
inline constexpr u64 et = bit(4);
inline constexpr u64 ne = bit(5);
inline constexpr u64 wp = bit(16);
inline constexpr u64 am = bit(18);
inline constexpr u64 nw = bit(29);
inline constexpr u64 cd = bit(30);
inline constexpr u64 pg = bit(31);
} // namespace cr0

namespace cr4 {
inline constexpr u64 vme = bit(0);
inline constexpr u64 pvi = bit(1);
inline constexpr u64 tsd = bit(2);
inline constexpr u64 de = bit(3);
inline constexpr u64 pse = bit(4);
inline constexpr u64 pae = bit(5);
inline constexpr u64 mce = bit(6);
inline constexpr u64 pge = bit(7);
inline constexpr u64 pce = bit(8);
inline constexpr u64 osfxsr = bit(9);
inline constexpr u64 osxmmexcpt = bit(10);
inline constexpr u64 umip = bit(11);
inline constexpr u64 la57 = bit(12);
inline constexpr u64 vmxe = bit(13);
inline constexpr u64 smxe = bit(14);
inline constexpr u64 fsgsbase = bit(16);
inline constexpr u64 pcide = bit(17);
inline constexpr u64 osxsave = bit(18);
inline constexpr u64 smep = bit(20);
inline constexpr u64 smap = bit(21);
inline constexpr u64 pke = bit(22);
} // namespace cr4

namespace efer {
inline constexpr u64 sce = bit(0);
inline constexpr u64 lme = bit(8);
inline constexpr u64 lma = bit(10);
inline constexpr u64 nxe = bit(11);
} // namespace efer

/// General-purpose registers, RIP and RFLAGS as plain memory: valid between a VM exit and the next
/// entry. The VM-exit stub stores gpr in this order (offsets are asserted in vmx/).
struct Registers {
    std::array<u64, 16> gpr{};
    u64 rip = 0;
    u64 rflags = rflags::fixed_one;

    [[nodiscard]] constexpr u64 get(Gpr name) const { return gpr[static_cast<std::size_t>(name)]; }
    /// The low bits of a register, up to width.
    [[nodiscard]] constexpr u64 get(Gpr name, Width width) const {
        return get(name) & all_ones(width);
    }
    constexpr void set(Gpr name, u64 value) { gpr[static_cast<std::size_t>(name)] = value; }
    /// Writes as the CPU does: 8 and 16 bits keep the rest, 32 bits clear the upper half.
    constexpr void set(Gpr name, Width width, u64 value) {
        const u64 mask = all_ones(width);
        const u64 kept = width == Width::dword ? 0 : get(name) & ~mask;
        set(name, kept | (value & mask));
    }
    [[nodiscard]] constexpr u8 low(Gpr name) const { return static_cast<u8>(get(name)); }
    /// AH, CH, DH, BH: only for the first four registers.
    [[nodiscard]] constexpr u8 high(Gpr name) const { return static_cast<u8>(get(name) >> 8); }
    constexpr void set_low(Gpr name, u8 value) { set(name, Width::byte, value); }
    constexpr void set_high(Gpr name, u8 value) {
        set(name, (get(name) & ~u64{0xff00}) | u64{value} << 8);
    }
    [[nodiscard]] constexpr u16 word(Gpr name) const { return static_cast<u16>(get(name)); }
    constexpr void set_word(Gpr name, u16 value) { set(name, Width::word, value); }
    [[nodiscard]] constexpr u32 dword(Gpr name) const { return static_cast<u32>(get(name)); }
    constexpr void set_dword(Gpr name, u32 value) { set(name, Width::dword, value); }
};

} // namespace vestige::cpu
