// SPDX-License-Identifier: BSD-2-Clause
// A 16550A serial port (National PC16550D data sheet).
#pragma once

#include "vestige/machine/backends.hpp"
#include "vestige/machine/clock.hpp"
#include "vestige/machine/interrupt_line.hpp"
#include "vestige/machine/port_bus.hpp"

#include <array>

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
    [[nodiscard]] machine::Nanoseconds next_deadline() const override;
    void expire() override;

    // The same registers for INT 14h.
    [[nodiscard]] u8 read(u8 offset);
    void write(u8 offset, u8 value);

  private:
    static constexpr std::size_t fifo_size = 16;

    void receive();
    void push_received(u8 byte);
    void send(u8 byte);
    void update_line();
    [[nodiscard]] u8 interrupt_identity() const;
    [[nodiscard]] u8 line_status();
    [[nodiscard]] u8 modem_status() const;
    [[nodiscard]] bool loopback() const { return (mcr_ & 0x10) != 0; }
    [[nodiscard]] std::size_t trigger_level() const;

    const machine::Clock& clock_;
    machine::InterruptLine irq_;
    machine::CharacterSink& sink_;
    machine::CharacterSource& source_;
    Port base_{};
    std::array<u8, fifo_size> fifo_{};
    std::size_t head_ = 0;
    std::size_t count_ = 0;
    u16 divisor_ = 12;
    u8 ier_ = 0;
    u8 fcr_ = 0;
    u8 lcr_ = 0;
    u8 mcr_ = 0;
    u8 scratch_ = 0;
    u8 unsent_ = 0;
    u8 last_modem_ = 0xb0;
    bool busy_ = false;          ///< unsent_ waits for room in the sink
    bool holding_empty_irq_ = false;
    bool overrun_ = false;
};

} // namespace vestige::devices
