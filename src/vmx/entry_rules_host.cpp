// SPDX-License-Identifier: BSD-2-Clause
// SDM 3C, "Checks on Host-State Area".
#include "entry_rules.hpp"

namespace vestige::vmx {

namespace {

using C = EntryContext;
using S = cpu::SegmentName;
constexpr const char* registers = "Checks on Host Control Registers, MSRs, and SSP";
constexpr const char* tables = "Checks on Host Segment and Descriptor-Table Registers";
constexpr const char* size = "Checks Related to Address-Space Size";

/// Neither privilege nor table indicator in any of the selectors.
constexpr bool plain(u16 selector) {
    return (selector & 7) == 0;
}

constexpr EntryRule rules[] = {
    rule("host CR0 has the bits that VMX fixes", registers, fields_of(field::host_cr0),
         [](const C& c, S) {
             return within(c(field::host_cr0), c.capabilities.cr0_fixed0,
                           c.capabilities.cr0_fixed1);
         }),
    rule("host CR4 has the bits that VMX fixes", registers, fields_of(field::host_cr4),
         [](const C& c, S) {
             return within(c(field::host_cr4), c.capabilities.cr4_fixed0,
                           c.capabilities.cr4_fixed1);
         }),
    rule("host CR3 is within the physical-address width", registers, fields_of(field::host_cr3),
         [](const C& c, S) {
             return c(field::host_cr3) >> c.capabilities.physical_address_bits == 0;
         }),
    rule("host SYSENTER addresses are canonical", registers,
         fields_of(field::host_ia32_sysenter_esp, field::host_ia32_sysenter_eip),
         [](const C& c, S) {
             return C::canonical(c(field::host_ia32_sysenter_esp)) &&
                    C::canonical(c(field::host_ia32_sysenter_eip));
         }),
    rule("host PAT has memory types that exist", registers, fields_of(field::host_ia32_pat),
         [](const C& c, S) {
             return !c.exit(exit_control::load_pat) || valid_pat(c(field::host_ia32_pat));
         }),
    rule("host EFER has LMA and LME like the host's address-space size and no reserved bits",
         registers, fields_of(field::host_ia32_efer, field::primary_exit_controls),
         [](const C& c, S) {
             const u64 efer = c(field::host_ia32_efer);
             const u64 mode = cpu::efer::lme | cpu::efer::lma;
             const u64 wanted = c.exit(exit_control::host_address_space_size) ? mode : 0;
             return !c.exit(exit_control::load_efer) ||
                    ((efer & ~efer_defined) == 0 && (efer & mode) == wanted);
         }),
    rule("host ES, CS, SS and DS selectors have RPL 0 and are in the GDT", tables,
         fields_of(field::host_es_selector, field::host_cs_selector, field::host_ss_selector,
                   field::host_ds_selector),
         [](const C& c, S) {
             return plain(c(field::host_es_selector)) && plain(c(field::host_cs_selector)) &&
                    plain(c(field::host_ss_selector)) && plain(c(field::host_ds_selector));
         }),
    rule("host FS, GS and TR selectors have RPL 0 and are in the GDT", tables,
         fields_of(field::host_fs_selector, field::host_gs_selector, field::host_tr_selector),
         [](const C& c, S) {
             return plain(c(field::host_fs_selector)) && plain(c(field::host_gs_selector)) &&
                    plain(c(field::host_tr_selector));
         }),
    rule("host CS and TR selectors are not null", tables,
         fields_of(field::host_cs_selector, field::host_tr_selector),
         [](const C& c, S) {
             return c(field::host_cs_selector) != 0 && c(field::host_tr_selector) != 0;
         }),
    rule("host FS, GS and TR bases are canonical", tables,
         fields_of(field::host_fs_base, field::host_gs_base, field::host_tr_base),
         [](const C& c, S) {
             return C::canonical(c(field::host_fs_base)) && C::canonical(c(field::host_gs_base)) &&
                    C::canonical(c(field::host_tr_base));
         }),
    rule("host GDTR and IDTR bases are canonical", tables,
         fields_of(field::host_gdtr_base, field::host_idtr_base),
         [](const C& c, S) {
             return C::canonical(c(field::host_gdtr_base)) &&
                    C::canonical(c(field::host_idtr_base));
         }),
    rule("a host in IA-32e mode comes back to it", size, fields_of(field::primary_exit_controls),
         [](const C& c, S) { return c.exit(exit_control::host_address_space_size); }),
    rule("a 64-bit host has CR4.PAE and a canonical RIP", size,
         fields_of(field::host_cr4, field::host_rip),
         [](const C& c, S) {
             return (c(field::host_cr4) & cpu::cr4::pae) != 0 && C::canonical(c(field::host_rip));
         }),
};

} // namespace

constinit const std::span<const EntryRule> host_rules{rules};

} // namespace vestige::vmx
