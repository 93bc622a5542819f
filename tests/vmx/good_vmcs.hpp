// SPDX-License-Identifier: BSD-2-Clause
// VMCS images that break no rule, for one guest of each mode.
#pragma once

#include "tests/vmx/cpu_models.hpp"
#include "vestige/cpu/registers.hpp"
#include "vestige/cpu/segment.hpp"
#include "vestige/vmx/control_words.hpp"
#include "vestige/vmx/controls.hpp"
#include "vestige/vmx/fields.hpp"
#include "vestige/vmx/vmcs.hpp"

namespace vestige::test {

inline void put(vmx::VmcsImage& vmcs, cpu::SegmentName name, const cpu::Segment& segment) {
    const u32 offset = 2 * static_cast<u32>(name);
    vmcs.write_any(vmx::field::guest_es_selector.encoding + offset, segment.selector);
    vmcs.write_any(vmx::field::guest_es_base.encoding + offset, segment.base);
    vmcs.write_any(vmx::field::guest_es_limit.encoding + offset, segment.limit);
    vmcs.write_any(vmx::field::guest_es_access_rights.encoding + offset, segment.access_rights);
}

/// A guest in real mode on the given CPU, as after reset.
inline vmx::VmcsImage real_mode_vmcs(const vmx::Capabilities& capabilities) {
    using namespace vmx;
    VmcsImage v;
    const ControlWords words = control_words(capabilities, {}).value();
    v.write(field::pin_based_controls, words.pin);
    v.write(field::primary_processor_controls, words.primary);
    v.write(field::secondary_processor_controls, words.secondary);
    v.write(field::primary_exit_controls, words.exit);
    v.write(field::entry_controls, words.entry);
    v.write(field::virtual_processor_identifier, u16{1});
    v.write(field::ept_pointer, u64{0x10001e});
    v.write(field::io_bitmap_a, u64{0x101000});
    v.write(field::io_bitmap_b, u64{0x102000});
    v.write(field::msr_bitmap, u64{0x103000});
    v.write(field::vmcs_link_pointer, ~u64{0});
    v.write(field::host_cr0, u64{0x80010033});
    v.write(field::host_cr3, u64{0x200000});
    v.write(field::host_cr4, u64{0x2620});
    v.write(field::host_ia32_efer, u64{0xd00});
    v.write(field::host_ia32_pat, u64{0x0007040600070406});
    v.write(field::host_cs_selector, u16{8});
    v.write(field::host_ss_selector, u16{16});
    v.write(field::host_tr_selector, u16{24});
    v.write(field::host_gs_base, u64{0x201000});
    v.write(field::host_tr_base, u64{0x202000});
    v.write(field::host_gdtr_base, u64{0x203000});
    v.write(field::host_idtr_base, u64{0x204000});
    v.write(field::host_rip, u64{0x205000});
    v.write(field::host_rsp, u64{0x206000});
    v.write(field::guest_cr0, u64{0x30});
    v.write(field::guest_cr4, u64{0x2000});
    v.write(field::guest_dr7, u64{0x400});
    v.write(field::guest_ia32_pat, u64{0x0007040600070406});
    v.write(field::guest_rip, u64{0xfff0});
    v.write(field::guest_rflags, u64{2});
    v.write(field::guest_gdtr_limit, u32{0xffff});
    v.write(field::guest_idtr_limit, u32{0xffff});
    for (unsigned number = 0; number < 6; ++number)
        put(v, static_cast<cpu::SegmentName>(number), cpu::real_mode_segment(0));
    put(v, cpu::SegmentName::cs, {0xf000, 0xffff0000, 0xffff, 0x9b});
    put(v, cpu::SegmentName::ldtr, {0, 0, 0xffff, 0x82});
    put(v, cpu::SegmentName::tr, {0, 0, 0xffff, 0x8b});
    return v;
}

/// Flat 32-bit protected mode with PAE paging, CPL 3, LDTR unusable.
inline vmx::VmcsImage protected_mode_vmcs(const vmx::Capabilities& capabilities) {
    using namespace vmx;
    VmcsImage v = real_mode_vmcs(capabilities);
    v.write(field::guest_cr0, u64{0x80000031});
    v.write(field::guest_cr4, u64{0x2020});
    v.write(field::guest_pdpte0, u64{0x5001});
    for (unsigned number = 0; number < 6; ++number)
        put(v, static_cast<cpu::SegmentName>(number), {0x23, 0, 0xffffffff, 0xc0f3});
    put(v, cpu::SegmentName::cs, {0x1b, 0, 0xffffffff, 0xc0fb});
    put(v, cpu::SegmentName::ldtr, {0, 0, 0, 0x10000});
    put(v, cpu::SegmentName::tr, {0x28, 0x7000, 0x67, 0x8b});
    v.write(field::guest_rflags, u64{0x202});
    return v;
}

/// Virtual-8086 mode.
inline vmx::VmcsImage v86_vmcs(const vmx::Capabilities& capabilities) {
    using namespace vmx;
    VmcsImage v = protected_mode_vmcs(capabilities);
    v.write(field::guest_rflags, u64{0x20202});
    for (unsigned number = 0; number < 6; ++number)
        put(v, static_cast<cpu::SegmentName>(number), {0x1234, 0x12340, 0xffff, 0xf3});
    return v;
}

/// 64-bit code at CPL 0.
inline vmx::VmcsImage long_mode_vmcs(const vmx::Capabilities& capabilities) {
    using namespace vmx;
    VmcsImage v = real_mode_vmcs(capabilities);
    v.write(field::entry_controls, v.read(field::entry_controls) | entry_control::ia32e_mode_guest);
    v.write(field::guest_cr0, u64{0x80000031});
    v.write(field::guest_cr4, u64{0x2020});
    v.write(field::guest_ia32_efer, u64{0x500});
    for (unsigned number = 0; number < 6; ++number)
        put(v, static_cast<cpu::SegmentName>(number), {0x10, 0, 0xffffffff, 0xc093});
    put(v, cpu::SegmentName::cs, {8, 0, 0xffffffff, 0xa09b});
    put(v, cpu::SegmentName::ds, {0, 0, 0, 0x10000});
    put(v, cpu::SegmentName::tr, {0x28, 0xffff800000007000, 0x67, 0x8b});
    v.write(field::guest_rip, u64{0xffff800000001000});
    return v;
}

} // namespace vestige::test
