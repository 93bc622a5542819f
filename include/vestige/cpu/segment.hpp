// SPDX-License-Identifier: BSD-2-Clause
// Segment registers with their hidden parts, and descriptor tables.
#pragma once

#include "vestige/base/bit_field.hpp"
#include "vestige/base/number.hpp"

namespace vestige::cpu {

/// Segment registers in encoding order, then the two system ones.
enum class SegmentName : u8 { es, cs, ss, ds, fs, gs, ldtr, tr };
inline constexpr unsigned segment_count = 8;

/// A segment register. access_rights has the layout of SDM 3C, "Guest Register State": type 3:0,
/// S 4, DPL 6:5, P 7, AVL 12, L 13, D/B 14, G 15, unusable 16.
struct Segment {
    u16 selector = 0;
    u64 base = 0;
    u32 limit = 0;
    u32 access_rights = 0;

    using Type = BitField<3, 0, u8>;
    using CodeOrData = FlagBit<4>;
    using Dpl = BitField<6, 5, u8>;
    using Present = FlagBit<7>;
    using Long = FlagBit<13>;
    using Default32 = FlagBit<14>;
    using Granularity = FlagBit<15>;
    using Unusable = FlagBit<16>;

    constexpr bool operator==(const Segment&) const = default;
};

inline constexpr u32 access_rights_real_data = 0x93;
inline constexpr u32 access_rights_real_code = 0x9b;
inline constexpr u32 access_rights_unusable = 0x10000;

/// A segment as real mode loads it: base = selector * 16, limit FFFFh.
constexpr Segment real_mode_segment(u16 selector, bool code = false) {
    return {selector, u64{selector} << 4, 0xffff,
            code ? access_rights_real_code : access_rights_real_data};
}

/// GDTR or IDTR.
struct DescriptorTable {
    u64 base = 0;
    u32 limit = 0;
    constexpr bool operator==(const DescriptorTable&) const = default;
};

} // namespace vestige::cpu
