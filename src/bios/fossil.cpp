// SPDX-License-Identifier: BSD-2-Clause
// A FOSSIL driver for COM1 (FidoNet FSC-0015, revision 5): programs for bulletin boards ask for it
// with INT 14h AH=04h. The UART's FIFOs are its buffers.
#include "serial_internal.hpp"

#include <algorithm>

namespace vestige::bios {

using cpu::SegmentName;
using devices::Uart16550;

namespace {

/// In the extended BIOS data area: what the driver was told.
constexpr u16 state_field = 0x60;
constexpr u8 active = 0x80, stopped = 0x40, flow_mask = 0x0f;
/// Bits of AH=0Fh: the other side stops us by a character, or by CTS.
constexpr u8 flow_xon_on_send = 0x01, flow_cts = 0x02;
constexpr u8 xon = 0x11, xoff = 0x13;
constexpr u8 cts = 0x10;
constexpr u8 fifos_on = 0x01, clear_received = 0x02, clear_unsent = 0x04;
constexpr u16 fifo_size = 16;
constexpr u16 signature = 0x1954;
constexpr u8 revision = 5, last_function = 0x1b;

Gpa state_at(const Call& call) {
    return call.physical(FarPtr{call.bda<u16>(bda::ebda_segment), state_field}.linear());
}
u8 state_of(const Call& call) { return call.bda<u8>(state_at(call)); }
void change_state(Call& call, u8 mask, u8 value) {
    call.set_bda<u8>(state_at(call), static_cast<u8>((state_of(call) & ~mask) | value));
}

/// A function of the driver: an error as long as nobody has asked for it.
template <class Serve> Outcome with_driver(Call& call, Serve serve) {
    Uart16550* const port = port_of(call);
    if (port == nullptr || !fossil_active(call))
        return no_port(call);
    return serve(*port);
}

/// A byte leaves when there is room and flow control allows it.
bool try_send(Call& call, Uart16550& port, u8 byte) {
    if ((port.read(uart::line_status) & uart::holding_empty) == 0 || !may_send(call, port))
        return false;
    port.write(uart::data, byte);
    return true;
}

} // namespace

bool fossil_active(const Call& call) {
    return (state_of(call) & active) != 0;
}

bool may_send(Call& call, Uart16550& port) {
    const u8 state = state_of(call);
    if ((state & active) == 0)
        return true;
    if ((state & flow_cts) != 0 && (port.read(uart::modem_status) & cts) == 0)
        return false;
    if ((state & flow_xon_on_send) == 0)
        return true;
    if (const auto next = port.peek(); next && (*next == xon || *next == xoff)) {
        static_cast<void>(port.read(uart::data));
        change_state(call, stopped, *next == xoff ? stopped : u8{0});
    }
    return (state_of(call) & stopped) == 0;
}

Outcome start_fossil(Call& call, Uart16550& port) {
    change_state(call, 0xff, active);
    port.write(uart::fifo_control, fifos_on);
    port.write(uart::modem_control, uart::dtr_and_rts);
    call.set_ax(signature);
    call.set_bh(revision);
    call.set_bl(last_function);
    return call.succeed();
}

/// The lines stay as they are: a program that ends does not hang up.
Outcome end_fossil(Call& call) {
    change_state(call, 0xff, 0);
    call.env.com1.write(uart::fifo_control, 0);
    return call.succeed();
}

Outcome fossil_dtr(Call& call) {
    return with_driver(call, [&](Uart16550& port) {
        const u8 lines = port.read(uart::modem_control);
        port.write(uart::modem_control,
                   static_cast<u8>((lines & ~uart::dtr_only) | (call.al() & 1)));
        return call.succeed();
    });
}

/// Returns when everything has left, or after the port's time-out.
Outcome fossil_flush(Call& call) {
    const auto end = call.take_end_of_wait();
    return with_driver(call, [&](Uart16550& port) {
        const u8 line = port.read(uart::line_status);
        return (line & uart::all_sent) != 0 ? call.succeed() : wait_for_port(call, line, end);
    });
}

Outcome fossil_purge_output(Call& call) {
    return with_driver(call, [&](Uart16550& port) {
        port.write(uart::fifo_control, fifos_on | clear_unsent);
        return call.succeed();
    });
}

Outcome fossil_purge_input(Call& call) {
    return with_driver(call, [&](Uart16550& port) {
        port.write(uart::fifo_control, fifos_on | clear_received);
        return call.succeed();
    });
}

Outcome fossil_try_send(Call& call) {
    return with_driver(call, [&](Uart16550& port) {
        call.set_ax(try_send(call, port, call.al()) ? 1 : 0);
        return call.succeed();
    });
}

Outcome fossil_peek(Call& call) {
    return with_driver(call, [&](Uart16550& port) {
        constexpr u16 none = 0xffff;
        const auto next = port.peek();
        call.set_ax(next ? u16{*next} : none);
        return call.succeed();
    });
}

Outcome fossil_flow_control(Call& call) {
    return with_driver(call, [&](Uart16550&) {
        change_state(call, flow_mask | stopped, call.al() & flow_mask);
        return call.succeed();
    });
}

/// CX bytes at most to ES:DI, as many as are there.
Outcome fossil_read_block(Call& call) {
    return with_driver(call, [&](Uart16550& port) {
        u16 count = 0;
        for (; count < call.cx() && port.peek(); ++count)
            call.store<u8>(SegmentName::es, static_cast<u16>(call.di() + count),
                           port.read(uart::data));
        call.set_ax(count);
        return call.succeed();
    });
}

/// CX bytes at most from ES:DI, as many as find room.
Outcome fossil_write_block(Call& call) {
    return with_driver(call, [&](Uart16550& port) {
        u16 count = 0;
        while (count < call.cx() &&
               try_send(call, port,
                        call.load<u8>(SegmentName::es, static_cast<u16>(call.di() + count))))
            ++count;
        call.set_ax(count);
        return call.succeed();
    });
}

Outcome fossil_break(Call& call) {
    return with_driver(call, [&](Uart16550& port) {
        const u8 line = port.read(uart::line_control);
        port.write(uart::line_control, static_cast<u8>((line & ~uart::send_break) |
                                                       ((call.al() & 1) != 0 ? uart::send_break : 0)));
        return call.succeed();
    });
}

Outcome fossil_information(Call& call) {
    return with_driver(call, [&](Uart16550& port) {
        constexpr u16 size = 19;
        constexpr u8 rows = 25, baud_9600_8n1 = 0xe3;
        std::array<std::byte, size> answer{};
        store_le<u16>(answer, 0, size);
        answer[2] = std::byte{revision};
        answer[3] = std::byte{1}; // of this driver
        store_le<u16>(answer, 4, fossil_name);
        store_le<u16>(answer, 6, bios_segment);
        store_le<u16>(answer, 8, fifo_size);
        store_le<u16>(answer, 10, port.peek() ? u16{1} : u16{0});
        store_le<u16>(answer, 12, fifo_size);
        const bool empty = (port.read(uart::line_status) & uart::holding_empty) != 0;
        store_le<u16>(answer, 14, empty ? fifo_size : u16{0});
        answer[16] = static_cast<std::byte>(call.bda<u16>(bda::columns));
        answer[17] = std::byte{rows};
        answer[18] = std::byte{baud_9600_8n1};
        const u16 given = std::min(call.cx(), size);
        call.write(SegmentName::es, call.di(), std::span{answer}.first(given));
        call.set_ax(given);
        return call.succeed();
    });
}

} // namespace vestige::bios
