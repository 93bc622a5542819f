// SPDX-License-Identifier: BSD-2-Clause
// Indices of the MSRs that VMX and its guests' state need. SDM 4, "Model-Specific Registers".
#pragma once

#include "vestige/base/number.hpp"

namespace vestige::vmx::msr {

inline constexpr u32 ia32_feature_control = 0x3a;
inline constexpr u32 ia32_arch_capabilities = 0x10a;
inline constexpr u32 ia32_sysenter_cs = 0x174;
inline constexpr u32 ia32_sysenter_esp = 0x175;
inline constexpr u32 ia32_sysenter_eip = 0x176;
inline constexpr u32 ia32_debugctl = 0x1d9;
inline constexpr u32 ia32_pat = 0x277;
inline constexpr u32 ia32_vmx_basic = 0x480;
inline constexpr u32 ia32_vmx_pinbased_ctls = 0x481;
inline constexpr u32 ia32_vmx_procbased_ctls = 0x482;
inline constexpr u32 ia32_vmx_exit_ctls = 0x483;
inline constexpr u32 ia32_vmx_entry_ctls = 0x484;
inline constexpr u32 ia32_vmx_misc = 0x485;
inline constexpr u32 ia32_vmx_cr0_fixed0 = 0x486;
inline constexpr u32 ia32_vmx_cr0_fixed1 = 0x487;
inline constexpr u32 ia32_vmx_cr4_fixed0 = 0x488;
inline constexpr u32 ia32_vmx_cr4_fixed1 = 0x489;
inline constexpr u32 ia32_vmx_vmcs_enum = 0x48a;
inline constexpr u32 ia32_vmx_procbased_ctls2 = 0x48b;
inline constexpr u32 ia32_vmx_ept_vpid_cap = 0x48c;
inline constexpr u32 ia32_vmx_true_pinbased_ctls = 0x48d;
inline constexpr u32 ia32_vmx_true_procbased_ctls = 0x48e;
inline constexpr u32 ia32_vmx_true_exit_ctls = 0x48f;
inline constexpr u32 ia32_vmx_true_entry_ctls = 0x490;
inline constexpr u32 ia32_vmx_vmfunc = 0x491;
inline constexpr u32 ia32_efer = 0xc0000080;
inline constexpr u32 ia32_star = 0xc0000081;
inline constexpr u32 ia32_lstar = 0xc0000082;
inline constexpr u32 ia32_cstar = 0xc0000083;
inline constexpr u32 ia32_fmask = 0xc0000084;
inline constexpr u32 ia32_fs_base = 0xc0000100;
inline constexpr u32 ia32_gs_base = 0xc0000101;
inline constexpr u32 ia32_kernel_gs_base = 0xc0000102;
inline constexpr u32 ia32_tsc_aux = 0xc0000103;

} // namespace vestige::vmx::msr
