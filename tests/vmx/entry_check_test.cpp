// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vmx/entry_check.hpp"

#include "tests/vmx/entry_breakages.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace vestige::vmx {
namespace {

std::string text_of(const VmcsImage& vmcs, const Capabilities& capabilities) {
    static char storage[16384];
    TextBuffer out{storage};
    print_violations(out, vmcs, capabilities);
    return std::string{out.view()};
}

TEST(EntryCheck, GoodGuestsOfEveryModeBreakNothing) {
    for (const test::CpuModel& model : test::cpu_models) {
        if (!model.unrestricted)
            continue;
        const Capabilities& c = model.capabilities;
        for (const VmcsImage& vmcs : {test::real_mode_vmcs(c), test::protected_mode_vmcs(c),
                                      test::v86_vmcs(c), test::long_mode_vmcs(c)})
            EXPECT_EQ(text_of(vmcs, c), "no VM-entry rule that we know of is broken\n")
                << model.name;
    }
}

/// Rules as "name" or, for segments, "name/segment number".
std::string label(std::string_view name, const EntryRule& rule, cpu::SegmentName segment) {
    std::string text{name};
    if (rule.segments != 0)
        text += "/" + std::to_string(static_cast<unsigned>(segment));
    return text;
}

std::set<std::string> every_label() {
    std::set<std::string> labels;
    for (std::size_t chapter = 0; chapter < entry_chapters; ++chapter) {
        for (const EntryRule& rule : entry_rules(chapter)) {
            for (unsigned number = 0; number < cpu::segment_count; ++number) {
                const auto segment = static_cast<cpu::SegmentName>(number);
                if (rule.segments == 0 || (rule.segments >> number & 1) != 0)
                    labels.insert(label(rule.name, rule, segment));
            }
        }
    }
    return labels;
}

TEST(EntryCheck, EveryRuleFindsItsOwnBreakage) {
    std::set<std::string> found;
    for (const test::Breakage& breakage : test::entry_breakages()) {
        const Violations violations = check_entry(breakage.vmcs, breakage.capabilities);
        const bool hit =
            std::any_of(violations.begin(), violations.end(), [&](const Violation& violation) {
                return violation.rule->name == breakage.rule &&
                       (violation.rule->segments == 0 || violation.segment == breakage.segment);
            });
        EXPECT_TRUE(hit) << breakage.rule << "\n" << text_of(breakage.vmcs, breakage.capabilities);
        // A breakage shows one rule; what it drags along is named in the table.
        EXPECT_LE(violations.size(), breakage.most_violations)
            << breakage.rule << "\n"
            << text_of(breakage.vmcs, breakage.capabilities);
        for (const Violation& violation : violations)
            if (violation.rule->name == breakage.rule)
                found.insert(label(breakage.rule, *violation.rule, violation.segment));
    }
    for (const std::string& each : every_label())
        EXPECT_TRUE(found.contains(each)) << "no broken VMCS for: " << each;
}

TEST(EntryCheck, ReportNamesRuleSectionFieldAndValue) {
    const Capabilities c = test::haswell_capabilities();
    VmcsImage vmcs = test::real_mode_vmcs(c);
    vmcs.write(field::guest_rflags, u64{0x8002});
    EXPECT_EQ(text_of(vmcs, c), "reserved bits of guest RFLAGS have their values (SDM 3C, \"Checks "
                                "on Guest RIP, RFLAGS, and SSP\"): guest RFLAGS = 8002h\n");
    vmcs = test::real_mode_vmcs(c);
    vmcs.write(field::guest_cs_access_rights, u32{0x90});
    EXPECT_NE(text_of(vmcs, c).find("guest CS selector = f000h, guest CS base = ffff0000h, guest "
                                    "CS limit = ffffh, guest CS access rights = 90h\n"),
              std::string::npos);
}

TEST(EntryCheck, SecondaryControlsCountOnlyWhenActivated) {
    const Capabilities c = test::haswell_capabilities();
    VmcsImage vmcs = test::real_mode_vmcs(c);
    vmcs.write(field::virtual_processor_identifier, u16{0});
    vmcs.write(field::primary_processor_controls, vmcs.read(field::primary_processor_controls) &
                                                      ~primary::activate_secondary_controls);
    EXPECT_EQ(text_of(vmcs, c).find("VPID"), std::string::npos);
    // Without unrestricted guest real mode itself is wrong.
    EXPECT_NE(text_of(vmcs, c).find("guest CR0 has the bits that VMX fixes"), std::string::npos);
}

} // namespace
} // namespace vestige::vmx
