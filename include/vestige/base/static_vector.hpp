// SPDX-License-Identifier: BSD-2-Clause
// A vector with a fixed capacity and storage inside.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace vestige {

/// Up to Capacity default-constructible elements in order.
template <class T, std::size_t Capacity> class StaticVector {
  public:
    /// Appends value; false (and nothing done) when full.
    [[nodiscard]] constexpr bool push_back(const T& value) {
        if (size_ == Capacity)
            return false;
        items_[size_++] = value;
        return true;
    }
    constexpr void pop_back() { --size_; }
    constexpr void clear() { size_ = 0; }
    [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
    [[nodiscard]] constexpr bool full() const { return size_ == Capacity; }
    [[nodiscard]] constexpr std::size_t size() const { return size_; }
    [[nodiscard]] static constexpr std::size_t capacity() { return Capacity; }
    constexpr T& operator[](std::size_t i) { return span()[i]; }
    constexpr const T& operator[](std::size_t i) const { return span()[i]; }
    constexpr T& back() { return span()[size_ - 1]; }
    constexpr auto begin() { return span().begin(); }
    constexpr auto end() { return span().end(); }
    constexpr auto begin() const { return span().begin(); }
    constexpr auto end() const { return span().end(); }
    constexpr std::span<T> span() { return {items_.data(), size_}; }
    constexpr std::span<const T> span() const { return {items_.data(), size_}; }

  private:
    std::array<T, Capacity> items_{};
    std::size_t size_ = 0;
};

} // namespace vestige
