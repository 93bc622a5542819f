// SPDX-License-Identifier: BSD-2-Clause
// From the bytes that a terminal sends to the keys that a PC keyboard would have sent.
#pragma once

#include "vestige/base/number.hpp"
#include "vestige/machine/clock.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>

namespace vestige::monitor {

/// The set 1 bytes of one press or release, E0h prefix included.
struct KeyCode {
    std::array<u8, 2> bytes{};
    u8 size = 0;
    [[nodiscard]] std::span<const u8> span() const { return {bytes.data(), size}; }
    constexpr bool operator==(const KeyCode&) const = default;
};

/// Takes what the decoder finds.
class KeySink {
  public:
    virtual void key(KeyCode code) = 0;
    /// The byte that was typed behind the escape key.
    virtual void command(u8 byte) = 0;

  protected:
    ~KeySink() = default;
};

/// Decodes ASCII, control characters and the ANSI and VT sequences of common terminals into
/// presses and releases on a US keyboard. Bytes from 80h up (UTF-8) are no keys and are dropped.
class KeyDecoder {
  public:
    /// escape_key: control character that makes the next byte a command; 0: none. Typed twice it
    /// goes to the guest.
    KeyDecoder(KeySink& sink, u8 escape_key) : sink_{sink}, escape_key_{escape_key} {}

    /// One byte from the terminal.
    void feed(u8 byte, machine::Nanoseconds now);
    /// To be called now and then: an ESC that nothing follows is the Esc key.
    void expire(machine::Nanoseconds now);
    /// True while the byte behind the escape key is awaited.
    [[nodiscard]] bool awaits_command() const { return state_ == State::command; }

  private:
    enum class State : u8 { ground, command, escape, csi, ss3, linux_function };
    struct Modifiers {
        bool shift = false;
        bool control = false;
        bool alt = false;
    };
    static constexpr machine::Nanoseconds escape_time_out = 100'000'000;

    void ground(u8 byte);
    void after_escape(u8 byte);
    void csi(u8 byte);
    void csi_final(u8 byte);
    void character(u8 byte, bool alt);
    void function_key(unsigned number, Modifiers modifiers);
    void vt_key(unsigned number, Modifiers modifiers);
    void letter_key(u8 final, Modifiers modifiers);
    void stroke(u8 code, bool extended, Modifiers modifiers);
    void send(u8 code, bool extended = false);
    [[nodiscard]] Modifiers csi_modifiers() const;

    KeySink& sink_;
    u8 escape_key_;
    State state_ = State::ground;
    machine::Nanoseconds fed_at_ = 0; ///< when the last byte came
    std::array<u16, 2> parameters_{};
    std::size_t parameter_ = 0;
    bool after_return_ = false;
};

} // namespace vestige::monitor
