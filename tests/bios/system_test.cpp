// SPDX-License-Identifier: BSD-2-Clause
// INT 11h, INT 12h, INT 15h and the memory map.
#include "pc_fixture.hpp"

namespace vestige::bios {
namespace {

using cpu::Gpr;
using cpu::SegmentName;

class System : public test::Pc {
  protected:
    void expect_86(u16 function) {
        for (const bool preset : {false, true}) {
            const test::After after = call_with(0x15, function, preset);
            EXPECT_TRUE(after.carry()) << std::hex << function;
            EXPECT_EQ(after.regs.high(Gpr::rax), 0x86) << std::hex << function;
        }
    }
    void expect_success(u16 function) {
        for (const bool preset : {false, true})
            EXPECT_FALSE(call_with(0x15, function, preset).carry()) << std::hex << function;
    }
};

TEST_F(System, EquipmentAndBaseMemoryComeFromTheDataArea) {
    EXPECT_EQ(call_with(0x11, 0, true).regs.word(Gpr::rax), 0x4226);
    EXPECT_TRUE(call_with(0x11, 0, true).carry()) << "flags stay";
    EXPECT_EQ(call(0x12).regs.word(Gpr::rax), 639);
    memory.store<u16>(Gpa{0x413}, 600); // as memdisk lowers it
    EXPECT_EQ(call(0x12).regs.word(Gpr::rax), 600);
}

TEST_F(System, UnknownFunctionsAnswer86) {
    for (const u16 function : {0x0000, 0x0400, 0x1000, 0x2404, 0x4100, 0x8000, 0x8500, 0xbf00, 0xd800, 0xe802, 0xe980, 0xec00, 0xffff})
        expect_86(static_cast<u16>(function));
}

TEST_F(System, HooksAnswerTheirDefaults) {
    EXPECT_TRUE(call_with(0x15, 0x4f1e, false).carry());
    EXPECT_EQ(cpu.regs.low(Gpr::rax), 0x1e);
    for (const u16 function : {0x5200, 0x9002, 0x9102})
        expect_success(function);
}

TEST_F(System, A20IsSwitchedAndTold) {
    expect_success(0x2400);
    EXPECT_FALSE(a20.enabled());
    EXPECT_EQ(call(0x15, 0x2402).regs.low(Gpr::rax), 0);
    expect_success(0x2401);
    EXPECT_TRUE(a20.enabled());
    EXPECT_EQ(call(0x15, 0x2402).regs.low(Gpr::rax), 1);
    EXPECT_EQ(call(0x15, 0x2403).regs.word(Gpr::rbx), 3);
}

TEST_F(System, MemorySizesAgree) {
    const test::After e801 = call_with(0x15, 0xe801, true);
    EXPECT_FALSE(e801.carry());
    constexpr u32 told = 15 * 1024 - 64; // the rest holds ACPI tables
    EXPECT_EQ(e801.regs.word(Gpr::rax), told);
    EXPECT_EQ(e801.regs.word(Gpr::rcx), told);
    EXPECT_EQ(e801.regs.word(Gpr::rbx), 0);
    EXPECT_EQ(e801.regs.word(Gpr::rdx), 0);
    EXPECT_EQ(call_with(0x15, 0x8800, true).regs.word(Gpr::rax), told);
    EXPECT_EQ(rtc.read(0x30) | rtc.read(0x31) << 8, told);
    set(Gpr::rax, 0xffffe881);
    EXPECT_EQ(call(0x15).regs.dword(Gpr::rax), told);
}

TEST_F(System, MapIsListedEntryByEntry) {
    cpu.load_real(SegmentName::es, 0x4000);
    set(Gpr::rdi, 0x10);
    u32 next = 0;
    u64 usable = 0;
    u64 last_end = 0;
    unsigned entries = 0;
    do {
        set(Gpr::rax, 0xe820);
        set(Gpr::rbx, next);
        set(Gpr::rcx, 24);
        set(Gpr::rdx, 0x534d4150);
        memory.store<u32>(Gpa{0x40010 + 20}, 0x55555555);
        const test::After after = call(0x15);
        ASSERT_FALSE(after.carry());
        EXPECT_EQ(after.regs.dword(Gpr::rax), 0x534d4150U);
        EXPECT_EQ(after.regs.dword(Gpr::rcx), 20U);
        EXPECT_EQ(dword_at(0x40010 + 20), 0x55555555U) << "no more than 20 bytes";
        const u64 start = memory.load<u64>(Gpa{0x40010});
        const u64 size = memory.load<u64>(Gpa{0x40018});
        EXPECT_GE(start, last_end);
        last_end = start + size;
        if (dword_at(0x40020) == 1)
            usable += size;
        next = after.regs.dword(Gpr::rbx);
        ++entries;
    } while (next != 0 && entries < 20);
    EXPECT_EQ(entries, 7U);
    EXPECT_EQ(usable, 639 * kib + 15 * mib - 64 * kib);
}

TEST_F(System, MapRefusesWhatItCannotServe) {
    const auto ask = [this](u32 index, u32 size, u32 signature) {
        set(Gpr::rax, 0xe820);
        set(Gpr::rbx, index);
        set(Gpr::rcx, size);
        set(Gpr::rdx, signature);
        return call(0x15).carry();
    };
    EXPECT_FALSE(ask(0, 20, 0x534d4150));
    EXPECT_TRUE(ask(0, 19, 0x534d4150));
    EXPECT_TRUE(ask(0, 20, 0x534d4151));
    EXPECT_TRUE(ask(7, 20, 0x534d4150));
    EXPECT_TRUE(ask(0xffffffff, 20, 0x534d4150));
}

TEST_F(System, MapWrapsAtTheEndOfTheSegment) {
    cpu.load_real(SegmentName::es, 0x4000);
    set(Gpr::rdi, 0xfff8);
    set(Gpr::rax, 0xe820);
    set(Gpr::rbx, 3);
    set(Gpr::rcx, 20);
    set(Gpr::rdx, 0x534d4150);
    ASSERT_FALSE(call(0x15).carry());
    EXPECT_EQ(memory.load<u64>(Gpa{0x4fff8}), mib);
    EXPECT_EQ(memory.load<u64>(Gpa{0x40000}), 15 * mib - 64 * kib);
}

TEST(MemoryMap, LeavesTheHoleBelow4GiB) {
    const MemoryMap map = memory_map(6 * gib);
    EXPECT_EQ(map.extended, pci_hole_start - mib - 64 * kib);
    EXPECT_EQ(map.above_4g, 6 * gib - pci_hole_start);
    u64 end = 0;
    for (const MapEntry& entry : map.entries) {
        EXPECT_GE(entry.start.value(), end);
        end = entry.start.value() + entry.size;
    }
    EXPECT_EQ(end, 4 * gib + map.above_4g);
}

TEST_F(System, WaitLastsAsLongAsAsked) {
    for (const u32 microseconds : {0U, 1000U, 50000U, 400000U, 2000000U}) {
        cx(static_cast<u16>(microseconds >> 16));
        dx(static_cast<u16>(microseconds));
        const machine::Nanoseconds start = clock.time;
        const u16 sp = cpu.regs.word(Gpr::rsp);
        on_idle = nullptr;
        const test::After after = call_with(0x15, 0x8600, true);
        EXPECT_FALSE(after.carry());
        EXPECT_GE(clock.time - start, u64{microseconds} * 1000);
        EXPECT_LE(clock.time - start, u64{microseconds} * 1000 + 60'000'000);
        EXPECT_EQ(cpu.regs.word(Gpr::rsp), sp);
    }
    EXPECT_GT(halts, 5U) << "long waits sleep";
}

TEST_F(System, WaitEndsWithTheTimerMasked) {
    pic.write_port(Port{0x21}, Width::byte, 0xff);
    cx(3);
    dx(0);
    EXPECT_FALSE(call(0x15, 0x8600).carry());
    EXPECT_EQ(halts, 0U);
}

TEST_F(System, EventWaitSetsTheFlagWhenItsTimeIsOver) {
    cpu.load_real(SegmentName::es, 0x4000);
    bx(0x20);
    cx(0);
    dx(5000);
    EXPECT_FALSE(call_with(0x15, 0x8300, true).carry());
    EXPECT_TRUE(call_with(0x15, 0x8300, false).carry()) << "in use";
    go(home);
    for (int i = 0; i < 20 && byte_at(0x40020) == 0; ++i) {
        advance(1'000'000);
        while (pic.interrupt_pending()) {
            interrupt(pic.acknowledge().value);
            ASSERT_TRUE(run_to(home));
        }
    }
    EXPECT_EQ(byte_at(0x40020), 0x80);
    EXPECT_EQ(byte_at(0x4a0), 0);
    EXPECT_FALSE(call_with(0x15, 0x8300, true).carry()) << "free again";
    EXPECT_FALSE(call_with(0x15, 0x8301, true).carry());
    EXPECT_EQ(rtc.read(0x0b) & 0x40, 0);
    expect_86(0x8302);
}

TEST_F(System, BlocksMoveAboveOneMiB) {
    const u64 table = 0x48000;
    cpu.load_real(SegmentName::es, 0x4800);
    set(Gpr::rsi, 0);
    for (u64 i = 0; i < 0x30; ++i)
        memory.store<u8>(Gpa{table + i}, 0);
    memory.store<u16>(Gpa{table + 0x10}, 0xffff);
    memory.store<u32>(Gpa{table + 0x12}, 0x93052000);
    memory.store<u16>(Gpa{table + 0x18}, 0xffff);
    memory.store<u32>(Gpa{table + 0x1a}, 0x93300000);
    for (u64 i = 0; i < 1000; ++i)
        memory.store<u8>(Gpa{0x52000 + i}, static_cast<u8>(i * 7));
    cx(500);
    a20.set(false);
    EXPECT_FALSE(call_with(0x15, 0x8700, true).carry());
    EXPECT_EQ(cpu.regs.high(Gpr::rax), 0);
    EXPECT_FALSE(a20.enabled());
    for (u64 i = 0; i < 1000; ++i)
        ASSERT_EQ(byte_at(0x300000 + i), static_cast<u8>(i * 7)) << i;
}

TEST_F(System, BlockMoveRefusesHostileTables) {
    cpu.load_real(SegmentName::es, 0x4800);
    set(Gpr::rsi, 0xfff0);
    cx(0x8001);
    EXPECT_TRUE(call_with(0x15, 0x8700, false).carry());
    cx(2); // limits are 0
    EXPECT_TRUE(call_with(0x15, 0x8700, false).carry());
    EXPECT_NE(cpu.regs.high(Gpr::rax), 0);
    // 4 GiB bases with the largest limits: reads and writes of nothing, and of the ROM.
    for (u64 i = 0; i < 0x30; ++i)
        memory.store<u8>(Gpa{0x48000 + ((0xfff0 + i) & 0xffff)}, 0xff);
    cx(0x8000);
    EXPECT_FALSE(call_with(0x15, 0x8700, false).carry());
}

TEST_F(System, ConfigurationTableAndEbda) {
    EXPECT_FALSE(call_with(0x15, 0xc000, true).carry());
    EXPECT_EQ(cpu.segment(SegmentName::es).selector, 0xf000);
    const u64 table = 0xf0000 + cpu.regs.word(Gpr::rbx);
    EXPECT_GE(word_at(table), 8);
    EXPECT_EQ(byte_at(table + 2), 0xfc);
    EXPECT_FALSE(call_with(0x15, 0xc100, true).carry());
    EXPECT_EQ(cpu.segment(SegmentName::es).selector, 0x9fc0);
    EXPECT_EQ(cpu.segment(SegmentName::es).base, 0x9fc00U);
}

TEST_F(System, ApmTellsWhatItIs) {
    bx(0);
    EXPECT_FALSE(call_with(0x15, 0x5300, true).carry());
    EXPECT_EQ(cpu.regs.word(Gpr::rax), 0x0102);
    EXPECT_EQ(cpu.regs.word(Gpr::rbx), 0x504d);
    EXPECT_EQ(cpu.regs.word(Gpr::rcx), 3) << "both protected-mode interfaces";
    bx(7);
    expect_success(0x5300);
    bx(0);
    expect_success(0x5301);
    expect_success(0x530e);
    EXPECT_TRUE(call_with(0x15, 0x530b, false).carry());
    EXPECT_EQ(cpu.regs.high(Gpr::rax), 0x80);
    expect_success(0x5304);
    EXPECT_TRUE(call_with(0x15, 0x5377, false).carry());
    EXPECT_EQ(cpu.regs.word(Gpr::rax), 0x5377);
}

TEST_F(System, ApmTurnsThePowerOff) {
    bx(1);
    cx(4);
    expect_success(0x5307);
    bx(2);
    cx(3);
    expect_success(0x5307);
    EXPECT_FALSE(power.off);
    bx(1);
    EXPECT_FALSE(call_with(0x15, 0x5307, true).carry());
    EXPECT_TRUE(power.off);
}

TEST_F(System, ApmIdleSleepsUntilAnInterrupt) {
    const u32 ticks = dword_at(0x46c);
    expect_success(0x5305);
    EXPECT_EQ(halts, 2U);
    EXPECT_GT(dword_at(0x46c), ticks);
}

} // namespace
} // namespace vestige::bios
