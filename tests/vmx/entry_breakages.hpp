// SPDX-License-Identifier: BSD-2-Clause
// For every VM-entry rule a VMCS that breaks it and as little else as possible.
#pragma once

#include "tests/vmx/good_vmcs.hpp"

#include <functional>
#include <string_view>
#include <vector>

namespace vestige::test {

struct Breakage {
    std::string_view rule;
    vmx::VmcsImage vmcs;
    vmx::Capabilities capabilities;
    cpu::SegmentName segment = cpu::SegmentName::cs;
    std::size_t most_violations = 1;
};

/// Collects breakages on one kind of CPU.
class BreakageTable {
  public:
    using Change = std::function<void(vmx::VmcsImage&)>;

    void on(const vmx::VmcsImage& good, std::string_view rule, const Change& change,
            std::size_t most_violations = 1) {
        add(good, rule, cpu::SegmentName::cs, change, most_violations);
    }
    /// For each of the segments: change gets the segment to spoil.
    void segments(const vmx::VmcsImage& good, std::string_view rule,
                  std::initializer_list<cpu::SegmentName> names,
                  const std::function<void(cpu::Segment&)>& change,
                  std::size_t most_violations = 1) {
        for (const cpu::SegmentName name : names) {
            const u32 offset = 2 * static_cast<u32>(name);
            cpu::Segment s{
                static_cast<u16>(good.read_any(vmx::field::guest_es_selector.encoding + offset)),
                good.read_any(vmx::field::guest_es_base.encoding + offset),
                static_cast<u32>(good.read_any(vmx::field::guest_es_limit.encoding + offset)),
                static_cast<u32>(
                    good.read_any(vmx::field::guest_es_access_rights.encoding + offset))};
            change(s);
            add(
                good, rule, name, [&](vmx::VmcsImage& v) { put(v, name, s); }, most_violations);
        }
    }
    vmx::Capabilities capabilities = tigerlake_capabilities();
    std::vector<Breakage> all;

