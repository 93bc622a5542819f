// SPDX-License-Identifier: BSD-2-Clause
// What the run loop costs while a guest halts, counted in exits, and what a pause does to its timers.
#include "halting_machine.hpp"

#include <cmath>

namespace vestige::test {
namespace {

struct IdleTest : HaltingMachine {};

TEST_F(IdleTest, HaltedGuestSleepsAndExitsOnlyForItsTicks) {
    // The 8259 pair and the 8254 as a BIOS sets them up: 18.2 ticks a second.
    machine::PortBus& ports = machine->board().ports;
    const auto program = [&ports] {
        constexpr std::pair<u16, u8> writes[] = {{0x20, 0x11}, {0x21, 0x08}, {0x21, 0x04},
                                                 {0x21, 0x01}, {0x21, 0xfe}, {0x43, 0x36},
                                                 {0x40, 0x00}, {0x40, 0x00}};
        for (const auto& [port, value] : writes)
            ports.write(Port{port}, Width::byte, value);
    };
    cpu.on_reset = program;
    cpu.on_interrupt = [this] { machine->board().pic.end_of_interrupt(0); };
    machine->run();
    EXPECT_NEAR(static_cast<double>(cpu.taken[8]), 18.2 * seconds, 2);
    EXPECT_LE(cpu.exits, cpu.taken[8] + 50 * seconds); // fewer than 50 a second beside the ticks
    EXPECT_LE(cpu.exits, cpu.taken[8] + 2);            // in fact none
    EXPECT_GE(host.slept, seconds * tsc_hertz * 99 / 100);
    EXPECT_GE(host.polls, 95 * seconds); // the host's own work goes on
}

TEST_F(IdleTest, WaitsForTheInterruptOfACoprocessorError) {
    machine::PortBus& ports = machine->board().ports;
    cpu.on_reset = [&ports] {
        constexpr std::pair<u16, u8> writes[] = {{0x20, 0x11}, {0x21, 0x08}, {0x21, 0x04},
                                                 {0x21, 0x01}, {0x21, 0xfb}, {0xa0, 0x11},
                                                 {0xa1, 0x70}, {0xa1, 0x02}, {0xa1, 0x01},
                                                 {0xa1, 0xdf}};
        for (const auto& [port, value] : writes)
            ports.write(Port{port}, Width::byte, value);
    };
    cpu.numeric_error = true;
    cpu.on_interrupt = [this, &ports] {
        cpu.numeric_error = false;
        ports.write(Port{0xf0}, Width::byte, 0);
        machine->board().pic.end_of_interrupt(13);
    };
    machine->run();
    EXPECT_EQ(cpu.taken[0x75], 1U);
    EXPECT_EQ(cpu.taken[0x10], 0U) << "#MF";
    EXPECT_LE(cpu.exits, 4U);
}

TEST_F(IdleTest, SleepsWhileTheInterruptOfACoprocessorErrorIsMasked) {
    cpu.numeric_error = true;
    cpu.on_reset = [this] { machine->board().pic.write_port(Port{0xa1}, Width::byte, 0xff); };
    machine->run();
    EXPECT_LE(cpu.exits, 2U);
    EXPECT_GE(host.slept, seconds * tsc_hertz * 99 / 100);
}

TEST_F(IdleTest, CoprocessorErrorIsAnExceptionWithCr0Ne) {
    cpu.control = 0x30;
    cpu.numeric_error = true;
    cpu.on_interrupt = [this] { cpu.numeric_error = false; };
    machine->run();
    EXPECT_EQ(cpu.taken[0x10], 1U);
    EXPECT_EQ(cpu.taken[0x75], 0U);
}

TEST_F(IdleTest, CpuidTellsTheFrequenciesOfTheTimers) {
    const cpu::CpuidResult leaf = machine->cpuid().read(0x15, 0, {});
    EXPECT_EQ(leaf.ecx, devices::ApicTimer::crystal_hertz);
    ASSERT_NE(leaf.eax, 0U);
    EXPECT_EQ(u64{leaf.ecx} * leaf.ebx / leaf.eax, tsc_hertz);
}

TEST_F(IdleTest, DeadlinesOfTheTimeStampCounterAreMet) {
    constexpr u64 period = tsc_hertz / 1000;
    devices::LocalApic& apic = machine->board().lapic;
    const auto arm = [&] { cpu.deadline = machine->read_tsc() + period; };
    cpu.on_reset = [&] {
        apic.enter_virtual_wire_mode();
        apic.write_mmio(0x320, Width::dword, 0x40031);
        arm();
    };
    cpu.on_interrupt = [&] {
        apic.write_mmio(0xb0, Width::dword, 0);
        arm();
    };
    machine->run();
    EXPECT_GE(cpu.taken[0x31], seconds * 980);
    EXPECT_LE(cpu.taken[0x31], seconds * 1000);
    EXPECT_LE(cpu.exits, 2 * cpu.taken[0x31] + 4); // the deadline's write and the HLT
}

/// All that ticks, each on a vector of its own: the 8254 and the RTC through the 8259 pair, the
/// HPET through the I/O APIC, the APIC's timer.
struct PauseTest : HaltingMachine {
    static constexpr u8 pit = 0x08, rtc = 0x70, hpet = 0x41, apic = 0x31;
    static constexpr unsigned hertz = 1000; // the RTC: 1024

