// SPDX-License-Identifier: BSD-2-Clause
// SDM 3C, "Checks on Guest Non-Register State".
#include "entry_rules.hpp"

namespace vestige::vmx {

namespace {

using C = EntryContext;
using S = cpu::SegmentName;
constexpr const char* section = "Checks on Guest Non-Register State";

u32 blocked(const C& c, u32 by) {
    return c(field::guest_interruptibility_state) & by;
}

bool injects(const C& c, unsigned type) {
    const u32 event = c(field::entry_interruption_information);
    return InterruptionInfo::Valid::get(event) && InterruptionInfo::Type::get(event) == type;
}

bool activity_supported(const C& c) {
    switch (c(field::guest_activity_state)) {
    case 0:
        return true;
    case 1:
        return VmxMisc::ActivityHlt::get(c.capabilities.misc);
    case 2:
        return VmxMisc::ActivityShutdown::get(c.capabilities.misc);
    case 3:
        return VmxMisc::ActivityWaitForSipi::get(c.capabilities.misc);
    default:
        return false;
    }
}

/// What may be injected into a CPU that is not active.
bool injection_fits_activity(const C& c) {
    const u32 event = c(field::entry_interruption_information);
    if (!InterruptionInfo::Valid::get(event))
        return true;
    const unsigned type = InterruptionInfo::Type::get(event);
    const unsigned vector = InterruptionInfo::VectorNumber::get(event);
    const bool machine_check = type == 3 && vector == 18;
    const bool nmi = type == 2;
    switch (static_cast<ActivityState>(c(field::guest_activity_state))) {
    case ActivityState::hlt:
        return type == 0 || nmi || machine_check || (type == 3 && vector == 1) ||
               (type == 7 && vector == 0);
    case ActivityState::shutdown:
        return nmi || machine_check;
    case ActivityState::wait_for_sipi:
        return false;
    default:
        return true;
    }
}

/// A pending single step when TF says so, while a shadow or HLT holds it back.
bool single_step_consistent(const C& c) {
    constexpr u64 debugctl_btf = bit(1);
    const bool held = blocked(c, interruptibility::shadow) != 0 ||
                      c(field::guest_activity_state) == static_cast<u32>(ActivityState::hlt);
    const bool wanted = (c(field::guest_rflags) & cpu::rflags::tf) != 0 &&
                        (c(field::guest_ia32_debugctl) & debugctl_btf) == 0;
    const bool pending =
        (c(field::guest_pending_debug_exceptions) & pending_debug::single_step) != 0;
    return !held || pending == wanted;
}

constexpr FieldList interruptibility_field = fields_of(field::guest_interruptibility_state);
constexpr FieldList with_event =
    fields_of(field::guest_interruptibility_state, field::entry_interruption_information);

constexpr EntryRule rules[] = {
    rule("the activity state is one that the CPU has", section,
         fields_of(field::guest_activity_state),
         [](const C& c, S) { return activity_supported(c); }),
    rule("a halted guest has SS.DPL 0", section,
         fields_of(field::guest_activity_state, field::guest_ss_access_rights),
         [](const C& c, S) {
             return c(field::guest_activity_state) != static_cast<u32>(ActivityState::hlt) ||
                    cpu::Segment::Dpl::get(c(field::guest_ss_access_rights)) == 0;
         }),
    rule("a guest in a shadow of STI or MOV SS is active", section,
         fields_of(field::guest_activity_state, field::guest_interruptibility_state),
         [](const C& c, S) {
             return blocked(c, interruptibility::shadow) == 0 ||
                    c(field::guest_activity_state) == 0;
         }),
    rule("the event to inject fits the activity state", section,
         fields_of(field::entry_interruption_information, field::guest_activity_state),
         [](const C& c, S) { return injection_fits_activity(c); }),
    rule("reserved interruptibility bits are 0", section, interruptibility_field,
         [](const C& c, S) { return c(field::guest_interruptibility_state) >> 5 == 0; }),
    rule("STI and MOV SS do not block together", section, interruptibility_field,
         [](const C& c, S) {
             return blocked(c, interruptibility::shadow) != interruptibility::shadow;
         }),
    rule("blocking by STI needs RFLAGS.IF", section,
         fields_of(field::guest_interruptibility_state, field::guest_rflags),
         [](const C& c, S) {
             return blocked(c, interruptibility::blocking_by_sti) == 0 ||
                    (c(field::guest_rflags) & cpu::rflags::interrupt) != 0;
         }),
    rule("an external interrupt is not injected into a shadow of STI or MOV SS", section,
         with_event,
         [](const C& c, S) { return !injects(c, 0) || blocked(c, interruptibility::shadow) == 0; }),
    rule("an NMI is not injected into a shadow of MOV SS", section, with_event,
         [](const C& c, S) {
             return !injects(c, 2) || blocked(c, interruptibility::blocking_by_mov_ss) == 0;
         }),
    rule("outside SMM nothing blocks SMIs", section, interruptibility_field,
         [](const C& c, S) { return blocked(c, interruptibility::blocking_by_smi) == 0; }),
    rule("with virtual NMIs an NMI is not injected while NMIs are blocked", section, with_event,
         [](const C& c, S) {
             return !c.pin(pin::virtual_nmis) || !injects(c, 2) ||
                    blocked(c, interruptibility::blocking_by_nmi) == 0;
         }),
    rule("no enclave is interrupted in a shadow of MOV SS", section, interruptibility_field,
         [](const C& c, S) {
             return blocked(c, interruptibility::enclave_interruption) == 0 ||
                    blocked(c, interruptibility::blocking_by_mov_ss) == 0;
         }),
    rule("reserved bits of the pending debug exceptions are 0", section,
         fields_of(field::guest_pending_debug_exceptions),
         [](const C& c, S) {
             constexpr u64 defined = pending_debug::breakpoints | pending_debug::bus_lock |
                                     pending_debug::enabled_breakpoint |
                                     pending_debug::single_step | pending_debug::rtm;
             return (c(field::guest_pending_debug_exceptions) & ~defined) == 0;
         }),
    rule("in a shadow or halted, a single step is pending exactly when RFLAGS.TF asks for it",
         section,
         fields_of(field::guest_pending_debug_exceptions, field::guest_rflags,
                   field::guest_interruptibility_state, field::guest_ia32_debugctl),
         [](const C& c, S) { return single_step_consistent(c); }),
    rule("the VMCS link pointer is all ones or a page of physical memory", section,
         fields_of(field::vmcs_link_pointer),
         [](const C& c, S) {
             return c(field::vmcs_link_pointer) == ~u64{0} ||
                    c.physical(c(field::vmcs_link_pointer), page_size);
         }),
};

} // namespace

constinit const std::span<const EntryRule> guest_state_rules{rules};

} // namespace vestige::vmx
