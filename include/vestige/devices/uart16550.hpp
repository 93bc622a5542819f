// SPDX-License-Identifier: BSD-2-Clause
// A 16550A serial port (National PC16550D data sheet).
#pragma once

#include "vestige/machine/backends.hpp"
#include "vestige/machine/clock.hpp"
#include "vestige/machine/interrupt_line.hpp"
#include "vestige/machine/port_bus.hpp"

#include <array>
#include <optional>

namespace vestige::devices {

/// Eight ports from a base. Sent bytes go to the sink as fast as it takes them; while it is full
/// the transmitter stays busy and tries again.
class Uart16550 final : public machine::PortDevice, public machine::Timed {
  public:
    Uart16550(const machine::Clock& clock, machine::InterruptLine irq,
              machine::CharacterSink& sink, machine::CharacterSource& source)
        : clock_{clock}, irq_{irq}, sink_{sink}, source_{source} {}

    void reset();
    [[nodiscard]] bool attach(machine::PortBus& bus, Port base);

    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;
    [[nodiscard]] machine::Nanoseconds next_deadline() const override { return next_look_; }
    void expire() override;

    // The same registers for INT 14h.
    [[nodiscard]] u8 read(u8 offset);
    void write(u8 offset, u8 value);
    /// The byte that reading the data register would take; nothing when none has come.
    [[nodiscard]] std::optional<u8> peek();

  private:
    static constexpr std::size_t fifo_size = 16;

    /// Bytes on their way through the chip.
    class Fifo {
      public:
        [[nodiscard]] std::size_t size() const { return count_; }
        [[nodiscard]] bool empty() const { return count_ == 0; }
        void clear() { head_ = count_ = 0; }
        /// The caller has checked that there is room.
        void push(u8 byte) { bytes_[(head_ + count_++) % fifo_size] = byte; }
        [[nodiscard]] u8 front() const { return bytes_[head_]; }
        void pop() {
            head_ = (head_ + 1) % fifo_size;
            --count_;
        }

      private:
        std::array<u8, fifo_size> bytes_{};
        std::size_t head_ = 0;
        std::size_t count_ = 0;
    };

    void receive();
    void push_received(u8 byte);
    void write_data(u8 value);
    void write_fifo_control(u8 value);
    void write_modem_control(u8 value);
    u8 read_data();
    u8 read_identity();
    u8 read_line_status();
    u8 read_modem_status();
    /// Hands on what waits, as far as the other side takes it.
    void transmit();
    void update_line();
    void schedule();
    [[nodiscard]] u8 interrupt_identity() const;
    [[nodiscard]] u8 modem_lines() const;
    [[nodiscard]] bool fifos_on() const { return (fcr_ & 1) != 0; }
    [[nodiscard]] std::size_t depth() const { return fifos_on() ? fifo_size : 1; }
    [[nodiscard]] bool loopback() const { return (mcr_ & 0x10) != 0; }
    [[nodiscard]] bool divisor_access() const { return (lcr_ & 0x80) != 0; }
    [[nodiscard]] std::size_t trigger_level() const;

    const machine::Clock& clock_;
    machine::InterruptLine irq_;
    machine::CharacterSink& sink_;
    machine::CharacterSource& source_;
    Port base_{};
    Fifo received_;
    Fifo unsent_;
    machine::Nanoseconds next_look_ = machine::never;
    u16 divisor_ = 12;
    u8 ier_ = 0;
    u8 fcr_ = 0;
    u8 lcr_ = 0;
    u8 mcr_ = 0;
    u8 scratch_ = 0;
    u8 modem_changes_ = 0; ///< the low half of the modem status register
    u8 errors_ = 0;        ///< overrun and break of the line status register
    bool empty_irq_ = false; ///< the transmitter has become empty and nobody has looked
};

} // namespace vestige::devices
