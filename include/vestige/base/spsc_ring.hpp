// SPDX-License-Identifier: BSD-2-Clause
// A bounded queue between two CPUs: one pushes, one pops, nobody waits.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>

namespace vestige {

/// Single-producer, single-consumer ring; Capacity is a power of two.
template <class T, std::size_t Capacity> class SpscRing {
    static_assert((Capacity & (Capacity - 1)) == 0);

  public:
    /// Producer side. False when full.
    [[nodiscard]] bool push(const T& value) {
        const std::size_t head = head_.load(std::memory_order_relaxed);
        if (head - tail_.load(std::memory_order_acquire) == Capacity)
            return false;
        items_[head % Capacity] = value;
        head_.store(head + 1, std::memory_order_release);
        return true;
    }
    /// Consumer side. False when empty.
    [[nodiscard]] bool pop(T& value) {
        const std::size_t tail = tail_.load(std::memory_order_relaxed);
        if (tail == head_.load(std::memory_order_acquire))
            return false;
        value = items_[tail % Capacity];
        tail_.store(tail + 1, std::memory_order_release);
        return true;
    }
    /// Exact for producer and consumer, a snapshot for others.
    [[nodiscard]] std::size_t size() const {
        return head_.load(std::memory_order_acquire) - tail_.load(std::memory_order_acquire);
    }

  private:
    std::array<T, Capacity> items_{};
    std::atomic<std::size_t> head_{0};
    std::atomic<std::size_t> tail_{0};
};

} // namespace vestige
