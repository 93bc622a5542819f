// SPDX-License-Identifier: BSD-2-Clause
// Guest memory as a bus-mastering device reaches it: addresses come from the guest, only RAM counts.
#pragma once

#include "vestige/machine/guest_memory.hpp"

#include <string_view>

namespace vestige::devices {

/// Refused accesses are logged once for a device, however often they come.
class DmaMemory {
  public:
    DmaMemory(machine::GuestMemory& memory, std::string_view device)
        : memory_{memory}, device_{device} {}

    /// The first bytes of a range that are one piece of RAM, at most size; empty and reported when
    /// there is none at start.
    [[nodiscard]] std::span<std::byte> piece(Gpa start, u64 size);
    /// All or nothing; false and reported when part of the range is no RAM.
    [[nodiscard]] bool read(Gpa start, std::span<std::byte> out);
    [[nodiscard]] bool write(Gpa start, std::span<const std::byte> data);
    template <std::unsigned_integral T> [[nodiscard]] bool load(Gpa start, T& value) {
        std::byte raw[sizeof(T)];
        if (!read(start, raw))
            return false;
        value = load_le<T>(raw, 0);
        return true;
    }
    template <std::unsigned_integral T> [[nodiscard]] bool store(Gpa start, T value) {
        std::byte raw[sizeof(T)];
        store_le<T>(raw, 0, value);
        return write(start, raw);
    }
    /// Something else that the guest set up wrongly.
    void refuse(std::string_view what, u64 where);
    [[nodiscard]] u64 refusals() const { return refusals_; }

  private:
    machine::GuestMemory& memory_;
    std::string_view device_;
    u64 refusals_ = 0;
};

} // namespace vestige::devices
