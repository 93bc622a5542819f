// SPDX-License-Identifier: BSD-2-Clause
// The 8042 keyboard controller with an AT keyboard and no mouse behind it.
#pragma once

#include "vestige/machine/a20_gate.hpp"
#include "vestige/machine/clock.hpp"
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
    Keyboard8042(const machine::Clock& clock, machine::InterruptLine irq, machine::A20Gate& a20,
                 machine::PowerControl& power)
        : clock_{clock}, irq_{irq}, a20_{a20}, power_{power} {}

    void reset();
    [[nodiscard]] bool attach(machine::PortBus& bus);

    /// Queues the set 1 bytes of one key event (E0h prefix included). False when the queue is full
    /// or the keyboard is switched off; the event is dropped whole.
    bool key(std::span<const u8> set1);
    [[nodiscard]] std::size_t queued() const { return count_; }

    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;
    [[nodiscard]] machine::Nanoseconds next_deadline() const override;
    void expire() override;

    /// LEDs as set by command EDh: bit 0 Scroll, 1 Num, 2 Caps.
    [[nodiscard]] u8 leds() const { return leds_; }

  private:
    static constexpr std::size_t queue_size = 256;
    enum class Waiting : u8 { nothing, command_byte, output_port, output_byte, ram };

    void push(u8 byte);
    void reply(u8 byte);
    void controller_command(u8 command);
    void controller_data(u8 value);
    void keyboard_byte(u8 value);
    void keyboard_command(u8 command);
    void set_output_port(u8 value);
    void put_output(u8 byte);
    void update_line();
    void flush();
    u8 read_data();

    const machine::Clock& clock_;
    machine::InterruptLine irq_;
    machine::A20Gate& a20_;
    machine::PowerControl& power_;
    std::array<u8, queue_size> queue_{};
    std::size_t head_ = 0;
    std::size_t count_ = 0;
    machine::Nanoseconds next_byte_ = 0;
    u8 output_ = 0;
    bool output_full_ = false;
    bool from_controller_ = false;
    u8 command_byte_ = 0x45; ///< translation, system flag, IRQ 1
    u8 last_command_ = 0;    ///< keyboard command that waits for its parameter
    Waiting waiting_ = Waiting::nothing;
    u8 ram_index_ = 0;
    bool last_write_command_ = false;
    u8 leds_ = 0;
    u8 scan_set_ = 2;
    bool scanning_ = true;
    std::array<u8, 32> ram_{};
};

} // namespace vestige::devices