    void out(u16 port, u8 value) { machine->board().ports.write(Port{port}, Width::byte, value); }
    void poke(u64 address, u32 value) {
        machine->board().mmio.write(Gpa{address}, Width::dword, value);
    }
    void program() {
        machine->board().lapic.enter_virtual_wire_mode();
        constexpr std::pair<u16, u8> writes[] = {
            {0x20, 0x11}, {0x21, 0x08}, {0x21, 0x04}, {0x21, 0x01}, {0x21, 0xfa}, {0xa0, 0x11},
            {0xa1, 0x70}, {0xa1, 0x02}, {0xa1, 0x01}, {0xa1, 0xfe}, {0x43, 0x34}, {0x40, 0xa9},
            {0x40, 0x04}, {0x70, 0x0b}, {0x71, 0x42}, {0x70, 0x0c}};
        for (const auto& [port, value] : writes)
            out(port, value);
        constexpr u64 io_apic = 0xfec00000, local_apic = 0xfee00000, timer = 0xfed00000;
        poke(io_apic, 0x11 + 2 * 20);
        poke(io_apic + 0x10, 0);
        poke(io_apic, 0x10 + 2 * 20);
        poke(io_apic + 0x10, hpet);
        poke(timer + 0x100, 20U << 9 | 0x14cU); // input 20, 32 bits, periodic, enabled
        poke(timer + 0x108, 100'000'000 / hertz);
        poke(timer + 0x108, 100'000'000 / hertz); // comparator, then period
        poke(timer + 0x10, 1);
        poke(local_apic + 0x3e0, 0xb); // divided by 1
        poke(local_apic + 0x320, 0x20000U | apic);
        poke(local_apic + 0x380, devices::ApicTimer::crystal_hertz / hertz);
    }
    /// Ends the interrupt and notes how long the one before is gone.
    void serve() {
        const u8 vector = cpu.event->vector.value;
        const machine::Nanoseconds now = machine->now();
        if (last[vector] != 0)
            closest = std::min(closest, now - last[vector]);
        last[vector] = now;
        if (vector == rtc) {
            out(0x70, 0x0c);
            static_cast<void>(machine->board().ports.read(Port{0x71}, Width::byte));
            machine->board().pic.end_of_interrupt(8);
        } else if (vector == pit) {
            machine->board().pic.end_of_interrupt(0);
        } else {
            poke(0xfee000b0, 0);
        }
    }

    std::array<machine::Nanoseconds, 256> last{};
    machine::Nanoseconds closest = machine::never;
};

TEST_F(PauseTest, TimeStandsStillAndNoTicksPileUp) {
    constexpr u64 gone = 30 * tsc_hertz; // of the 40 seconds that the host sees
    cpu.end += gone;
    cpu.on_reset = [this] { program(); };
    cpu.on_interrupt = [this] { serve(); };
    const u64 pause_at = host.time + 3 * tsc_hertz;
    machine::Nanoseconds before = 0, after = 0;
    u64 exits_before = 0, counter_before = 0;
    bool over = false;
    host.on_poll = [&] {
        if (over || host.time < pause_at)
            return;
        if (!machine->paused()) {
            machine->pause();
        } else if (before == 0) {
            before = machine->now();
            counter_before = machine->read_tsc();
            exits_before = cpu.exits;
        } else if (host.time >= pause_at + gone) {
            after = machine->now();
            EXPECT_EQ(machine->read_tsc(), counter_before);
            EXPECT_EQ(cpu.exits, exits_before);
            machine->resume();
            over = true;
        }
    };
    machine->run();
    EXPECT_TRUE(over);
    EXPECT_EQ(before, after);
    // The counters, which started together, agree after all that.
    const double passed = static_cast<double>(machine->now()) / 1e9;
    const u32 pm_timer = machine->board().ports.read(devices::AcpiPm::timer_block, Width::dword);
    const u64 hpet_counter = machine->board().mmio.read(Gpa{0xfed000f0}, Width::qword);
    EXPECT_NEAR(passed, seconds, 0.01);
    EXPECT_NEAR(static_cast<double>(machine->read_tsc()) / tsc_hertz, passed, 1e-4);
    EXPECT_NEAR(static_cast<double>(hpet_counter) / 1e8, passed, 1e-4);
    EXPECT_NEAR(std::fmod(passed * 3579545, 1 << 24), pm_timer & 0xffffff, 400);
    for (const u8 vector : {pit, hpet, apic})
        EXPECT_NEAR(static_cast<double>(cpu.taken[vector]), seconds * hertz, 30) << int{vector};
    EXPECT_NEAR(static_cast<double>(cpu.taken[rtc]), seconds * 1024.0, 30);
    EXPECT_GT(closest, 500'000U); // half a period: nowhere did one tick follow on another
}

} // namespace
} // namespace vestige::test
