// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/task_switch.hpp"

#include "guest_fixture.hpp"

namespace vestige::cpu {
namespace {

constexpr u64 gdt = 0x1000;
constexpr u64 ldt = 0x1800;
constexpr u64 old_tss = 0x2000;
constexpr u64 new_tss = 0x3000;

/// GDT selectors.
constexpr u16 code0 = 0x08, data0 = 0x10, code3 = 0x1b, data3 = 0x23, tss_old = 0x28,
              tss_new = 0x30, ldt_new = 0x38, tss16 = 0x40, code_absent = 0x48, data_absent = 0x50,
              code_small = 0x58;

class TaskSwitchTest : public test::GuestFixture {
  protected:
    void SetUp() override {
        enter_protected();
        cpu.gdtr_value = {gdt, 0x5f};
        request = {};
        request.instruction_length = 7;
        put_descriptor(gdt + code0, 0, 0xfffff, 0xc09a);
        put_descriptor(gdt + data0, 0, 0xfffff, 0xc092);
        put_descriptor(gdt + (code3 & ~3), 0, 0xfffff, 0xc0fa);
        put_descriptor(gdt + (data3 & ~3), 0, 0xfffff, 0xc0f2);
        put_descriptor(gdt + tss_old, old_tss, 0x67, 0x8b);
        put_descriptor(gdt + tss_new, new_tss, 0x67, 0x89);
        put_descriptor(gdt + ldt_new, ldt, 0xf, 0x82);
        put_descriptor(gdt + tss16, new_tss, 0x2b, 0x81);
        put_descriptor(gdt + code_absent, 0, 0xfffff, 0xc01a);
        put_descriptor(gdt + data_absent, 0, 0xfffff, 0xc012);
        put_descriptor(gdt + code_small, 0, 0xff, 0x409a);
        put_descriptor(ldt + 8, 0x5000, 0xfff, 0x4092);
        cpu.at(SegmentName::tr) = {tss_old, old_tss, 0x67, 0x8b};
        cpu.regs.rip = 0x8000;
        cpu.regs.rflags = 0x202;
        for (unsigned i = 0; i < 8; ++i)
            cpu.regs.gpr[i] = 0x100 + i;
        fill_tss(0x202, code0, data0);
    }
    void fill_tss(u32 flags, u16 code, u16 data) {
        memory.store<u32>(Gpa{new_tss + 32}, 0x9000);
        memory.store<u32>(Gpa{new_tss + 36}, flags);
        for (u32 i = 0; i < 8; ++i)
            memory.store<u32>(Gpa{new_tss + 40 + 4 * i}, 0x6000 + 16 * i);
        for (u32 i = 0; i < 6; ++i)
            memory.store<u16>(Gpa{new_tss + 72 + 4 * i}, i == 1 ? code : data);
        memory.store<u16>(Gpa{new_tss + 96}, 0);
    }
    void set_new(SegmentName name, u16 selector) {
        memory.store<u16>(Gpa{new_tss + 72 + 4 * static_cast<u64>(name)}, selector);
    }
    Result<TaskSwitchDone, Event> run(TaskSwitchSource source = TaskSwitchSource::jmp,
                                      u16 selector = tss_new) {
        request.selector = selector;
        request.source = source;
        return switch_task(access, request);
    }
    void expect_fault(Vector vector, u32 code, TaskSwitchSource source = TaskSwitchSource::jmp,
                      u16 selector = tss_new) {
        const auto result = run(source, selector);
        ASSERT_FALSE(result.ok());
        EXPECT_EQ(result.error(), fault(vector, code));
    }
    u8 rights(u16 selector) { return memory.load<u8>(Gpa{gdt + (selector & ~7U) + 5}); }
    void make_busy(u16 selector) {
        memory.store<u8>(Gpa{gdt + selector + 5}, rights(selector) | 2);
    }
    /// Nothing of the old task was lost.
    void expect_old_task() {
        EXPECT_EQ(cpu.at(SegmentName::tr).selector, tss_old);
        EXPECT_EQ(cpu.regs.rip, 0x8000U);
        EXPECT_EQ(rights(tss_old), 0x8b);
    }

