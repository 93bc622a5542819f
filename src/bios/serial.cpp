// SPDX-License-Identifier: BSD-2-Clause
// INT 14h (serial port) and INT 17h (printer: none is there).
#include "vestige/bios/service.hpp"

namespace vestige::bios {
namespace {

// 16550 registers by offset, and line status bits.
constexpr u8 data = 0, interrupt_enable = 1, line_control = 3, modem_control = 4, line_status = 5,
             modem_status = 6;
constexpr u8 received = 0x01, holding_empty = 0x20;
constexpr u8 timed_out = 0x80;

bool is_there(const Call& call) { return call.dx() == 0; }

void answer_status(Call& call) {
    call.set_ah(call.env.com1.read(line_status));
    call.set_al(call.env.com1.read(modem_status));
}

Outcome initialize(Call& call) {
    if (!is_there(call))
        return Outcome::done;
    constexpr std::array<u16, 8> divisors{1047, 768, 384, 192, 96, 48, 24, 12};
    const u8 parameters = call.al();
    const u16 divisor = divisors[parameters >> 5];
    devices::Uart16550& port = call.env.com1;
    port.write(line_control, 0x80);
    port.write(data, static_cast<u8>(divisor));
    port.write(interrupt_enable, static_cast<u8>(divisor >> 8));
    port.write(line_control, parameters & 0x1f);
    port.write(interrupt_enable, 0);
    answer_status(call);
    return Outcome::done;
}

Outcome send(Call& call) {
    if (!is_there(call))
        return Outcome::done;
    devices::Uart16550& port = call.env.com1;
    port.write(modem_control, 0x03);
    const u8 status = port.read(line_status);
    if ((status & holding_empty) == 0)
        return call.wait();
    port.write(data, call.al());
    call.set_ah(port.read(line_status) & 0x7f);
    return Outcome::done;
}

/// A byte that is there is taken; with none the answer is a time-out at once.
Outcome receive(Call& call) {
    if (!is_there(call))
        return Outcome::done;
    devices::Uart16550& port = call.env.com1;
    const u8 status = port.read(line_status);
    if ((status & received) == 0) {
        call.set_ah(static_cast<u8>(timed_out | (status & 0x7f)));
        return Outcome::done;
    }
    call.set_al(port.read(data));
    call.set_ah(status & 0x1e);
    return Outcome::done;
}

Outcome status(Call& call) {
    if (is_there(call))
        answer_status(call);
    return Outcome::done;
}

constexpr std::array serial_rows{
    Service{0x00, "initialize port", initialize},
    Service{0x01, "send", send},
    Service{0x02, "receive", receive},
    Service{0x03, "port status", status},
};

/// A port without a printer: not selected, out of paper, and the transfer times out.
Outcome no_printer(Call& call) {
    call.set_ah(0x31);
    return Outcome::done;
}

constexpr std::array printer_rows{
    Service{0x00, "print", no_printer},
    Service{0x01, "initialize printer", no_printer},
    Service{0x02, "printer status", no_printer},
};

Outcome unsupported(Call& call) {
    call.set_carry(true);
    return Outcome::done;
}

} // namespace

constinit const InterruptServices serial_services{serial_rows, unsupported, "serial"};
constinit const InterruptServices printer_services{printer_rows, unsupported, "printer"};

} // namespace vestige::bios
