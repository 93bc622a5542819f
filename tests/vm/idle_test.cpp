// SPDX-License-Identifier: BSD-2-Clause
// A VM whose guest halts whenever it can: what its run loop costs, counted in exits.
#include "vestige/vm/vm.hpp"

#include "../devices/device_fixture.hpp"

#include <functional>
#include <gtest/gtest.h>
#include <vector>

namespace vestige::test {
namespace {

constexpr u64 tsc_hertz = 1'000'000'000;

/// A CPU whose time passes while it sleeps, its guest runs, and a little with every look at it.
struct FakeHost final : vm::HostServices {
    mutable u64 time = 1000;
    u64 slept = 0;
    u64 polls = 0;
    std::function<void()> on_idle = [] {};

    cpu::CpuidResult cpuid(u32 leaf, u32) const override {
        return leaf == 0 ? cpu::CpuidResult{0xd, 0, 0, 0} : cpu::CpuidResult{};
    }
    u64 tsc() const override { return time++; }
    u64 to_nanoseconds(u64 ticks) const override { return ticks; }
    u64 to_ticks(u64 nanoseconds) const override { return nanoseconds; }
    bool fast_strings() const override { return true; }
    void idle_until(u64 deadline) override {
        if (deadline <= time)
            return;
        slept += deadline - time;
        time = deadline;
        on_idle();
    }
    void poll() override { ++polls; }
};

/// Runs a guest that consists of HLT and an interrupt handler that ends its interrupt.
struct HaltingCpu final : vcpu::Vcpu {
    static constexpr u64 cost = 2000; ///< of a handler and the HLT behind it

    FakeHost& host;
    vm::Vm* machine = nullptr;
    u64 exits = 0;
    std::array<u64, 256> taken{};
    u64 end = 0;
    std::function<void()> on_reset = [] {};
    std::function<void()> on_interrupt = [] {};
    std::optional<cpu::Event> event;
    u64 control = 0x10; ///< CR0
    bool numeric_error = false; ///< an x87 instruction waits for it, in place of the HLT
    std::optional<u64> deadline; ///< to be written to TSC_DEADLINE before the guest halts

    explicit HaltingCpu(FakeHost& fake) : host{fake} { regs.rflags = cpu::rflags::interrupt | 2; }

    vcpu::VmExit run(u64) override {
        ++exits;
        host.time += cost;
        if (event) {
            ++taken[event->vector.value];
            on_interrupt();
            event.reset();
        }
        if (host.time >= end)
            machine->power_off();
        if (numeric_error)
            return vcpu::ExceptionExit{cpu::fault(cpu::exception::mf)};
        if (!deadline)
            return vcpu::HaltExit{};
        regs.set_dword(cpu::Gpr::rax, static_cast<u32>(*deadline));
        regs.set_dword(cpu::Gpr::rdx, static_cast<u32>(*deadline >> 32));
        deadline.reset();
        return vcpu::MsrExit{.index = devices::LocalApic::msr_tsc_deadline, .write = true};
    }
    void skip_instruction() override {}
    unsigned instruction_length() const override { return 1; }
    std::optional<cpu::Event> pending_event() const override { return event; }
    void inject(const cpu::Event& wanted) override { event = wanted; }
    void cancel_event() override { event.reset(); }
    bool can_take_interrupt() const override { return !event; }
    bool can_take_nmi() const override { return true; }
    void clear_interrupt_shadow() override {}
    void request_interrupt_window(bool) override {}
    void request_nmi_window(bool) override {}
    void reset() override { on_reset(); }
    void set_tsc_offset(u64) override {}
    bool read_state_msr(u32, u64&) const override { return false; }
    bool write_state_msr(u32, u64) override { return false; }
    void set_xcr0(u64) override {}
    u64 debug_register(unsigned) const override { return 0; }
    void set_debug_register(unsigned, u64) override {}
    void explain_failed_entry(TextSink&) const override {}
    void print_state(TextSink&) const override {}
    bool request_monitor_trap(bool) override { return false; }
    bool cancel_single_step() override { return false; }
    void intercept_exceptions(u32) override {}
    void intercept_debug_registers(bool) override {}
    void intercept_cr0(u64) override {}
    cpu::Segment segment(cpu::SegmentName) const override { return {}; }
    void set_segment(cpu::SegmentName, const cpu::Segment&) override {}
    cpu::DescriptorTable gdtr() const override { return {}; }
    cpu::DescriptorTable idtr() const override { return {}; }
    void set_gdtr(const cpu::DescriptorTable&) override {}
    void set_idtr(const cpu::DescriptorTable&) override {}
    u64 cr0() const override { return control; }
    u64 cr2() const override { return 0; }
    u64 cr3() const override { return 0; }
    u64 cr4() const override { return 0; }
    u64 efer() const override { return 0; }
    u64 dr7() const override { return 0x400; }
    void set_cr0(u64) override {}
    void set_cr2(u64) override {}
    void set_cr3(u64) override {}
    void set_cr4(u64) override {}
    void set_efer(u64) override {}
    void set_dr7(u64) override {}
    void initialize_fpu() override {}
};

struct NoSpace final : vcpu::AddressSpace {
    bool map(Gpa, Hpa, u64, vcpu::Access) override { return true; }
    void unmap(Gpa, u64) override {}
    void flush() override {}
    std::optional<Mapping> find(Gpa) const override { return {}; }
    void print_mapping(TextSink&, Gpa) const override {}
    void print_mappings(TextSink&) const override {}
};

struct NoScreen final : bios::ScreenObserver {
    void row_scrolled_off(std::span<const u16>) override {}
    void screen_written() override {}
};

struct NoKeys final : vm::KeySource {
    std::span<const u8> next_key() override { return {}; }
};

struct IdleTest : ::testing::Test {
    static constexpr u64 seconds = 10;

    IdleTest() {
        rom.back() = std::byte{1};
        vm::VmConfig config;
        config.name.assign("idle");
        config.memory_size = ram.size();
        config.boot_rom = rom; // no BIOS of ours: the guest is the fake CPU
        machine =
            std::make_unique<vm::Vm>(config, host, vm::VmLinks{{sink, source, sink}, screen, keys},
                                     vm::GuestStorage{ram, Hpa{}, rom_storage, Hpa{}, video, Hpa{}});
        cpu.machine = machine.get();
        cpu.end = host.time + seconds * tsc_hertz;
        EXPECT_TRUE(machine->connect(cpu, space));
        host.on_idle = [this] {
            if (host.time >= cpu.end)
                machine->power_off();
        };
    }

    FakeHost host;
    HaltingCpu cpu{host};
    NoSpace space;
    NoScreen screen;
    NoKeys keys;
    FakeSink sink;
    FakeSource source;
    std::vector<std::byte> ram = std::vector<std::byte>(2 << 20);
    std::vector<std::byte> rom = std::vector<std::byte>(0x10000);
    std::vector<std::byte> rom_storage = std::vector<std::byte>(0x10000);
    std::vector<std::byte> video = std::vector<std::byte>(vm::GuestStorage::video_size);
    std::unique_ptr<vm::Vm> machine;
};

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

} // namespace
} // namespace vestige::test
