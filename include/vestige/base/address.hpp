// SPDX-License-Identifier: BSD-2-Clause
// Addresses that cannot be mixed up: one type per address space.
#pragma once

#include <compare>
#include <cstdint>

namespace vestige {

/// A byte address in the space named by Tag. Only differences and offsets are plain numbers.
template <class Tag> class Address {
  public:
    constexpr Address() = default;
    explicit constexpr Address(std::uint64_t value) : value_{value} {}

    [[nodiscard]] constexpr std::uint64_t value() const { return value_; }
    /// Start of the aligned block that holds this address; alignment is a power of two.
    [[nodiscard]] constexpr Address align_down(std::uint64_t alignment) const {
        return Address{value_ & ~(alignment - 1)};
    }
    /// First aligned address not below this one; alignment is a power of two.
    [[nodiscard]] constexpr Address align_up(std::uint64_t alignment) const {
        return Address{(value_ + alignment - 1) & ~(alignment - 1)};
    }
    /// Offset inside the aligned block that holds this address.
    [[nodiscard]] constexpr std::uint64_t offset_in(std::uint64_t alignment) const {
        return value_ & (alignment - 1);
    }

    constexpr auto operator<=>(const Address&) const = default;
    constexpr Address operator+(std::uint64_t offset) const { return Address{value_ + offset}; }
    constexpr Address operator-(std::uint64_t offset) const { return Address{value_ - offset}; }
    constexpr std::uint64_t operator-(Address other) const { return value_ - other.value_; }
    constexpr Address& operator+=(std::uint64_t offset) {
        value_ += offset;
        return *this;
    }

  private:
    std::uint64_t value_ = 0;
};

/// Guest-physical address.
using Gpa = Address<struct GpaTag>;
/// Host-physical address.
using Hpa = Address<struct HpaTag>;
/// Linear address inside a guest.
using Linear = Address<struct LinearTag>;

/// A real-mode far pointer, segment:offset.
struct FarPtr {
    std::uint16_t segment = 0;
    std::uint16_t offset = 0;

    /// Real-mode linear address, up to 10FFEFh (A20 not applied).
    [[nodiscard]] constexpr Linear linear() const {
        return Linear{(std::uint64_t{segment} << 4) + offset};
    }
    constexpr bool operator==(const FarPtr&) const = default;
};

inline constexpr std::uint64_t kib = 1024;
inline constexpr std::uint64_t mib = 1024 * kib;
inline constexpr std::uint64_t gib = 1024 * mib;
inline constexpr std::uint64_t page_size = 4 * kib;

} // namespace vestige
