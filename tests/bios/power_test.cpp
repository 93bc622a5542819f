// SPDX-License-Identifier: BSD-2-Clause
// APM from protected mode, INT 15h AH=89h, and the joystick.
#include "pc_fixture.hpp"

namespace vestige::bios {
namespace {

using cpu::Gpr;
using cpu::SegmentName;

class Power : public test::Pc {
  protected:
    void descriptor(u64 at, u32 base, u32 limit, u8 access, u8 flags) {
        memory.store<u16>(Gpa{at}, static_cast<u16>(limit));
        memory.store<u16>(Gpa{at + 2}, static_cast<u16>(base));
        memory.store<u8>(Gpa{at + 4}, static_cast<u8>(base >> 16));
        memory.store<u8>(Gpa{at + 5}, access);
        memory.store<u8>(Gpa{at + 6}, static_cast<u8>(flags << 4 | (limit >> 16 & 15)));
        memory.store<u8>(Gpa{at + 7}, static_cast<u8>(base >> 24));
    }
    static constexpr u64 table = 0x40010;
    void make_table() {
        for (u64 i = 0; i < 64; ++i)
            memory.store<u8>(Gpa{table + i}, 0);
        descriptor(table + 8, 0x40010, 63, 0x93, 0);
        descriptor(table + 16, 0x41000, 0x7ff, 0x93, 0);
        descriptor(table + 24, 0x1000000, 0xfffff, 0x92, 0xc);
        descriptor(table + 32, 0x20000, 0xffff, 0x92, 0);
        descriptor(table + 40, 0x30000, 0xffff, 0x92, 0);
        descriptor(table + 48, 0x20000, 0xffff, 0x9a, 0);
        cpu.load_real(SegmentName::es, 0x4000);
        set(Gpr::rsi, 0x10);
        bx(0x2820);
    }
    /// A call of APM's entry as protected mode makes it.
    Outcome protected_call(u16 function) {
        const Stub stub = *identify(Linear{0xf0000U + apm_entry});
        ax(function);
        cpu.set_cr0(cpu.cr0() | cpu::cr0::pe);
        EXPECT_TRUE(callable_from(cpu, stub.entry));
        return unit->call(stub);
    }
};

TEST_F(Power, TheInterfacesForProtectedModeAreTold) {
    bx(0);
    EXPECT_FALSE(call_with(0x15, 0x5302, true).carry());
    EXPECT_EQ(cpu.regs.word(Gpr::rax), 0xf000);
    EXPECT_EQ(cpu.regs.word(Gpr::rbx), apm_entry);
    EXPECT_EQ(cpu.regs.word(Gpr::rcx), 0xf000);
    set(Gpr::rbx, 0xffff0000);
    EXPECT_FALSE(call_with(0x15, 0x5303, true).carry());
    EXPECT_EQ(cpu.regs.dword(Gpr::rbx), apm_entry);
    EXPECT_EQ(cpu.regs.dword(Gpr::rsi), 0xfff0fff0U);
    EXPECT_EQ(cpu.regs.word(Gpr::rdx), 0xf000);
    EXPECT_EQ(byte_at(0xf0000 + apm_entry + 3), 0xcb) << "RETF";
}

TEST_F(Power, ThePowerManagerIsCalledFromProtectedMode) {
    bx(0);
    cpu.regs.rflags |= cpu::rflags::cf;
    EXPECT_EQ(protected_call(0x5300), Outcome::done);
    EXPECT_EQ(cpu.regs.word(Gpr::rbx), 0x504d);
    EXPECT_EQ(cpu.regs.rflags & cpu::rflags::cf, 0U);
    bx(1);
    cx(3);
    EXPECT_EQ(protected_call(0x5307), Outcome::done);
    EXPECT_TRUE(power.off);
    EXPECT_EQ(protected_call(0x530b), Outcome::done);
    EXPECT_NE(cpu.regs.rflags & cpu::rflags::cf, 0U);
}

TEST_F(Power, OnlyThePowerManagerIsCalledThere) {
    for (const u16 function : {0xe820, 0x8800, 0xc000}) {
        cpu.regs.rflags &= ~cpu::rflags::cf;
        EXPECT_EQ(protected_call(static_cast<u16>(function)), Outcome::done);
        EXPECT_EQ(cpu.regs.high(Gpr::rax), 0x86);
        EXPECT_NE(cpu.regs.rflags & cpu::rflags::cf, 0U);
    }
    const Stub stub = *identify(Linear{0xf0000U + apm_entry});
    cpu.set_cr0(cpu.cr0() & ~cpu::cr0::pe);
    EXPECT_FALSE(callable_from(cpu, stub.entry)) << "not from real mode";
}

TEST_F(Power, IdleSleepsBehindTheEntryWhenAnInterruptCanEndIt) {
    cpu.regs.rip = apm_entry;
    cpu.regs.rflags |= cpu::rflags::interrupt;
    EXPECT_EQ(protected_call(0x5305), Outcome::redirected);
    EXPECT_EQ(cpu.regs.rip, apm_sleep);
    cpu.regs.rip = apm_entry;
    cpu.regs.rflags &= ~cpu::rflags::interrupt;
    EXPECT_EQ(protected_call(0x5305), Outcome::done);
}

TEST_F(Power, ProtectedModeIsEnteredWithTheCallersTable) {
    make_table();
    go(home);
    ax(0x8900);
    a20.set(false);
    interrupt(0x15);
    while (cpu.segment(SegmentName::cs).selector == 0xf000 && (cpu.cr0() & cpu::cr0::pe) == 0)
        ASSERT_TRUE(step());
    EXPECT_NE(cpu.cr0() & cpu::cr0::pe, 0U);
    EXPECT_EQ(cpu.segment(SegmentName::cs).selector, 0x30);
    EXPECT_EQ(cpu.segment(SegmentName::cs).base, 0x20000U);
    EXPECT_EQ(cpu.regs.rip, home.offset);
    EXPECT_EQ(cpu.segment(SegmentName::ds).selector, 0x18);
    EXPECT_EQ(cpu.segment(SegmentName::ds).limit, 0xffffffffU);
    EXPECT_EQ(cpu.segment(SegmentName::ss).selector, 0x28);
    EXPECT_EQ(cpu.regs.word(Gpr::rsp), stack.offset);
    EXPECT_EQ(cpu.gdtr(), (cpu::DescriptorTable{0x40010, 63}));
    EXPECT_EQ(cpu.idtr(), (cpu::DescriptorTable{0x41000, 0x7ff}));
    EXPECT_EQ(cpu.regs.high(Gpr::rax), 0);
    EXPECT_EQ(cpu.regs.rflags & (cpu::rflags::interrupt | cpu::rflags::cf), 0U);
    EXPECT_EQ(pic.chip(0).imr, 0xfb);
    EXPECT_TRUE(a20.enabled());
    EXPECT_EQ(byte_at(table + 56 + 4), 0x0f) << "the BIOS's own segment";
}

TEST_F(Power, ATableThatCannotBeLoadedIsRefused) {
    const auto refused = [this](u64 entry, u8 access) {
        make_table();
        memory.store<u8>(Gpa{table + 8 * entry + 5}, access);
        EXPECT_TRUE(call_with(0x15, 0x8900, false).carry()) << entry << ' ' << unsigned{access};
        EXPECT_EQ(cpu.regs.high(Gpr::rax), 0xff);
        EXPECT_EQ(cpu.cr0() & cpu::cr0::pe, 0U);
    };
    refused(6, 0x92); // data as code
    refused(6, 0x1a); // not present
    refused(6, 0x9e); // conforming
    refused(5, 0x90); // a read-only stack
    refused(5, 0x9a);
    refused(3, 0x82); // a system segment
    refused(3, 0xf2); // of the user's
    refused(4, 0x98); // code that is only run
}

TEST_F(Power, WithoutAGamePortAllIsZero) {
    dx(0);
    EXPECT_FALSE(call_with(0x15, 0x84ff, true).carry());
    EXPECT_EQ(cpu.regs.low(Gpr::rax), 0);
    dx(1);
    bx(5);
    EXPECT_FALSE(call_with(0x15, 0x8400, true).carry());
    EXPECT_EQ(cpu.regs.word(Gpr::rax) | cpu.regs.word(Gpr::rbx) | cpu.regs.word(Gpr::rdx), 0);
    dx(2);
    EXPECT_TRUE(call_with(0x15, 0x8400, false).carry());
    EXPECT_EQ(cpu.regs.high(Gpr::rax), 0x86);
}

} // namespace
} // namespace vestige::bios
