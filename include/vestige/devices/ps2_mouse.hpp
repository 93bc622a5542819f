// SPDX-License-Identifier: BSD-2-Clause
// The mouse at the 8042's second connector (IBM PS/2 Hardware Interface Technical Reference,
// "Mouse"; Microsoft, "IntelliMouse" for the wheel).
#pragma once

#include "vestige/devices/byte_queue.hpp"
#include "vestige/machine/clock.hpp"

namespace vestige::devices {

/// A mouse with three buttons, and a wheel for those who knock (sample rates 200, 100, 80).
class Ps2Mouse {
  public:
    void reset();

    /// Counts to the right, up and of the wheel towards the user; buttons: bit 0 left, 1 right,
    /// 2 middle.
    void move(int right, int up, int wheel, u8 buttons);
    /// A byte from the controller at time now.
    void command(u8 byte, machine::Nanoseconds now);
    /// When take() has a byte: 0 for at once, never when there is nothing to tell.
    [[nodiscard]] machine::Nanoseconds ready_at() const;
    /// The next byte for the controller; only once ready_at() has come.
    u8 take(machine::Nanoseconds now);
    [[nodiscard]] bool answering() const { return !answers_.empty(); }

  private:
    static constexpr u8 plain_id = 0, wheel_id = 3;

    void set_defaults();
    void parameter(u8 command, u8 value);
    void knock(u8 rate);
    void push_packet();
    void push_status();
    [[nodiscard]] bool changed() const;

    ByteQueue<32> answers_;
    ByteQueue<4> packet_;
    machine::Nanoseconds next_sample_ = 0;
    int right_ = 0;
    int up_ = 0;
    int wheel_ = 0;
    u8 buttons_ = 0;
    u8 told_buttons_ = 0;
    u8 last_command_ = 0; ///< the command that waits for its parameter
    u8 last_sent_ = 0;
    u8 rate_ = 100;
    u8 resolution_ = 2;
    u8 id_ = plain_id;
    u8 knocks_ = 0;
    bool double_scaling_ = false;
    bool remote_ = false;
    bool wrap_ = false;
    bool reporting_ = false;
};

} // namespace vestige::devices
