// SPDX-License-Identifier: BSD-2-Clause
// SDM 3C, "Checks on the Guest State Area": control registers, debug registers, MSRs, tables.
#include "entry_rules.hpp"

namespace vestige::vmx {

namespace {

using C = EntryContext;
using S = cpu::SegmentName;
constexpr const char* registers = "Checks on Guest Control Registers, Debug Registers, and MSRs";
constexpr const char* tables = "Checks on Guest Descriptor-Table Registers";
constexpr const char* flow = "Checks on Guest RIP, RFLAGS, and SSP";
constexpr const char* pointers = "Checks on Guest Page-Directory-Pointer-Table Entries";

bool cr0_fixed(const C& c) {
    const u64 free = c.unrestricted() ? cpu::cr0::pe | cpu::cr0::pg : 0;
    // NW and CD are not loaded and not checked.
    const u64 ignored = cpu::cr0::nw | cpu::cr0::cd;
    return within(c(field::guest_cr0) & ~ignored, c.capabilities.cr0_fixed0 & ~free,
                  c.capabilities.cr0_fixed1);
}

/// Present page-directory pointers of PAE paging have no reserved bits.
bool pdptes_valid(const C& c) {
    const bool used = (c(field::guest_cr0) & cpu::cr0::pg) != 0 &&
                      (c(field::guest_cr4) & cpu::cr4::pae) != 0 && !c.long_mode() &&
                      c.secondary(secondary::enable_ept);
    if (!used)
        return true;
    for (const u64 entry : {c(field::guest_pdpte0), c(field::guest_pdpte1), c(field::guest_pdpte2),
                            c(field::guest_pdpte3)}) {
        if ((entry & 1) != 0 &&
            ((entry & 0x1e6) != 0 || entry >> c.capabilities.physical_address_bits != 0))
            return false;
    }
    return true;
}

bool guest_efer_valid(const C& c) {
    const u64 efer = c(field::guest_ia32_efer);
    const bool lma = (efer & cpu::efer::lma) != 0;
    const bool lme = (efer & cpu::efer::lme) != 0;
    return (efer & ~efer_defined) == 0 && lma == c.long_mode() &&
           ((c(field::guest_cr0) & cpu::cr0::pg) == 0 || lma == lme);
}

constexpr EntryRule rules[] = {
    rule("guest CR0 has the bits that VMX fixes", registers, fields_of(field::guest_cr0),
         [](const C& c, S) { return cr0_fixed(c); }),
    rule("guest CR0.PG comes with CR0.PE", registers, fields_of(field::guest_cr0),
         [](const C& c, S) {
             const u64 cr0 = c(field::guest_cr0);
             return (cr0 & cpu::cr0::pg) == 0 || (cr0 & cpu::cr0::pe) != 0;
         }),
    rule("guest CR4 has the bits that VMX fixes", registers, fields_of(field::guest_cr4),
         [](const C& c, S) {
             return within(c(field::guest_cr4), c.capabilities.cr4_fixed0,
                           c.capabilities.cr4_fixed1);
         }),
    rule("guest DEBUGCTL has no reserved bits", registers, fields_of(field::guest_ia32_debugctl),
         [](const C& c, S) {
             return !c.entry(entry_control::load_debug_controls) ||
                    (c(field::guest_ia32_debugctl) & ~u64{0xdfc3}) == 0;
         }),
    rule("an IA-32e mode guest has CR0.PG and CR4.PAE", registers,
         fields_of(field::guest_cr0, field::guest_cr4, field::entry_controls),
         [](const C& c, S) {
             return !c.long_mode() || ((c(field::guest_cr0) & cpu::cr0::pg) != 0 &&
                                       (c(field::guest_cr4) & cpu::cr4::pae) != 0);
         }),
    rule("a guest outside IA-32e mode has CR4.PCIDE clear", registers,
         fields_of(field::guest_cr4, field::entry_controls),
         [](const C& c, S) {
             return c.long_mode() || (c(field::guest_cr4) & cpu::cr4::pcide) == 0;
         }),
    rule("guest CR3 is within the physical-address width", registers, fields_of(field::guest_cr3),
         [](const C& c, S) {
             return c(field::guest_cr3) >> c.capabilities.physical_address_bits == 0;
         }),
    rule("guest DR7 has 32 bits", registers, fields_of(field::guest_dr7),
         [](const C& c, S) {
             return !c.entry(entry_control::load_debug_controls) || c(field::guest_dr7) >> 32 == 0;
         }),
    rule("guest SYSENTER addresses are canonical", registers,
         fields_of(field::guest_ia32_sysenter_esp, field::guest_ia32_sysenter_eip),
         [](const C& c, S) {
             return C::canonical(c(field::guest_ia32_sysenter_esp)) &&
                    C::canonical(c(field::guest_ia32_sysenter_eip));
         }),
    rule("guest PAT has memory types that exist", registers, fields_of(field::guest_ia32_pat),
         [](const C& c, S) {
             return !c.entry(entry_control::load_pat) || valid_pat(c(field::guest_ia32_pat));
         }),
    rule("guest EFER has LMA like the IA-32e mode control, LME like LMA under paging and no "
         "reserved bits",
         registers, fields_of(field::guest_ia32_efer, field::entry_controls, field::guest_cr0),
         [](const C& c, S) { return !c.entry(entry_control::load_efer) || guest_efer_valid(c); }),
    rule("guest GDTR and IDTR bases are canonical", tables,
         fields_of(field::guest_gdtr_base, field::guest_idtr_base),
         [](const C& c, S) {
             return C::canonical(c(field::guest_gdtr_base)) &&
                    C::canonical(c(field::guest_idtr_base));
         }),
    rule("guest GDTR and IDTR limits have 16 bits", tables,
         fields_of(field::guest_gdtr_limit, field::guest_idtr_limit),
         [](const C& c, S) {
             return c(field::guest_gdtr_limit) >> 16 == 0 && c(field::guest_idtr_limit) >> 16 == 0;
         }),
    rule("guest RIP has 32 bits outside 64-bit code and is canonical in it", flow,
         fields_of(field::guest_rip, field::guest_cs_access_rights, field::entry_controls),
         [](const C& c, S) {
             const u64 rip = c(field::guest_rip);
             const bool code64 =
                 c.long_mode() && cpu::Segment::Long::get(c(field::guest_cs_access_rights));
             return code64 ? C::canonical(rip) : rip >> 32 == 0;
         }),
    rule("reserved bits of guest RFLAGS have their values", flow, fields_of(field::guest_rflags),
         [](const C& c, S) {
             const u64 reserved = ~u64{0x3fffff} | bit(15) | bit(5) | bit(3);
             const u64 rflags = c(field::guest_rflags);
             return (rflags & reserved) == 0 && (rflags & cpu::rflags::fixed_one) != 0;
         }),
    rule("virtual-8086 mode needs protected mode and excludes IA-32e mode", flow,
         fields_of(field::guest_rflags, field::guest_cr0, field::entry_controls),
         [](const C& c, S) {
             return !c.virtual_8086() ||
                    (!c.long_mode() && (c(field::guest_cr0) & cpu::cr0::pe) != 0);
         }),
    rule("an external interrupt is injected only with RFLAGS.IF set", flow,
         fields_of(field::guest_rflags, field::entry_interruption_information),
         [](const C& c, S) {
             const u32 event = c(field::entry_interruption_information);
             return !InterruptionInfo::Valid::get(event) ||
                    InterruptionInfo::Type::get(event) != 0 ||
                    (c(field::guest_rflags) & cpu::rflags::interrupt) != 0;
         }),
    rule("PAE page-directory pointers have no reserved bits", pointers,
         fields_of(field::guest_pdpte0, field::guest_pdpte1, field::guest_pdpte2,
                   field::guest_pdpte3),
         [](const C& c, S) { return pdptes_valid(c); }),
};

} // namespace

constinit const std::span<const EntryRule> guest_register_rules{rules};

} // namespace vestige::vmx
