// SPDX-License-Identifier: BSD-2-Clause
// A whole board without a CPU: what a guest does through its ports and memory is done by hand.
#pragma once

#include "vestige/vm/board.hpp"

#include "../devices/device_fixture.hpp"

#include <memory>

namespace vestige::test {

struct BoardFixture {
    FakeClock clock;
    FakePower power;
    FakeSink com1_out, debug_out;
    FakeSource com1_in;
    std::unique_ptr<vm::Board> board = std::make_unique<vm::Board>(
        clock, power, vm::BoardLinks{com1_out, com1_in, debug_out}, u64{1'000'000'000});

    void out(unsigned port, unsigned value, Width width = Width::byte) {
        board->ports.write(Port{static_cast<u16>(port)}, width, value);
    }
    u32 in(unsigned port, Width width = Width::byte) {
        return board->ports.read(Port{static_cast<u16>(port)}, width);
    }
    u64 load(Gpa address, Width width = Width::dword) { return board->mmio.read(address, width); }
    void store(Gpa address, u64 value, Width width = Width::dword) {
        board->mmio.write(address, width, value);
    }
    /// Time passes as for a VM that runs: every deadline is met.
    void run_until(machine::Nanoseconds end) {
        while (board->next_deadline() <= end) {
            clock.time = std::max(clock.time, board->next_deadline());
            board->expire(clock.time);
        }
        clock.time = end;
    }
};

} // namespace vestige::test
