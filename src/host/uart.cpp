// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/uart.hpp"

#include "vestige/host/control_registers.hpp"
#include "vestige/host/port_io.hpp"

#include <algorithm>

namespace vestige::host {
namespace {

// 16550 registers, by offset from the base.
constexpr u16 data = 0, interrupt_enable = 1, fifo_control = 2, interrupt_id = 2, line_control = 3,
              modem_control = 4, line_status = 5, scratch = 7;
constexpr u8 divisor_access = 0x80, data_ready = 0x01, holding_empty = 0x20, all_sent = 0x40,
             fifos_work = 0xc0;
constexpr unsigned drain_limit = 2'000'000; ///< polls without progress: the port is dead

u8 line_format(const UartSettings& settings) {
    const unsigned parity = settings.parity == 'o' ? 0x08 : settings.parity == 'e' ? 0x18 : 0;
    return static_cast<u8>(((settings.data_bits - 5U) & 3) | (settings.stop_bits == 2 ? 4U : 0U) |
                           parity);
}

} // namespace

bool Uart::open(const UartSettings& settings) {
    base_ = settings.base;
    out8(reg(scratch), 0x5a);
    if (in8(reg(scratch)) != 0x5a)
        return false;
    const u16 divisor = static_cast<u16>(115200 / std::clamp<u32>(settings.baud, 2, 115200));
    out8(reg(interrupt_enable), 0);
    out8(reg(line_control), divisor_access);
    out8(reg(data), static_cast<u8>(divisor));
    out8(reg(interrupt_enable), static_cast<u8>(divisor >> 8));
    out8(reg(line_control), line_format(settings));
    out8(reg(fifo_control), 0x07); // on, both cleared
    const bool has_fifo = (in8(reg(interrupt_id)) & fifos_work) == fifos_work;
    burst_ = has_fifo ? 16 : 1;
    out8(reg(modem_control), 0x03); // DTR, RTS
    present_ = true;
    return true;
}

bool Uart::can_send() const {
    return (in8(reg(line_status)) & holding_empty) != 0;
}

void Uart::write(std::string_view text) {
    if (!present_)
        return;
    for (const char c : text)
        for (unsigned i = 0; !ring_.push(static_cast<u8>(c)) && i < drain_limit; ++i)
            poll();
}

void Uart::poll() {
    if (!present_ || ring_.size() == 0 || !can_send())
        return;
    u8 byte = 0;
    for (unsigned i = 0; i < burst_ && ring_.pop(byte); ++i)
        out8(reg(data), byte);
}

void Uart::drain() {
    unsigned idle = 0;
    std::size_t left = ring_.size();
    while (present_ && left != 0 && idle < drain_limit) {
        poll();
        idle = ring_.size() == left ? idle + 1 : 0;
        left = ring_.size();
    }
    const auto sending = [&] { return (in8(reg(line_status)) & all_sent) == 0; };
    for (idle = 0; present_ && sending() && idle < drain_limit; ++idle)
        pause();
}

std::optional<u8> Uart::read() {
    if (!present_ || (in8(reg(line_status)) & data_ready) == 0)
        return {};
    return in8(reg(data));
}

} // namespace vestige::host
