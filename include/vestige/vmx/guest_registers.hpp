// SPDX-License-Identifier: BSD-2-Clause
// The guest's registers as its VMCS holds them: segments, tables, control registers.
#pragma once

#include "vestige/cpu/memory_bus.hpp"
#include "vestige/vcpu/vcpu.hpp"
#include "vestige/vmx/capabilities.hpp"
#include "vestige/vmx/controls.hpp"
#include "vestige/vmx/fields.hpp"
#include "vestige/vmx/vmcs.hpp"

namespace vestige::vmx {

/// CR0 and CR4 bits that guests do not own: writes to them exit, reads see the shadow.
struct OwnedBits {
    u64 cr0_forced = 0; ///< 1 in the real CR0 whatever the guest thinks
    u64 cr4_forced = 0;

    /// Cache bits are never real: a guest cannot slow the machine down. SDM 3C, "VMX-Fixed Bits in
    /// CR0"; with unrestricted guest PE and PG are free.
    static constexpr u64 cr0_never = cpu::cr0::cd | cpu::cr0::nw;
    /// Bits that every CPU with EPT has and that may change without our knowing; all others exit,
    /// so that a feature hidden by CPUID faults.
    static constexpr u64 cr4_free = cpu::cr4::vme | cpu::cr4::pvi | cpu::cr4::tsd | cpu::cr4::de |
                                    cpu::cr4::pse | cpu::cr4::pae | cpu::cr4::pge |
                                    cpu::cr4::osfxsr | cpu::cr4::osxmmexcpt;

    [[nodiscard]] constexpr u64 cr0_mask() const { return cr0_forced | cr0_never; }
    [[nodiscard]] static constexpr u64 cr4_mask() { return ~cr4_free; }

