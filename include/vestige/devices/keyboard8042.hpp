// SPDX-License-Identifier: BSD-2-Clause
// The 8042 keyboard controller with an AT keyboard and a PS/2 mouse behind it.
#pragma once

#include "vestige/devices/ps2_keyboard.hpp"
#include "vestige/devices/ps2_mouse.hpp"
#include "vestige/machine/a20_gate.hpp"
#include "vestige/machine/interrupt_line.hpp"
#include "vestige/machine/port_bus.hpp"
#include "vestige/machine/power_control.hpp"

#include <array>
#include <span>

namespace vestige::devices {

/// Ports 60h and 64h. A byte stays readable until the next one arrives, a moment after it was
/// read, as on the real thing: handlers that chain read port 60h twice.
class Keyboard8042 final : public machine::PortDevice, public machine::Timed {
  public:
    Keyboard8042(const machine::Clock& clock, machine::InterruptLine keyboard_irq,
                 machine::InterruptLine mouse_irq, machine::A20Gate& a20,
                 machine::PowerControl& power)
        : clock_{clock}, keyboard_irq_{keyboard_irq}, mouse_irq_{mouse_irq}, a20_{a20},
          power_{power} {}

    void reset();
    [[nodiscard]] bool attach(machine::PortBus& bus);

    /// The set 1 bytes of one key event (E0h prefix included). False when the keyboard's buffer is
    /// full or it is switched off; the event is dropped whole.
    bool key(std::span<const u8> set1);
    /// Bytes of the keyboard that the guest has not got yet.
    [[nodiscard]] std::size_t queued() const { return keyboard_.queued(); }
    /// The mouse was moved: see Ps2Mouse::move().
    void move_mouse(int right, int up, int wheel, u8 buttons);
    /// Sends bytes to the mouse and collects its answers, as firmware does that looks at the
    /// controller until they are there. False when the mouse does not take a byte or answers less.
    bool ask_mouse(std::span<const u8> bytes, std::span<u8> answers);
    /// The same for a command of the keyboard and its parameter.
    bool ask_keyboard(std::span<const u8> bytes);
    /// Whether the mouse's clock runs and its bytes raise an interrupt.
    void connect_mouse(bool connected);

    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;
    [[nodiscard]] machine::Nanoseconds next_deadline() const override;
    void expire() override;

    /// LEDs as set by command EDh: bit 0 Scroll, 1 Num, 2 Caps.
    [[nodiscard]] u8 leds() const { return keyboard_.leds(); }
    [[nodiscard]] u8 typematic() const { return keyboard_.typematic(); }

  private:
    enum class Waiting : u8 { nothing, command_byte, output_port, keyboard_output, mouse_output,
                              to_mouse, ram };
    enum class Source : u8 { controller, keyboard, mouse };

    void reply(u8 byte);
    void controller_command(u8 command);
    void controller_data(u8 value);
    void to_keyboard(u8 value);
    void to_mouse(u8 value);
    void set_output_port(u8 value);
    void put_output(u8 byte, Source source);
    void move_byte();
    [[nodiscard]] bool take_from_keyboard();
    [[nodiscard]] bool keyboard_ready() const;
    [[nodiscard]] machine::Nanoseconds mouse_ready_at() const;
    void update_lines();
    u8 read_data();

    const machine::Clock& clock_;
    machine::InterruptLine keyboard_irq_;
    machine::InterruptLine mouse_irq_;
    machine::A20Gate& a20_;
    machine::PowerControl& power_;
    Ps2Keyboard keyboard_;
    Ps2Mouse mouse_;
    machine::Nanoseconds next_byte_ = 0;
    u8 output_ = 0;
    bool output_full_ = false;
    Source source_ = Source::controller;
    bool release_prefix_ = false; ///< F0h of set 2 has been swallowed by the translation
    u8 command_byte_ = 0x45;      ///< translation, system flag, IRQ 1
    Waiting waiting_ = Waiting::nothing;
    u8 ram_index_ = 0;
    bool last_write_command_ = false;
    std::array<u8, 32> ram_{};
};

} // namespace vestige::devices
