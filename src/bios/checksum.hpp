// SPDX-License-Identifier: BSD-2-Clause
// Tables of the PC end in, or contain, a byte that makes all their bytes add up to zero.
#pragma once

#include "vestige/base/number.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace vestige::bios {

[[nodiscard]] inline u8 byte_sum(std::span<const std::byte> table) {
    u8 sum = 0;
    for (const std::byte each : table)
        sum = static_cast<u8>(sum + static_cast<u8>(each));
    return sum;
}

/// Sets the byte at offset so that the table adds up to zero.
inline void seal(std::span<std::byte> table, std::size_t offset) {
    table[offset] = std::byte{0};
    table[offset] = static_cast<std::byte>(u8{0} - byte_sum(table));
}

inline void put_text(std::span<std::byte> table, std::size_t offset, std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i)
        table[offset + i] = static_cast<std::byte>(text[i]);
}

} // namespace vestige::bios
