// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/machine_end.hpp"

#include "vestige/host/console.hpp"
#include "vestige/host/control_registers.hpp"
#include "vestige/host/per_cpu.hpp"
#include "vestige/host/port_io.hpp"

namespace vestige::host {
namespace {

constinit AtEnd at_end = AtEnd::exit;
constinit std::optional<ResetPort> reset_port;

/// All known ways, from the politest on; a triple fault works everywhere.
[[noreturn]] void reset_machine() {
    if (reset_port)
        out8(reset_port->port, reset_port->value);
    out8(Port{0x64}, 0xfe);  // 8042: pulse the reset line
    out8(Port{0xcf9}, 0x02); // chipset: full reset
    out8(Port{0xcf9}, 0x06);
    const DescriptorTable no_idt{};
    asm volatile("lidt %0; int3" ::"m"(no_idt));
    halt_forever();
}

} // namespace

void set_at_end(AtEnd choice) {
    at_end = choice;
}
void set_reset_port(std::optional<ResetPort> port) {
    reset_port = port;
}

void end_machine(u8 status) {
    console().drain();
    if (at_end == AtEnd::exit) {
        out8(Port{0xf4}, status);
        for (const char c : std::string_view{"Shutdown"})
            out8(Port{0x8900}, static_cast<u8>(c));
    }
    if (at_end == AtEnd::reboot)
        reset_machine();
    halt_forever();
}

} // namespace vestige::host
