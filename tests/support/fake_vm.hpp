// SPDX-License-Identifier: BSD-2-Clause
// A VM whose CPU never runs, for everything that looks at one from outside.
#pragma once

#include "vestige/vm/vm.hpp"

#include <map>
#include <vector>

namespace vestige::test {

/// State and nothing else; starts in real mode at 0000:7C00.
struct FakeVcpu : vcpu::Vcpu {
    FakeVcpu() { reset(); }
    void reset() override {
        for (cpu::Segment& each : segments)
            each = cpu::real_mode_segment(0);
        segments[1] = cpu::real_mode_segment(0, true);
        regs = {};
        regs.rip = 0x7c00;
        regs.set(cpu::Gpr::rsp, 0x7c00);
        control = {0x60000010};
        debug = {0, 0, 0, 0, 0, 0, 0xffff0ff0, 0x400};
        gdtr_value = {};
        idtr_value = {0, 0x3ff};
        efer_value = 0;
        event.reset();
    }
    cpu::Segment segment(cpu::SegmentName name) const override {
        return segments[static_cast<std::size_t>(name)];
    }
    void set_segment(cpu::SegmentName name, const cpu::Segment& value) override {
        segments[static_cast<std::size_t>(name)] = value;
    }
    cpu::DescriptorTable gdtr() const override { return gdtr_value; }
    cpu::DescriptorTable idtr() const override { return idtr_value; }
    void set_gdtr(const cpu::DescriptorTable& table) override { gdtr_value = table; }
    void set_idtr(const cpu::DescriptorTable& table) override { idtr_value = table; }
    u64 cr0() const override { return control[0]; }
    u64 cr2() const override { return control[2]; }
    u64 cr3() const override { return control[3]; }
    u64 cr4() const override { return control[4]; }
    u64 efer() const override { return efer_value; }
    u64 dr7() const override { return debug[7]; }
    void set_cr0(u64 value) override { control[0] = value; }
    void set_cr2(u64 value) override { control[2] = value; }
    void set_cr3(u64 value) override { control[3] = value; }
    void set_cr4(u64 value) override { control[4] = value; }
    void set_efer(u64 value) override { efer_value = value; }
    void set_dr7(u64 value) override { debug[7] = value; }
    void initialize_fpu() override {}
    vcpu::VmExit run(u64 /*deadline*/) override { return vcpu::TimerExit{}; }
    void skip_instruction() override {}
    unsigned instruction_length() const override { return 1; }
    std::optional<cpu::Event> pending_event() const override { return event; }
    void inject(const cpu::Event& wanted) override { event = wanted; }
    void cancel_event() override { event.reset(); }
    bool can_take_interrupt() const override { return false; }
    bool can_take_nmi() const override { return true; }
    void clear_interrupt_shadow() override {}
    void request_interrupt_window(bool /*wanted*/) override {}
    void request_nmi_window(bool /*wanted*/) override {}
    void set_tsc_offset(u64 /*offset*/) override {}
    bool read_state_msr(u32 /*index*/, u64& /*value*/) const override { return false; }
    bool write_state_msr(u32 /*index*/, u64 /*value*/) override { return false; }
    void set_xcr0(u64 /*value*/) override {}
    u64 debug_register(unsigned number) const override { return debug[number]; }
    void set_debug_register(unsigned number, u64 value) override { debug[number] = value; }
    std::span<u32> apic_registers() override { return {}; }
    bool virtualize_apic(bool /*wanted*/) override { return false; }
    void set_priority_threshold(u8 /*priority_class*/) override {}
    bool request_monitor_trap(bool /*wanted*/) override { return false; }
    bool cancel_single_step() override { return false; }
    void intercept_exceptions(u32 /*vectors*/) override {}
    void intercept_debug_registers(bool wanted) override { debug_registers_exit = wanted; }
    void intercept_cr0(u64 /*bits*/) override {}
    void explain_failed_entry(TextSink& out) const override { out.write("no rule\n"); }
    void print_state(TextSink& out) const override { out.write("fields\n"); }

    std::array<cpu::Segment, cpu::segment_count> segments{};
    std::array<u64, 5> control{};
    std::array<u64, 8> debug{};
    cpu::DescriptorTable gdtr_value;
    cpu::DescriptorTable idtr_value;
    u64 efer_value = 0;
    std::optional<cpu::Event> event;
    bool debug_registers_exit = false;
};

/// Remembers what each page is mapped for.
struct FakeSpace final : vcpu::AddressSpace {
    bool map(Gpa start, Hpa host, u64 size, vcpu::Access access) override {
        for (u64 done = 0; done < size; done += page_size)
            pages[(start + done).value()] = {host + done, access};
        return true;
    }
    void unmap(Gpa start, u64 size) override {
        for (u64 done = 0; done < size; done += page_size)
            pages.erase((start + done).value());
    }
    std::optional<Mapping> find(Gpa start) const override {
        const auto found = pages.find(start.value());
        if (found == pages.end())
            return {};
        return found->second;
    }
    void flush() override {}
    void print_mapping(TextSink& out, Gpa address) const override { print(out, "{x}\n", address); }
    void print_mappings(TextSink& out) const override { out.write("all\n"); }
    std::map<u64, Mapping> pages;
};

struct FakeHost final : vm::HostServices {
    u64 tsc() const override { return time += 10; }
    u64 to_nanoseconds(u64 ticks) const override { return ticks; }
    u64 to_ticks(u64 nanoseconds) const override { return nanoseconds; }
    bool fast_strings() const override { return true; }
    void idle_until(u64 /*deadline*/) override {}
    void poll() override {}
    cpu::CpuidResult cpuid(u32 /*leaf*/, u32 /*subleaf*/) const override { return {}; }
    mutable u64 time = 1000;
};

struct Nobody final : machine::CharacterSink,
                      machine::CharacterSource,
                      bios::ScreenObserver,
                      vm::KeySource {
    bool try_write(u8 /*byte*/) override { return true; }
    std::optional<u8> try_read() override { return {}; }
    void row_scrolled_off(std::span<const u16> /*cells*/) override {}
    void screen_written() override {}
    std::span<const u8> next_key() override { return {}; }
};

/// 2 MiB of RAM, our ROM and the symbols given, as lines.
struct FakeVm {
    explicit FakeVm(std::string_view symbol_lines = {}) : symbols{symbol_lines} {
        connected = machine.connect(cpu, space);
    }
    vm::VmConfig config() {
        vm::VmConfig config;
        config.name.assign("a");
        config.memory_size = ram.size();
        config.boot_order.assign("acd");
        config.symbols = vm::SymbolTable{std::as_bytes(std::span{symbols})};
        return config;
    }
    vm::GuestStorage storage() {
        return {ram, Hpa{0x10000000}, rom, Hpa{0x20000000}, video, Hpa{0x30000000}};
    }

    std::string_view symbols;
    std::vector<std::byte> ram = std::vector<std::byte>(2 * mib);
    std::vector<std::byte> rom = std::vector<std::byte>(bios::rom_size);
    std::vector<std::byte> video = std::vector<std::byte>(vm::GuestStorage::video_size);
    Nobody nobody;
    FakeHost host;
    FakeVcpu cpu;
    FakeSpace space;
    vm::Vm machine{config(), host, {{nobody, nobody, nobody}, nobody, nobody}, storage()};
    bool connected = false;
};

} // namespace vestige::test
