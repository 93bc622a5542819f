// SPDX-License-Identifier: BSD-2-Clause
// VMX capability MSRs as read on the CPU models of Bochs 2.7.
#pragma once

#include "vestige/vmx/capabilities.hpp"

#include <array>
#include <span>

namespace vestige::test {

struct CpuModel {
    const char* name;
    vmx::Capabilities capabilities;
};

/// What all dumped models have in common: sandy_bridge with fewer features.
constexpr vmx::Capabilities sandy_bridge_capabilities() {
    vmx::Capabilities c;
    c.basic = 0x00d810000000002b;
    c.pin = 0x0000007f00000016;
    c.primary = 0xf7f9fffe0401e172;
    c.exit = 0x007fffff00036dff;
    c.entry = 0x0000ffff000011ff;
    c.misc = 0x00000000000401e0;
    c.cr0_fixed0 = 0x0000000080000021;
    c.cr0_fixed1 = 0x00000000ffffffff;
    c.cr4_fixed0 = 0x0000000000002000;
    c.cr4_fixed1 = 0x00000000000627ff;
    c.vmcs_enum = 0x34;
    c.secondary = 0x000000ff00000000;
    c.ept_vpid = 0x00000f0106114141;
    c.true_pin = 0x0000007f00000016;
    c.true_primary = 0xf7f9fffe04006172;
    c.true_exit = 0x007fffff00036dfb;
    c.true_entry = 0x0000ffff000011fb;
    c.physical_address_bits = 40;
    return c;
}

constexpr vmx::Capabilities haswell_capabilities() {
    vmx::Capabilities c = sandy_bridge_capabilities();
    c.misc = 0x00000000200401e0;
    c.cr4_fixed1 = 0x00000000001727ff;
    c.secondary = 0x00047fff00000000;
    c.ept_vpid = 0x00000f0106334141;
    c.vm_functions = 1;
    return c;
}

constexpr vmx::Capabilities broadwell_capabilities() {
    vmx::Capabilities c = haswell_capabilities();
    c.cr4_fixed1 = 0x00000000003727ff;
    c.secondary = 0x00057fff00000000;
    return c;
}

constexpr vmx::Capabilities skylake_x_capabilities() {
    vmx::Capabilities c = broadwell_capabilities();
    c.misc = 0x00000000600401e0;
    c.secondary = 0x02177fff00000000;
    return c;
}

constexpr vmx::Capabilities icelake_capabilities() {
    vmx::Capabilities c = skylake_x_capabilities();
    c.basic = 0x00d8100000000004;
    c.primary = 0xfff9fffe0401e172;
    c.true_primary = 0xfff9fffe04006172;
    c.cr4_fixed1 = 0x0000000000772fff;
    c.secondary = 0x02977fff00000000;
    return c;
}

constexpr vmx::Capabilities tigerlake_capabilities() {
    vmx::Capabilities c = icelake_capabilities();
    c.basic = 0x01d8100000000004;
    c.exit = 0x107fffff00036dff;
    c.entry = 0x0010ffff000011ff;
    c.cr4_fixed1 = 0x0000000000f72fff;
    c.ept_vpid = 0x00000f0106b34141;
    c.true_exit = 0x107fffff00036dfb;
    c.true_entry = 0x0010ffff000011fb;
    return c;
}

inline constexpr std::array<CpuModel, 6> dumped_models{{
    {"corei7_sandy_bridge_2600k", sandy_bridge_capabilities()},
    {"corei7_haswell_4770", haswell_capabilities()},
    {"broadwell_ult", broadwell_capabilities()},
    {"corei7_skylake_x", skylake_x_capabilities()},
    {"corei7_icelake_u", icelake_capabilities()},
    {"tigerlake", tigerlake_capabilities()},
}};

/// A row of the feature survey over all models with VMX: which controls may be 1.
struct FeatureRow {
    const char* name;
    bool preemption_timer;
    bool ept;
    bool descriptor_table_exiting;
    bool rdtscp;
    bool vpid;
    bool unrestricted;
    bool invpcid;
    bool xsaves;
    bool load_efer;
    bool pages_2m;
    bool pages_1g;
};

inline constexpr std::array<FeatureRow, 12> surveyed_models{{
    // clang-format off
    //                        timer  ept    desc   rdtscp vpid   ug     invpc  xsaves efer   2M     1G
    {"core2_penryn_t9600",    false, false, false, false, false, false, false, false, false, false, false},
    {"corei5_lynnfield_750",  true,  true,  true,  true,  true,  false, false, false, true,  true,  false},
    {"corei5_arrandale_m520", true,  true,  true,  true,  true,  true,  false, false, true,  true,  false},
    {"corei7_sandy_bridge",   true,  true,  true,  true,  true,  true,  false, false, true,  true,  false},
    {"corei7_ivy_bridge",     true,  true,  true,  true,  true,  true,  false, false, true,  true,  false},
    {"corei7_haswell_4770",   true,  true,  true,  true,  true,  true,  true,  false, true,  true,  true},
    {"broadwell_ult",         true,  true,  true,  true,  true,  true,  true,  false, true,  true,  true},
    {"corei7_skylake_x",      true,  true,  true,  true,  true,  true,  true,  true,  true,  true,  true},
    {"corei3_cnl",            true,  true,  true,  true,  true,  true,  true,  true,  true,  true,  true},
    {"corei7_icelake_u",      true,  true,  true,  true,  true,  true,  true,  true,  true,  true,  true},
    {"tigerlake",             true,  true,  true,  true,  true,  true,  true,  true,  true,  true,  true},
    {"bx_generic",            false, false, false, true,  false, false, false, false, false, false, false},
    // clang-format on
}};

/// Capability words that say what a row says, otherwise as sandy_bridge has them.
constexpr vmx::Capabilities capabilities_of(const FeatureRow& row) {
    vmx::Capabilities c = sandy_bridge_capabilities();
    const auto may = [](u64& word, unsigned number, bool value) {
        word = value ? word | bit(32 + number) : word & ~bit(32 + number);
    };
    may(c.pin, 6, row.preemption_timer);
    may(c.true_pin, 6, row.preemption_timer);
    may(c.secondary, 1, row.ept);
    may(c.secondary, 2, row.descriptor_table_exiting);
    may(c.secondary, 3, row.rdtscp);
    may(c.secondary, 5, row.vpid);
    may(c.secondary, 7, row.unrestricted);
    may(c.secondary, 12, row.invpcid);
    may(c.secondary, 20, row.xsaves);
    for (u64* word : {&c.exit, &c.true_exit}) {
        for (unsigned number : {18u, 19u, 20u, 21u})
            may(*word, number, row.load_efer);
    }
    for (u64* word : {&c.entry, &c.true_entry}) {
        for (unsigned number : {14u, 15u})
            may(*word, number, row.load_efer);
    }
    if (!row.ept)
        c.ept_vpid = 0;
    c.ept_vpid = vmx::EptVpidCap::Pages2M::set(c.ept_vpid, row.pages_2m);
    c.ept_vpid = vmx::EptVpidCap::Pages1G::set(c.ept_vpid, row.pages_1g);
    return c;
}

} // namespace vestige::test
