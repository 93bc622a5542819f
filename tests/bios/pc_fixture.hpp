// SPDX-License-Identifier: BSD-2-Clause
// A PC without a CPU that executes code: memory, the real device models, the BIOS, and just enough
// of a machine to run the ROM's stubs, deliver interrupts and call handlers of the test.
#pragma once

#include "vestige/bios/bios.hpp"
#include "vestige/bios/memory_map.hpp"
#include "vestige/bios/trace.hpp"
#include "vestige/disk/ram_disk.hpp"

#include "../support/fake_cpu.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vestige::test {

struct TestClock final : machine::Clock {
    machine::Nanoseconds time = 0;
    machine::Nanoseconds now() const override { return time; }
};

struct TestPower final : machine::PowerControl {
    int resets = 0;
    bool off = false;
    std::optional<u8> status;
    void request_reset(const char*) override { ++resets; }
    void power_off() override { off = true; }
    void exit_with(u8 value) override { status = value; }
};

struct TestSink final : machine::CharacterSink {
    std::string text;
    bool full = false;
    bool try_write(u8 byte) override {
        if (!full)
            text.push_back(static_cast<char>(byte));
        return !full;
    }
};

struct TestSource final : machine::CharacterSource {
    std::string text;
    std::optional<u8> try_read() override {
        if (text.empty())
            return {};
        const u8 byte = static_cast<u8>(text.front());
        text.erase(0, 1);
        return byte;
    }
};

struct TestScreen final : bios::ScreenObserver {
    int scrolled = 0;
    void row_scrolled_off(std::span<const u16>) override { ++scrolled; }
    void screen_written() override {}
};

/// What a call left behind.
struct After {
    cpu::Registers regs;
    u16 flags = 0; ///< as the caller sees them after IRET
    [[nodiscard]] bool carry() const { return (flags & 1) != 0; }
    [[nodiscard]] bool zero() const { return (flags & 0x40) != 0; }
};

class Pc : public ::testing::Test {
  protected:
    static constexpr u64 memory_size = 16 * mib;
    static constexpr FarPtr home{0x2000, 0x0100}; ///< where test code "runs"
    static constexpr FarPtr stack{0x3000, 0x1000};
    static constexpr u64 start_time = 1'700'000'000; // 2023-11-14 22:13:20

    Pc() {
        low.resize(640 * kib);
        upper.resize(192 * kib);
        high.resize(memory_size - mib);
        rom.resize(bios::rom_size);
        bios::build_rom(rom, facts);
        using machine::RegionKind;
        EXPECT_TRUE(memory.add({Gpa{0}, low, RegionKind::ram}));
        EXPECT_TRUE(memory.add({Gpa{0xb8000}, text, RegionKind::ram}));
        EXPECT_TRUE(memory.add({Gpa{0xc0000}, upper, RegionKind::ram}));
        EXPECT_TRUE(memory.add({Gpa{0xf0000}, rom, RegionKind::rom}));
        EXPECT_TRUE(memory.add({Gpa{mib}, high, RegionKind::ram}));
    }

    bios::Environment environment() { return environment_for(cpu); }
    bios::Environment environment_for(cpu::CpuState& any_cpu) {
        return {.cpu = any_cpu,
                .memory = memory,
                .a20 = a20,
                .clock = clock,
                .power = power,
                .pic = pic,
                .pit = pit,
                .rtc = rtc,
                .keyboard = keyboard,
                .coprocessor = coprocessor,
                .com1 = com1,
                .lpt1 = lpt1,
                .vga = vga,
                .pci = pci,
                .drives = drives,
                .screen = screen,
                .memory_size = facts.memory_size,
                .board = facts.board,
                .boot_order = boot_order,
                .option_roms = option_roms,
                .raw_code = raw_code,
                .raw_address = Gpa{0x7c00},
                .raw_entry = {0, 0x7c00},
                .keys = layout};
    }

    /// Runs POST and the boot; then the test takes over.
    void power_on() {
        unit.emplace(environment());
        go({0xf000, 0xe05b});
        // Up to boot code, or to the loop that waits for a key when nothing boots.
        const FarPtr nothing_boots{0xf000, bios::wait_stubs + 8 * 0x18};
        for (int i = 0; i < 1000 && here() != nothing_boots && here().segment == 0xf000; ++i)
            ASSERT_TRUE(step());
        booted_at = here();
        cpu.run_at(home, stack);
        for (const auto name : {cpu::SegmentName::ds, cpu::SegmentName::es})
            cpu.load_real(name, home.segment);
        cpu.regs.rflags = cpu::rflags::fixed_one | cpu::rflags::interrupt;
        for (u16 row = 0; row < 25 * 80; ++row)
            post_screen.push_back(static_cast<char>(memory.load<u16>(Gpa{0xb8000 + row * 2U})));
    }

