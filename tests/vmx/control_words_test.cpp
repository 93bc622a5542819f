// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vmx/control_words.hpp"

#include "tests/vmx/cpu_models.hpp"
#include "vestige/vmx/controls.hpp"

#include <gtest/gtest.h>

namespace vestige::vmx {
namespace {

TEST(Adjust, ForcesWhatMustBeOne) {
    EXPECT_EQ(adjust(0, 0, 0x0000'00ff'0000'0011).value(), 0x11u);
}

TEST(Adjust, DropsWantedThatMayNotBeOne) {
    EXPECT_EQ(adjust(0x2, 0x104, 0x0000'00ff'0000'0011).value(), 0x17u);
}

TEST(Adjust, NamesRequiredThatMayNotBeOne) {
    const auto result = adjust(0x302, 0, 0x0000'00ff'0000'0000);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error(), Missing{0x300});
}

/// Every bit of the word is one that the CPU lets be 1, and every forced one is there.
void expect_fits(u32 word, u64 capability, const char* model) {
    EXPECT_EQ(word & ~static_cast<u32>(capability >> 32), 0u) << model;
    EXPECT_EQ(static_cast<u32>(capability) & ~word, 0u) << model;
}

TEST(ControlWords, FitEveryModelOrSayWhatItLacks) {
    for (const test::CpuModel& model : test::cpu_models) {
        const Capabilities& c = model.capabilities;
        const auto words = control_words(c, {});
        ASSERT_EQ(words.ok(), model.ept && model.unrestricted) << model.name;
        if (!words.ok()) {
            const u32 lacks =
                (model.ept ? 0 : secondary::enable_ept) | secondary::unrestricted_guest;
            EXPECT_EQ(words.error(), (MissingControl{ControlWord::secondary, lacks})) << model.name;
            continue;
        }
        const ControlWords& w = words.value();
        expect_fits(w.pin, c.true_pin, model.name);
        expect_fits(w.primary, c.true_primary, model.name);
        expect_fits(w.secondary, c.secondary, model.name);
        expect_fits(w.exit, c.true_exit, model.name);
        expect_fits(w.entry, c.true_entry, model.name);
        EXPECT_EQ((w.secondary & secondary::enable_vpid) != 0, model.vpid) << model.name;
        EXPECT_EQ((w.secondary & secondary::enable_invpcid) != 0, model.invpcid) << model.name;
        EXPECT_EQ(w.secondary & secondary::enable_xsaves, 0u) << model.name;
    }
}

TEST(ControlWords, ApicIsVirtualizedFromHaswellOn) {
    EXPECT_FALSE(can_virtualize_apic(test::sandy_bridge_capabilities()));
    Capabilities c = test::haswell_capabilities();
    EXPECT_TRUE(can_virtualize_apic(c));
    EXPECT_EQ(apic_virtualization::secondary_set, 0x101U);
    EXPECT_EQ(apic_virtualization::primary_set, 0x200000U);
    c.true_primary |= primary::cr8_load_exiting; // must be 1
    EXPECT_FALSE(can_virtualize_apic(c));
}

TEST(ControlWords, TrueControlsLeaveCr3AndDebugControlsAlone) {
    const auto words = control_words(test::haswell_capabilities(), {}).value();
    EXPECT_EQ(words.primary & (primary::cr3_load_exiting | primary::cr3_store_exiting), 0u);
    EXPECT_EQ(words.pin, 0x16u | 0x69u);
    EXPECT_EQ(words.primary, 0xb2180c88u | 0x04006172u);
    EXPECT_EQ(words.entry, 0x11fbu | 0xc004u);
}

TEST(ControlWords, OldWordsAreUsedWithoutTrueControls) {
    Capabilities c = test::haswell_capabilities();
    c.basic = VmxBasic::TrueControls::set(c.basic, false);
    const auto words = control_words(c, {}).value();
    EXPECT_NE(words.primary & primary::cr3_load_exiting, 0u);
}

TEST(ControlWords, FeaturesChangeTheSecondaryWord) {
    const Capabilities c = test::haswell_capabilities();
    const u32 closed = control_words(c, {false, false, false}).value().secondary;
    const u32 open = control_words(c, {true, true, true}).value().secondary;
    EXPECT_EQ(closed & ~open, secondary::rdrand_exiting);
    EXPECT_EQ(open & ~closed, secondary::enable_invpcid | secondary::enable_rdtscp);
    // rdseed exiting needs a CPU that has it.
    const u32 newer = control_words(test::broadwell_capabilities(), {.rdrand = false}).value().secondary;
    EXPECT_NE(newer & secondary::rdseed_exiting, 0u);
}

TEST(ControlWords, MissingPinExitAndEntryBitsAreNamed) {
    Capabilities c = test::haswell_capabilities();
    c.true_pin &= ~bit(32 + 6);
    EXPECT_EQ(control_words(c, {}).error(),
              (MissingControl{ControlWord::pin, pin::preemption_timer}));
    c = test::haswell_capabilities();
    c.true_exit &= ~bit(32 + 20);
    EXPECT_EQ(control_words(c, {}).error(),
              (MissingControl{ControlWord::exit, exit_control::save_efer}));
    c = test::haswell_capabilities();
    c.true_entry &= ~bit(32 + 15);
    EXPECT_EQ(control_words(c, {}).error(),
              (MissingControl{ControlWord::entry, entry_control::load_efer}));
    c = test::haswell_capabilities();
    c.true_primary &= ~bit(32 + 28);
    EXPECT_EQ(control_words(c, {}).error(),
              (MissingControl{ControlWord::primary, primary::use_msr_bitmaps}));
}

TEST(PrintControls, NamesBitsAndNumbersTheRest) {
    char storage[128];
    TextBuffer out{storage};
    print_controls(out, ControlWord::secondary,
                   secondary::enable_ept | secondary::unrestricted_guest | 0x80000000u);
    EXPECT_EQ(out.view(), "EPT, unrestricted guest, bits 80000000");
}

} // namespace
} // namespace vestige::vmx
