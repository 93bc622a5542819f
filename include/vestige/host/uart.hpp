// SPDX-License-Identifier: BSD-2-Clause
// One of the machine's 16550 serial ports, polled.
#pragma once

#include "vestige/base/number.hpp"
#include "vestige/base/spsc_ring.hpp"

#include <optional>
#include <string_view>

namespace vestige::host {

struct UartSettings {
    Port base{0x3f8};
    u32 baud = 115200;
    u8 data_bits = 8;
    char parity = 'n'; ///< n, o or e
    u8 stop_bits = 1;
};

/// Output goes through a ring that poll() moves to the port without waiting.
class Uart {
  public:
    constexpr Uart() = default;
    /// False when no UART answers at the base.
    [[nodiscard]] bool open(const UartSettings& settings);
    [[nodiscard]] bool present() const { return present_; }
    /// Queues text; waits for the port only when the ring is full, and gives up on a dead port.
    void write(std::string_view text);
    /// Bytes that write() takes without waiting.
    [[nodiscard]] std::size_t room() const {
        return present_ ? ring_size - ring_.size() : ring_size;
    }
    /// Whether there is text that has not been sent.
    [[nodiscard]] bool waiting() const { return ring_.size() != 0; }
    /// Moves what the port takes now.
    void poll();
    /// Waits until everything has left.
    void drain();
    [[nodiscard]] std::optional<u8> read();

  private:
    [[nodiscard]] Port reg(u16 offset) const {
        return Port{static_cast<u16>(base_.value + offset)};
    }
    [[nodiscard]] bool can_send() const;

    static constexpr std::size_t ring_size = 65536;
    Port base_{};
    bool present_ = false;
    unsigned burst_ = 0; ///< bytes that an empty transmitter takes
    SpscRing<u8, ring_size> ring_;
};

} // namespace vestige::host
