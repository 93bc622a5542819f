// SPDX-License-Identifier: BSD-2-Clause
// INT 14h (serial port) and INT 17h (printer: none is there).
#include "vestige/bios/service.hpp"

namespace vestige::bios {
namespace {

// 16550 registers by offset, and line status bits.
constexpr u8 data = 0, interrupt_enable = 1, line_control = 3, modem_control = 4, line_status = 5,
             modem_status = 6;
constexpr u8 received = 0x01, receive_errors = 0x1e, holding_empty = 0x20;
constexpr u8 timed_out = 0x80;
constexpr u8 dtr_only = 0x01, dtr_and_rts = 0x03;

/// The port that DX names; null when the machine has none there.
devices::Uart16550* port_of(Call& call) {
    if (call.dx() != 0)
        return nullptr;
    return &call.env.com1;
}

Outcome unsupported(Call& call) {
    call.set_carry(true);
    return Outcome::done;
}

Outcome answer(Call& call, u8 line) {
    call.set_ah(line);
    return call.succeed();
}

Outcome answer_status(Call& call, devices::Uart16550& port) {
    call.set_al(port.read(modem_status));
    return answer(call, port.read(line_status));
}

/// Looks again until ready is set in the line status or the port's time-out is over.
Outcome wait_for_port(Call& call, u8 line, std::optional<machine::Nanoseconds> end) {
    const machine::Nanoseconds now = call.env.clock.now();
    const machine::Nanoseconds limit =
        call.bda<u8>(bda::com_timeouts + call.dx()) * machine::nanoseconds_per_second;
    const machine::Nanoseconds until = end.value_or(now + limit);
    if (now < until && until - now <= limit)
        return call.wait_until(until, false);
    return answer(call, static_cast<u8>(timed_out | line));
}

Outcome initialize(Call& call) {
    devices::Uart16550* const port = port_of(call);
    if (port == nullptr)
        return unsupported(call);
    constexpr std::array<u16, 8> divisors{1047, 768, 384, 192, 96, 48, 24, 12};
    constexpr u8 divisor_access = 0x80;
    const u8 parameters = call.al();
    const u16 divisor = divisors[parameters >> 5];
    port->write(line_control, divisor_access);
    port->write(data, static_cast<u8>(divisor));
    port->write(interrupt_enable, static_cast<u8>(divisor >> 8));
    port->write(line_control, parameters & 0x1f);
    port->write(interrupt_enable, 0);
    return answer_status(call, *port);
}

Outcome send(Call& call) {
    devices::Uart16550* const port = port_of(call);
    if (port == nullptr)
        return unsupported(call);
    const auto end = call.take_end_of_wait();
    port->write(modem_control, dtr_and_rts);
    const u8 line = port->read(line_status);
    if ((line & holding_empty) == 0)
        return wait_for_port(call, line, end);
    port->write(data, call.al());
    return answer(call, port->read(line_status));
}

Outcome receive(Call& call) {
    devices::Uart16550* const port = port_of(call);
    if (port == nullptr)
        return unsupported(call);
    const auto end = call.take_end_of_wait();
    port->write(modem_control, dtr_only);
    const u8 line = port->read(line_status);
    if ((line & received) == 0)
        return wait_for_port(call, line, end);
    call.set_al(port->read(data));
    return answer(call, line & receive_errors);
}

Outcome status(Call& call) {
    devices::Uart16550* const port = port_of(call);
    return port == nullptr ? unsupported(call) : answer_status(call, *port);
}

constexpr std::array serial_rows{
    by_ah(0x00, "14/00", "initialize port", initialize, "port=dx parameters=al", "cf ah al"),
    by_ah(0x01, "14/01", "send", send, "port=dx char=al'", "cf ah"),
    by_ah(0x02, "14/02", "receive", receive, "port=dx", "cf ah char=al'"),
    by_ah(0x03, "14/03", "port status", status, "port=dx", "cf ah al"),
    no_ah(0x04, "14/04", "extended initialize"),
    no_ah(0x05, "14/05", "extended modem control"),
    no_ah(0x06, "14/06", "FOSSIL raise or lower DTR"),
    no_ah(0x08, "14/08", "FOSSIL flush output"),
    no_ah(0x09, "14/09", "FOSSIL purge output"),
    no_ah(0x0a, "14/0A", "FOSSIL purge input"),
    no_ah(0x0b, "14/0B", "FOSSIL send without wait"),
    no_ah(0x0c, "14/0C", "FOSSIL peek"),
    no_ah(0x0f, "14/0F", "FOSSIL flow control"),
    no_ah(0x18, "14/18", "FOSSIL read block"),
    no_ah(0x19, "14/19", "FOSSIL write block"),
    no_ah(0x1a, "14/1A", "FOSSIL break"),
    no_ah(0x1b, "14/1B", "FOSSIL driver information"),
};

/// A port without a printer: not selected, out of paper, and the transfer times out.
Outcome no_printer(Call& call) {
    constexpr u8 paper_out_selected_timeout = 0x31;
    call.set_ah(paper_out_selected_timeout);
    return Outcome::done;
}

constexpr std::array printer_rows{
    by_ah(0x00, "17/00", "print", no_printer, "port=dx char=al'", "ah"),
    by_ah(0x01, "17/01", "initialize printer", no_printer, "port=dx", "ah"),
    by_ah(0x02, "17/02", "printer status", no_printer, "port=dx", "ah"),
};

} // namespace

constinit const FunctionTable serial_services{serial_rows, index_of(serial_rows), unsupported,
                                              "cf"};
constinit const FunctionTable printer_services{printer_rows, index_of(printer_rows), unsupported,
                                               "cf"};

} // namespace vestige::bios
