// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/machine_end.hpp"

#include "vestige/host/console.hpp"
#include "vestige/host/control_registers.hpp"
#include "vestige/host/port_io.hpp"

namespace vestige::host {
namespace {

constinit AtEnd at_end = AtEnd::exit;

} // namespace

void set_at_end(AtEnd choice) { at_end = choice; }

void end_machine(u8 status) {
    console().drain();
    if (at_end == AtEnd::exit) {
        out8(Port{0xf4}, status);
        for (const char c : std::string_view{"Shutdown"})
            out8(Port{0x8900}, static_cast<u8>(c));
    }
    if (at_end == AtEnd::reboot)
        out8(Port{0x64}, 0xfe);
    halt_forever();
}

} // namespace vestige::host
