// SPDX-License-Identifier: BSD-2-Clause
// Guest state that stays in the CPU, and the MSRs that the VMCS or the CPU holds for the guest.
#include "vestige/host/control_registers.hpp"
#include "vestige/host/cpuid.hpp"
#include "vestige/host/msr.hpp"
#include "vestige/vmx/msr_index.hpp"
#include "vestige/vmx/vmx_vcpu.hpp"

namespace vestige::vmx {

namespace {

/// The FXSAVE area after power-on: SDM 3A, "Processor State After Reset".
struct alignas(16) FpuImage {
    u16 control = 0x0040;
    u16 status = 0;
    u8 tags = 0xff; ///< abridged: 1 is "valid"; all registers hold +0.0
    u8 reserved = 0;
    u16 opcode = 0;
    u64 instruction = 0;
    u64 operand = 0;
    u32 mxcsr = 0x1f80;
    u32 mxcsr_mask = 0;
    std::array<u64, 60> registers{};
};
static_assert(sizeof(FpuImage) == 512);

void reset_fpu() {
    static constinit const FpuImage image;
    asm volatile("fxrstor64 %0" ::"m"(image));
}

constexpr u64 dr6_after_reset = 0xffff0ff0;

/// IA32_DEBUGCTL: last-branch records and single steps on branches.
constexpr u64 debugctl_for_guests = bit(0) | bit(1);

/// MSRs that the bitmap gives the guest and that stay in the CPU.
constexpr bool stays_in_cpu(u32 index) {
    switch (index) {
    case msr::ia32_star:
    case msr::ia32_lstar:
    case msr::ia32_cstar:
    case msr::ia32_fmask:
    case msr::ia32_kernel_gs_base:
        return true;
    default:
        return false;
    }
}

} // namespace

void VmxVcpu::reset() {
    reset_registers();
    reset_events();
    set_cr2(0);
    for (unsigned number = 0; number < 4; ++number)
        set_debug_register(number, 0);
    set_debug_register(6, dr6_after_reset);
    for (const u32 index : {msr::ia32_star, msr::ia32_lstar, msr::ia32_cstar, msr::ia32_fmask,
                            msr::ia32_kernel_gs_base})
        host::write_msr(index, 0);
    if ((words_.secondary & secondary::enable_rdtscp) != 0)
        host::write_msr(msr::ia32_tsc_aux, 0);
    reset_fpu();
    if ((host::read_cr4() & cpu::cr4::osxsave) != 0)
        set_xcr0(1);
    flush_guest_translations();
}

u64 VmxVcpu::cr2() const {
    return host::read_cr2();
}
void VmxVcpu::set_cr2(u64 value) {
    host::write_cr2(value);
}
void VmxVcpu::initialize_fpu() {
    asm volatile("fninit");
}
void VmxVcpu::set_xcr0(u64 value) {
    host::write_xcr0(value);
}

u64 VmxVcpu::debug_register(unsigned number) const {
    u64 value = 0;
    switch (number) {
    case 0:
        asm volatile("mov %%dr0, %0" : "=r"(value));
        break;
    case 1:
        asm volatile("mov %%dr1, %0" : "=r"(value));
        break;
    case 2:
        asm volatile("mov %%dr2, %0" : "=r"(value));
        break;
    case 3:
        asm volatile("mov %%dr3, %0" : "=r"(value));
        break;
    default:
        asm volatile("mov %%dr6, %0" : "=r"(value));
        break;
    }
    return value;
}

void VmxVcpu::set_debug_register(unsigned number, u64 value) {
    switch (number) {
    case 0:
        asm volatile("mov %0, %%dr0" ::"r"(value));
        break;
    case 1:
        asm volatile("mov %0, %%dr1" ::"r"(value));
        break;
    case 2:
        asm volatile("mov %0, %%dr2" ::"r"(value));
        break;
    case 3:
        asm volatile("mov %0, %%dr3" ::"r"(value));
        break;
    default:
        asm volatile("mov %0, %%dr6" ::"r"(value));
        break;
    }
}

bool VmxVcpu::read_state_msr(u32 index, u64& value) const {
    switch (index) {
    case msr::ia32_sysenter_cs:
        value = vmcs_.read(field::guest_ia32_sysenter_cs);
        return true;
    case msr::ia32_sysenter_esp:
        value = vmcs_.read(field::guest_ia32_sysenter_esp);
        return true;
    case msr::ia32_sysenter_eip:
        value = vmcs_.read(field::guest_ia32_sysenter_eip);
        return true;
    case msr::ia32_pat:
        value = vmcs_.read(field::guest_ia32_pat);
        return true;
    case msr::ia32_debugctl:
        value = vmcs_.read(field::guest_ia32_debugctl);
        return true;
    case msr::ia32_fs_base:
        value = vmcs_.read(field::guest_fs_base);
        return true;
    case msr::ia32_gs_base:
        value = vmcs_.read(field::guest_gs_base);
        return true;
    case msr::ia32_tsc_aux:
        if ((words_.secondary & secondary::enable_rdtscp) == 0)
            return false;
        value = host::read_msr(index);
        return true;
    default:
        if (!stays_in_cpu(index))
            return false;
        value = host::read_msr(index);
        return true;
    }
}

bool VmxVcpu::write_state_msr(u32 index, u64 value) {
    switch (index) {
    case msr::ia32_sysenter_cs:
        vmcs_.write(field::guest_ia32_sysenter_cs, static_cast<u32>(value));
        return true;
    case msr::ia32_sysenter_esp:
        vmcs_.write(field::guest_ia32_sysenter_esp, value);
        return true;
    case msr::ia32_sysenter_eip:
        vmcs_.write(field::guest_ia32_sysenter_eip, value);
        return true;
    case msr::ia32_pat:
        vmcs_.write(field::guest_ia32_pat, value);
        return true;
    case msr::ia32_debugctl:
        // Branch trace stores into guest memory can hang the machine (XSA-269): never.
        if ((value & ~debugctl_for_guests) != 0)
            return false;
        vmcs_.write(field::guest_ia32_debugctl, value);
        return true;
    case msr::ia32_fs_base:
        vmcs_.write(field::guest_fs_base, value);
        return true;
    case msr::ia32_gs_base:
        vmcs_.write(field::guest_gs_base, value);
        return true;
    case msr::ia32_tsc_aux:
        if ((words_.secondary & secondary::enable_rdtscp) == 0)
            return false;
        host::write_msr(index, value);
        return true;
    default:
        if (!stays_in_cpu(index))
            return false;
        host::write_msr(index, value);
        return true;
    }
}

/// Without VPID every entry and exit does this by itself.
void VmxVcpu::flush_guest_translations() {
    if ((words_.secondary & secondary::enable_vpid) == 0)
        return;
    invvpid(invvpid_single_ ? InvvpidType::single_context : InvvpidType::all_contexts, vpid_);
}

} // namespace vestige::vmx