    void SetUp() override { power_on(); }

    // Registers and memory.
    void set(cpu::Gpr name, u64 value) { cpu.regs.set(name, value); }
    void ax(u16 v) { cpu.regs.set_word(cpu::Gpr::rax, v); }
    void bx(u16 v) { cpu.regs.set_word(cpu::Gpr::rbx, v); }
    void cx(u16 v) { cpu.regs.set_word(cpu::Gpr::rcx, v); }
    void dx(u16 v) { cpu.regs.set_word(cpu::Gpr::rdx, v); }
    void push(u16 value) {
        const u16 sp = static_cast<u16>(cpu.regs.word(cpu::Gpr::rsp) - 2);
        cpu.regs.set_word(cpu::Gpr::rsp, sp);
        memory.store<u16>(Gpa{cpu.segment(cpu::SegmentName::ss).base + sp}, value);
    }
    u16 pop() {
        const u16 sp = cpu.regs.word(cpu::Gpr::rsp);
        cpu.regs.set_word(cpu::Gpr::rsp, static_cast<u16>(sp + 2));
        return memory.load<u16>(Gpa{cpu.segment(cpu::SegmentName::ss).base + sp});
    }
    u8 byte_at(u64 address) const { return memory.load<u8>(Gpa{address}); }
    u16 word_at(u64 address) const { return memory.load<u16>(Gpa{address}); }
    u32 dword_at(u64 address) const { return memory.load<u32>(Gpa{address}); }

    // Control flow.
    [[nodiscard]] FarPtr here() const {
        return {cpu.segment(cpu::SegmentName::cs).selector, static_cast<u16>(cpu.regs.rip)};
    }
    void go(FarPtr to) {
        cpu.load_real(cpu::SegmentName::cs, to.segment);
        cpu.regs.rip = to.offset;
    }
    void iret() {
        const u16 ip = pop();
        const u16 cs = pop();
        cpu.regs.rflags = (cpu.regs.rflags & ~u64{0xffff}) | pop() | 2;
        go({cs, ip});
    }
    /// As INT n or a hardware interrupt does.
    void interrupt(u8 vector) {
        push(static_cast<u16>(cpu.regs.rflags));
        push(cpu.segment(cpu::SegmentName::cs).selector);
        push(static_cast<u16>(cpu.regs.rip));
        cpu.regs.rflags &= ~(cpu::rflags::interrupt | cpu::rflags::tf);
        go({word_at(vector * 4U + 2), word_at(vector * 4U)});
    }
    /// Code of the test's at a place: runs, then returns with IRET unless it moved CS:IP itself.
    void handle(FarPtr place, std::function<void()> code) {
        handlers[place.linear().value()] = std::move(code);
    }
    void hook(u8 vector, FarPtr place, std::function<void()> code) {
        memory.store<u16>(Gpa{vector * 4U}, place.offset);
        memory.store<u16>(Gpa{vector * 4U + 2}, place.segment);
        handle(place, std::move(code));
    }

    void advance(machine::Nanoseconds time) {
        clock.time += time;
        for (machine::Timed* device : timed)
            if (device->next_deadline() <= clock.time)
                device->expire();
    }
    void sleep_in_hlt() {
        machine::Nanoseconds next = machine::never;
        for (machine::Timed* device : timed)
            next = std::min(next, device->next_deadline());
        if (on_idle)
            on_idle();
        if (pic.interrupt_pending())
            return;
        ASSERT_NE(next, machine::never) << "halted for good";
        advance(next > clock.time ? next - clock.time : 1);
    }

    /// One instruction of the ROM or one handler of the test. False: code that nobody knows.
    bool step() {
        if (!shadow && (cpu.regs.rflags & cpu::rflags::interrupt) != 0 && pic.interrupt_pending())
            interrupt(pic.acknowledge().value);
        shadow = false;
        const u64 at = cpu::linear_rip(cpu).value();
        if (const auto found = handlers.find(at); found != handlers.end()) {
            const FarPtr before = here();
            found->second();
            if (here() == before)
                iret();
            return true;
        }
        const u8 opcode = byte_at(at);
        switch (opcode) {
        case 0xfb:
            shadow = (cpu.regs.rflags & cpu::rflags::interrupt) == 0;
            cpu.regs.rflags |= cpu::rflags::interrupt;
            ++cpu.regs.rip;
            return true;
        case 0x90:
            ++cpu.regs.rip;
            return true;
        case 0xf4:
            ++cpu.regs.rip;
            ++halts;
            while (!pic.interrupt_pending() && !::testing::Test::HasFatalFailure())
                sleep_in_hlt();
            return true;
        case 0xcf:
            iret();
            return true;
        case 0xcb: {
            const u16 ip = pop();
            go({pop(), ip});
            return true;
        }
        case 0xe9:
            cpu.regs.rip = static_cast<u16>(cpu.regs.rip + 3 + word_at(at + 1));
            return true;
        case 0xea:
            go({word_at(at + 3), word_at(at + 1)});
            return true;
        case 0xe6: // the door of INT 10h, which is as long as a VMCALL with the byte behind it
        case 0x0f: {
            const auto stub = bios::identify(Linear{at});
            if (!stub)
                return false;
            clock.time += 20'000;
            ++calls;
            if (unit->call(*stub) == bios::Outcome::done)
                cpu.regs.rip += bios::vmcall_length;
            return true;
        }
        default:
            return false;
        }
    }

