// SPDX-License-Identifier: BSD-2-Clause
// Reading and writing little-endian numbers in byte buffers, bounds-checked by span.
#pragma once

#include "vestige/base/number.hpp"

#include <concepts>
#include <cstddef>
#include <span>

namespace vestige {

/// The unsigned number at data[offset...]; the span's bounds check catches a short buffer.
template <std::unsigned_integral T>
constexpr T load_le(std::span<const std::byte> data, std::size_t offset) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value = static_cast<T>(value | static_cast<T>(static_cast<T>(data[offset + i]) << (8 * i)));
    return value;
}

/// Stores value at data[offset...].
template <std::unsigned_integral T>
constexpr void store_le(std::span<std::byte> data, std::size_t offset, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i)
        data[offset + i] = static_cast<std::byte>(value >> (8 * i));
}

} // namespace vestige
