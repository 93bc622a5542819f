// SPDX-License-Identifier: BSD-2-Clause
// What a device is plugged into for its tests: a clock that stands still until it is moved, lines
// that are watched, and a far end for bytes.
#pragma once

#include "vestige/devices/system_ports.hpp"
#include "vestige/machine/clock.hpp"
#include "vestige/machine/interrupt_line.hpp"
#include "vestige/machine/port_bus.hpp"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace vestige::test {

/// With a time-stamp counter of 3 GHz.
struct FakeClock final : machine::TscClock {
    machine::Nanoseconds time = 0;
    machine::Nanoseconds now() const override { return time; }
    u64 read_tsc() const override { return 3 * time; }
    machine::Nanoseconds time_of_tsc(u64 value) const override { return value / 3 + 1; }
};

/// Counts rising edges of every line.
struct LineRecorder final : machine::InterruptController {
    std::array<bool, 24> high{};
    std::array<unsigned, 24> edges{};
    void set_line(unsigned line, bool level) override {
        if (line >= high.size())
            return;
        edges[line] += level && !high[line] ? 1 : 0;
        high[line] = level;
    }
};

struct FakeSink final : machine::CharacterSink {
    std::string got;
    std::size_t room = ~std::size_t{0};
    bool try_write(u8 byte) override {
        if (room == 0)
            return false;
        --room;
        got.push_back(static_cast<char>(byte));
        return true;
    }
};

struct FakeSource final : machine::CharacterSource {
    std::deque<u8> bytes;
    std::optional<u8> try_read() override {
        if (bytes.empty())
            return {};
        const u8 byte = bytes.front();
        bytes.pop_front();
        return byte;
    }
};

struct FakePower final : machine::PowerControl {
    unsigned resets = 0;
    unsigned offs = 0;
    std::vector<u8> statuses;
    void request_reset(const char*) override { ++resets; }
    void power_off() override { ++offs; }
    void exit_with(u8 status) override { statuses.push_back(status); }
};

/// A port bus of its own (64 KiB, so on the heap) with byte accesses.
struct Ports {
    std::unique_ptr<machine::PortBus> bus = std::make_unique<machine::PortBus>();
    void out(unsigned port, unsigned value) {
        bus->write(Port{static_cast<u16>(port)}, Width::byte, value);
    }
    u8 in(unsigned port) {
        return static_cast<u8>(bus->read(Port{static_cast<u16>(port)}, Width::byte));
    }
};

/// Lets the device see every one of its deadlines up to a time, as the VM does.
inline void run_until(FakeClock& clock, machine::Timed& device, machine::Nanoseconds end) {
    while (device.next_deadline() <= end) {
        clock.time = std::max(clock.time, device.next_deadline());
        device.expire();
    }
    clock.time = end;
}

} // namespace vestige::test
