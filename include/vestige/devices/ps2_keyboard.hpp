// SPDX-License-Identifier: BSD-2-Clause
// The AT keyboard at the 8042's first connector (IBM PS/2 Hardware Interface Technical Reference,
// "Keyboards").
#pragma once

#include "vestige/devices/byte_queue.hpp"
#include "vestige/machine/clock.hpp"

#include <span>

namespace vestige::devices {

/// A keyboard with 101 keys: scan code sets 1 and 2, lights, typematic repetition.
class Ps2Keyboard {
  public:
    void reset();

    /// One key event in set 1 (E0h prefix included) at time now. False when the keyboard is
    /// switched off or its buffer is full: the event is dropped whole.
    bool key(std::span<const u8> set1, machine::Nanoseconds now);
    /// A byte from the controller.
    void command(u8 byte);
    [[nodiscard]] bool answering() const { return !answers_.empty(); }
    [[nodiscard]] std::size_t queued() const { return answers_.size() + keys_.size(); }
    /// The next byte for the controller, answers first; queued() must not be 0.
    u8 take();

    /// When the key that is held down is sent again; never when none is.
    [[nodiscard]] machine::Nanoseconds next_repeat() const;
    /// Sends it again when it is due and the keyboard's buffer is empty.
    void repeat(machine::Nanoseconds now);

    /// Bit 0 Scroll, 1 Num, 2 Caps.
    [[nodiscard]] u8 leds() const { return leds_; }
    /// Parameter of command F3h: bits 0-4 rate, 5-6 delay.
    [[nodiscard]] u8 typematic() const { return typematic_; }

  private:
    /// A key by its set 1 make code; code 0 is none.
    struct Key {
        u8 prefix = 0;
        u8 code = 0;
        bool operator==(const Key&) const = default;
    };

    void set_defaults();
    void parameter(u8 command, u8 value);
    void push(u8 set1);
    void follow(std::span<const u8> set1, machine::Nanoseconds now);
    [[nodiscard]] bool is_repetition(std::span<const u8> set1) const;

    ByteQueue<256> keys_;
    ByteQueue<16> answers_;
    Key held_;
    machine::Nanoseconds next_repeat_ = machine::never;
    u8 last_command_ = 0; ///< the command that waits for its parameter
    u8 last_sent_ = 0;
    u8 leds_ = 0;
    u8 typematic_ = 0x2b; ///< 500 ms, 10.9 a second
    u8 scan_set_ = 2;
    bool scanning_ = true;
};

} // namespace vestige::devices
