// SPDX-License-Identifier: BSD-2-Clause
// Filling a VMCS. SDM 3C, "Virtual-Machine Control Structures".
#include "vestige/host/control_registers.hpp"
#include "vestige/host/msr.hpp"
#include "vestige/host/per_cpu.hpp"
#include "vestige/vmx/entry_check.hpp"
#include "vestige/vmx/msr_index.hpp"
#include "vestige/vmx/vmcs_text.hpp"
#include "vestige/vmx/vmx_vcpu.hpp"

#include <cstring>

namespace vestige::vmx {

extern "C" const char vmx_exit[]; // entry.S

namespace {

constexpr u64 no_vmcs_link = ~u64{0};

} // namespace

VmxVcpu::VmxVcpu(const VcpuSetup& setup)
    : GuestEvents{OwnedBits::of(setup.capabilities, host::read_cr4()), setup.memory},
      timer_rate_{VmxMisc::TimerRate::get(setup.capabilities.misc)}, vpid_{setup.vpid},
      invvpid_single_{EptVpidCap::InvvpidSingleContext::get(setup.capabilities.ept_vpid)},
      setup_{setup} {}

Result<Unit, const char*> VmxVcpu::initialize() {
    const auto words = control_words(setup_.capabilities, setup_.features);
    if (!words)
        return Error{"this CPU lacks VMX controls that guests need"};
    words_ = words.value();
    const std::optional<u64> ept_pointer = setup_.ept.pointer();
    if (!ept_pointer || !take_pages())
        return Error{"no memory left for a VMCS"};
    vmclear(vmcs_page_);
    vmptrld(vmcs_page_);
    write_controls(words_);
    vmcs_.write(field::ept_pointer, *ept_pointer);
    write_host_state();
    reset();
    if (!launch_and_return())
        return Error{"the CPU does not enter a guest in its reset state"};
    return Unit{};
}

bool VmxVcpu::take_pages() {
    for (Hpa* const page : {&vmcs_page_, &io_bitmap_a_, &io_bitmap_b_, &msr_bitmap_page_}) {
        const std::optional<Hpa> got = setup_.pages.allocate_page();
        if (!got)
            return false;
        *page = *got;
    }
    if (can_virtualize_apic(setup_.capabilities) && !take_apic_pages())
        return false;
    std::memset(setup_.pages.view(io_bitmap_a_), 0xff, page_size);
    std::memset(setup_.pages.view(io_bitmap_b_), 0xff, page_size);
    msr_bitmap_ = static_cast<MsrBitmap*>(setup_.pages.view(msr_bitmap_page_));
    msr_bitmap_->intercept_all();
    allow_state_msrs(*msr_bitmap_, (words_.secondary & secondary::enable_rdtscp) != 0);
    void* const region = setup_.pages.view(vmcs_page_);
    std::memset(region, 0, page_size);
    const u32 revision = VmxBasic::RevisionId::get(setup_.capabilities.basic);
    std::memcpy(region, &revision, sizeof revision);
    return true;
}

void VmxVcpu::write_controls(const ControlWords& words) {
    vmcs_.write(field::pin_based_controls, words.pin);
    start_primary_controls(words.primary,
                           static_cast<u32>(setup_.capabilities.primary_capability() >> 32));
    vmcs_.write(field::secondary_processor_controls, words.secondary);
    vmcs_.write(field::primary_exit_controls, words.exit);
    vmcs_.write(field::entry_controls, words.entry);
    intercept_exceptions(0);
    vmcs_.write(field::page_fault_error_code_mask, u32{0});
    vmcs_.write(field::page_fault_error_code_match, u32{0});
    vmcs_.write(field::cr3_target_count, u32{0});
    vmcs_.write(field::exit_msr_store_count, u32{0});
    vmcs_.write(field::exit_msr_load_count, u32{0});
    vmcs_.write(field::entry_msr_load_count, u32{0});
    vmcs_.write(field::io_bitmap_a, io_bitmap_a_.value());
    vmcs_.write(field::io_bitmap_b, io_bitmap_b_.value());
    vmcs_.write(field::msr_bitmap, msr_bitmap_page_.value());
    vmcs_.write(field::vmcs_link_pointer, no_vmcs_link);
    vmcs_.write(field::tsc_offset, u64{0});
    if ((words.secondary & secondary::enable_vpid) != 0)
        vmcs_.write(field::virtual_processor_identifier, vpid_);
    if ((words.secondary & secondary::enable_encls_exiting) != 0)
        vmcs_.write(field::encls_exiting_bitmap, ~u64{0});
    if ((words.secondary & secondary::enable_enclv_exiting) != 0)
        vmcs_.write(field::enclv_exiting_bitmap, ~u64{0});
    if (!apic_registers_.empty()) {
        vmcs_.write(field::virtual_apic_address, virtual_apic_page_.value());
        vmcs_.write(field::apic_access_address, apic_access_page_.value());
        set_priority_threshold(0);
    }
    const OwnedBits owned = OwnedBits::of(setup_.capabilities, host::read_cr4());
    vmcs_.write(field::cr0_mask, owned.cr0_mask());
    vmcs_.write(field::cr4_mask, OwnedBits::cr4_mask());
}

void VmxVcpu::write_host_state() {
    vmcs_.write(field::host_cr0, host::read_cr0());
    vmcs_.write(field::host_cr3, host::read_cr3());
    vmcs_.write(field::host_cr4, host::read_cr4());
    vmcs_.write(field::host_cs_selector, host::code_selector);
    vmcs_.write(field::host_ss_selector, host::data_selector);
    vmcs_.write(field::host_ds_selector, host::data_selector);
    vmcs_.write(field::host_es_selector, host::data_selector);
    vmcs_.write(field::host_fs_selector, u16{0});
    vmcs_.write(field::host_gs_selector, u16{0});
    vmcs_.write(field::host_tr_selector, host::tss_selector);
    host::PerCpu& cpu = host::this_cpu();
    vmcs_.write(field::host_fs_base, u64{0});
    vmcs_.write(field::host_gs_base, reinterpret_cast<u64>(&cpu));
    vmcs_.write(field::host_tr_base, reinterpret_cast<u64>(&cpu.tss));
    vmcs_.write(field::host_gdtr_base, reinterpret_cast<u64>(cpu.gdt.data()));
    vmcs_.write(field::host_idtr_base, host::idt_base());
    vmcs_.write(field::host_ia32_sysenter_cs, u32{0});
    vmcs_.write(field::host_ia32_sysenter_esp, u64{0});
    vmcs_.write(field::host_ia32_sysenter_eip, u64{0});
    vmcs_.write(field::host_ia32_pat, host::read_msr(msr::ia32_pat));
    vmcs_.write(field::host_ia32_efer, host::read_msr(msr::ia32_efer));
    // Just behind the slot of RDI: see entry.S.
    vmcs_.write(field::host_rsp,
                reinterpret_cast<u64>(&regs.gpr[static_cast<std::size_t>(cpu::Gpr::r8)]));
    vmcs_.write(field::host_rip, reinterpret_cast<u64>(vmx_exit));
}

void VmxVcpu::snapshot(VmcsImage& image) const {
    for (const FieldName& each : field_names)
        image.write_any(each.encoding, HardwareStore::get_if_present(each.encoding));
}

void VmxVcpu::explain_failed_entry(TextSink& out) const {
    VmcsImage image;
    snapshot(image);
    print_violations(out, image, setup_.capabilities);
}

void VmxVcpu::print_state(TextSink& out) const {
    VmcsImage image;
    snapshot(image);
    print_vmcs(out, image);
}

void VmxVcpu::break_for_self_test() {
    // Neither all ones nor the address of a page; no reset repairs it.
    vmcs_.write(field::vmcs_link_pointer, u64{0x7fff});
}

} // namespace vestige::vmx
