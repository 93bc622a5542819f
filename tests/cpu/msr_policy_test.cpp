// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/msr_policy.hpp"

#include "../support/fake_cpu.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>

namespace vestige::cpu {
namespace {

struct FakeBackend final : MsrBackend {
    bool read_state(u32 index, u64& value) const override {
        if (refuses.count(index) != 0)
            return false;
        const auto found = values.find(index);
        value = found == values.end() ? 0 : found->second;
        return true;
    }
    bool write_state(u32 index, u64 value) override {
        if (refuses.count(index) != 0)
            return false;
        values[index] = value;
        return true;
    }
    bool read_apic(u32 index, u64& value) override {
        value = index;
        return index == msr::apic_base || index == msr::tsc_deadline || index == 0x803;
    }
    bool write_apic(u32 index, u64) override { return index == msr::apic_base; }
    u64 read_tsc() const override { return tsc; }
    void advance_tsc(u64 difference) override { tsc += difference; }
    std::map<u32, u64> values;
    std::set<u32> refuses;
    u64 tsc = 1000;
};

class MsrPolicyTest : public ::testing::Test {
  protected:
    void expect_read(u32 index, u64 value) {
        const auto result = msrs.read(index);
        ASSERT_TRUE(result.ok()) << std::hex << index;
        EXPECT_EQ(result.value(), value) << std::hex << index;
    }
    void expect_no_read(u32 index) {
        const auto result = msrs.read(index);
        ASSERT_FALSE(result.ok()) << std::hex << index;
        EXPECT_EQ(result.error(), general_protection());
    }
    void expect_write(u32 index, u64 value) {
        EXPECT_TRUE(msrs.write(index, value).ok()) << std::hex << index << " " << value;
    }
    void expect_no_write(u32 index, u64 value) {
        const auto result = msrs.write(index, value);
        ASSERT_FALSE(result.ok()) << std::hex << index << " " << value;
        EXPECT_EQ(result.error(), general_protection());
    }
    test::FakeCpu cpu;
    FakeBackend backend;
    MsrState msrs{cpu, backend, {}};
};

TEST_F(MsrPolicyTest, OnlyTheTableExists) {
    std::set<u32> present;
    const auto probe = [&](u32 index) {
        if (msrs.read(index).ok())
            present.insert(index);
    };
    for (u32 index = 0; index < 0x2000; ++index) {
        probe(index);
        probe(0xc0000000 + index);
        probe(0x40000000 + index);
        probe(0xc0010000 + index);
    }
    const std::set<u32> expected = {
        0x0,        0x1,        0x10,       0x17,       0x1b,       0x3a,       0x3b,       0x8b,
        0xfe,       0x174,      0x175,      0x176,      0x179,      0x17a,      0x1a0,
        0x1d9,      0x200,      0x201,      0x202,      0x203,      0x204,      0x205,
        0x206,      0x207,      0x208,      0x209,      0x20a,      0x20b,      0x20c,
        0x20d,      0x20e,      0x20f,      0x250,      0x258,      0x259,      0x268,
        0x269,      0x26a,      0x26b,      0x26c,      0x26d,      0x26e,      0x26f,
        0x277,      0x2ff,      0x6e0,      0x803,      0xc0000080, 0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084,
        0xc0000100, 0xc0000101, 0xc0000102};
    EXPECT_EQ(present, expected);
    for (const u32 index : {0x48U, 0x10aU, 0x480U, 0x802U, 0x830U, 0xda0U, 0xffffffffU})
        expect_no_write(index, 0);
}

TEST_F(MsrPolicyTest, CanonicalAddressesOnly) {
    for (const u32 index :
         {0x175U, 0x176U, 0xc0000082U, 0xc0000083U, 0xc0000100U, 0xc0000101U, 0xc0000102U}) {
        expect_no_write(index, u64{1} << 47);
        expect_no_write(index, u64{1} << 63);
        expect_write(index, 0xffff800000001000);
        expect_read(index, 0xffff800000001000);
    }
    expect_no_write(msr::syscall_mask, u64{1} << 32);
    expect_write(msr::star, ~u64{0});
}

TEST_F(MsrPolicyTest, MsrsThatTheBackEndLacksAreRefused) {
    backend.refuses = {msr::star};
    expect_no_read(msr::star);
    expect_no_write(msr::star, 0);
}

TEST_F(MsrPolicyTest, LocalApicHasItsOwn) {
    expect_read(msr::apic_base, msr::apic_base);
    expect_read(0x803, 0x803);
    expect_no_read(0x802);
    expect_no_read(0x8ff);
    expect_write(msr::apic_base, 0xfee00900);
    expect_no_write(0x803, 0);
}

TEST_F(MsrPolicyTest, TimeStampCounter) {
    expect_read(msr::time_stamp_counter, 1000);
    expect_write(msr::time_stamp_counter, 5);
    EXPECT_EQ(backend.tsc, 5U);
}

TEST_F(MsrPolicyTest, TscAdjustFollowsTheTimeStampCounterAndItIt) {
    expect_read(msr::tsc_adjust, 0);
    expect_write(msr::tsc_adjust, 500);
    EXPECT_EQ(backend.tsc, 1500U);
    expect_write(msr::tsc_adjust, 200);
    EXPECT_EQ(backend.tsc, 1200U);
    expect_write(msr::time_stamp_counter, 100);
    expect_read(msr::tsc_adjust, u64{0} - 900);
    backend.tsc += 50; // time passes
    expect_write(msr::tsc_adjust, 0);
    EXPECT_EQ(backend.tsc, 1050U);
    expect_write(msr::tsc_adjust, 7);
    msrs.reset();
    expect_read(msr::tsc_adjust, 0);
}

TEST_F(MsrPolicyTest, EferFollowsItsRules) {
    expect_write(msr::efer, efer::sce | efer::nxe);
    EXPECT_EQ(cpu.efer_value, efer::sce | efer::nxe);
    expect_no_write(msr::efer, u64{1} << 12);
    expect_read(msr::efer, efer::sce | efer::nxe);
}

TEST_F(MsrPolicyTest, MemoryTypes) {
    expect_read(msr::mtrr_cap, 0x508);
    expect_no_write(msr::mtrr_cap, 0x508);
    expect_write(msr::mtrr_def_type, 0xc06);
    expect_read(msr::mtrr_def_type, 0xc06);
    expect_no_write(msr::mtrr_def_type, 0xc02);
    expect_no_write(msr::mtrr_def_type, 0x106);
    expect_write(0x20e, 0xfff000006);
    expect_read(0x20e, 0xfff000006);
    expect_no_write(0x20e, 0xf000000003);
    expect_no_write(0x20e, 0x107);
    expect_no_write(0x20e, u64{1} << 36);
    expect_write(0x20f, 0xfff000800);
    expect_no_write(0x20f, 0xfff000801);
    expect_no_write(0x20f, u64{1} << 36);
    expect_no_read(0x210);
    expect_write(0x26f, 0x0605040100060504);
    expect_read(0x26f, 0x0605040100060504);
    expect_no_write(0x250, 0x0200000000000000);
    expect_write(msr::pat, 0x0007040600070406);
    expect_no_write(msr::pat, 0x02);
    expect_no_write(msr::pat, 0x08);
    msrs.reset();
    expect_read(msr::mtrr_def_type, 0);
    expect_read(0x26f, 0);
}

TEST_F(MsrPolicyTest, FixedOnes) {
    expect_read(msr::feature_control, 1);
    expect_no_write(msr::feature_control, 5);
    expect_read(msr::mcg_cap, 0);
    expect_no_write(msr::mcg_cap, 0);
    expect_write(msr::debugctl, 0);
    expect_no_write(msr::debugctl, 1);
    expect_write(msr::bios_sign_id, 0);
    expect_read(msr::bios_sign_id, 0);
    expect_write(msr::bios_update_trigger, 0x1234);
    expect_no_read(msr::bios_update_trigger);
    expect_read(msr::misc_enable, 0x1801);
    expect_write(msr::misc_enable, 0x1800);
    expect_read(msr::misc_enable, 0x1800);
    expect_no_write(msr::misc_enable, 0x1801 | u64{1} << 34);
}

TEST_F(MsrPolicyTest, FastStringsAreAsTheCpuBelowHasThem) {
    MsrState slow{cpu, backend, {.control = {}, .fast_strings = false}};
    EXPECT_EQ(slow.read(msr::misc_enable).value(), 0x1800U);
    EXPECT_TRUE(slow.write(msr::misc_enable, 0x1801).ok());
    EXPECT_EQ(slow.read(msr::misc_enable).value(), 0x1801U);
    slow.reset();
    EXPECT_EQ(slow.read(msr::misc_enable).value(), 0x1800U);
    msrs.reset();
    expect_read(msr::misc_enable, 0x1801);
}

TEST_F(MsrPolicyTest, TscAuxComesWithRdtscp) {
    expect_no_read(msr::tsc_aux);
    expect_no_write(msr::tsc_aux, 0);
    MsrState with{cpu, backend, {.control = {}, .tsc_aux = true}};
    EXPECT_TRUE(with.write(msr::tsc_aux, 7).ok());
    EXPECT_EQ(with.read(msr::tsc_aux).value(), 7U);
    EXPECT_FALSE(with.write(msr::tsc_aux, u64{1} << 32).ok());
}

TEST_F(MsrPolicyTest, PassedMsrsAreInTheTableToo) {
    for (const u32 index : pass_through_msrs())
        EXPECT_TRUE(msrs.read(index).ok()) << std::hex << index;
    const auto list = pass_through_msrs();
    EXPECT_EQ(std::count(list.begin(), list.end(), msr::efer), 0);
    EXPECT_EQ(std::count(list.begin(), list.end(), msr::kernel_gs_base), 1);
}

} // namespace
} // namespace vestige::cpu
