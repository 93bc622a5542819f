// SPDX-License-Identifier: BSD-2-Clause
// Whether a CPU can run our guests, in words that tell what to do when it cannot.
#pragma once

#include "vestige/vmx/control_words.hpp"

#include <string_view>

namespace vestige::vmx {

/// What CPUID and the MSRs say about one CPU.
struct CpuFacts {
    Text<12> vendor;           ///< CPUID 0
    Text<12> hypervisor;       ///< CPUID 40000000h, empty on bare metal
    bool vmx = false;          ///< CPUID 1, ECX bit 5
    bool svm = false;          ///< CPUID 80000001h, ECX bit 2
    u64 feature_control = 0;   ///< IA32_FEATURE_CONTROL (only where vmx is set)
    Capabilities capabilities; ///< (only where vmx is set and not locked off)
};

/// IA32_FEATURE_CONTROL. SDM 3C, "Enabling and Entering VMX Operation".
struct FeatureControl {
    using Lock = FlagBit<0>;
    using VmxInSmx = FlagBit<1>;
    using VmxOutsideSmx = FlagBit<2>;
    /// True when firmware has locked VMX off until the next reset.
    static constexpr bool locked_off(u64 value) {
        return Lock::get(value) && !VmxOutsideSmx::get(value);
    }
};

enum class Readiness : u8 { ready, no_vmx, locked_off, missing_control, bad_ept };

/// Whether guests can run, and if not the first reason.
[[nodiscard]] Readiness readiness(const CpuFacts& facts);

/// One line, without line end: "vmx on (ept, unrestricted guest, ...)", or what is missing.
void print_capabilities(TextSink& out, const CpuFacts& facts);
/// What the reader can do about a CPU that is not ready: one line, empty when it is ready.
void print_advice(TextSink& out, const CpuFacts& facts);

} // namespace vestige::vmx
