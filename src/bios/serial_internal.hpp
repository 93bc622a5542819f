// SPDX-License-Identifier: BSD-2-Clause
// What the services of the BIOS and those of a FOSSIL driver share of INT 14h.
#pragma once

#include "vestige/bios/call.hpp"

namespace vestige::bios {

/// Registers of the 16550 by offset, and bits of theirs.
namespace uart {
inline constexpr u8 data = 0, interrupt_enable = 1, fifo_control = 2, line_control = 3,
                    modem_control = 4, line_status = 5, modem_status = 6;
inline constexpr u8 received = 0x01, receive_errors = 0x1e, holding_empty = 0x20, all_sent = 0x40;
inline constexpr u8 dtr_only = 0x01, dtr_and_rts = 0x03, send_break = 0x40, divisor_access = 0x80;
} // namespace uart

/// The port that DX names; null when the machine has none there.
[[nodiscard]] devices::Uart16550* port_of(Call& call);
Outcome no_port(Call& call);
void set_line(devices::Uart16550& port, u16 divisor, u8 line_control);
/// Line status in AH, modem status in AL; of a FOSSIL driver its own bits of both.
Outcome answer_status(Call& call, devices::Uart16550& port);
/// Looks again until the port's time-out is over; line is the status it ends with. end is what
/// take_end_of_wait() gave.
Outcome wait_for_port(Call& call, u8 line, std::optional<machine::Nanoseconds> end);

// FOSSIL: fossil.cpp.
/// A program has asked for the driver and not sent it away since.
[[nodiscard]] bool fossil_active(const Call& call);
Outcome start_fossil(Call& call, devices::Uart16550& port);
Outcome end_fossil(Call& call);
/// Whether flow control lets a byte out now.
[[nodiscard]] bool may_send(Call& call, devices::Uart16550& port);
Outcome fossil_dtr(Call& call);
Outcome fossil_flush(Call& call);
Outcome fossil_purge_output(Call& call);
Outcome fossil_purge_input(Call& call);
Outcome fossil_try_send(Call& call);
Outcome fossil_peek(Call& call);
Outcome fossil_flow_control(Call& call);
Outcome fossil_read_block(Call& call);
Outcome fossil_write_block(Call& call);
Outcome fossil_break(Call& call);
Outcome fossil_information(Call& call);

} // namespace vestige::bios