    TaskSwitchRequest request;
};

TEST_F(TaskSwitchTest, JumpSavesTheOldTaskAndLoadsTheNew) {
    ASSERT_TRUE(run().ok());
    EXPECT_EQ(memory.load<u32>(Gpa{old_tss + 32}), 0x8007U);
    EXPECT_EQ(memory.load<u32>(Gpa{old_tss + 36}), 0x202U);
    EXPECT_EQ(memory.load<u32>(Gpa{old_tss + 40 + 4 * 7}), 0x107U);
    EXPECT_EQ(memory.load<u16>(Gpa{old_tss + 76}), 8);
    EXPECT_EQ(rights(tss_old), 0x89);
    EXPECT_EQ(rights(tss_new), 0x8b);
    EXPECT_EQ(cpu.regs.rip, 0x9000U);
    EXPECT_EQ(cpu.regs.get(Gpr::rsp), 0x6040U);
    EXPECT_EQ(cpu.regs.rflags, 0x202U);
    EXPECT_EQ(cpu.at(SegmentName::tr), (Segment{tss_new, new_tss, 0x67, 0x8b}));
    EXPECT_EQ(cpu.at(SegmentName::cs), (Segment{code0, 0, 0xffffffff, 0xc09b}));
    EXPECT_EQ(cpu.at(SegmentName::ss), (Segment{data0, 0, 0xffffffff, 0xc093}));
    EXPECT_NE(cpu.cr0_value & cr0::ts, 0U);
    EXPECT_EQ(memory.load<u16>(Gpa{new_tss}), 0);
    EXPECT_EQ(rights(code0) & 1, 1);
}

TEST_F(TaskSwitchTest, CallNestsAndReturnComesBack) {
    ASSERT_TRUE(run(TaskSwitchSource::call).ok());
    EXPECT_EQ(memory.load<u16>(Gpa{new_tss}), tss_old);
    EXPECT_EQ(rights(tss_old), 0x8b);
    EXPECT_EQ(rights(tss_new), 0x8b);
    EXPECT_EQ(cpu.regs.rflags, 0x202U | rflags::nt);
    cpu.regs.rip = 0x9100;
    ASSERT_TRUE(run(TaskSwitchSource::iret, tss_old).ok());
    EXPECT_EQ(cpu.regs.rip, 0x8007U);
    EXPECT_EQ(cpu.regs.get(Gpr::rdi), 0x107U);
    EXPECT_EQ(cpu.regs.rflags, 0x202U);
    EXPECT_EQ(memory.load<u32>(Gpa{new_tss + 36}), 0x202U);
    EXPECT_EQ(memory.load<u32>(Gpa{new_tss + 32}), 0x9107U);
    EXPECT_EQ(rights(tss_new), 0x89);
    EXPECT_EQ(rights(tss_old), 0x8b);
}

TEST_F(TaskSwitchTest, SelectorsAndDescriptorsOfTasks) {
    expect_fault(exception::gp, 0x34, TaskSwitchSource::jmp, tss_new | 4);
    expect_fault(exception::ts, 0x34, TaskSwitchSource::iret, tss_new | 7);
    expect_fault(exception::gp, 0x60, TaskSwitchSource::jmp, 0x60);
    expect_fault(exception::gp, data0, TaskSwitchSource::jmp, data0);
    expect_fault(exception::gp, ldt_new, TaskSwitchSource::call, ldt_new);
    expect_fault(exception::gp, tss_old, TaskSwitchSource::task_gate, tss_old);
    expect_fault(exception::ts, tss_new, TaskSwitchSource::iret);
    request.external = true;
    expect_fault(exception::gp, tss_old | 1, TaskSwitchSource::task_gate, tss_old);
    request.external = false;
    put_descriptor(gdt + tss_new, new_tss, 0x66, 0x89);
    expect_fault(exception::ts, tss_new);
    put_descriptor(gdt + tss_new, new_tss, 0x67, 0x09);
    expect_fault(exception::np, tss_new);
    expect_old_task();
}

TEST_F(TaskSwitchTest, SixteenBitTask) {
    memory.store<u16>(Gpa{new_tss + 14}, 0x9000);
    memory.store<u16>(Gpa{new_tss + 16}, 0x0246);
    for (u32 i = 0; i < 8; ++i)
        memory.store<u16>(Gpa{new_tss + 18 + 2 * i}, static_cast<u16>(0x6000 + i));
    for (u32 i = 0; i < 4; ++i)
        memory.store<u16>(Gpa{new_tss + 34 + 2 * i}, i == 1 ? code0 : data0);
    memory.store<u16>(Gpa{new_tss + 42}, ldt_new);
    request.error_code = 0x1234;
    ASSERT_TRUE(run(TaskSwitchSource::task_gate, tss16).ok());
    EXPECT_EQ(cpu.regs.rip, 0x9000U);
    EXPECT_EQ(cpu.regs.rflags, 0x246U | rflags::nt);
    EXPECT_EQ(cpu.regs.get(Gpr::rsp), 0x6002U);
    EXPECT_EQ(memory.load<u16>(Gpa{0x6002}), 0x1234);
    EXPECT_EQ(cpu.at(SegmentName::tr).access_rights, 0x83U);
    EXPECT_TRUE(Segment::Unusable::get(cpu.at(SegmentName::fs).access_rights));
    EXPECT_EQ(cpu.at(SegmentName::ldtr), (Segment{ldt_new, ldt, 0xf, 0x82}));
    // And back: the 16-bit format is written.
    cpu.regs.set(Gpr::rax, 0xabcd);
    ASSERT_TRUE(run(TaskSwitchSource::iret, tss_old).ok());
    EXPECT_EQ(memory.load<u16>(Gpa{new_tss + 18}), 0xabcd);
    EXPECT_EQ(memory.load<u16>(Gpa{new_tss + 14}), 0x9007);
    EXPECT_EQ(memory.load<u16>(Gpa{new_tss + 42}), ldt_new);
}

TEST_F(TaskSwitchTest, ErrorCodeGoesToTheNewStack) {
    request.error_code = 0x18;
    ASSERT_TRUE(run(TaskSwitchSource::task_gate).ok());
    EXPECT_EQ(cpu.regs.get(Gpr::rsp), 0x603cU);
    EXPECT_EQ(memory.load<u32>(Gpa{0x603c}), 0x18U);
}

TEST_F(TaskSwitchTest, SegmentsFromTheNewLdt) {
    memory.store<u16>(Gpa{new_tss + 96}, ldt_new);
    set_new(SegmentName::gs, 0x0c);
    set_new(SegmentName::fs, 0);
    ASSERT_TRUE(run().ok());
    EXPECT_EQ(cpu.at(SegmentName::gs), (Segment{0x0c, 0x5000, 0xfff, 0x4093}));
    EXPECT_TRUE(Segment::Unusable::get(cpu.at(SegmentName::fs).access_rights));
    EXPECT_EQ(memory.load<u8>(Gpa{ldt + 8 + 5}), 0x93);
}

TEST_F(TaskSwitchTest, BadLdtBelongsToTheNewTask) {
    memory.store<u16>(Gpa{new_tss + 96}, data0);
    expect_fault(exception::ts, data0);
    EXPECT_EQ(cpu.at(SegmentName::tr).selector, tss_new);
    EXPECT_EQ(cpu.regs.rip, 0x9000U);
    EXPECT_EQ(cpu.at(SegmentName::cs).selector, code0);
    EXPECT_TRUE(Segment::Unusable::get(cpu.at(SegmentName::ldtr).access_rights));
}

TEST_F(TaskSwitchTest, CodeSegmentRules) {
    const auto check = [this](u16 code, Vector vector) {
        SetUp();
        set_new(SegmentName::cs, code);
        expect_fault(vector, code & ~3U);
        EXPECT_EQ(cpl_of(cpu), code & 3U);
    };
    check(0, exception::ts);
    check(0xff8, exception::ts);
    check(data0, exception::ts);
    check(code0 | 3, exception::ts);
    check(code3 & ~3, exception::ts);
    check(code_absent, exception::np);
    SetUp();
    set_new(SegmentName::cs, code_small);
    expect_fault(exception::gp, 0);
    EXPECT_EQ(cpu.at(SegmentName::cs).limit, 0xffU);
}

TEST_F(TaskSwitchTest, StackAndDataSegmentRules) {
    const auto check = [this](SegmentName name, u16 selector, Vector vector) {
        SetUp();
        set_new(name, selector);
        expect_fault(vector, selector & ~3U);
        EXPECT_EQ(cpu.at(name).selector, selector);
    };
    check(SegmentName::ss, 0, exception::ts);
    check(SegmentName::ss, code0, exception::ts);
    check(SegmentName::ss, data3, exception::ts);
    check(SegmentName::ss, data0 | 1, exception::ts);
    check(SegmentName::ss, data_absent, exception::ss);
    check(SegmentName::ds, 0xff8, exception::ts);
    check(SegmentName::es, tss_old, exception::ts);
    check(SegmentName::fs, data0 | 3, exception::ts);
    check(SegmentName::gs, data_absent, exception::np);
}

TEST_F(TaskSwitchTest, ToUserPrivilege) {
    fill_tss(0x202, code3, data3);
    ASSERT_TRUE(run().ok());
    EXPECT_EQ(cpl_of(cpu), 3U);
    EXPECT_EQ(cpu.at(SegmentName::cs).access_rights, 0xc0fbU);
}

TEST_F(TaskSwitchTest, ToVirtual8086Mode) {
    fill_tss(0x20202, 0x1000, 0x2000);
    ASSERT_TRUE(run().ok());
    EXPECT_EQ(mode_of(cpu), Mode::v86);
    EXPECT_EQ(cpu.at(SegmentName::cs), (Segment{0x1000, 0x10000, 0xffff, 0xf3}));
    EXPECT_EQ(cpu.at(SegmentName::gs), (Segment{0x2000, 0x20000, 0xffff, 0xf3}));
    // With a bad LDT the fault already belongs to a v86 task that the CPU can be entered with.
    SetUp();
    fill_tss(0x20202, 0x1000, 0x2000);
    memory.store<u16>(Gpa{new_tss + 96}, data0);
    expect_fault(exception::ts, data0);
    EXPECT_EQ(cpu.at(SegmentName::cs).access_rights, 0xf3U);
}

TEST_F(TaskSwitchTest, TrapBitAndDebugRegisters) {
    memory.store<u16>(Gpa{new_tss + 100}, 1);
    cpu.dr7_value = 0x7ff;
    const auto result = run();
    ASSERT_TRUE(result.ok());
    EXPECT_TRUE(result.value().debug_trap);
    EXPECT_EQ(cpu.dr7_value, 0x6aaU);
}

TEST_F(TaskSwitchTest, ReservedFlagsAreNotLoaded) {
    fill_tss(0xffc08028, code0, data0);
    ASSERT_TRUE(run().ok());
    EXPECT_EQ(cpu.regs.rflags, 2U);
}

TEST_F(TaskSwitchTest, PagingSwitchesTheAddressSpace) {
    constexpr u64 table = 0x21000;
    for (const u64 directory : {u64{0x20000}, u64{0x22000}})
        memory.store<u32>(Gpa{directory}, table | 7);
    for (u32 i = 0; i < 32; ++i)
        memory.store<u32>(Gpa{table + 4 * i}, i << 12 | 7);
    cpu.cr0_value |= cr0::pg;
    cpu.cr3_value = 0x20000;
    memory.store<u32>(Gpa{new_tss + 28}, 0x22000);
    ASSERT_TRUE(run().ok());
    EXPECT_EQ(cpu.cr3_value, 0x22000U);
    SetUp();
    cpu.cr3_value = 0x20000;
    memory.store<u32>(Gpa{table + 4 * 3}, 0);
    expect_fault(exception::pf, 0);
    EXPECT_EQ(cpu.cr2_value, new_tss);
    expect_old_task();
    memory.store<u32>(Gpa{table + 4 * 3}, 0x3007);
    memory.store<u32>(Gpa{table + 4 * 2}, 0x2005);
    cpu.cr0_value |= cr0::wp;
    expect_fault(exception::pf, 3);
    expect_old_task();
    EXPECT_EQ(rights(tss_new), 0x89);
}

TEST_F(TaskSwitchTest, BadPageDirectoryPointersFaultInTheOldTask) {
    cpu.cr0_value |= cr0::pg;
    cpu.cr4_value |= cr4::pae;
    cpu.cr3_value = 0x20000;
    memory.store<u64>(Gpa{0x20000}, 0x21001);
    memory.store<u64>(Gpa{0x21000}, 0x87);
    memory.store<u32>(Gpa{new_tss + 28}, 0x24000);
    memory.store<u64>(Gpa{0x24000}, 0x3);
    expect_fault(exception::gp, 0);
    expect_old_task();
}

} // namespace
} // namespace vestige::cpu