    /// host_cr4 decides about machine checks: with CR4.MCE clear they would shut the CPU down.
    static constexpr OwnedBits of(const Capabilities& capabilities, u64 host_cr4) {
        return {capabilities.cr0_fixed0 & ~(cpu::cr0::pe | cpu::cr0::pg),
                capabilities.cr4_fixed0 | (host_cr4 & cpu::cr4::mce)};
    }
};

/// Everything of CpuState that lives in the VMCS. Store as for Vmcs.
template <class Store> class GuestRegisters : public vcpu::Vcpu {
  public:
    GuestRegisters(OwnedBits owned, cpu::MemoryBus& memory) : owned_{owned}, memory_{memory} {}

    [[nodiscard]] cpu::Segment segment(cpu::SegmentName name) const final {
        return {static_cast<u16>(vmcs_.read_any(selector_field(name))),
                vmcs_.read_any(base_field(name)),
                static_cast<u32>(vmcs_.read_any(limit_field(name))),
                static_cast<u32>(vmcs_.read_any(access_rights_field(name)))};
    }
    void set_segment(cpu::SegmentName name, const cpu::Segment& segment) final;
    [[nodiscard]] cpu::DescriptorTable gdtr() const final {
        return {vmcs_.read(field::guest_gdtr_base), vmcs_.read(field::guest_gdtr_limit)};
    }
    [[nodiscard]] cpu::DescriptorTable idtr() const final {
        return {vmcs_.read(field::guest_idtr_base), vmcs_.read(field::guest_idtr_limit)};
    }
    void set_gdtr(const cpu::DescriptorTable& table) final {
        vmcs_.write(field::guest_gdtr_base, table.base);
        vmcs_.write(field::guest_gdtr_limit, table.limit);
    }
    void set_idtr(const cpu::DescriptorTable& table) final {
        vmcs_.write(field::guest_idtr_base, table.base);
        vmcs_.write(field::guest_idtr_limit, table.limit);
    }
    [[nodiscard]] u64 cr0() const final {
        const u64 mask = owned_.cr0_mask() | watched_cr0_;
        return (vmcs_.read(field::guest_cr0) & ~mask) |
               (vmcs_.read(field::cr0_read_shadow) & mask);
    }
    [[nodiscard]] u64 cr3() const final { return vmcs_.read(field::guest_cr3); }
    [[nodiscard]] u64 cr4() const final {
        return (vmcs_.read(field::guest_cr4) & ~OwnedBits::cr4_mask()) |
               (vmcs_.read(field::cr4_read_shadow) & OwnedBits::cr4_mask());
    }
    [[nodiscard]] u64 efer() const final { return vmcs_.read(field::guest_ia32_efer); }
    [[nodiscard]] u64 dr7() const final { return vmcs_.read(field::guest_dr7); }
    void set_cr0(u64 value) final;
    void set_cr3(u64 value) final;
    void set_cr4(u64 value) final;
    void set_efer(u64 value) final;
    void set_dr7(u64 value) final { vmcs_.write(field::guest_dr7, value); }
    void intercept_cr0(u64 bits) final;

    void set_tsc_offset(u64 offset) final { vmcs_.write(field::tsc_offset, offset); }

  protected:
    ~GuestRegisters() = default;

    /// Drops what the CPU has cached of the guest's own page tables.
    virtual void flush_guest_translations() = 0;
    /// Registers as after power-on. SDM 3A, "Processor State After Reset".
    void reset_registers();

    // Fields of a segment are two apart, in encoding order.
    static constexpr u32 selector_field(cpu::SegmentName name) {
        return field::guest_es_selector.encoding + 2 * static_cast<u32>(name);
    }
    static constexpr u32 base_field(cpu::SegmentName name) {
        return field::guest_es_base.encoding + 2 * static_cast<u32>(name);
    }
    static constexpr u32 limit_field(cpu::SegmentName name) {
        return field::guest_es_limit.encoding + 2 * static_cast<u32>(name);
    }
    static constexpr u32 access_rights_field(cpu::SegmentName name) {
        return field::guest_es_access_rights.encoding + 2 * static_cast<u32>(name);
    }

    [[no_unique_address]] Vmcs<Store> vmcs_;

  private:
    void follow_long_mode();
    void load_pdptes();

    OwnedBits owned_;
    u64 watched_cr0_ = 0; ///< writes to them exit for a debugger
    cpu::MemoryBus& memory_;
};

template <class Store>
void GuestRegisters<Store>::set_segment(cpu::SegmentName name, const cpu::Segment& segment) {
    cpu::Segment value = segment;
    // Virtual-8086 mode knows one form only. SDM 3C, "Checks on Guest Segment Registers".
    if ((regs.rflags & cpu::rflags::vm) != 0 && name < cpu::SegmentName::ldtr)
        value = {segment.selector, u64{segment.selector} << 4, 0xffff, 0xf3};
    vmcs_.write_any(selector_field(name), value.selector);
    vmcs_.write_any(base_field(name), value.base);
    vmcs_.write_any(limit_field(name), value.limit);
    vmcs_.write_any(access_rights_field(name), value.access_rights);
}

template <class Store> void GuestRegisters<Store>::intercept_cr0(u64 bits) {
    vmcs_.write(field::cr0_read_shadow, cr0());
    watched_cr0_ = bits;
    vmcs_.write(field::cr0_mask, owned_.cr0_mask() | bits);
}

template <class Store> void GuestRegisters<Store>::set_cr0(u64 value) {
    constexpr u64 paging = cpu::cr0::pg | cpu::cr0::cd | cpu::cr0::nw;
    constexpr u64 translation = cpu::cr0::pg | cpu::cr0::wp | cpu::cr0::pe;
    const u64 changed = cr0() ^ value;
    vmcs_.write(field::cr0_read_shadow, value);
    vmcs_.write(field::guest_cr0,
                (value | owned_.cr0_forced | cpu::cr0::et) & ~OwnedBits::cr0_never);
    if ((changed & cpu::cr0::pg) != 0)
        follow_long_mode();
    if ((changed & paging) != 0)
        load_pdptes();
    if ((changed & translation) != 0)
        flush_guest_translations();
}

template <class Store> void GuestRegisters<Store>::set_cr3(u64 value) {
    vmcs_.write(field::guest_cr3, value);
    load_pdptes();
    flush_guest_translations();
}

template <class Store> void GuestRegisters<Store>::set_cr4(u64 value) {
    constexpr u64 paging = cpu::cr4::pae | cpu::cr4::pge | cpu::cr4::pse | cpu::cr4::smep;
    constexpr u64 translation = paging | cpu::cr4::pcide | cpu::cr4::smap | cpu::cr4::pke;
    const u64 changed = cr4() ^ value;
    vmcs_.write(field::cr4_read_shadow, value);
    vmcs_.write(field::guest_cr4, value | owned_.cr4_forced);
    if ((changed & paging) != 0)
        load_pdptes();
    if ((changed & translation) != 0)
        flush_guest_translations();
}

template <class Store> void GuestRegisters<Store>::set_efer(u64 value) {
    const u64 changed = efer() ^ value;
    vmcs_.write(field::guest_ia32_efer, value);
    follow_long_mode();
    if ((changed & cpu::efer::nxe) != 0)
        flush_guest_translations();
}

/// EFER.LMA and the entry control say what CR0.PG and EFER.LME imply. When the guest sets PG
/// itself the CPU does the same and saves both at the exit.
template <class Store> void GuestRegisters<Store>::follow_long_mode() {
    const u64 old = efer();
    const bool active =
        (old & cpu::efer::lme) != 0 && (vmcs_.read(field::guest_cr0) & cpu::cr0::pg) != 0;
    vmcs_.write(field::guest_ia32_efer, active ? old | cpu::efer::lma : old & ~cpu::efer::lma);
    const u32 controls = vmcs_.read(field::entry_controls);
    vmcs_.write(field::entry_controls, active ? controls | entry_control::ia32e_mode_guest
                                              : controls & ~entry_control::ia32e_mode_guest);
}

/// With EPT the CPU takes PAE's page-directory pointers from the VMCS at entry.
/// SDM 3C, "Loading Page-Directory-Pointer-Table Entries".
template <class Store> void GuestRegisters<Store>::load_pdptes() {
    const bool pae = (vmcs_.read(field::guest_cr0) & cpu::cr0::pg) != 0 &&
                     (vmcs_.read(field::guest_cr4) & cpu::cr4::pae) != 0 &&
                     (efer() & cpu::efer::lma) == 0;
    if (!pae)
        return;
    const Gpa table{cr3() & 0xffffffe0};
    for (u32 i = 0; i < 4; ++i)
        vmcs_.write_any(field::guest_pdpte0.encoding + 2 * i,
                        memory_.read(table + 8 * i, Width::qword));
}

template <class Store> void GuestRegisters<Store>::reset_registers() {
    using cpu::SegmentName;
    constexpr u64 pat_after_reset = 0x0007040600070406;
    regs = cpu::Registers{};
    regs.rip = 0xfff0;
    vmcs_.write(field::guest_ia32_efer, u64{0});
    set_cr4(0);
    set_cr0(cpu::cr0::cd | cpu::cr0::nw | cpu::cr0::et);
    set_cr3(0);
    set_dr7(0x400);
    for (const SegmentName name :
         {SegmentName::es, SegmentName::ss, SegmentName::ds, SegmentName::fs, SegmentName::gs})
        set_segment(name, cpu::real_mode_segment(0));
    set_segment(SegmentName::cs, {0xf000, 0xffff0000, 0xffff, cpu::access_rights_real_code});
    set_segment(SegmentName::ldtr, {0, 0, 0xffff, 0x82});
    set_segment(SegmentName::tr, {0, 0, 0xffff, 0x8b});
    set_gdtr({0, 0xffff});
    set_idtr({0, 0xffff});
    vmcs_.write(field::guest_ia32_sysenter_cs, u32{0});
    vmcs_.write(field::guest_ia32_sysenter_esp, u64{0});
    vmcs_.write(field::guest_ia32_sysenter_eip, u64{0});
    vmcs_.write(field::guest_ia32_debugctl, u64{0});
    vmcs_.write(field::guest_ia32_pat, pat_after_reset);
}

} // namespace vestige::vmx
