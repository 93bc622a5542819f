// SPDX-License-Identifier: BSD-2-Clause
// Every VMCS field's encoding and its name in the manual. SDM 3D, "Field Encoding in VMCS".
#pragma once

#include "vestige/base/number.hpp"

#include <array>
#include <cstddef>

namespace vestige::vmx {

struct FieldName {
    u32 encoding = 0;
    const char* name = "";
};

/// Sorted by encoding.
inline constexpr auto field_names = std::to_array<FieldName>({
    // 16-bit control fields
    {0x0000, "virtual-processor identifier (VPID)"},
    {0x0002, "posted-interrupt notification vector"},
    {0x0004, "EPTP index"},
    {0x0006, "HLAT prefix size"},
    {0x0008, "last PID-pointer index"},
    // 16-bit guest-state fields
    {0x0800, "guest ES selector"},
    {0x0802, "guest CS selector"},
    {0x0804, "guest SS selector"},
    {0x0806, "guest DS selector"},
    {0x0808, "guest FS selector"},
    {0x080a, "guest GS selector"},
    {0x080c, "guest LDTR selector"},
    {0x080e, "guest TR selector"},
    {0x0810, "guest interrupt status"},
    {0x0812, "PML index"},
    {0x0814, "guest UINV"},
    // 16-bit host-state fields
    {0x0c00, "host ES selector"},
    {0x0c02, "host CS selector"},
    {0x0c04, "host SS selector"},
    {0x0c06, "host DS selector"},
    {0x0c08, "host FS selector"},
    {0x0c0a, "host GS selector"},
    {0x0c0c, "host TR selector"},
    // 64-bit control fields
    {0x2000, "address of I/O bitmap A"},
    {0x2002, "address of I/O bitmap B"},
    {0x2004, "address of MSR bitmaps"},
    {0x2006, "VM-exit MSR-store address"},
    {0x2008, "VM-exit MSR-load address"},
    {0x200a, "VM-entry MSR-load address"},
    {0x200c, "executive-VMCS pointer"},
    {0x200e, "PML address"},
    {0x2010, "TSC offset"},
    {0x2012, "virtual-APIC address"},
    {0x2014, "APIC-access address"},
    {0x2016, "posted-interrupt descriptor address"},
    {0x2018, "VM-function controls"},
    {0x201a, "EPT pointer (EPTP)"},
    {0x201c, "EOI-exit bitmap 0"},
    {0x201e, "EOI-exit bitmap 1"},
    {0x2020, "EOI-exit bitmap 2"},
    {0x2022, "EOI-exit bitmap 3"},
    {0x2024, "EPTP-list address"},
    {0x2026, "VMREAD-bitmap address"},
    {0x2028, "VMWRITE-bitmap address"},
    {0x202a, "virtualization-exception information address"},
    {0x202c, "XSS-exiting bitmap"},
    {0x202e, "ENCLS-exiting bitmap"},
    {0x2030, "sub-page-permission-table pointer"},
    {0x2032, "TSC multiplier"},
    {0x2034, "tertiary processor-based VM-execution controls"},
    {0x2036, "ENCLV-exiting bitmap"},
    {0x2038, "low PASID directory address"},
    {0x203a, "high PASID directory address"},
    {0x203c, "shared EPT pointer"},
    {0x203e, "PCONFIG-exiting bitmap"},
    {0x2040, "hypervisor-managed linear-address translation pointer"},
    {0x2042, "PID-pointer table address"},
    {0x2044, "secondary VM-exit controls"},
    {0x204a, "IA32_SPEC_CTRL mask"},
    {0x204c, "IA32_SPEC_CTRL shadow"},
    // 64-bit read-only data field
    {0x2400, "guest-physical address"},
    // 64-bit guest-state fields
    {0x2800, "VMCS link pointer"},
    {0x2802, "guest IA32_DEBUGCTL"},
    {0x2804, "guest IA32_PAT"},
    {0x2806, "guest IA32_EFER"},
    {0x2808, "guest IA32_PERF_GLOBAL_CTRL"},
    {0x280a, "guest PDPTE0"},
    {0x280c, "guest PDPTE1"},
    {0x280e, "guest PDPTE2"},
    {0x2810, "guest PDPTE3"},
    {0x2812, "guest IA32_BNDCFGS"},
    {0x2814, "guest IA32_RTIT_CTL"},
    {0x2816, "guest IA32_LBR_CTL"},
    {0x2818, "guest IA32_PKRS"},
    // 64-bit host-state fields
    {0x2c00, "host IA32_PAT"},
    {0x2c02, "host IA32_EFER"},
    {0x2c04, "host IA32_PERF_GLOBAL_CTRL"},
    {0x2c06, "host IA32_PKRS"},
    // 32-bit control fields
    {0x4000, "pin-based VM-execution controls"},
    {0x4002, "primary processor-based VM-execution controls"},
    {0x4004, "exception bitmap"},
    {0x4006, "page-fault error-code mask"},
    {0x4008, "page-fault error-code match"},
    {0x400a, "CR3-target count"},
    {0x400c, "primary VM-exit controls"},
    {0x400e, "VM-exit MSR-store count"},
    {0x4010, "VM-exit MSR-load count"},
    {0x4012, "VM-entry controls"},
    {0x4014, "VM-entry MSR-load count"},
    {0x4016, "VM-entry interruption-information field"},
    {0x4018, "VM-entry exception error code"},
    {0x401a, "VM-entry instruction length"},
    {0x401c, "TPR threshold"},
    {0x401e, "secondary processor-based VM-execution controls"},
    {0x4020, "PLE_Gap"},
    {0x4022, "PLE_Window"},
    {0x4024, "instruction-timeout control"},
    // 32-bit read-only data fields
    {0x4400, "VM-instruction error"},
    {0x4402, "exit reason"},
    {0x4404, "VM-exit interruption information"},
    {0x4406, "VM-exit interruption error code"},
    {0x4408, "IDT-vectoring information field"},
    {0x440a, "IDT-vectoring error code"},
    {0x440c, "VM-exit instruction length"},
    {0x440e, "VM-exit instruction information"},
    // 32-bit guest-state fields
    {0x4800, "guest ES limit"},
    {0x4802, "guest CS limit"},
    {0x4804, "guest SS limit"},
    {0x4806, "guest DS limit"},
    {0x4808, "guest FS limit"},
    {0x480a, "guest GS limit"},
    {0x480c, "guest LDTR limit"},
    {0x480e, "guest TR limit"},
    {0x4810, "guest GDTR limit"},
    {0x4812, "guest IDTR limit"},
    {0x4814, "guest ES access rights"},
    {0x4816, "guest CS access rights"},
    {0x4818, "guest SS access rights"},
    {0x481a, "guest DS access rights"},
    {0x481c, "guest FS access rights"},
    {0x481e, "guest GS access rights"},
    {0x4820, "guest LDTR access rights"},
    {0x4822, "guest TR access rights"},
    {0x4824, "guest interruptibility state"},
    {0x4826, "guest activity state"},
    {0x4828, "guest SMBASE"},
    {0x482a, "guest IA32_SYSENTER_CS"},
    {0x482e, "VMX-preemption timer value"},
    // 32-bit host-state field
    {0x4c00, "host IA32_SYSENTER_CS"},
    // Natural-width control fields
    {0x6000, "CR0 guest/host mask"},
    {0x6002, "CR4 guest/host mask"},
    {0x6004, "CR0 read shadow"},
    {0x6006, "CR4 read shadow"},
    {0x6008, "CR3-target value 0"},
    {0x600a, "CR3-target value 1"},
    {0x600c, "CR3-target value 2"},
    {0x600e, "CR3-target value 3"},
    // Natural-width read-only data fields
    {0x6400, "exit qualification"},
    {0x6402, "I/O RCX"},
    {0x6404, "I/O RSI"},
    {0x6406, "I/O RDI"},
    {0x6408, "I/O RIP"},
    {0x640a, "guest-linear address"},
    // Natural-width guest-state fields
    {0x6800, "guest CR0"},
    {0x6802, "guest CR3"},
    {0x6804, "guest CR4"},
    {0x6806, "guest ES base"},
    {0x6808, "guest CS base"},
    {0x680a, "guest SS base"},
    {0x680c, "guest DS base"},
    {0x680e, "guest FS base"},
    {0x6810, "guest GS base"},
    {0x6812, "guest LDTR base"},
    {0x6814, "guest TR base"},
    {0x6816, "guest GDTR base"},
    {0x6818, "guest IDTR base"},
    {0x681a, "guest DR7"},
    {0x681c, "guest RSP"},
    {0x681e, "guest RIP"},
    {0x6820, "guest RFLAGS"},
    {0x6822, "guest pending debug exceptions"},
    {0x6824, "guest IA32_SYSENTER_ESP"},
    {0x6826, "guest IA32_SYSENTER_EIP"},
    {0x6828, "guest IA32_S_CET"},
    {0x682a, "guest SSP"},
    {0x682c, "guest IA32_INTERRUPT_SSP_TABLE_ADDR"},
    // Natural-width host-state fields
    {0x6c00, "host CR0"},
    {0x6c02, "host CR3"},
    {0x6c04, "host CR4"},
    {0x6c06, "host FS base"},
    {0x6c08, "host GS base"},
    {0x6c0a, "host TR base"},
    {0x6c0c, "host GDTR base"},
    {0x6c0e, "host IDTR base"},
    {0x6c10, "host IA32_SYSENTER_ESP"},
    {0x6c12, "host IA32_SYSENTER_EIP"},
    {0x6c14, "host RSP"},
    {0x6c16, "host RIP"},
    {0x6c18, "host IA32_S_CET"},
    {0x6c1a, "host SSP"},
    {0x6c1c, "host IA32_INTERRUPT_SSP_TABLE_ADDR"},
});
inline constexpr std::size_t field_count = field_names.size();

/// Place of a field in field_names; field_count when there is none with this encoding.
constexpr std::size_t field_index(u32 encoding) {
    std::size_t low = 0;
    std::size_t high = field_count;
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (field_names[middle].encoding < encoding)
            low = middle + 1;
        else
            high = middle;
    }
    return low < field_count && field_names[low].encoding == encoding ? low : field_count;
}

/// The field's name in words.
constexpr const char* field_name(u32 encoding) {
    const std::size_t index = field_index(encoding);
    return index < field_count ? field_names[index].name : "unknown field";
}

} // namespace vestige::vmx
