// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vmx/vmx_cpu.hpp"

#include "vestige/cpu/registers.hpp"
#include "vestige/host/control_registers.hpp"
#include "vestige/host/cpuid.hpp"
#include "vestige/host/msr.hpp"
#include "vestige/vmx/hardware_store.hpp"
#include "vestige/vmx/msr_index.hpp"

#include <cstring>

namespace vestige::vmx {

namespace {

constexpr u32 cpuid1_ecx_vmx = 1u << 5;
constexpr u32 cpuid1_ecx_xsave = 1u << 26;
constexpr u32 cpuid1_ecx_hypervisor = 1u << 31;
constexpr u32 cpuid7_edx_arch_capabilities = 1u << 29;
constexpr u32 cpuid80000001_ecx_svm = 1u << 2;
constexpr u64 arch_capabilities_if_pschange_mc_no = bit(6);

/// Twelve characters in three registers, without trailing zeros.
Text<12> signature(u32 first, u32 second, u32 third) {
    const u32 words[] = {first, second, third};
    char letters[12];
    std::memcpy(letters, words, sizeof letters);
    std::size_t length = sizeof letters;
    while (length > 0 && letters[length - 1] == '\0')
        --length;
    return Text<12>{std::string_view{letters, length}};
}

u64 msr_or_zero(u32 index) {
    return host::try_read_msr(index).value_or(0);
}

Capabilities read_capabilities() {
    Capabilities c;
    c.basic = msr_or_zero(msr::ia32_vmx_basic);
    c.pin = msr_or_zero(msr::ia32_vmx_pinbased_ctls);
    c.primary = msr_or_zero(msr::ia32_vmx_procbased_ctls);
    c.exit = msr_or_zero(msr::ia32_vmx_exit_ctls);
    c.entry = msr_or_zero(msr::ia32_vmx_entry_ctls);
    c.misc = msr_or_zero(msr::ia32_vmx_misc);
    c.cr0_fixed0 = msr_or_zero(msr::ia32_vmx_cr0_fixed0);
    c.cr0_fixed1 = msr_or_zero(msr::ia32_vmx_cr0_fixed1);
    c.cr4_fixed0 = msr_or_zero(msr::ia32_vmx_cr4_fixed0);
    c.cr4_fixed1 = msr_or_zero(msr::ia32_vmx_cr4_fixed1);
    c.vmcs_enum = msr_or_zero(msr::ia32_vmx_vmcs_enum);
    c.secondary = msr_or_zero(msr::ia32_vmx_procbased_ctls2);
    c.ept_vpid = msr_or_zero(msr::ia32_vmx_ept_vpid_cap);
    if (c.has_true()) {
        c.true_pin = msr_or_zero(msr::ia32_vmx_true_pinbased_ctls);
        c.true_primary = msr_or_zero(msr::ia32_vmx_true_procbased_ctls);
        c.true_exit = msr_or_zero(msr::ia32_vmx_true_exit_ctls);
        c.true_entry = msr_or_zero(msr::ia32_vmx_true_entry_ctls);
    }
    c.vm_functions = msr_or_zero(msr::ia32_vmx_vmfunc);
    if (host::cpuid(0).eax >= 7 && (host::cpuid(7).edx & cpuid7_edx_arch_capabilities) != 0)
        c.pschange_mc_no =
            (msr_or_zero(msr::ia32_arch_capabilities) & arch_capabilities_if_pschange_mc_no) != 0;
    if (host::cpuid(0x80000000).eax >= 0x80000008)
        c.physical_address_bits = static_cast<u8>(host::cpuid(0x80000008).eax);
    return c;
}

} // namespace

CpuFacts read_cpu_facts() {
    CpuFacts facts;
    const host::CpuidResult vendor = host::cpuid(0);
    facts.vendor = signature(vendor.ebx, vendor.edx, vendor.ecx);
    const host::CpuidResult features = host::cpuid(1);
    facts.vmx = (features.ecx & cpuid1_ecx_vmx) != 0;
    if ((features.ecx & cpuid1_ecx_hypervisor) != 0) {
        const host::CpuidResult hypervisor = host::cpuid(0x40000000);
        facts.hypervisor = signature(hypervisor.ebx, hypervisor.ecx, hypervisor.edx);
        if (facts.hypervisor.view().empty())
            facts.hypervisor.assign("unnamed");
    }
    if (host::cpuid(0x80000000).eax >= 0x80000001)
        facts.svm = (host::cpuid(0x80000001).ecx & cpuid80000001_ecx_svm) != 0;
    if (facts.vmx) {
        facts.feature_control = msr_or_zero(msr::ia32_feature_control);
        if (!FeatureControl::locked_off(facts.feature_control))
            facts.capabilities = read_capabilities();
    }
    return facts;
}

Result<Unit, const char*> turn_vmx_on(const CpuFacts& facts, PageSource& pages) {
    if (readiness(facts) != Readiness::ready)
        return Error{"this CPU cannot run guests"};
    if (!FeatureControl::Lock::get(facts.feature_control))
        host::write_msr(msr::ia32_feature_control, facts.feature_control |
                                                       FeatureControl::Lock::mask |
                                                       FeatureControl::VmxOutsideSmx::mask);
    const std::optional<Hpa> page = pages.allocate_page();
    if (!page)
        return Error{"no memory left for the VMXON region"};
    void* const region = pages.view(*page);
    std::memset(region, 0, page_size);
    const u32 revision = VmxBasic::RevisionId::get(facts.capabilities.basic);
    std::memcpy(region, &revision, sizeof revision);
    // The guest's FPU state passes through the host's hands: no traps, extended state switchable.
    const bool xsave = (host::cpuid(1).ecx & cpuid1_ecx_xsave) != 0;
    host::write_cr0((host::read_cr0() & ~(cpu::cr0::em | cpu::cr0::ts)) |
                    facts.capabilities.cr0_fixed0);
    host::write_cr4(host::read_cr4() | facts.capabilities.cr4_fixed0 | cpu::cr4::mce |
                    cpu::cr4::osfxsr | cpu::cr4::osxmmexcpt | (xsave ? cpu::cr4::osxsave : 0));
    vmxon(*page);
    return Unit{};
}

void turn_vmx_off() {
    vmxoff();
    host::write_cr4(host::read_cr4() & ~cpu::cr4::vmxe);
}

} // namespace vestige::vmx
