// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/uart16550.hpp"

namespace vestige::devices {
namespace {

constexpr u8 ier_received = 1, ier_empty = 2, ier_line = 4, ier_modem = 8;
constexpr u8 lsr_ready = 0x01, lsr_overrun = 0x02, lsr_break = 0x10, lsr_holding_empty = 0x20,
             lsr_empty = 0x40, lsr_fifo_error = 0x80;
constexpr u8 iir_modem = 0, iir_none = 1, iir_empty = 2, iir_received = 4, iir_line = 6,
             iir_timeout = 12, iir_fifos = 0xc0;
constexpr u8 fcr_enable = 1, fcr_clear_received = 2, fcr_clear_unsent = 4, fcr_kept = 0xc9;
constexpr u8 lcr_break = 0x40;
constexpr u8 mcr_dtr = 1, mcr_rts = 2, mcr_out1 = 4, mcr_out2 = 8;
constexpr u8 msr_cts = 0x10, msr_dsr = 0x20, msr_ring = 0x40, msr_carrier = 0x80;
/// Somebody listens at the other end.
constexpr u8 connected = msr_cts | msr_dsr | msr_carrier;
/// How often a full sink or an idle line is looked at.
constexpr machine::Nanoseconds retry_time = 1'000'000;
constexpr machine::Nanoseconds poll_time = 10'000'000;

} // namespace

void Uart16550::reset() {
    received_.clear();
    unsent_.clear();
    divisor_ = 12;
    ier_ = fcr_ = lcr_ = mcr_ = scratch_ = modem_changes_ = errors_ = 0;
    empty_irq_ = false;
    next_look_ = machine::never;
    irq_.set(false);
}

bool Uart16550::attach(machine::PortBus& bus, Port base) {
    base_ = base;
    return bus.attach(base, 8, *this);
}

std::size_t Uart16550::trigger_level() const {
    constexpr std::array<std::size_t, 4> levels{1, 4, 8, 14};
    return fifos_on() ? levels[fcr_ >> 6] : 1;
}

/// The most urgent interrupt that is enabled. Bytes below the trigger level time out at once.
u8 Uart16550::interrupt_identity() const {
    const u8 fifo_bits = fifos_on() ? iir_fifos : 0;
    if (errors_ != 0 && (ier_ & ier_line) != 0)
        return fifo_bits | iir_line;
    if (!received_.empty() && (ier_ & ier_received) != 0)
        return fifo_bits | (received_.size() >= trigger_level() ? iir_received : iir_timeout);
    if (empty_irq_ && (ier_ & ier_empty) != 0)
        return fifo_bits | iir_empty;
    if (modem_changes_ != 0 && (ier_ & ier_modem) != 0)
        return fifo_bits | iir_modem;
    return fifo_bits | iir_none;
}

/// A PC wires the interrupt through the output OUT2, which loopback takes away.
void Uart16550::update_line() {
    const bool wanted = (interrupt_identity() & iir_none) == 0;
    irq_.set(wanted && (mcr_ & mcr_out2) != 0 && !loopback());
    schedule();
}

void Uart16550::push_received(u8 byte) {
    if (received_.size() >= depth())
        errors_ |= lsr_overrun;
    else
        received_.push(byte);
}

/// Takes what the other side has sent, as far as there is room: nothing is lost.
void Uart16550::receive() {
    while (!loopback() && received_.size() < depth()) {
        const auto byte = source_.try_read();
        if (!byte)
            return;
        push_received(*byte);
    }
}

void Uart16550::transmit() {
    if (unsent_.empty())
        return;
    while (!unsent_.empty()) {
        if (loopback())
            push_received(unsent_.front());
        else if (!sink_.try_write(unsent_.front()))
            return;
        unsent_.pop();
    }
    empty_irq_ = true;
}

void Uart16550::expire() {
    transmit();
    receive();
    update_line();
}

/// Looks again soon while bytes wait to leave, and now and then while the guest waits for some.
void Uart16550::schedule() {
    if (unsent_.empty() && (ier_ & ier_received) == 0) {
        next_look_ = machine::never;
        return;
    }
    const machine::Nanoseconds now = clock_.now();
    const machine::Nanoseconds latest = now + (unsent_.empty() ? poll_time : retry_time);
    if (next_look_ <= now || next_look_ > latest)
        next_look_ = latest;
}

u8 Uart16550::modem_lines() const {
    if (!loopback())
        return connected;
    return static_cast<u8>(((mcr_ & mcr_rts) != 0 ? msr_cts : 0) |
                           ((mcr_ & mcr_dtr) != 0 ? msr_dsr : 0) |
                           ((mcr_ & mcr_out1) != 0 ? msr_ring : 0) |
                           ((mcr_ & mcr_out2) != 0 ? msr_carrier : 0));
}

u8 Uart16550::read_data() {
    receive();
    if (received_.empty())
        return 0;
    const u8 byte = received_.front();
    received_.pop();
    return byte;
}

std::optional<u8> Uart16550::peek() {
    expire();
    return received_.empty() ? std::optional<u8>{} : received_.front();
}

u8 Uart16550::read_identity() {
    const u8 identity = interrupt_identity();
    if ((identity & 0x0f) == iir_empty)
        empty_irq_ = false;
    return identity;
}

u8 Uart16550::read_line_status() {
    const u8 errors = errors_;
    errors_ = 0;
    const bool marked = fifos_on() && (errors & lsr_break) != 0;
    return static_cast<u8>(errors | (received_.empty() ? 0 : lsr_ready) |
                           (unsent_.empty() ? lsr_holding_empty | lsr_empty : 0) |
                           (marked ? lsr_fifo_error : 0));
}

u8 Uart16550::read_modem_status() {
    const u8 status = modem_lines() | modem_changes_;
    modem_changes_ = 0;
    return status;
}

u8 Uart16550::read(u8 offset) {
    expire();
    u8 value = 0;
    switch (offset & 7) {
    case 0:
        value = divisor_access() ? static_cast<u8>(divisor_) : read_data();
        break;
    case 1:
        value = divisor_access() ? static_cast<u8>(divisor_ >> 8) : ier_;
        break;
    case 2:
        value = read_identity();
        break;
    case 3:
        value = lcr_;
        break;
    case 4:
        value = mcr_;
        break;
    case 5:
        value = read_line_status();
        break;
    case 6:
        value = read_modem_status();
        break;
    default:
        value = scratch_;
        break;
    }
    update_line();
    return value;
}

void Uart16550::write_data(u8 value) {
    empty_irq_ = false;
    if (unsent_.size() < depth())
        unsent_.push(value); // beyond that the chip loses bytes as well
    transmit();
}

/// Turning the FIFOs on or off empties both.
void Uart16550::write_fifo_control(u8 value) {
    const bool toggled = ((value ^ fcr_) & fcr_enable) != 0;
    fcr_ = (value & fcr_enable) != 0 ? value & fcr_kept : 0;
    if (toggled || (value & fcr_clear_received) != 0)
        received_.clear();
    if (toggled || (value & fcr_clear_unsent) != 0) {
        empty_irq_ = empty_irq_ || !unsent_.empty();
        unsent_.clear();
    }
}

/// A line that changes leaves a mark; the ring indicator only where it ends.
void Uart16550::write_modem_control(u8 value) {
    const u8 before = modem_lines();
    mcr_ = value & 0x1f;
    const u8 now = modem_lines();
    const u8 changed = static_cast<u8>((before ^ now) & ~msr_ring) | (before & ~now & msr_ring);
    modem_changes_ = static_cast<u8>(modem_changes_ | changed >> 4);
}

void Uart16550::write(u8 offset, u8 value) {
    switch (offset & 7) {
    case 0:
        if (divisor_access())
            divisor_ = static_cast<u16>((divisor_ & 0xff00) | value);
        else
            write_data(value);
        break;
    case 1:
        if (divisor_access()) {
            divisor_ = static_cast<u16>((divisor_ & 0x00ff) | value << 8);
            break;
        }
        if ((value & ier_empty) != 0 && (ier_ & ier_empty) == 0 && unsent_.empty())
            empty_irq_ = true;
        ier_ = value & 0x0f;
        break;
    case 2:
        write_fifo_control(value);
        break;
    case 3:
        // A break that comes back is a zero byte with a mark of its own.
        if (loopback() && (value & lcr_break) != 0 && (lcr_ & lcr_break) == 0) {
            push_received(0);
            errors_ |= lsr_break;
        }
        lcr_ = value;
        break;
    case 4:
        write_modem_control(value);
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
