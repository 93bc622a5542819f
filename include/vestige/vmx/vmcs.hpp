// SPDX-License-Identifier: BSD-2-Clause
// Typed access to a VMCS. Where it lives is the Store's business: the CPU's current VMCS, or an
// array in tests and in the entry checker.
#pragma once

#include "vestige/vmx/field.hpp"

#include <array>
#include <concepts>

namespace vestige::vmx {

/// Store is default-constructible and has u64 get(u32 encoding) const and void set(u32, u64).
template <class Store> class Vmcs {
  public:
    template <u32 E> [[nodiscard]] typename Field<E>::Value read(Field<E> /*field*/) const {
        return static_cast<typename Field<E>::Value>(store_.get(E));
    }
    /// value has exactly the field's width: a wider or signed one does not compile.
    template <u32 E>
    void write(Field<E> /*field*/,
               std::same_as<typename Field<E>::Value> auto value) requires(Field<E>::kind !=
                                                                           FieldKind::read_only) {
        store_.set(E, value);
    }
    /// A field named at run time (dumps, the checker's snapshot, segment tables).
    [[nodiscard]] u64 read_any(u32 encoding) const { return store_.get(encoding); }
    void write_any(u32 encoding, u64 value) { store_.set(encoding, value); }

  private:
    [[no_unique_address]] Store store_;
};

/// A VMCS that is an array: 0 everywhere at first, values cut to the field's width.
class ArrayStore {
  public:
    [[nodiscard]] constexpr u64 get(u32 encoding) const {
        const std::size_t index = field_index(encoding);
        return index < field_count ? values_[index] : 0;
    }
    constexpr void set(u32 encoding, u64 value) {
        const std::size_t index = field_index(encoding);
        if (index < field_count)
            values_[index] = value & mask(width_of(encoding));
    }

  private:
    static constexpr u64 mask(FieldWidth width) {
        switch (width) {
        case FieldWidth::bits16:
            return 0xffff;
        case FieldWidth::bits32:
            return 0xffffffff;
        default:
            return ~u64{0};
        }
    }
    std::array<u64, field_count> values_{};
};

/// All fields by value: what the entry checker works on.
using VmcsImage = Vmcs<ArrayStore>;

} // namespace vestige::vmx
