// SPDX-License-Identifier: BSD-2-Clause
// Bytes on their way from a device, first in, first out.
#pragma once

#include "vestige/base/number.hpp"

#include <array>
#include <cstddef>

namespace vestige::devices {

template <std::size_t capacity> class ByteQueue {
  public:
    [[nodiscard]] std::size_t size() const { return count_; }
    [[nodiscard]] std::size_t room() const { return capacity - count_; }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    void clear() { head_ = count_ = 0; }
    /// A byte that finds no room is lost.
    void push(u8 byte) {
        if (count_ != capacity)
            bytes_[(head_ + count_++) % capacity] = byte;
    }
    /// The queue must not be empty.
    u8 pop() {
        const u8 byte = bytes_[head_];
        head_ = (head_ + 1) % capacity;
        --count_;
        return byte;
    }

  private:
    std::array<u8, capacity> bytes_{};
    std::size_t head_ = 0;
    std::size_t count_ = 0;
};

} // namespace vestige::devices
