// SPDX-License-Identifier: BSD-2-Clause
// Physical memory of a machine that is only bytes, for the parsers of loaders' and firmware's
// tables.
#pragma once

#include "vestige/base/little_endian.hpp"
#include "vestige/host/boot_info.hpp"

#include <cstring>
#include <string_view>
#include <vector>

namespace vestige::host {

class MemoryImage {
  public:
    explicit MemoryImage(std::size_t size = 2 * mib) : bytes_(size) {}

    template <std::unsigned_integral T> MemoryImage& put(u64 address, T value) {
        store_le(std::span<std::byte>{bytes_}, address, value);
        return *this;
    }
    /// The text with a NUL behind it.
    MemoryImage& put_text(u64 address, std::string_view text) {
        put_bytes(address, text);
        bytes_[address + text.size()] = std::byte{0};
        return *this;
    }
    MemoryImage& put_bytes(u64 address, std::string_view text) {
        std::memcpy(&bytes_[address], text.data(), text.size());
        return *this;
    }
    /// Sets the byte at checksum so that size bytes from address sum to zero.
    MemoryImage& seal(u64 address, u64 size, u64 checksum) {
        bytes_[checksum] = std::byte{0};
        u8 sum = 0;
        for (u64 i = 0; i < size; ++i)
            sum = static_cast<u8>(sum + static_cast<u8>(bytes_[address + i]));
        bytes_[checksum] = static_cast<std::byte>(-sum);
        return *this;
    }
    [[nodiscard]] PhysicalView view() const { return bytes_; }

  private:
    std::vector<std::byte> bytes_;
};

} // namespace vestige::host
