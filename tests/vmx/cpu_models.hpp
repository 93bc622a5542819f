// SPDX-License-Identifier: BSD-2-Clause
// VMX capability MSRs as read on the CPU models of Bochs 2.7.
#pragma once

#include "vestige/vmx/capabilities.hpp"

#include <array>
#include <span>

namespace vestige::test {

/// A model with its MSRs, and what a survey of its features by other means found.
struct CpuModel {
    const char* name;
    vmx::Capabilities capabilities;
    bool ept;
    bool unrestricted;
    bool vpid;
    bool invpcid;
    bool pages_1g;
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

constexpr vmx::Capabilities penryn_capabilities() {
    vmx::Capabilities c = sandy_bridge_capabilities();
    c.pin = c.true_pin = 0x0000003f00000016;
    c.exit = 0x0003ffff00036dff;
    c.entry = 0x00003fff000011ff;
    c.cr4_fixed1 = 0x00000000000467ff;
    c.secondary = 0x0000004100000000;
    c.ept_vpid = 0;
    c.true_exit = 0x0003ffff00036dfb;
    c.true_entry = 0x00003fff000011fb;
    return c;
}

constexpr vmx::Capabilities arrandale_capabilities() {
    vmx::Capabilities c = sandy_bridge_capabilities();
    c.cr4_fixed1 = 0x00000000000067ff;
    return c;
}

constexpr vmx::Capabilities lynnfield_capabilities() {
    vmx::Capabilities c = arrandale_capabilities();
    c.secondary = 0x0000007f00000000;
    return c;
}

constexpr vmx::Capabilities ivy_bridge_capabilities() {
    vmx::Capabilities c = sandy_bridge_capabilities();
    c.cr4_fixed1 = 0x00000000001727ff;
    c.secondary = 0x000008ff00000000;
    return c;
}

constexpr vmx::Capabilities cannon_lake_capabilities() {
    vmx::Capabilities c = skylake_x_capabilities();
    c.cr4_fixed1 = 0x0000000000772fff;
    c.secondary = 0x02157cff00000000;
    return c;
}

constexpr vmx::Capabilities bx_generic_capabilities() {
    vmx::Capabilities c = penryn_capabilities();
    c.exit = 0x0003efff00036dff;
    c.entry = 0x00001fff000011ff;
    c.cr4_fixed1 = 0x00000000000027ff;
    c.secondary = 0x0000004900000000;
    c.true_exit = 0x0003efff00036dfb;
    c.true_entry = 0x00001fff000011fb;
    return c;
}

inline constexpr std::array<CpuModel, 12> cpu_models{{
    // clang-format off
    //                                                        ept    unrest vpid   invpc  1G
    {"core2_penryn_t9600", penryn_capabilities(),             false, false, false, false, false},
    {"corei5_lynnfield_750", lynnfield_capabilities(),        true,  false, true,  false, false},
    {"corei5_arrandale_m520", arrandale_capabilities(),       true,  true,  true,  false, false},
    {"corei7_sandy_bridge_2600k", sandy_bridge_capabilities(), true, true,  true,  false, false},
    {"corei7_ivy_bridge_3770k", ivy_bridge_capabilities(),    true,  true,  true,  false, false},
    {"corei7_haswell_4770", haswell_capabilities(),           true,  true,  true,  true,  true},
    {"broadwell_ult", broadwell_capabilities(),               true,  true,  true,  true,  true},
    {"corei7_skylake_x", skylake_x_capabilities(),            true,  true,  true,  true,  true},
    {"corei3_cnl", cannon_lake_capabilities(),                true,  true,  true,  true,  true},
    {"corei7_icelake_u", icelake_capabilities(),              true,  true,  true,  true,  true},
    {"tigerlake", tigerlake_capabilities(),                   true,  true,  true,  true,  true},
    {"bx_generic", bx_generic_capabilities(),                 false, false, false, false, false},
    // clang-format on
}};

} // namespace vestige::test
