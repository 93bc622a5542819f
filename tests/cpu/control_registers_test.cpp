// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/control_registers.hpp"

#include "guest_fixture.hpp"

namespace vestige::cpu {
namespace {

class ControlRegistersTest : public test::GuestFixture {
  protected:
    template <class T> static void expect_gp(const Result<T, Event>& result) {
        ASSERT_FALSE(result.ok());
        EXPECT_EQ(result.error(), general_protection());
    }
    Result<ControlChange, Event> to_cr0(u64 value) { return write_cr0(cpu, features, path, value); }
    Result<ControlChange, Event> to_cr3(u64 value) { return write_cr3(cpu, features, path, value); }
    Result<ControlChange, Event> to_cr4(u64 value) { return write_cr4(cpu, features, path, value); }
    ControlFeatures features;
};

TEST_F(ControlRegistersTest, Cr0Rules) {
    expect_gp(to_cr0(cr0::pg));
    expect_gp(to_cr0(cr0::nw));
    expect_gp(to_cr0(bit(32)));
    const auto done = to_cr0(cr0::pe | cr0::pg | cr0::ne | bit(28) | bit(6));
    ASSERT_TRUE(done.ok());
    EXPECT_EQ(done.value().cr0, cr0::pe | cr0::pg | cr0::ne | cr0::et);
    apply(cpu, done.value());
    EXPECT_EQ(cpu.cr0_value, cr0::pe | cr0::pg | cr0::ne | cr0::et);
}

TEST_F(ControlRegistersTest, LongModeIsActivatedByPaging) {
    enter_protected();
    cpu.efer_value = efer::lme;
    cpu.cr3_value = 0x1000;
    const u64 paging = cpu.cr0_value | cr0::pg;
    expect_gp(to_cr0(paging));
    cpu.cr4_value = cr4::pae;
    cpu.at(SegmentName::cs).access_rights |= bit(13);
    expect_gp(to_cr0(paging));
    cpu.at(SegmentName::cs).access_rights &= ~static_cast<u32>(bit(13));
    cpu.at(SegmentName::tr).access_rights = 0x83;
    expect_gp(to_cr0(paging));
    cpu.at(SegmentName::tr).access_rights = 0x8b;
    const auto done = to_cr0(paging);
    ASSERT_TRUE(done.ok());
    apply(cpu, done.value());
    EXPECT_EQ(cpu.efer_value, efer::lme | efer::lma);
    // Compatibility mode may leave, 64-bit code may not.
    EXPECT_TRUE(to_cr0(paging & ~cr0::pg).ok());
    cpu.at(SegmentName::cs).access_rights = 0xa09b;
    expect_gp(to_cr0(paging & ~cr0::pg));
    expect_gp(to_cr0(paging & ~(cr0::pg | cr0::pe)));
    expect_gp(to_cr4(cr4::pge));
}

TEST_F(ControlRegistersTest, PagingCannotEndUnderPcide) {
    enter_long();
    features.cr4 |= cr4::pcide;
    cpu.at(SegmentName::cs).access_rights = 0xc09b;
    cpu.cr4_value |= cr4::pcide;
    expect_gp(to_cr0(cpu.cr0_value & ~cr0::pg));
}

TEST_F(ControlRegistersTest, Cr3BeyondThePhysicalWidth) {
    expect_gp(to_cr3(bit(36)));
    EXPECT_TRUE(to_cr3(bit(35)).ok());
    features.physical_bits = 46;
    EXPECT_TRUE(to_cr3(bit(36)).ok());
    expect_gp(to_cr3(bit(63)));
    cpu.cr4_value = cr4::pcide;
    EXPECT_EQ(to_cr3(bit(63) | 0x5001).value().cr3, 0x5001U);
}

TEST_F(ControlRegistersTest, PageDirectoryPointersAreChecked) {
    enter_protected();
    cpu.cr4_value = cr4::pae;
    cpu.cr3_value = 0x20020;
    memory.store<u64>(Gpa{0x20020 + 24}, 0x1003);
    expect_gp(to_cr0(cpu.cr0_value | cr0::pg));
    memory.store<u64>(Gpa{0x20020 + 24}, 0x1002);
    ASSERT_TRUE(to_cr0(cpu.cr0_value | cr0::pg).ok());
    cpu.cr0_value |= cr0::pg;
    memory.store<u64>(Gpa{0x30000}, bit(36) | 1);
    expect_gp(to_cr3(0x30000));
    EXPECT_TRUE(to_cr3(0x30020).ok());
    cpu.cr3_value = 0x30000;
    expect_gp(to_cr4(cr4::pae | cr4::pge));
    EXPECT_TRUE(to_cr4(cr4::pae | cr4::osfxsr).ok());
}

TEST_F(ControlRegistersTest, Cr4Rules) {
    expect_gp(to_cr4(cr4::vmxe));
    expect_gp(to_cr4(cr4::smep));
    expect_gp(to_cr4(bit(63)));
    features.cr4 |= cr4::smep | cr4::pcide;
    EXPECT_EQ(to_cr4(cr4::smep | cr4::pae).value().cr4, cr4::smep | cr4::pae);
    expect_gp(to_cr4(cr4::pcide));
    enter_long();
    EXPECT_TRUE(to_cr4(cpu.cr4_value | cr4::pcide).ok());
    cpu.cr3_value |= 1;
    expect_gp(to_cr4(cpu.cr4_value | cr4::pcide));
}

TEST_F(ControlRegistersTest, LmswSetsButNeverClearsProtection) {
    const auto on = write_msw(cpu, features, path, 0xfff9);
    ASSERT_TRUE(on.ok());
    EXPECT_EQ(on.value().cr0, (cpu.cr0_value & ~u64{0xe}) | 9);
    apply(cpu, on.value());
    EXPECT_EQ(write_msw(cpu, features, path, 0).value().cr0, (cpu.cr0_value & ~u64{0xe}));
    EXPECT_EQ(clear_task_switched(cpu).cr0, cpu.cr0_value & ~cr0::ts);
}

TEST_F(ControlRegistersTest, EferRules) {
    expect_gp(write_efer(cpu, features, bit(9)));
    EXPECT_EQ(write_efer(cpu, features, efer::lme | efer::lma).value().efer, efer::lme);
    enter_long();
    expect_gp(write_efer(cpu, features, efer::sce));
    EXPECT_EQ(write_efer(cpu, features, efer::lme).value().efer, efer::lme | efer::lma);
}

TEST_F(ControlRegistersTest, Xcr0Rules) {
    features.xcr0 = 0xe7;
    const auto refused = write_xcr(cpu, features, 0, 1);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error(), undefined_opcode());
    cpu.cr4_value = cr4::osxsave;
    for (const u64 bad : {u64{0}, u64{2}, u64{5}, u64{0x11}, u64{0x27}, u64{0xe3}, bit(63) | 1})
        expect_gp(write_xcr(cpu, features, 0, bad));
    for (const u64 good : {1, 3, 7, 0xe7})
        EXPECT_EQ(write_xcr(cpu, features, 0, good).value(), good);
    expect_gp(write_xcr(cpu, features, 1, 1));
    enter_protected(3);
    expect_gp(write_xcr(cpu, features, 0, 1));
}

TEST_F(ControlRegistersTest, DebugRegisters) {
    EXPECT_EQ(debug_register_number(cpu, 4).value(), 6U);
    EXPECT_EQ(debug_register_number(cpu, 5).value(), 7U);
    cpu.cr4_value = cr4::de;
    EXPECT_EQ(debug_register_number(cpu, 5).error(), undefined_opcode());
    cpu.dr7_value |= dr7_general_detect;
    EXPECT_EQ(debug_register_number(cpu, 0).error(), fault(exception::db));
    EXPECT_EQ(debug_register_value(cpu, 7, ~u64{0}).value(), 0xffff27ffU);
    EXPECT_EQ(debug_register_value(cpu, 7, 0).value(), 0x400U);
    EXPECT_EQ(debug_register_value(cpu, 6, ~u64{0}).value(), 0xffffefffU);
    enter_long();
    expect_gp(debug_register_value(cpu, 6, bit(32)));
    EXPECT_EQ(debug_register_value(cpu, 3, bit(63)).value(), bit(63));
}

TEST_F(ControlRegistersTest, Cr8Rules) {
    EXPECT_EQ(write_cr8(15).value(), 15U);
    expect_gp(write_cr8(16));
}

} // namespace
} // namespace vestige::cpu
