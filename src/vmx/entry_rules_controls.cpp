// SPDX-License-Identifier: BSD-2-Clause
// SDM 3C, "Checks on VMX Controls".
#include "entry_rules.hpp"

#include "vestige/cpu/event.hpp"

namespace vestige::vmx {

namespace {

using C = EntryContext;
using S = cpu::SegmentName;
constexpr const char* execution = "VM-Execution Control Fields";
constexpr const char* exit_fields = "VM-Exit Control Fields";
constexpr const char* entry_fields = "VM-Entry Control Fields";

constexpr bool implies(bool condition, bool consequence) {
    return !condition || consequence;
}

/// The event to inject, as the manual's type numbers (1 and 7 are not in cpu::EventType).
struct Injection {
    explicit Injection(const C& c) : word{c(field::entry_interruption_information)} {}
    u32 word;
    [[nodiscard]] bool valid() const { return InterruptionInfo::Valid::get(word); }
    [[nodiscard]] unsigned type() const { return InterruptionInfo::Type::get(word); }
    [[nodiscard]] u8 vector() const { return InterruptionInfo::VectorNumber::get(word); }
    [[nodiscard]] bool error_code() const { return InterruptionInfo::ErrorCodeValid::get(word); }
    [[nodiscard]] bool software() const { return type() >= 4 && type() <= 6; }
};

bool eptp_valid(const C& c) {
    const u64 eptp = c(field::ept_pointer);
    const u64 cap = c.capabilities.ept_vpid;
    const u64 type = eptp & 7;
    const bool type_ok = (type == 0 && EptVpidCap::Uncacheable::get(cap)) ||
                         (type == 6 && EptVpidCap::WriteBack::get(cap));
    const u64 walk = eptp >> 3 & 7;
    const bool walk_ok = (walk == 3 && EptVpidCap::WalkLength4::get(cap)) ||
                         (walk == 4 && EptVpidCap::WalkLength5::get(cap));
    const bool dirty_ok = (eptp & bit(6)) == 0 || EptVpidCap::AccessedDirty::get(cap);
    return type_ok && walk_ok && dirty_ok && (eptp & 0xf80) == 0 &&
           c.physical(eptp & ~u64{0xfff}, page_size);
}

bool msr_area_valid(const C& c, u32 count, u64 address) {
    return count == 0 || (c.physical(address, 16) && c.physical(address + 16 * u64{count} - 1, 1));
}

/// SDM: vectors 8, 10-14 and 17 push an error code, unless the guest is in real mode.
bool error_code_right(const C& c) {
    const Injection event{c};
    constexpr u32 vectors = 0x27d00;
    const bool wanted = event.type() == 3 && event.vector() < 32 &&
                        (vectors >> event.vector() & 1) != 0 &&
                        !(c.unrestricted() && (c(field::guest_cr0) & cpu::cr0::pe) == 0);
    return !event.valid() || event.error_code() == wanted;
}

bool vector_right(const C& c) {
    const Injection event{c};
    switch (event.type()) {
    case 2:
        return event.vector() == 2;
    case 3:
        return event.vector() <= 31;
    case 7:
        return event.vector() == 0;
    default:
        return true;
    }
}

bool length_right(const C& c) {
    const Injection event{c};
    const u32 length = c(field::entry_instruction_length);
    const u32 least = VmxMisc::ZeroLengthInjection::get(c.capabilities.misc) ? 0 : 1;
    return !event.valid() || !event.software() || (length >= least && length <= 15);
}

constexpr EntryRule rules[] = {
    rule("pin-based controls are ones that the CPU allows", execution,
         fields_of(field::pin_based_controls),
         [](const C& c, S) {
             return control_allowed(c(field::pin_based_controls), c.capabilities.pin_capability());
         }),
    rule("primary processor-based controls are ones that the CPU allows", execution,
         fields_of(field::primary_processor_controls),
         [](const C& c, S) {
             return control_allowed(c(field::primary_processor_controls),
                                    c.capabilities.primary_capability());
         }),
    rule("secondary processor-based controls are ones that the CPU allows", execution,
         fields_of(field::secondary_processor_controls),
         [](const C& c, S) {
             return implies(
                 c.primary(primary::activate_secondary_controls),
                 control_allowed(c(field::secondary_processor_controls), c.capabilities.secondary));
         }),
    rule("there are no more CR3 targets than the CPU takes", execution,
         fields_of(field::cr3_target_count),
         [](const C& c, S) {
             return c(field::cr3_target_count) <= VmxMisc::Cr3Targets::get(c.capabilities.misc);
         }),
    rule("I/O bitmaps are pages of physical memory", execution,
         fields_of(field::io_bitmap_a, field::io_bitmap_b),
         [](const C& c, S) {
             return implies(c.primary(primary::use_io_bitmaps),
                            c.physical(c(field::io_bitmap_a), page_size) &&
                                c.physical(c(field::io_bitmap_b), page_size));
         }),
    rule("the MSR bitmap is a page of physical memory", execution, fields_of(field::msr_bitmap),
         [](const C& c, S) {
             return implies(c.primary(primary::use_msr_bitmaps),
                            c.physical(c(field::msr_bitmap), page_size));
         }),
    rule("with a TPR shadow the virtual-APIC page is a page of physical memory", execution,
         fields_of(field::virtual_apic_address),
         [](const C& c, S) {
             return implies(c.primary(primary::use_tpr_shadow),
                            c.physical(c(field::virtual_apic_address), page_size));
         }),
    rule("the TPR threshold has four bits", execution, fields_of(field::tpr_threshold),
         [](const C& c, S) {
             return implies(c.primary(primary::use_tpr_shadow) &&
                                !c.secondary(secondary::virtual_interrupt_delivery),
                            c(field::tpr_threshold) <= 15);
         }),
    rule("virtual NMIs need NMI exiting", execution, fields_of(field::pin_based_controls),
         [](const C& c, S) { return implies(c.pin(pin::virtual_nmis), c.pin(pin::nmi_exiting)); }),
    rule("NMI-window exiting needs virtual NMIs", execution,
         fields_of(field::primary_processor_controls, field::pin_based_controls),
         [](const C& c, S) {
             return implies(c.primary(primary::nmi_window_exiting), c.pin(pin::virtual_nmis));
         }),
    rule("the APIC-access page is a page of physical memory", execution,
         fields_of(field::apic_access_address),
         [](const C& c, S) {
             return implies(c.secondary(secondary::virtualize_apic_accesses),
                            c.physical(c(field::apic_access_address), page_size));
         }),
    rule("APIC virtualization needs a TPR shadow", execution,
         fields_of(field::secondary_processor_controls, field::primary_processor_controls),
         [](const C& c, S) {
             return implies(c.secondary(secondary::virtualize_x2apic_mode |
                                        secondary::apic_register_virtualization |
                                        secondary::virtual_interrupt_delivery),
                            c.primary(primary::use_tpr_shadow));
         }),
    rule("x2APIC mode and APIC accesses are not virtualized together", execution,
         fields_of(field::secondary_processor_controls),
         [](const C& c, S) {
             return implies(c.secondary(secondary::virtualize_x2apic_mode),
                            !c.secondary(secondary::virtualize_apic_accesses));
         }),
    rule("virtual-interrupt delivery needs external-interrupt exiting", execution,
         fields_of(field::secondary_processor_controls, field::pin_based_controls),
         [](const C& c, S) {
             return implies(c.secondary(secondary::virtual_interrupt_delivery),
                            c.pin(pin::external_interrupt_exiting));
         }),
    rule("posted interrupts need virtual-interrupt delivery, acknowledgement on exit, a vector and "
         "a descriptor",
         execution,
         fields_of(field::pin_based_controls, field::posted_interrupt_notification_vector,
                   field::posted_interrupt_descriptor_address, field::primary_exit_controls),
         [](const C& c, S) {
             return implies(c.pin(pin::process_posted_interrupts),
                            c.secondary(secondary::virtual_interrupt_delivery) &&
                                c.exit(exit_control::acknowledge_interrupt_on_exit) &&
                                c(field::posted_interrupt_notification_vector) <= 255 &&
                                c.physical(c(field::posted_interrupt_descriptor_address), 64));
         }),
    rule("the VPID is not 0", execution, fields_of(field::virtual_processor_identifier),
         [](const C& c, S) {
             return implies(c.secondary(secondary::enable_vpid),
                            c(field::virtual_processor_identifier) != 0);
         }),
    rule("the EPT pointer has a memory type, walk length and address that the CPU takes", execution,
         fields_of(field::ept_pointer),
         [](const C& c, S) { return implies(c.secondary(secondary::enable_ept), eptp_valid(c)); }),
    rule("unrestricted guest, page-modification log, sub-page permissions and mode-based execute "
         "control need EPT",
         execution, fields_of(field::secondary_processor_controls),
         [](const C& c, S) {
             return implies(c.secondary(secondary::unrestricted_guest | secondary::enable_pml |
                                        secondary::sub_page_write_permissions |
                                        secondary::mode_based_execute_control),
                            c.secondary(secondary::enable_ept));
         }),
    rule("the page-modification log is a page of physical memory", execution,
         fields_of(field::pml_address),
         [](const C& c, S) {
             return implies(c.secondary(secondary::enable_pml),
                            c.physical(c(field::pml_address), page_size));
         }),
    rule("VM functions are ones that the CPU has", execution,
         fields_of(field::vm_function_controls),
         [](const C& c, S) {
             return implies(c.secondary(secondary::enable_vm_functions),
                            (c(field::vm_function_controls) & ~c.capabilities.vm_functions) == 0);
         }),
    rule("VMREAD and VMWRITE bitmaps are pages of physical memory", execution,
         fields_of(field::vmread_bitmap_address, field::vmwrite_bitmap_address),
         [](const C& c, S) {
             return implies(c.secondary(secondary::vmcs_shadowing),
                            c.physical(c(field::vmread_bitmap_address), page_size) &&
                                c.physical(c(field::vmwrite_bitmap_address), page_size));
         }),
    rule("the virtualization-exception area is a page of physical memory", execution,
         fields_of(field::virtualization_exception_address),
         [](const C& c, S) {
             return implies(c.secondary(secondary::ept_violation_ve),
                            c.physical(c(field::virtualization_exception_address), page_size));
         }),
    rule("with TSC scaling the multiplier is not 0", execution, fields_of(field::tsc_multiplier),
         [](const C& c, S) {
             return implies(c.secondary(secondary::use_tsc_scaling), c(field::tsc_multiplier) != 0);
         }),
    rule("VM-exit controls are ones that the CPU allows", exit_fields,
         fields_of(field::primary_exit_controls),
         [](const C& c, S) {
             return control_allowed(c(field::primary_exit_controls),
                                    c.capabilities.exit_capability());
         }),
    rule("saving the preemption timer needs the timer", exit_fields,
         fields_of(field::primary_exit_controls, field::pin_based_controls),
         [](const C& c, S) {
             return implies(c.exit(exit_control::save_preemption_timer),
                            c.pin(pin::preemption_timer));
         }),
    rule("the VM-exit MSR-store area is aligned physical memory", exit_fields,
         fields_of(field::exit_msr_store_count, field::exit_msr_store_address),
         [](const C& c, S) {
             return msr_area_valid(c, c(field::exit_msr_store_count),
                                   c(field::exit_msr_store_address));
         }),
    rule("the VM-exit MSR-load area is aligned physical memory", exit_fields,
         fields_of(field::exit_msr_load_count, field::exit_msr_load_address),
         [](const C& c, S) {
             return msr_area_valid(c, c(field::exit_msr_load_count),
                                   c(field::exit_msr_load_address));
         }),
    rule("VM-entry controls are ones that the CPU allows", entry_fields,
         fields_of(field::entry_controls),
         [](const C& c, S) {
             return control_allowed(c(field::entry_controls), c.capabilities.entry_capability());
         }),
    rule("an injected event's type is not a reserved one", entry_fields,
         fields_of(field::entry_interruption_information),
         [](const C& c, S) {
             const Injection event{c};
             return !event.valid() ||
                    (event.type() != 1 &&
                     implies(event.type() == 7, allows(c.capabilities.primary_capability(),
                                                       primary::monitor_trap_flag)));
         }),
    rule("an injected event's vector fits its type", entry_fields,
         fields_of(field::entry_interruption_information),
         [](const C& c, S) { return !Injection{c}.valid() || vector_right(c); }),
    rule("an injected event has an error code exactly when the exception pushes one", entry_fields,
         fields_of(field::entry_interruption_information, field::guest_cr0),
         [](const C& c, S) { return error_code_right(c); }),
    rule("reserved bits of the event to inject are 0", entry_fields,
         fields_of(field::entry_interruption_information),
         [](const C& c, S) {
             return !Injection{c}.valid() ||
                    BitField<30, 12>::get(c(field::entry_interruption_information)) == 0;
         }),
    rule("the injected error code has 16 bits", entry_fields,
         fields_of(field::entry_exception_error_code, field::entry_interruption_information),
         [](const C& c, S) {
             const Injection event{c};
             return !event.valid() || !event.error_code() ||
                    c(field::entry_exception_error_code) >> 16 == 0;
         }),
    rule("an injected software event has an instruction's length", entry_fields,
         fields_of(field::entry_instruction_length, field::entry_interruption_information),
         [](const C& c, S) { return length_right(c); }),
    rule("the VM-entry MSR-load area is aligned physical memory", entry_fields,
         fields_of(field::entry_msr_load_count, field::entry_msr_load_address),
         [](const C& c, S) {
             return msr_area_valid(c, c(field::entry_msr_load_count),
                                   c(field::entry_msr_load_address));
         }),
    rule("outside SMM nothing enters SMM", entry_fields, fields_of(field::entry_controls),
         [](const C& c, S) {
             return !c.entry(entry_control::entry_to_smm |
                             entry_control::deactivate_dual_monitor_treatment);
         }),
};

} // namespace

constinit const std::span<const EntryRule> control_rules{rules};

} // namespace vestige::vmx
