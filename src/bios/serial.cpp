// SPDX-License-Identifier: BSD-2-Clause
// INT 14h: the serial port, as the BIOS of the PS/2 serves it, and the functions' table.
#include "vestige/bios/service.hpp"

#include "serial_internal.hpp"

namespace vestige::bios {
namespace {

constexpr u8 timed_out = 0x80;

Outcome answer(Call& call, u8 line) {
    call.set_ah(line);
    return call.succeed();
}

Outcome initialize(Call& call) {
    devices::Uart16550* const port = port_of(call);
    if (port == nullptr)
        return no_port(call);
    constexpr std::array<u16, 8> divisors{1047, 768, 384, 192, 96, 48, 24, 12};
    constexpr u16 fastest = 6, fast = 3; // what a FOSSIL driver has in place of 110 and 150 baud
    const u8 rate = call.al() >> 5;
    const bool other = rate < 2 && fossil_active(call);
    set_line(*port, !other ? divisors[rate] : rate == 0 ? fastest : fast, call.al() & 0x1f);
    return answer_status(call, *port);
}

Outcome send(Call& call) {
    devices::Uart16550* const port = port_of(call);
    if (port == nullptr)
        return no_port(call);
    const auto end = call.take_end_of_wait();
    const bool fossil = fossil_active(call);
    if (!fossil)
        port->write(uart::modem_control, uart::dtr_and_rts);
    const u8 line = port->read(uart::line_status);
    if ((line & uart::holding_empty) == 0 || !may_send(call, *port))
        return wait_for_port(call, line, end);
    port->write(uart::data, call.al());
    return fossil ? answer_status(call, *port) : answer(call, port->read(uart::line_status));
}

Outcome receive(Call& call) {
    devices::Uart16550* const port = port_of(call);
    if (port == nullptr)
        return no_port(call);
    const auto end = call.take_end_of_wait();
    if (!fossil_active(call))
        port->write(uart::modem_control, uart::dtr_only);
    const u8 line = port->read(uart::line_status);
    if ((line & uart::received) == 0)
        return wait_for_port(call, line, end);
    call.set_al(port->read(uart::data));
    return answer(call, line & uart::receive_errors);
}

Outcome status(Call& call) {
    devices::Uart16550* const port = port_of(call);
    return port == nullptr ? no_port(call) : answer_status(call, *port);
}

/// AL break, BH parity, BL stop bits, CH data bits, CL rate, each as a small number. What does not
/// fit these is a program that looks for a FOSSIL driver, whose signature in BX is optional.
Outcome extended_initialize(Call& call) {
    constexpr u16 fossil_signature = 0x4f50;
    constexpr std::array<u16, 12> divisors{1047, 768, 384, 192, 96, 48, 24, 12, 6, 3, 2, 1};
    constexpr std::array<u8, 5> parities{0x00, 0x08, 0x18, 0x28, 0x38};
    devices::Uart16550* const port = port_of(call);
    if (port == nullptr)
        return no_port(call);
    if (call.bx() == fossil_signature || call.al() > 1 || call.bl() > 1 || call.ch() > 3 ||
        call.bh() >= parities.size() || call.cl() >= divisors.size())
        return start_fossil(call, *port);
    set_line(*port, divisors[call.cl()],
             static_cast<u8>(call.ch() | call.bl() << 2 | parities[call.bh()] |
                             (call.al() != 0 ? uart::send_break : 0)));
    return answer_status(call, *port);
}

/// AL=0 reads the modem control register into BL, AL=1 writes it. A FOSSIL driver ends here.
Outcome extended_modem_control(Call& call) {
    constexpr u8 lines = 0x1f;
    devices::Uart16550* const port = port_of(call);
    if (port == nullptr || (!fossil_active(call) && call.al() > 1))
        return no_port(call);
    if (fossil_active(call))
        return end_fossil(call);
    if (call.al() == 0)
        call.set_bl(port->read(uart::modem_control));
    else
        port->write(uart::modem_control, call.bl() & lines);
    return answer_status(call, *port);
}

constexpr std::array rows{
    by_ah(0x00, "14/00", "initialize port", initialize, "port=dx parameters=al", "cf ah al"),
    by_ah(0x01, "14/01", "send", send, "port=dx char=al'", "cf ah"),
    by_ah(0x02, "14/02", "receive", receive, "port=dx", "cf ah char=al'"),
    by_ah(0x03, "14/03", "port status", status, "port=dx", "cf ah al"),
    by_ah(0x04, "14/04", "extended initialize", extended_initialize, "port=dx al bx cx", "cf ax bx"),
    by_ah(0x05, "14/05", "extended modem control", extended_modem_control, "port=dx al bl",
          "cf ax bl"),
    by_ah(0x06, "14/06", "FOSSIL raise or lower DTR", fossil_dtr, "port=dx al", "cf"),
    by_ah(0x08, "14/08", "FOSSIL flush output", fossil_flush, "port=dx", "cf"),
    by_ah(0x09, "14/09", "FOSSIL purge output", fossil_purge_output, "port=dx", "cf"),
    by_ah(0x0a, "14/0A", "FOSSIL purge input", fossil_purge_input, "port=dx", "cf"),
    by_ah(0x0b, "14/0B", "FOSSIL send without wait", fossil_try_send, "port=dx char=al'", "cf ax"),
    by_ah(0x0c, "14/0C", "FOSSIL peek", fossil_peek, "port=dx", "cf ax"),
    by_ah(0x0f, "14/0F", "FOSSIL flow control", fossil_flow_control, "port=dx al", "cf"),
    by_ah(0x18, "14/18", "FOSSIL read block", fossil_read_block, "port=dx count=cx# buf=es:di",
          "cf count=ax#"),
    by_ah(0x19, "14/19", "FOSSIL write block", fossil_write_block, "port=dx count=cx# buf=es:di",
          "cf count=ax#"),
    by_ah(0x1a, "14/1A", "FOSSIL break", fossil_break, "port=dx al", "cf"),
    by_ah(0x1b, "14/1B", "FOSSIL driver information", fossil_information,
          "port=dx size=cx# buf=es:di", "cf size=ax#"),
};

} // namespace

constinit const FunctionTable serial_services{rows, index_of(rows), no_port, "cf"};

devices::Uart16550* port_of(Call& call) {
    constexpr u16 ports = 4, first_uart = 0x3f8;
    const bool there =
        call.dx() < ports && call.bda<u16>(bda::com_ports + 2U * call.dx()) == first_uart;
    return there ? &call.env.com1 : nullptr;
}

/// The answer for a port or a function that is not there.
Outcome no_port(Call& call) {
    call.set_carry(true);
    return Outcome::done;
}

void set_line(devices::Uart16550& port, u16 divisor, u8 line_control) {
    port.write(uart::line_control, uart::divisor_access);
    port.write(uart::data, static_cast<u8>(divisor));
    port.write(uart::interrupt_enable, static_cast<u8>(divisor >> 8));
    port.write(uart::line_control, line_control);
    port.write(uart::interrupt_enable, 0);
}

Outcome answer_status(Call& call, devices::Uart16550& port) {
    constexpr u8 fossil_line = 0x63, fossil_modem = 0x80, always = 0x08;
    const u8 modem = port.read(uart::modem_status);
    const u8 line = port.read(uart::line_status);
    const bool fossil = fossil_active(call);
    call.set_al(fossil ? static_cast<u8>((modem & fossil_modem) | always) : modem);
    return answer(call, fossil ? line & fossil_line : line);
}

Outcome wait_for_port(Call& call, u8 line, std::optional<machine::Nanoseconds> end) {
    const machine::Nanoseconds now = call.env.clock.now();
    const machine::Nanoseconds limit =
        call.bda<u8>(bda::com_timeouts + call.dx()) * machine::nanoseconds_per_second;
    const machine::Nanoseconds until = end.value_or(now + limit);
    if (now < until && until - now <= limit)
        return call.wait_until(until, false);
    return answer(call, static_cast<u8>(timed_out | line));
}

} // namespace vestige::bios
