// SPDX-License-Identifier: BSD-2-Clause
// A VM whose guest halts whenever it can, on a host whose time passes by itself.
#pragma once

#include "vestige/vm/vm.hpp"

#include "../devices/device_fixture.hpp"

#include <functional>
#include <gtest/gtest.h>
#include <vector>

namespace vestige::test {

inline constexpr u64 tsc_hertz = 1'000'000'000;

/// A CPU whose time passes while it sleeps, its guest runs, and a little with every look at it.
struct FakeHost final : vm::HostServices {
    mutable u64 time = 1000;
    u64 slept = 0;
    u64 polls = 0;
    std::function<void()> on_poll = [] {};
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
    void poll() override {
        ++polls;
        on_poll();
    }
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
    std::span<u32> apic_registers() override { return {}; }
    bool virtualize_apic(bool /*wanted*/) override { return false; }
    void set_priority_threshold(u8 /*priority_class*/) override {}
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

struct HaltingMachine : ::testing::Test {
    static constexpr u64 seconds = 10;

    HaltingMachine() {
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

} // namespace vestige::test