  private:
    void add(const vmx::VmcsImage& good, std::string_view rule, cpu::SegmentName segment,
             const Change& change, std::size_t most_violations) {
        Breakage breakage{rule, good, capabilities, segment, most_violations};
        change(breakage.vmcs);
        all.push_back(breakage);
    }
};

template <u32 E> void set_bits(vmx::VmcsImage& v, vmx::Field<E> field, u32 bits) {
    v.write(field, v.read(field) | bits);
}
template <u32 E> void clear_bits(vmx::VmcsImage& v, vmx::Field<E> field, u32 bits) {
    v.write(field, v.read(field) & ~bits);
}

inline void break_execution_controls(BreakageTable& t) {
    using namespace vmx;
    // A CPU that allows every control, so that only the rule in question speaks.
    t.capabilities.true_pin |= 0xffULL << 32;
    t.capabilities.true_primary |= 0xffffffffULL << 32;
    t.capabilities.secondary |= 0xffffffffULL << 32;
    const VmcsImage good = real_mode_vmcs(t.capabilities);
    const auto secondary = [](u32 bits) {
        return [bits](VmcsImage& v) { set_bits(v, field::secondary_processor_controls, bits); };
    };
    t.on(good, "pin-based controls are ones that the CPU allows",
         [](VmcsImage& v) { set_bits(v, field::pin_based_controls, bit32(31)); });
    t.on(good, "pin-based controls are ones that the CPU allows",
         [](VmcsImage& v) { clear_bits(v, field::pin_based_controls, bit32(1)); });
    t.on(good, "primary processor-based controls are ones that the CPU allows",
         [](VmcsImage& v) { clear_bits(v, field::primary_processor_controls, bit32(1)); });
    t.on(good, "there are no more CR3 targets than the CPU takes",
         [](VmcsImage& v) { v.write(field::cr3_target_count, u32{5}); });
    t.on(good, "I/O bitmaps are pages of physical memory",
         [](VmcsImage& v) { v.write(field::io_bitmap_a, u64{0x101800}); });
    t.on(good, "I/O bitmaps are pages of physical memory",
         [](VmcsImage& v) { v.write(field::io_bitmap_b, bit(40)); });
    t.on(good, "the MSR bitmap is a page of physical memory",
         [](VmcsImage& v) { v.write(field::msr_bitmap, u64{1}); });
    t.on(good, "with a TPR shadow the virtual-APIC page is a page of physical memory",
         [](VmcsImage& v) {
             set_bits(v, field::primary_processor_controls, primary::use_tpr_shadow);
             v.write(field::virtual_apic_address, u64{0x10});
         });
    t.on(good, "the TPR threshold has four bits", [](VmcsImage& v) {
        set_bits(v, field::primary_processor_controls, primary::use_tpr_shadow);
        v.write(field::tpr_threshold, u32{16});
    });
    t.on(good, "virtual NMIs need NMI exiting",
         [](VmcsImage& v) { clear_bits(v, field::pin_based_controls, pin::nmi_exiting); });
    t.on(good, "NMI-window exiting needs virtual NMIs", [](VmcsImage& v) {
        clear_bits(v, field::pin_based_controls, pin::virtual_nmis);
        set_bits(v, field::primary_processor_controls, primary::nmi_window_exiting);
    });
    t.on(good, "the APIC-access page is a page of physical memory", [](VmcsImage& v) {
        set_bits(v, field::secondary_processor_controls, secondary::virtualize_apic_accesses);
        v.write(field::apic_access_address, u64{1});
    });
    t.on(good, "APIC virtualization needs a TPR shadow",
         secondary(secondary::apic_register_virtualization));
    t.on(good, "x2APIC mode and APIC accesses are not virtualized together", [](VmcsImage& v) {
        set_bits(v, field::primary_processor_controls, primary::use_tpr_shadow);
        set_bits(v, field::secondary_processor_controls,
                 secondary::virtualize_apic_accesses | secondary::virtualize_x2apic_mode);
    });
    t.on(good, "virtual-interrupt delivery needs external-interrupt exiting", [](VmcsImage& v) {
        set_bits(v, field::primary_processor_controls, primary::use_tpr_shadow);
        set_bits(v, field::secondary_processor_controls, secondary::virtual_interrupt_delivery);
        clear_bits(v, field::pin_based_controls, pin::external_interrupt_exiting);
    });
    t.on(good,
         "posted interrupts need virtual-interrupt delivery, acknowledgement on exit, a vector and "
         "a descriptor",
         [](VmcsImage& v) {
             set_bits(v, field::pin_based_controls, pin::process_posted_interrupts);
         });
    t.on(good, "the VPID is not 0",
         [](VmcsImage& v) { v.write(field::virtual_processor_identifier, u16{0}); });
    for (const u64 eptp : {0x10001dULL, 0x100016ULL, 0x10009eULL, 1ULL << 40 | 0x1e})
        t.on(good, "the EPT pointer has a memory type, walk length and address that the CPU takes",
             [eptp](VmcsImage& v) { v.write(field::ept_pointer, u64{eptp}); });
    t.on(good,
         "unrestricted guest, page-modification log, sub-page permissions and mode-based execute "
         "control need EPT",
         [](VmcsImage& v) {
             clear_bits(v, field::secondary_processor_controls, secondary::enable_ept);
         });
    t.on(good, "the page-modification log is a page of physical memory", [](VmcsImage& v) {
        set_bits(v, field::secondary_processor_controls, secondary::enable_pml);
        v.write(field::pml_address, u64{8});
    });
    t.on(good, "VM functions are ones that the CPU has", [](VmcsImage& v) {
        set_bits(v, field::secondary_processor_controls, secondary::enable_vm_functions);
        v.write(field::vm_function_controls, u64{2});
    });
    t.on(good, "VMREAD and VMWRITE bitmaps are pages of physical memory", [](VmcsImage& v) {
        set_bits(v, field::secondary_processor_controls, secondary::vmcs_shadowing);
        v.write(field::vmwrite_bitmap_address, u64{4});
    });
    t.on(good, "the virtualization-exception area is a page of physical memory", [](VmcsImage& v) {
        set_bits(v, field::secondary_processor_controls, secondary::ept_violation_ve);
        v.write(field::virtualization_exception_address, u64{4});
    });
    t.on(good, "with TSC scaling the multiplier is not 0", secondary(secondary::use_tsc_scaling));
    t.capabilities = haswell_capabilities();
    t.on(real_mode_vmcs(t.capabilities),
         "secondary processor-based controls are ones that the CPU allows",
         secondary(secondary::enable_xsaves));
    t.capabilities = tigerlake_capabilities();
}

inline void break_exit_and_entry_controls(BreakageTable& t) {
    using namespace vmx;
    const VmcsImage good = real_mode_vmcs(t.capabilities);
    const VmcsImage flat = long_mode_vmcs(t.capabilities);
    const auto event = [](u32 information) {
        return [information](VmcsImage& v) {
            v.write(field::entry_interruption_information, u32{information});
        };
    };
    t.on(good, "VM-exit controls are ones that the CPU allows",
         [](VmcsImage& v) { clear_bits(v, field::primary_exit_controls, bit32(0)); });
    t.on(good, "saving the preemption timer needs the timer", [](VmcsImage& v) {
        set_bits(v, field::primary_exit_controls, exit_control::save_preemption_timer);
        clear_bits(v, field::pin_based_controls, pin::preemption_timer);
    });
    t.on(good, "the VM-exit MSR-store area is aligned physical memory", [](VmcsImage& v) {
        v.write(field::exit_msr_store_count, u32{1});
        v.write(field::exit_msr_store_address, u64{8});
    });
    t.on(good, "the VM-exit MSR-load area is aligned physical memory", [](VmcsImage& v) {
        v.write(field::exit_msr_load_count, u32{2});
        v.write(field::exit_msr_load_address, bit(40) - 16);
    });
    t.on(good, "the VM-entry MSR-load area is aligned physical memory", [](VmcsImage& v) {
        v.write(field::entry_msr_load_count, u32{1});
        v.write(field::entry_msr_load_address, bit(41));
    });
    t.on(good, "VM-entry controls are ones that the CPU allows",
         [](VmcsImage& v) { clear_bits(v, field::entry_controls, bit32(0)); });
    t.on(good, "an injected event's type is not a reserved one", event(0x80000120));
    t.on(good, "an injected event's vector fits its type", event(0x80000203));
    t.on(good, "an injected event's vector fits its type", event(0x80000320));
    t.on(good, "an injected event has an error code exactly when the exception pushes one",
         event(0x80000b0d)); // real mode has none
    t.on(flat, "an injected event has an error code exactly when the exception pushes one",
         event(0x8000030d));
    t.on(flat, "an injected event has an error code exactly when the exception pushes one",
         event(0x80000b06));
    t.on(good, "reserved bits of the event to inject are 0", event(0x80001306));
    t.on(flat, "the injected error code has 16 bits", [](VmcsImage& v) {
        v.write(field::entry_interruption_information, u32{0x80000b0d});
        v.write(field::entry_exception_error_code, u32{0x10000});
    });
    t.on(good, "an injected software event has an instruction's length", [](VmcsImage& v) {
        v.write(field::entry_interruption_information, u32{0x80000410});
        v.write(field::entry_instruction_length, u32{16});
    });
    t.capabilities.true_entry |= bit(32 + 10);
    t.on(good, "outside SMM nothing enters SMM",
         [](VmcsImage& v) { set_bits(v, field::entry_controls, entry_control::entry_to_smm); });
    t.capabilities = haswell_capabilities(); // no zero-length injection
    t.on(real_mode_vmcs(t.capabilities), "an injected software event has an instruction's length",
         event(0x80000410));
    t.capabilities = tigerlake_capabilities();
}

inline void break_host_state(BreakageTable& t) {
    using namespace vmx;
    const VmcsImage good = real_mode_vmcs(t.capabilities);
    t.on(good, "host CR0 has the bits that VMX fixes",
         [](VmcsImage& v) { v.write(field::host_cr0, u64{0x80010013}); });
    t.on(good, "host CR4 has the bits that VMX fixes",
         [](VmcsImage& v) { v.write(field::host_cr4, u64{0x620}); });
    t.on(good, "host CR3 is within the physical-address width",
         [](VmcsImage& v) { v.write(field::host_cr3, bit(40)); });
    t.on(good, "host SYSENTER addresses are canonical",
         [](VmcsImage& v) { v.write(field::host_ia32_sysenter_eip, bit(47)); });
    t.on(good, "host PAT has memory types that exist",
         [](VmcsImage& v) { v.write(field::host_ia32_pat, u64{0x0007040600070206}); });
    const auto rule =
        "host EFER has LMA and LME like the host's address-space size and no reserved bits";
    t.on(good, rule, [](VmcsImage& v) { v.write(field::host_ia32_efer, u64{0x900}); });
    t.on(good, rule, [](VmcsImage& v) { v.write(field::host_ia32_efer, u64{0xd02}); });
    t.on(good, "host ES, CS, SS and DS selectors have RPL 0 and are in the GDT",
         [](VmcsImage& v) { v.write(field::host_ss_selector, u16{0x13}); });
    t.on(good, "host FS, GS and TR selectors have RPL 0 and are in the GDT",
         [](VmcsImage& v) { v.write(field::host_gs_selector, u16{4}); });
    t.on(good, "host CS and TR selectors are not null",
         [](VmcsImage& v) { v.write(field::host_tr_selector, u16{0}); });
    t.on(good, "host FS, GS and TR bases are canonical",
         [](VmcsImage& v) { v.write(field::host_gs_base, u64{0xf000ff53f000ff53}); });
    t.on(good, "host GDTR and IDTR bases are canonical",
         [](VmcsImage& v) { v.write(field::host_idtr_base, bit(47)); });
    t.on(
        good, "a host in IA-32e mode comes back to it",
        [](VmcsImage& v) {
            clear_bits(v, field::primary_exit_controls, exit_control::host_address_space_size);
        },
        2); // and EFER does not fit
    t.on(good, "a 64-bit host has CR4.PAE and a canonical RIP",
         [](VmcsImage& v) { v.write(field::host_cr4, u64{0x2600}); });
    t.on(good, "a 64-bit host has CR4.PAE and a canonical RIP",
         [](VmcsImage& v) { v.write(field::host_rip, bit(63)); });
}

inline void break_guest_registers(BreakageTable& t) {
    using namespace vmx;
    const VmcsImage real = real_mode_vmcs(t.capabilities);
    const VmcsImage pae = protected_mode_vmcs(t.capabilities);
    const VmcsImage flat = long_mode_vmcs(t.capabilities);
    t.on(real, "guest CR0 has the bits that VMX fixes",
         [](VmcsImage& v) { v.write(field::guest_cr0, u64{0x10}); });
    t.on(real, "guest CR0.PG comes with CR0.PE",
         [](VmcsImage& v) { v.write(field::guest_cr0, u64{0x80000030}); });
    t.on(real, "guest CR4 has the bits that VMX fixes",
         [](VmcsImage& v) { v.write(field::guest_cr4, u64{0}); });
    t.on(real, "guest CR4 has the bits that VMX fixes",
         [](VmcsImage& v) { v.write(field::guest_cr4, u64{0x2000} | bit(40)); });
    t.on(real, "guest DEBUGCTL has no reserved bits",
         [](VmcsImage& v) { v.write(field::guest_ia32_debugctl, u64{4}); });
    t.on(flat, "an IA-32e mode guest has CR0.PG and CR4.PAE",
         [](VmcsImage& v) { v.write(field::guest_cr4, u64{0x2000}); });
    t.on(real, "a guest outside IA-32e mode has CR4.PCIDE clear",
         [](VmcsImage& v) { v.write(field::guest_cr4, u64{0x22000}); });
    t.on(real, "guest CR3 is within the physical-address width",
         [](VmcsImage& v) { v.write(field::guest_cr3, bit(40)); });
    t.on(real, "guest DR7 has 32 bits",
         [](VmcsImage& v) { v.write(field::guest_dr7, bit(32) | 0x400); });
    t.on(real, "guest SYSENTER addresses are canonical",
         [](VmcsImage& v) { v.write(field::guest_ia32_sysenter_esp, bit(63)); });
    t.on(real, "guest PAT has memory types that exist",
         [](VmcsImage& v) { v.write(field::guest_ia32_pat, u64{8}); });
    const auto efer = "guest EFER has LMA like the IA-32e mode control, LME like LMA under paging "
                      "and no reserved bits";
    t.on(flat, efer, [](VmcsImage& v) { v.write(field::guest_ia32_efer, u64{0x100}); });
    t.on(pae, efer, [](VmcsImage& v) { v.write(field::guest_ia32_efer, u64{0x100}); });
    t.on(real, efer, [](VmcsImage& v) { v.write(field::guest_ia32_efer, u64{2}); });
    t.on(real, "guest GDTR and IDTR bases are canonical",
         [](VmcsImage& v) { v.write(field::guest_gdtr_base, bit(50)); });
    t.on(real, "guest GDTR and IDTR limits have 16 bits",
         [](VmcsImage& v) { v.write(field::guest_idtr_limit, u32{0x10000}); });
    const auto rip = "guest RIP has 32 bits outside 64-bit code and is canonical in it";
    t.on(real, rip, [](VmcsImage& v) { v.write(field::guest_rip, bit(32)); });
    t.on(flat, rip, [](VmcsImage& v) { v.write(field::guest_rip, bit(47)); });
    t.on(real, "reserved bits of guest RFLAGS have their values",
         [](VmcsImage& v) { v.write(field::guest_rflags, u64{0}); });
    t.on(real, "reserved bits of guest RFLAGS have their values",
         [](VmcsImage& v) { v.write(field::guest_rflags, u64{0x8002}); });
    t.on(v86_vmcs(t.capabilities),
         "virtual-8086 mode needs protected mode and excludes IA-32e mode",
         [](VmcsImage& v) { v.write(field::guest_cr0, u64{0x30}); });
    t.on(real, "an external interrupt is injected only with RFLAGS.IF set",
         [](VmcsImage& v) { v.write(field::entry_interruption_information, u32{0x80000020}); });
    const auto pdptes = "PAE page-directory pointers have no reserved bits";
    t.on(pae, pdptes, [](VmcsImage& v) { v.write(field::guest_pdpte3, u64{0x5003}); });
    t.on(pae, pdptes, [](VmcsImage& v) { v.write(field::guest_pdpte1, bit(40) | 1); });
}

inline void break_segments(BreakageTable& t) {
    using namespace vmx;
    using S = cpu::SegmentName;
    using Rights = cpu::Segment;
    const VmcsImage real = real_mode_vmcs(t.capabilities);
    const VmcsImage user = protected_mode_vmcs(t.capabilities);
    const VmcsImage v86 = v86_vmcs(t.capabilities);
    const VmcsImage flat = long_mode_vmcs(t.capabilities);
    VmcsImage restricted = user;
    clear_bits(restricted, field::secondary_processor_controls, secondary::unrestricted_guest);
    const std::initializer_list<S> all = {S::es, S::cs, S::ss, S::ds, S::fs, S::gs, S::ldtr, S::tr};
    const std::initializer_list<S> six = {S::es, S::cs, S::ss, S::ds, S::fs, S::gs};
    const std::initializer_list<S> data = {S::es, S::ds, S::fs, S::gs};

    t.segments(real, "the TR selector, and LDTR's when usable, is in the GDT", {S::ldtr, S::tr},
               [](Rights& s) { s.selector = 4; });
    t.segments(
        restricted, "SS and CS have the same RPL without unrestricted guest", {S::ss},
        [](Rights& s) { s.selector = 0x20; }, 2); // SS.RPL is not its DPL then, either
    t.segments(v86, "in virtual-8086 mode the base is the selector times 16", six,
               [](Rights& s) { s.base += 16; });
    t.segments(v86, "in virtual-8086 mode the limit is FFFFh", six,
               [](Rights& s) { s.limit = 0xfffff; });
    t.segments(v86, "in virtual-8086 mode the access rights are F3h", six,
               [](Rights& s) { s.access_rights = 0x93; });
    t.segments(real, "FS, GS and TR bases, and LDTR's when usable, are canonical",
               {S::fs, S::gs, S::ldtr, S::tr}, [](Rights& s) { s.base = bit(47); });
    t.segments(real, "CS base, and those of usable SS, DS and ES, have 32 bits",
               {S::es, S::cs, S::ss, S::ds}, [](Rights& s) { s.base = bit(32); });
    t.segments(real, "CS is accessed code (or accessed data with unrestricted guest)", {S::cs},
               [](Rights& s) { s.access_rights = 0x9a; });
    t.segments(
        restricted, "CS is accessed code (or accessed data with unrestricted guest)", {S::cs},
        [](Rights& s) { s.access_rights = 0xc0f3; }, 3);
    t.segments(real, "a usable SS is accessed writable data", {S::ss},
               [](Rights& s) { s.access_rights = 0x91; });
    t.segments(real, "usable data segments are accessed, and readable if code", data,
               [](Rights& s) { s.access_rights = 0x92; });
    t.segments(real, "usable data segments are accessed, and readable if code", data,
               [](Rights& s) { s.access_rights = 0x99; });
    t.segments(real, "code and data segments have S set", six,
               [](Rights& s) { s.access_rights &= ~0x10u; });
    t.segments(user, "CS.DPL fits CS's type and SS.DPL", {S::cs},
               [](Rights& s) { s.access_rights = 0xc09b; });
    t.segments(flat, "CS.DPL fits CS's type and SS.DPL", {S::cs},
               [](Rights& s) { s.access_rights = 0xa0bf; }); // conforming above SS
    t.segments(
        real, "SS.DPL is RPL (without unrestricted guest), 0 in real mode or with data as CS",
        {S::ss}, [](Rights& s) { s.access_rights = 0xf3; }, 2); // CS.DPL differs then
    t.segments(
        restricted, "SS.DPL is RPL (without unrestricted guest), 0 in real mode or with data as CS",
        {S::ss}, [](Rights& s) { s.access_rights = 0xc093; }, 2);
    t.segments(restricted, "without unrestricted guest a data segment's DPL is not below its RPL",
               data, [](Rights& s) { s.access_rights = 0xc093; });
    t.segments(real, "segments that are looked at are present", all,
               [](Rights& s) { s.access_rights &= ~0x80u; });
    t.segments(real, "reserved access-rights bits are 0", all,
               [](Rights& s) { s.access_rights |= 0x800; });
    t.segments(real, "reserved access-rights bits are 0", all,
               [](Rights& s) { s.access_rights |= 0x20000; });
    t.segments(flat, "64-bit code has CS.D clear", {S::cs},
               [](Rights& s) { s.access_rights |= 0x4000; });
    t.segments(real, "granularity fits the limit", all, [](Rights& s) { s.limit = 0x100000; });
    t.segments(real, "granularity fits the limit", all, [](Rights& s) {
        s.limit = 0xff;
        s.access_rights |= 0x8000;
    });
    t.segments(real, "TR is a busy TSS, in IA-32e mode a 64-bit one", {S::tr},
               [](Rights& s) { s.access_rights = 0x89; });
    t.segments(flat, "TR is a busy TSS, in IA-32e mode a 64-bit one", {S::tr},
               [](Rights& s) { s.access_rights = 0x83; });
    t.segments(real, "TR is usable", {S::tr}, [](Rights& s) { s.access_rights |= 0x10000; });
    t.segments(real, "a usable LDTR has the LDT's type", {S::ldtr},
               [](Rights& s) { s.access_rights = 0x83; });
    t.segments(real, "TR and a usable LDTR have S clear", {S::ldtr, S::tr},
               [](Rights& s) { s.access_rights |= 0x10; });
}

inline void break_guest_state(BreakageTable& t) {
    using namespace vmx;
    const VmcsImage good = real_mode_vmcs(t.capabilities);
    const auto state = [](u32 interruptibility_state, u64 rflags, u32 event = 0) {
        return [=](VmcsImage& v) {
            v.write(field::guest_interruptibility_state, u32{interruptibility_state});
            v.write(field::guest_rflags, u64{rflags});
            v.write(field::entry_interruption_information, u32{event});
        };
    };
    const auto activity = [](u32 activity_state, u32 event = 0) {
        return [=](VmcsImage& v) {
            v.write(field::guest_activity_state, u32{activity_state});
            v.write(field::entry_interruption_information, u32{event});
        };
    };
    t.on(good, "the activity state is one that the CPU has", activity(4));
    const VmcsImage user = protected_mode_vmcs(t.capabilities);
    t.on(user, "a halted guest has SS.DPL 0", activity(1));
    t.on(good, "a guest in a shadow of STI or MOV SS is active", [](VmcsImage& v) {
        v.write(field::guest_activity_state, u32{1});
        v.write(field::guest_interruptibility_state, u32{2});
    });
    const auto fits = "the event to inject fits the activity state";
    t.on(good, fits, activity(1, 0x80000306));
    t.on(good, fits, activity(2, 0x80000301));
    t.on(good, fits, activity(3, 0x80000202));
    t.on(good, "reserved interruptibility bits are 0", state(0x20, 2));
    t.on(good, "STI and MOV SS do not block together", state(3, 0x202));
    t.on(good, "blocking by STI needs RFLAGS.IF", state(1, 2));
    t.on(good, "an external interrupt is not injected into a shadow of STI or MOV SS",
         state(1, 0x202, 0x80000020));
    t.on(good, "an NMI is not injected into a shadow of MOV SS", state(2, 2, 0x80000202));
    t.on(good, "outside SMM nothing blocks SMIs", state(4, 2));
    t.on(good, "with virtual NMIs an NMI is not injected while NMIs are blocked",
         state(8, 2, 0x80000202));
    t.on(good, "no enclave is interrupted in a shadow of MOV SS", state(0x12, 2));
    t.on(good, "reserved bits of the pending debug exceptions are 0",
         [](VmcsImage& v) { v.write(field::guest_pending_debug_exceptions, u64{0x10}); });
    const auto step =
        "in a shadow or halted, a single step is pending exactly when RFLAGS.TF asks for it";
    t.on(good, step, state(1, 0x302));
    t.on(good, step, [](VmcsImage& v) {
        v.write(field::guest_interruptibility_state, u32{2});
        v.write(field::guest_pending_debug_exceptions, pending_debug::single_step);
    });
    t.on(good, "the VMCS link pointer is all ones or a page of physical memory",
         [](VmcsImage& v) { v.write(field::vmcs_link_pointer, u64{0x7fff}); });
}

inline std::vector<Breakage> entry_breakages() {
    BreakageTable table;
    break_execution_controls(table);
    break_exit_and_entry_controls(table);
    break_host_state(table);
    break_guest_registers(table);
    break_segments(table);
    break_guest_state(table);
    return table.all;
}

} // namespace vestige::test
