// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/cpuid_policy.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <utility>

namespace vestige::cpu {
namespace {

/// A dump of CPUID by leaf and subleaf; like the hardware, what is missing reads as zero here.
struct Dump final : CpuidSource {
    explicit Dump(std::map<std::pair<u32, u32>, CpuidResult> all) : leaves{std::move(all)} {}
    CpuidResult cpuid(u32 leaf, u32 subleaf) const override {
        const auto found = leaves.find({leaf, subleaf});
        return found == leaves.end() ? CpuidResult{} : found->second;
    }
    std::map<std::pair<u32, u32>, CpuidResult> leaves;
};

/// A Core i7-4770 with every feature bit it came with.
Dump haswell() {
    return Dump{{{{0, 0}, {0xd, 0x756e6547, 0x6c65746e, 0x49656e69}},
                 {{1, 0}, {0x000306c3, 0x05100800, 0x7ffafbff, 0xbfebfbff}},
                 {{2, 0}, {0x76036301, 0x00f0b5ff, 0x00000000, 0x00c10000}},
                 {{4, 0}, {0x1c004121, 0x01c0003f, 0x0000003f, 0x00000000}},
                 {{5, 0}, {0x40, 0x40, 0x3, 0x42120}},
                 {{6, 0}, {0x77, 0x2, 0x9, 0}},
                 {{7, 0}, {0, 0x00002fbb, 0, 0x9c000400}},
                 {{0xa, 0}, {0x07300403, 0, 0, 0x603}},
                 {{0xb, 0}, {1, 2, 0x100, 5}},
                 {{0xb, 1}, {4, 8, 0x201, 5}},
                 {{0xd, 0}, {7, 0x340, 0x340, 0}},
                 {{0xd, 1}, {1, 0, 0, 0}},
                 {{0xd, 2}, {0x100, 0x240, 0, 0}},
                 {{0x80000000, 0}, {0x80000008, 0, 0, 0}},
                 {{0x80000001, 0}, {0, 0, 0x21, 0x2c100800}},
                 {{0x80000007, 0}, {0, 0, 0, 0x100}},
                 {{0x80000008, 0}, {0x3027, 0, 0, 0}}}};
}

/// A server part with leaves and features far beyond what guests may have.
Dump everything() {
    std::map<std::pair<u32, u32>, CpuidResult> leaves;
    for (u32 leaf = 0; leaf < 0x20; ++leaf)
        for (u32 subleaf = 0; subleaf < 20; ++subleaf)
            leaves[{leaf, subleaf}] = {~0U, ~0U, ~0U, ~0U};
    for (u32 leaf = 0x80000000; leaf < 0x80000020; ++leaf)
        leaves[{leaf, 0}] = {~0U, ~0U, ~0U, ~0U};
    leaves[{0, 0}].eax = 0x1f;
    leaves[{0x80000000, 0}].eax = 0x8000001f;
    leaves[{0xd, 0}] = {0x602e7, 0x2b00, 0x2b00, 0};
    leaves[{0xd, 2}] = {0x100, 0x240, 0, 0};
    leaves[{0xd, 5}] = {0x40, 0x440, 0, 0};
    leaves[{0xd, 6}] = {0x200, 0x480, 0, 0};
    leaves[{0xd, 7}] = {0x400, 0x680, 2, 0};
    leaves[{0x80000008, 0}].eax = 0x3934;
    return Dump{leaves};
}

bool has(u32 word, unsigned number) {
    return (word >> number & 1) != 0;
}

TEST(CpuidPolicy, HypervisorLeafHasOurName) {
    const Dump host = haswell();
    const CpuidResult leaf = CpuidPolicy{host}.read(0x40000000, 0, {});
    EXPECT_EQ(leaf.eax, 0x40000000U);
    char name[13]{};
    std::memcpy(name, &leaf.ebx, 4);
    std::memcpy(name + 4, &leaf.ecx, 4);
    std::memcpy(name + 8, &leaf.edx, 4);
    EXPECT_STREQ(name, "VestigeVMM  ");
    EXPECT_EQ(CpuidPolicy{host}.read(0x40000001, 0, {}), CpuidResult{});
}

TEST(CpuidPolicy, HaswellLeafOneByBit) {
    const Dump host = haswell();
    const CpuidResult leaf = CpuidPolicy{host}.read(1, 0, {});
    EXPECT_EQ(leaf.eax, 0x000306c3U);
    EXPECT_EQ(leaf.ebx, 0x00010800U);
    for (const unsigned hidden : {2, 3, 4, 5, 6, 7, 8, 10, 11, 14, 15, 18, 27})
        EXPECT_FALSE(has(leaf.ecx, hidden)) << hidden;
    for (const unsigned shown : {0, 1, 9, 12, 13, 19, 20, 21, 22, 23, 24, 25, 26, 28, 29, 30, 31})
        EXPECT_TRUE(has(leaf.ecx, shown)) << shown;
    for (const unsigned hidden : {18, 21, 22, 28, 29, 31})
        EXPECT_FALSE(has(leaf.edx, hidden)) << hidden;
    for (const unsigned shown : {0, 4, 5, 6, 8, 9, 11, 12, 16, 17, 23, 24, 25, 26})
        EXPECT_TRUE(has(leaf.edx, shown)) << shown;
}

TEST(CpuidPolicy, FeaturesThatTheHostLacksStayAway) {
    Dump host = haswell();
    host.leaves[{1, 0}].ecx = 0;
    host.leaves[{1, 0}].edx = 0;
    const CpuidResult leaf = CpuidPolicy{host}.read(1, 0, {});
    // The hypervisor's bit, and its own local APIC.
    EXPECT_EQ(leaf.ecx, u32{1} << 31 | u32{1} << 24 | u32{1} << 21);
    EXPECT_EQ(leaf.edx, u32{1} << 9);
}

TEST(CpuidPolicy, LocalApicIsOursAndShownWhileItIsEnabled) {
    const Dump host = haswell();
    const CpuidPolicy policy{host};
    EXPECT_TRUE(has(policy.read(1, 0, {.apic = true}).edx, 9));
    EXPECT_FALSE(has(policy.read(1, 0, {.apic = false}).edx, 9));
    EXPECT_EQ(policy.read(1, 0, {}).ebx >> 24, 0U);
    EXPECT_EQ(policy.read(6, 0, {}), (CpuidResult{4, 0, 0, 0})); // its timer never stops
}

TEST(CpuidPolicy, RandomNumbersHaveASwitch) {
    Dump host = haswell();
    host.leaves[{7, 0}].ebx |= 1U << 18;
    const CpuidPolicy off{host, {.random_numbers = false}};
    const CpuidPolicy on{host};
    EXPECT_FALSE(has(off.read(1, 0, {}).ecx, 30));
    EXPECT_FALSE(has(off.read(7, 0, {}).ebx, 18));
    EXPECT_TRUE(has(on.read(1, 0, {}).ecx, 30));
    EXPECT_TRUE(has(on.read(7, 0, {}).ebx, 18));
}

TEST(CpuidPolicy, OsxsaveFollowsCr4) {
    const Dump host = haswell();
    const CpuidPolicy policy{host};
    EXPECT_TRUE(has(policy.read(1, 0, {.cr4 = cr4::osxsave}).ecx, 27));
    EXPECT_FALSE(has(policy.read(1, 0, {.cr4 = 0}).ecx, 27));
}

TEST(CpuidPolicy, MonitorThermalAndCountersAreEmpty) {
    const Dump host = everything();
    const CpuidPolicy policy{host};
    for (const u32 leaf :
         {3U,          5U,          8U,          9U,          0xaU,
          0xcU,        0xeU,        0xfU,        0x10U,       0x12U,       0x14U,
          0x15U,       0x1fU,       0x20000000U, 0x40000100U, 0x80000005U, 0x8000000aU,
          0x8000001fU, 0xc0000000U, 0xffffffffU})
        EXPECT_EQ(policy.read(leaf, 0, {}), CpuidResult{}) << std::hex << leaf;
    EXPECT_EQ(policy.read(0, 0, {}).eax, 0xdU);
    EXPECT_EQ(policy.read(0x80000000, 0, {}).eax, 0x80000008U);
    EXPECT_EQ(policy.read(0x80000008, 0, {}).eax, 0x3034U);
    EXPECT_EQ(policy.read(7, 1, {}), CpuidResult{});
}

TEST(CpuidPolicy, NothingDangerousInLeafSeven) {
    const Dump host = everything();
    const CpuidResult leaf = CpuidPolicy{host}.read(7, 0, {});
    EXPECT_EQ(leaf.eax, 0U);
    // SGX, HLE, RTM, PQM, MPX, PQE, PT.
    for (const unsigned hidden : {2, 4, 11, 12, 14, 15, 25})
        EXPECT_FALSE(has(leaf.ebx, hidden)) << hidden;
    // PKU, OSPKE, WAITPKG, CET_SS, LA57, MAWAU, SGX_LC, PKS.
    for (const unsigned hidden : {3, 4, 5, 7, 16, 17, 30, 31})
        EXPECT_FALSE(has(leaf.ecx, hidden)) << hidden;
    // CET_IBT, AMX, SPEC_CTRL, STIBP, L1D_FLUSH, ARCH_CAPABILITIES, CORE_CAPABILITIES, SSBD.
    for (const unsigned hidden : {20, 22, 24, 25, 26, 27, 28, 29, 30, 31})
        EXPECT_FALSE(has(leaf.edx, hidden)) << hidden;
}

TEST(CpuidPolicy, OneCpuEverywhere) {
    const Dump host = haswell();
    const CpuidPolicy policy{host};
    EXPECT_EQ(policy.read(1, 0, {}).ebx >> 16, 1U);
    EXPECT_EQ(policy.read(4, 0, {}).eax, 0x121U);
    EXPECT_EQ(policy.read(0xb, 0, {}), (CpuidResult{0, 1, 0x100, 0}));
    EXPECT_EQ(policy.read(0xb, 1, {}), (CpuidResult{0, 1, 0x201, 0}));
    EXPECT_EQ(policy.read(0xb, 2, {}), (CpuidResult{0, 0, 2, 0}));
}

TEST(CpuidPolicy, TscAdjustIsOurs) {
    const Dump host = haswell();
    EXPECT_TRUE(has(CpuidPolicy{host}.read(7, 0, {}).ebx, 1));
    EXPECT_EQ(CpuidPolicy{host}.read(7, 1, {}), CpuidResult{});
    const Dump old{{{{0, 0}, {2, 0, 0, 0}}}};
    EXPECT_EQ(CpuidPolicy{old}.read(7, 0, {}), CpuidResult{});
}

TEST(CpuidPolicy, FrequenciesAreShownWhereTheyAreKnown) {
    const Dump host = everything(); // with leaves 15h and 16h that are not for guests
    const CpuidPolicy unknown{host};
    EXPECT_EQ(unknown.read(0, 0, {}).eax, 0xdU);
    EXPECT_EQ(unknown.read(0x15, 0, {}), CpuidResult{});
    EXPECT_EQ(unknown.read(0x16, 0, {}), CpuidResult{});
    const CpuidPolicy policy{host, {.tsc_hertz = 50'000'000, .crystal_hertz = 25'000'000}};
    EXPECT_EQ(policy.read(0, 0, {}).eax, 0x16U);
    EXPECT_EQ(policy.read(0xe, 0, {}), CpuidResult{});
    EXPECT_EQ(policy.read(0x14, 0, {}), CpuidResult{});
    EXPECT_EQ(policy.read(0x15, 0, {}), (CpuidResult{1, 2, 25'000'000, 0}));
    EXPECT_EQ(policy.read(0x16, 0, {}), (CpuidResult{50, 50, 25, 0}));
    EXPECT_EQ(policy.read(0x17, 0, {}), CpuidResult{});
}

TEST(CpuidPolicy, TscRatioIsWithinSixMillionths) {
    constexpr u32 crystal = 25'000'000;
    const Dump host = haswell();
    for (u64 hertz = 1'000'003; hertz < 20'000'000'000; hertz += hertz / 97 + 1) {
        const CpuidPolicy policy{host, {.tsc_hertz = hertz, .crystal_hertz = crystal}};
        const CpuidResult leaf = policy.read(0x15, 0, {});
        ASSERT_NE(leaf.eax, 0U) << hertz;
        EXPECT_LE(leaf.ebx, ~0U / (crystal / 1000)) << hertz;
        const double shown = double{crystal} * leaf.ebx / leaf.eax;
        EXPECT_NEAR(shown / static_cast<double>(hertz), 1, 6e-6) << hertz;
    }
}

TEST(CpuidPolicy, XsaveSizesFollowXcr0) {
    const Dump host = haswell();
    const CpuidPolicy policy{host};
    EXPECT_EQ(policy.read(0xd, 0, {.xcr0 = 1}), (CpuidResult{7, 0x240, 0x340, 0}));
    EXPECT_EQ(policy.read(0xd, 0, {.xcr0 = 7}), (CpuidResult{7, 0x340, 0x340, 0}));
    EXPECT_EQ(policy.read(0xd, 1, {}), (CpuidResult{1, 0, 0, 0}));
    EXPECT_EQ(policy.read(0xd, 2, {}), (CpuidResult{0x100, 0x240, 0, 0}));
    EXPECT_EQ(policy.read(0xd, 9, {}), CpuidResult{});
    const Dump big = everything();
    const CpuidPolicy large{big};
    EXPECT_EQ(large.read(0xd, 0, {.xcr0 = 7}), (CpuidResult{0xe7, 0x340, 0xa80, 0}));
    EXPECT_EQ(large.read(0xd, 1, {.xcr0 = 0xe7}), (CpuidResult{7, 0x980, 0, 0}));
    EXPECT_EQ(large.read(0xd, 17, {}), CpuidResult{});
    EXPECT_EQ(large.read(0xd, ~0U, {}), CpuidResult{});
}

TEST(CpuidPolicy, ControlBitsGoWithTheFeatures) {
    const Dump host = haswell();
    const CpuidPolicy policy{host};
    const ControlFeatures features = policy.control_features();
    EXPECT_EQ(features.cr4, cr4::vme | cr4::pvi | cr4::tsd | cr4::de | cr4::pse | cr4::pae |
                                cr4::mce | cr4::pge | cr4::pce | cr4::osfxsr | cr4::osxmmexcpt |
                                cr4::fsgsbase | cr4::pcide | cr4::osxsave | cr4::smep);
    EXPECT_EQ(features.efer, efer::sce | efer::lme | efer::lma | efer::nxe);
    EXPECT_EQ(features.xcr0, 7U);
    EXPECT_EQ(features.physical_bits, 39);
    EXPECT_TRUE(policy.movbe());
    EXPECT_TRUE(policy.huge_pages());
    EXPECT_TRUE(policy.tsc_aux());
    EXPECT_EQ(policy.signature(), 0x306c3U);
    const CpuidPolicy plain{host, {.rdtscp = false, .invpcid = false}};
    EXPECT_FALSE(plain.tsc_aux());
    EXPECT_FALSE(has(plain.read(7, 0, {}).ebx, 10));
    EXPECT_TRUE(has(policy.read(7, 0, {}).ebx, 10));
}

TEST(CpuidPolicy, OldCpusWithoutExtendedLeaves) {
    const Dump host{{{{0, 0}, {2, 0, 0, 0}}, {{1, 0}, {0x634, 0, 0, 0x0183f9ff}}}};
    const CpuidPolicy policy{host};
    EXPECT_EQ(policy.read(0x80000000, 0, {}), CpuidResult{});
    EXPECT_EQ(policy.read(0xb, 0, {}), CpuidResult{});
    EXPECT_EQ(policy.read(0xd, 0, {}), CpuidResult{});
    EXPECT_EQ(policy.control_features().efer, 0U);
    EXPECT_EQ(policy.control_features().physical_bits, 36);
}

} // namespace
} // namespace vestige::cpu