    /// Runs until the guest is at a place; false after too many steps or at unknown code.
    bool run_to(FarPtr place, unsigned most_steps = 2000000) {
        for (unsigned i = 0; i < most_steps; ++i) {
            if (here() == place)
                return true;
            if (!step())
                return false;
        }
        return false;
    }

    /// INT vector from home, run to its return.
    After call(u8 vector) {
        go(home);
        interrupt(vector);
        EXPECT_TRUE(run_to(home)) << "stuck at " << here().segment << ':' << here().offset;
        return {cpu.regs, static_cast<u16>(cpu.regs.rflags)};
    }
    After call(u8 vector, u16 value) {
        ax(value);
        return call(vector);
    }
    /// The same with CF and ZF preset; CF and ZF are checked to be the only flags that change.
    After call_with(u8 vector, u16 value, bool flags_set) {
        constexpr u64 results = cpu::rflags::cf | cpu::rflags::zf;
        cpu.regs.rflags = flags_set ? cpu.regs.rflags | results : cpu.regs.rflags & ~results;
        const u64 before = cpu.regs.rflags;
        const After after = call(vector, value);
        EXPECT_EQ((after.regs.rflags ^ before) & ~results & 0xffff, 0U);
        return after;
    }
    /// A key from the keyboard; the interrupts it raises are served.
    void type(std::initializer_list<u8> codes) {
        const std::vector<u8> bytes{codes};
        ASSERT_TRUE(keyboard.key(bytes));
        go(home);
        for (int i = 0; i < 100 && (keyboard.queued() != 0 || pic.interrupt_pending()); ++i) {
            if (pic.interrupt_pending()) {
                interrupt(pic.acknowledge().value);
                ASSERT_TRUE(run_to(home));
            } else {
                advance(2'000'000);
            }
        }
    }
    u16 buffered_keys() const { return static_cast<u16>((word_at(0x41c) - word_at(0x41a)) & 0x1f); }

    bios::MachineFacts facts{
        .memory_size = memory_size, .board = {.parallel_port = true, .mouse = true}, .cpu = {}};
    std::vector<std::byte> low, upper, high, rom;
    std::vector<std::byte> text = std::vector<std::byte>(devices::Vga::text_size);
    std::vector<std::byte> frame = std::vector<std::byte>(4 * mib);
    FakeCpu cpu;
    TestClock clock;
    TestPower power;
    TestSink com_out;
    TestSink paper;
    TestSource com_in;
    TestScreen screen;
    machine::GuestMemory memory;
    machine::A20Gate a20;
    devices::Pic8259 pic;
    devices::Pit8254 pit{clock, {pic, 0}};
    devices::RtcCmos rtc{clock, {pic, 8}, start_time};
    devices::CoprocessorError coprocessor{{pic, 13}};
    devices::Keyboard8042 keyboard{clock, {pic, 1}, {pic, 12}, a20, power};
    devices::Uart16550 com1{clock, {pic, 4}, com_out, com_in};
    devices::ParallelPort lpt1{{pic, 7}, paper};
    devices::Vga vga{clock, {text, frame}};
    devices::PciHost pci{power, pic};
    disk::DriveSet drives;
    std::array<machine::Timed*, 4> timed{&pit, &rtc, &keyboard, &com1};
    std::string boot_order = "acd";
    std::vector<std::span<const std::byte>> option_roms;
    bios::KeyLayout layout = bios::KeyLayout::us;
    std::span<const std::byte> raw_code;
    std::optional<bios::Bios> unit;
    FarPtr booted_at; ///< where POST and the boot ended
    std::string post_screen;
    std::map<u64, std::function<void()>> handlers;
    std::function<void()> on_idle;
    bool shadow = false;
    unsigned halts = 0;
    unsigned calls = 0;
};

} // namespace vestige::test
