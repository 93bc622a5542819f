// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/uart16550.hpp"

namespace vestige::devices {
namespace {

constexpr u8 ier_received = 1, ier_empty = 2, ier_line = 4, ier_modem = 8;
constexpr u8 lsr_ready = 0x01, lsr_overrun = 0x02, lsr_holding_empty = 0x20, lsr_empty = 0x40;
constexpr u8 fcr_enable = 1;
constexpr u8 mcr_out2 = 8;
/// How often a full sink or an idle line is looked at.
constexpr machine::Nanoseconds retry_time = 1'000'000;
constexpr machine::Nanoseconds poll_time = 5'000'000;

} // namespace

void Uart16550::reset() {
    head_ = count_ = 0;
    divisor_ = 12;
    ier_ = fcr_ = lcr_ = mcr_ = scratch_ = 0;
    last_modem_ = 0xb0;
    busy_ = holding_empty_irq_ = overrun_ = false;
    irq_.set(false);
}

bool Uart16550::attach(machine::PortBus& bus, Port base) {
    base_ = base;
    return bus.attach(base, 8, *this);
}

std::size_t Uart16550::trigger_level() const {
    constexpr std::array<std::size_t, 4> levels{1, 4, 8, 14};
    return (fcr_ & fcr_enable) != 0 ? levels[fcr_ >> 6] : 1;
}

u8 Uart16550::interrupt_identity() const {
    const u8 fifo_bits = (fcr_ & fcr_enable) != 0 ? 0xc0 : 0;
    if (overrun_ && (ier_ & ier_line) != 0)
        return fifo_bits | 6;
    if (count_ != 0 && (ier_ & ier_received) != 0)
        return static_cast<u8>(fifo_bits | (count_ >= trigger_level() ? 4 : 12));
    if (holding_empty_irq_ && (ier_ & ier_empty) != 0)
        return fifo_bits | 2;
    if (((modem_status() ^ last_modem_) & 0xf0) != 0 && (ier_ & ier_modem) != 0)
        return fifo_bits | 0;
    return fifo_bits | 1;
}

void Uart16550::update_line() {
    const bool wanted = (interrupt_identity() & 1) == 0;
    irq_.set(wanted && (mcr_ & mcr_out2) != 0 && !loopback());
}

void Uart16550::push_received(u8 byte) {
    const std::size_t room = (fcr_ & fcr_enable) != 0 ? fifo_size : 1;
    if (count_ >= room) {
        overrun_ = true;
        return;
    }
    fifo_[(head_ + count_++) % fifo_size] = byte;
}

/// Takes what the other side has sent, as far as there is room: nothing is lost.
void Uart16550::receive() {
    const std::size_t room = (fcr_ & fcr_enable) != 0 ? fifo_size : 1;
    while (!loopback() && count_ < room) {
        const auto byte = source_.try_read();
        if (!byte)
            return;
        push_received(*byte);
    }
}

void Uart16550::send(u8 byte) {
    if (loopback())
        push_received(byte);
    else if (busy_ || !sink_.try_write(byte)) {
        unsent_ = byte;
        busy_ = true;
        holding_empty_irq_ = false;
        return;
    }
    holding_empty_irq_ = true;
}

void Uart16550::expire() {
    if (busy_ && sink_.try_write(unsent_)) {
        busy_ = false;
        holding_empty_irq_ = true;
    }
    receive();
    update_line();
}

machine::Nanoseconds Uart16550::next_deadline() const {
    if (busy_)
        return clock_.now() + retry_time;
    return (ier_ & ier_received) != 0 ? clock_.now() + poll_time : machine::never;
}

u8 Uart16550::line_status() {
    expire();
    const u8 status = static_cast<u8>((count_ != 0 ? lsr_ready : 0) |
                                      (overrun_ ? lsr_overrun : 0) |
                                      (busy_ ? 0 : lsr_holding_empty | lsr_empty));
    overrun_ = false;
    return status;
}

u8 Uart16550::modem_status() const {
    if (!loopback())
        return 0xb0; // CTS, DSR, DCD: somebody listens
    return static_cast<u8>(((mcr_ & 2) << 3) | ((mcr_ & 1) << 5) | ((mcr_ & 4) << 4) |
                           ((mcr_ & 8) << 4));
}

u8 Uart16550::read(u8 offset) {
    const bool divisor = (lcr_ & 0x80) != 0;
    switch (offset & 7) {
    case 0: {
        if (divisor)
            return static_cast<u8>(divisor_);
        expire();
        if (count_ == 0)
            return 0;
        const u8 byte = fifo_[head_];
        head_ = (head_ + 1) % fifo_size;
        --count_;
        update_line();
        return byte;
    }
    case 1:
        return divisor ? static_cast<u8>(divisor_ >> 8) : ier_;
    case 2: {
        expire();
        const u8 identity = interrupt_identity();
        if ((identity & 0x0f) == 2)
            holding_empty_irq_ = false;
        update_line();
        return identity;
    }
    case 3:
        return lcr_;
    case 4:
        return mcr_;
    case 5: {
        const u8 status = line_status();
        update_line();
        return status;
    }
    case 6: {
        const u8 now = modem_status();
        const u8 changed = static_cast<u8>((now ^ last_modem_) >> 4);
        last_modem_ = now;
        update_line();
        return static_cast<u8>(now | changed);
    }
    default:
        return scratch_;
    }
}

void Uart16550::write(u8 offset, u8 value) {
    const bool divisor = (lcr_ & 0x80) != 0;
    switch (offset & 7) {
    case 0:
        if (divisor)
            divisor_ = static_cast<u16>((divisor_ & 0xff00) | value);
        else
            send(value);
        break;
    case 1:
        if (divisor) {
            divisor_ = static_cast<u16>((divisor_ & 0x00ff) | value << 8);
            break;
        }
        if ((value & ier_empty) != 0 && (ier_ & ier_empty) == 0 && !busy_)
            holding_empty_irq_ = true;
        ier_ = value & 0x0f;
        break;
    case 2:
        if ((value & 2) != 0 || ((value ^ fcr_) & fcr_enable) != 0)
            head_ = count_ = 0;
        fcr_ = (value & fcr_enable) != 0 ? value & 0xc9 : 0;
        break;
    case 3:
        lcr_ = value;
        break;
    case 4:
        mcr_ = value & 0x1f;
        break;
    case 7:
        scratch_ = value;
        break;
    default:
        break;
    }
    update_line();
}

u32 Uart16550::read_port(Port port, Width) {
    return read(static_cast<u8>(port.value - base_.value));
}
void Uart16550::write_port(Port port, Width, u32 value) {
    write(static_cast<u8>(port.value - base_.value), static_cast<u8>(value));
}

} // namespace vestige::devices
