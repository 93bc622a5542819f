// SPDX-License-Identifier: BSD-2-Clause
// The five VMX control words, computed from what a CPU can do.
#pragma once

#include "vestige/base/format.hpp"
#include "vestige/base/result.hpp"
#include "vestige/vmx/capabilities.hpp"
#include "vestige/vmx/controls.hpp"

namespace vestige::vmx {

/// Control bits that are needed and that the CPU does not let us set.
struct Missing {
    u32 bits = 0;
    constexpr bool operator==(const Missing&) const = default;
};

/// A control word with all of required, what is possible of wanted, and what the capability word
/// forces to 1. SDM 3D, "VM-Execution Controls" in the appendix on capability reporting: bits 31:0
/// must be 1 where set, bits 63:32 may be 1 where set.
[[nodiscard]] constexpr Result<u32, Missing> adjust(u32 required, u32 wanted, u64 capability) {
    const u32 must_be_one = static_cast<u32>(capability);
    const u32 may_be_one = static_cast<u32>(capability >> 32);
    if ((required & ~may_be_one) != 0)
        return Error{Missing{required & ~may_be_one}};
    return required | (wanted & may_be_one) | must_be_one;
}

/// What of the CPU's features guests get natively. CPUID must tell them the same.
struct GuestFeatures {
    bool rdrand = true; ///< RDRAND and RDSEED
    bool invpcid = true;
    bool rdtscp = true;
    bool operator==(const GuestFeatures&) const = default;
};

struct ControlWords {
    u32 pin = 0;
    u32 primary = 0;
    u32 secondary = 0;
    u32 exit = 0;
    u32 entry = 0;
};

/// Which control word a missing bit is in.
enum class ControlWord : u8 { pin, primary, secondary, exit, entry };

struct MissingControl {
    ControlWord word = ControlWord::pin;
    u32 bits = 0;
    constexpr bool operator==(const MissingControl&) const = default;
};

/// The words for a guest that starts in real mode: EPT, unrestricted guest, everything intercepted
/// that has to be. An error names the first word that the CPU cannot give.
[[nodiscard]] Result<ControlWords, MissingControl> control_words(const Capabilities& capabilities,
                                                                 GuestFeatures features);

/// The controls with which the CPU shows a guest the registers of its local APIC; CR8, the same
/// task priority, does not exit then. SDM 3C, "APIC Virtualization and Virtual Interrupts".
namespace apic_virtualization {
inline constexpr u32 primary_set = primary::use_tpr_shadow;
inline constexpr u32 primary_clear = primary::cr8_load_exiting | primary::cr8_store_exiting;
inline constexpr u32 secondary_set =
    secondary::virtualize_apic_accesses | secondary::apic_register_virtualization;
} // namespace apic_virtualization
[[nodiscard]] bool can_virtualize_apic(const Capabilities& capabilities);

/// Names of the set bits, as in the manual, separated by commas.
void print_controls(TextSink& out, ControlWord word, u32 bits);

} // namespace vestige::vmx
