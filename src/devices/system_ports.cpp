// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/system_ports.hpp"

#include <string_view>

namespace vestige::devices {
namespace {

constexpr std::string_view shutdown_word = "Shutdown";
constexpr Port exit_port{0xf4}, shutdown_port{0x8900}, debug_port{0xe9};

} // namespace

u32 SystemControl::read_port(Port, Width) {
    return static_cast<u32>((latch_ & ~3U) | (a20_.enabled() ? 2U : 0U));
}

void SystemControl::write_port(Port, Width, u32 value) {
    latch_ = static_cast<u8>(value);
    a20_.set((value & 2) != 0);
    if ((value & 1) != 0)
        power_.request_reset("port 92h");
}

bool ExitPorts::attach(machine::PortBus& bus) {
    return bus.attach(exit_port, 1, *this, Width::byte) &&
           bus.attach(shutdown_port, 1, *this, Width::byte) &&
           bus.attach(debug_port, 1, *this, Width::byte);
}

u32 ExitPorts::read_port(Port port, Width) { return port == debug_port ? 0xe9 : 0xff; }

void ExitPorts::write_port(Port port, Width, u32 value) {
    const u8 byte = static_cast<u8>(value);
    if (port == exit_port)
        return power_.exit_with(byte);
    if (port == debug_port) {
        // The debug console never waits: a byte that finds no room is lost.
        static_cast<void>(debug_.try_write(byte));
        return;
    }
    if (byte == static_cast<u8>(shutdown_word[matched_]))
        ++matched_;
    else
        matched_ = byte == static_cast<u8>(shutdown_word[0]) ? 1 : 0;
    if (matched_ == shutdown_word.size()) {
        matched_ = 0;
        power_.power_off();
    }
}

} // namespace vestige::devices
