// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vmx/report.hpp"

#include "tests/vmx/cpu_models.hpp"

#include <gtest/gtest.h>

#include <string>

namespace vestige::vmx {
namespace {

CpuFacts facts_of(const Capabilities& capabilities) {
    CpuFacts facts;
    facts.vendor.assign("GenuineIntel");
    facts.vmx = true;
    facts.feature_control = 5;
    facts.capabilities = capabilities;
    return facts;
}

std::string capability_line(const CpuFacts& facts) {
    char storage[256];
    TextBuffer out{storage};
    print_capabilities(out, facts);
    EXPECT_FALSE(out.truncated());
    return std::string{out.view()};
}

std::string advice(const CpuFacts& facts) {
    char storage[256];
    TextBuffer out{storage};
    print_advice(out, facts);
    EXPECT_FALSE(out.truncated());
    return std::string{out.view()};
}

TEST(Report, ReadyCpuListsItsFeatures) {
    const CpuFacts facts = facts_of(test::haswell_capabilities());
    EXPECT_EQ(readiness(facts), Readiness::ready);
    EXPECT_EQ(capability_line(facts), "vmx on (ept, unrestricted guest, vpid, 2M pages, 1G pages)");
    EXPECT_EQ(advice(facts), "");
    EXPECT_EQ(capability_line(facts_of(test::sandy_bridge_capabilities())),
              "vmx on (ept, unrestricted guest, vpid, 2M pages)");
    EXPECT_EQ(capability_line(facts_of(test::skylake_x_capabilities())),
              "vmx on (ept, unrestricted guest, vpid, 2M pages, 1G pages, tsc scaling)");
}

TEST(Report, UnsetFeatureControlIsReady) {
    CpuFacts facts = facts_of(test::haswell_capabilities());
    facts.feature_control = 0;
    EXPECT_EQ(readiness(facts), Readiness::ready);
}

TEST(Report, LockedOffPointsAtTheFirmware) {
    for (const u64 value : {1u, 3u}) {
        CpuFacts facts = facts_of(test::haswell_capabilities());
        facts.feature_control = value;
        EXPECT_EQ(readiness(facts), Readiness::locked_off);
        EXPECT_NE(capability_line(facts).find("locked off by firmware"), std::string::npos);
        EXPECT_NE(advice(facts).find("firmware's setup"), std::string::npos);
    }
}

TEST(Report, AbsentVmxOnBareMetalAndUnderHypervisors) {
    CpuFacts facts;
    facts.vendor.assign("GenuineIntel");
    EXPECT_EQ(readiness(facts), Readiness::no_vmx);
    EXPECT_EQ(capability_line(facts), "no vmx (GenuineIntel)");
    EXPECT_NE(advice(facts).find("firmware's setup"), std::string::npos);

    facts.vendor.assign("AuthenticAMD");
    facts.svm = true;
    EXPECT_EQ(capability_line(facts), "no vmx (AuthenticAMD, has svm)");
    EXPECT_NE(advice(facts).find("AMD"), std::string::npos);

    facts.hypervisor.assign("TCGTCGTCGTCG");
    EXPECT_EQ(capability_line(facts), "no vmx (AuthenticAMD, has svm, under TCGTCGTCGTCG)");
    EXPECT_NE(advice(facts).find("Bochs"), std::string::npos);
    facts.hypervisor.assign("KVMKVMKVM");
    EXPECT_NE(advice(facts).find("nested=1"), std::string::npos);
    facts.hypervisor.assign("Somebody");
    EXPECT_NE(advice(facts).find("(Somebody): turn on nested"), std::string::npos);
}

TEST(Report, EveryModelShowsWhatItHasOrLacks) {
    for (const test::CpuModel& model : test::cpu_models) {
        const CpuFacts facts = facts_of(model.capabilities);
        if (model.unrestricted) {
            EXPECT_EQ(readiness(facts), Readiness::ready) << model.name;
            EXPECT_EQ(capability_line(facts).find("1G pages") != std::string::npos, model.pages_1g)
                << model.name;
            continue;
        }
        EXPECT_EQ(readiness(facts), Readiness::missing_control) << model.name;
        EXPECT_EQ(capability_line(facts), model.ept ? "vmx without unrestricted guest"
                                                    : "vmx without EPT, unrestricted guest");
        EXPECT_NE(advice(facts).find("cannot run Vestige"), std::string::npos);
    }
}

TEST(Report, EptWithoutWriteBackOrInveptIsNotUsable) {
    for (const u64 mask :
         {EptVpidCap::WriteBack::mask, EptVpidCap::WalkLength4::mask, EptVpidCap::Invept::mask}) {
        CpuFacts facts = facts_of(test::haswell_capabilities());
        facts.capabilities.ept_vpid &= ~mask;
        EXPECT_EQ(readiness(facts), Readiness::bad_ept);
        EXPECT_NE(capability_line(facts).find("usable ept"), std::string::npos);
    }
}

} // namespace
} // namespace vestige::vmx
