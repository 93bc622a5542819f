// SPDX-License-Identifier: BSD-2-Clause
// A VMCS field as a type: width and kind come from the encoding itself, so they cannot be wrong.
#pragma once

#include "vestige/base/bit_field.hpp"
#include "vestige/base/number.hpp"
#include "vestige/vmx/field_names.hpp"

namespace vestige::vmx {

/// SDM 3D, "Field Encoding in VMCS": bits 14:13 of the encoding.
enum class FieldWidth : u8 { bits16 = 0, bits64 = 1, bits32 = 2, natural = 3 };
/// SDM 3D, "Field Encoding in VMCS": bits 11:10 of the encoding.
enum class FieldKind : u8 { control = 0, read_only = 1, guest = 2, host = 3 };

constexpr FieldWidth width_of(u32 encoding) {
    return BitField<14, 13, FieldWidth>::get(encoding);
}
constexpr FieldKind kind_of(u32 encoding) {
    return BitField<11, 10, FieldKind>::get(encoding);
}

/// The unsigned type that holds a field of this width.
template <FieldWidth> struct FieldValue;
template <> struct FieldValue<FieldWidth::bits16> { using type = u16; };
template <> struct FieldValue<FieldWidth::bits32> { using type = u32; };
template <> struct FieldValue<FieldWidth::bits64> { using type = u64; };
template <> struct FieldValue<FieldWidth::natural> { using type = u64; };

/// One field of the VMCS, full access (never the high half of a 64-bit field).
template <u32 Encoding> struct Field {
    static_assert((Encoding & 0xffff9001u) == 0, "reserved bits set, or the high half of a field");
    static_assert(field_index(Encoding) < field_count, "not a field that SDM 3D lists");

    static constexpr u32 encoding = Encoding;
    static constexpr FieldWidth width = width_of(Encoding);
    static constexpr FieldKind kind = kind_of(Encoding);
    using Value = typename FieldValue<width>::type;
};

} // namespace vestige::vmx
