// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vmx/control_words.hpp"

#include <array>

namespace vestige::vmx {

namespace {

constexpr u32 pin_required =
    pin::external_interrupt_exiting | pin::nmi_exiting | pin::virtual_nmis | pin::preemption_timer;

// RDPMC and CR8 exit because guests have neither counters nor a task-priority register; MONITOR
// and MWAIT because CPUID hides them. CR3, INVLPG, RDTSC, PAUSE and MOV DR stay native.
constexpr u32 primary_required = primary::use_tsc_offsetting | primary::hlt_exiting |
                                 primary::mwait_exiting | primary::rdpmc_exiting |
                                 primary::cr8_load_exiting | primary::cr8_store_exiting |
                                 primary::use_io_bitmaps | primary::use_msr_bitmaps |
                                 primary::monitor_exiting | primary::activate_secondary_controls;

constexpr u32 secondary_required =
    secondary::enable_ept | secondary::unrestricted_guest | secondary::wbinvd_exiting;

constexpr u32 exit_required =
    exit_control::save_debug_controls | exit_control::host_address_space_size |
    exit_control::acknowledge_interrupt_on_exit | exit_control::save_pat | exit_control::load_pat |
    exit_control::save_efer | exit_control::load_efer;

constexpr u32 entry_required =
    entry_control::load_debug_controls | entry_control::load_pat | entry_control::load_efer;

constexpr u32 secondary_wanted(GuestFeatures features) {
    u32 wanted =
        secondary::enable_vpid | secondary::enable_encls_exiting | secondary::enable_enclv_exiting;
    if (features.rdtscp)
        wanted |= secondary::enable_rdtscp;
    if (features.invpcid)
        wanted |= secondary::enable_invpcid;
    if (!features.rdrand)
        wanted |= secondary::rdrand_exiting | secondary::rdseed_exiting;
    return wanted;
}

using Word = Result<u32, Missing>;

struct NamedBit {
    ControlWord word;
    u32 bit;
    const char* name;
};

// Only controls that we require can be missing; the manual's names.
constexpr auto named_bits = std::to_array<NamedBit>({
    {ControlWord::pin, pin::external_interrupt_exiting, "external-interrupt exiting"},
    {ControlWord::pin, pin::nmi_exiting, "NMI exiting"},
    {ControlWord::pin, pin::virtual_nmis, "virtual NMIs"},
    {ControlWord::pin, pin::preemption_timer, "VMX-preemption timer"},
    {ControlWord::primary, primary::use_tsc_offsetting, "TSC offsetting"},
    {ControlWord::primary, primary::hlt_exiting, "HLT exiting"},
    {ControlWord::primary, primary::mwait_exiting, "MWAIT exiting"},
    {ControlWord::primary, primary::rdpmc_exiting, "RDPMC exiting"},
    {ControlWord::primary, primary::cr8_load_exiting, "CR8-load exiting"},
    {ControlWord::primary, primary::cr8_store_exiting, "CR8-store exiting"},
    {ControlWord::primary, primary::use_io_bitmaps, "I/O bitmaps"},
    {ControlWord::primary, primary::use_msr_bitmaps, "MSR bitmaps"},
    {ControlWord::primary, primary::monitor_exiting, "MONITOR exiting"},
    {ControlWord::primary, primary::activate_secondary_controls, "secondary controls"},
    {ControlWord::secondary, secondary::enable_ept, "EPT"},
    {ControlWord::secondary, secondary::unrestricted_guest, "unrestricted guest"},
    {ControlWord::secondary, secondary::wbinvd_exiting, "WBINVD exiting"},
    {ControlWord::exit, exit_control::save_debug_controls, "save debug controls"},
    {ControlWord::exit, exit_control::host_address_space_size, "64-bit host"},
    {ControlWord::exit, exit_control::acknowledge_interrupt_on_exit,
     "acknowledge interrupt on exit"},
    {ControlWord::exit, exit_control::save_pat, "save IA32_PAT"},
    {ControlWord::exit, exit_control::load_pat, "load host IA32_PAT"},
    {ControlWord::exit, exit_control::save_efer, "save IA32_EFER"},
    {ControlWord::exit, exit_control::load_efer, "load host IA32_EFER"},
    {ControlWord::entry, entry_control::load_debug_controls, "load debug controls"},
    {ControlWord::entry, entry_control::load_pat, "load guest IA32_PAT"},
    {ControlWord::entry, entry_control::load_efer, "load guest IA32_EFER"},
});

} // namespace

Result<ControlWords, MissingControl> control_words(const Capabilities& capabilities,
                                                   GuestFeatures features) {
    const Word primary = adjust(primary_required, 0, capabilities.primary_capability());
    if (!primary)
        return Error{MissingControl{ControlWord::primary, primary.error().bits}};
    // EPT before the rest: CPUs without it lack more, and it is what a reader can act on.
    const Word secondary =
        adjust(secondary_required, secondary_wanted(features), capabilities.secondary);
    if (!secondary)
        return Error{MissingControl{ControlWord::secondary, secondary.error().bits}};
    const Word pin = adjust(pin_required, 0, capabilities.pin_capability());
    if (!pin)
        return Error{MissingControl{ControlWord::pin, pin.error().bits}};
    const Word exit = adjust(exit_required, 0, capabilities.exit_capability());
    if (!exit)
        return Error{MissingControl{ControlWord::exit, exit.error().bits}};
    const Word entry = adjust(entry_required, 0, capabilities.entry_capability());
    if (!entry)
        return Error{MissingControl{ControlWord::entry, entry.error().bits}};
    return ControlWords{pin.value(), primary.value(), secondary.value(), exit.value(),
                        entry.value()};
}

bool can_virtualize_apic(const Capabilities& capabilities) {
    const u64 first = capabilities.primary_capability();
    const u32 must_be_one = static_cast<u32>(first);
    const u32 may_be_one = static_cast<u32>(first >> 32);
    const u32 secondary_may_be_one = static_cast<u32>(capabilities.secondary >> 32);
    return (apic_virtualization::primary_set & ~may_be_one) == 0 &&
           (apic_virtualization::primary_clear & must_be_one) == 0 &&
           (apic_virtualization::secondary_set & ~secondary_may_be_one) == 0;
}

void print_controls(TextSink& out, ControlWord word, u32 bits) {
    const char* separator = "";
    for (const NamedBit& each : named_bits) {
        if (each.word != word || (each.bit & bits) == 0)
            continue;
        print(out, "{}{}", separator, each.name);
        separator = ", ";
        bits &= ~each.bit;
    }
    if (bits != 0)
        print(out, "{}bits {08x}", separator, bits);
}

} // namespace vestige::vmx
