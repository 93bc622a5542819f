// SPDX-License-Identifier: BSD-2-Clause
// A virtual CPU run by VMX.
#pragma once

#include "vestige/base/result.hpp"
#include "vestige/vmx/control_words.hpp"
#include "vestige/vmx/ept.hpp"
#include "vestige/vmx/guest_events.hpp"
#include "vestige/vmx/hardware_store.hpp"
#include "vestige/vmx/msr_bitmap.hpp"

namespace vestige::vmx {

/// What a VmxVcpu is made of; the references outlive it.
struct VcpuSetup {
    const Capabilities& capabilities;
    GuestFeatures features;
    Ept& ept;
    cpu::MemoryBus& memory; ///< guest-physical, for PAE's page-directory pointers
    PageSource& pages;
    u16 vpid = 1; ///< not 0, different for every vCPU that runs on the same CPU
};

/// Guest state that no code of the host uses stays in the CPU between exits: CR2, DR0-DR3, DR6,
/// XCR0, the FPU and the MSRs that the bitmap lets through. One vCPU per CPU makes that right.
class VmxVcpu final : public GuestEvents<HardwareStore> {
  public:
    explicit VmxVcpu(const VcpuSetup& setup);

    /// Takes pages, fills the VMCS, makes it current and resets the guest. On the CPU that will
    /// run it, VMX on. Once.
    [[nodiscard]] Result<Unit, const char*> initialize();

    [[nodiscard]] vcpu::VmExit run(u64 deadline) override;
    void reset() override;
    [[nodiscard]] u64 cr2() const override;
    void set_cr2(u64 value) override;
    [[nodiscard]] bool read_state_msr(u32 index, u64& value) const override;
    [[nodiscard]] bool write_state_msr(u32 index, u64 value) override;
    void set_xcr0(u64 value) override;
    void initialize_fpu() override;
    [[nodiscard]] u64 debug_register(unsigned number) const override;
    void set_debug_register(unsigned number, u64 value) override;
    [[nodiscard]] std::span<u32> apic_registers() override { return apic_registers_; }
    [[nodiscard]] bool virtualize_apic(bool wanted) override;
    void set_priority_threshold(u8 priority_class) override;
    void explain_failed_entry(TextSink& out) const override;
    void print_state(TextSink& out) const override;

    /// To let more MSRs through than the guest's own state.
    [[nodiscard]] MsrBitmap& msr_bitmap() { return *msr_bitmap_; }
    /// Every field that the CPU has, by value: for dumps and for the entry checker.
    void snapshot(VmcsImage& image) const;
    /// Spoils the VMCS for good, so that every run() fails: shows that failures are explained.
    void break_for_self_test();

  private:
    [[nodiscard]] static VmxVcpu& of(cpu::Registers* slots);
    void prepare_entry(u64 deadline);
    [[nodiscard]] u64 serve_hypercall();
    [[nodiscard]] vcpu::VmExit finish_exit(u32 reason);
    [[nodiscard]] vcpu::VmExit after_exception();
    [[nodiscard]] bool launch_and_return();
    void show_debug_status(u64 qualification);
    void flush_guest_translations() override;
    [[nodiscard]] bool take_pages();
    void write_controls(const ControlWords& words);
    void write_host_state();
    void arm_timer_far(u64 deadline);
    [[nodiscard]] bool take_apic_pages();

    u64 host_stack_ = 0; ///< entry.S keeps the host's RSP here; place asserted in vmx_vcpu.cpp
    u8 timer_rate_;
    u16 vpid_;
    bool invvpid_single_;
    const VcpuSetup setup_;
    ControlWords words_;
    Hpa vmcs_page_;
    Hpa io_bitmap_a_;
    Hpa io_bitmap_b_;
    Hpa msr_bitmap_page_;
    MsrBitmap* msr_bitmap_ = nullptr;
    Hpa apic_access_page_; ///< only its address counts
    Hpa virtual_apic_page_;
    std::span<u32> apic_registers_; ///< the latter, where the CPU has use for it
};

} // namespace vestige::vmx
