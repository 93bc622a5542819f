// SPDX-License-Identifier: BSD-2-Clause
// The five tables of VM-entry rules and what they share.
#pragma once

#include "vestige/cpu/registers.hpp"
#include "vestige/vmx/controls.hpp"
#include "vestige/vmx/entry_check.hpp"

namespace vestige::vmx {

extern const std::span<const EntryRule> control_rules;
extern const std::span<const EntryRule> host_rules;
extern const std::span<const EntryRule> guest_register_rules;
extern const std::span<const EntryRule> segment_rules;
extern const std::span<const EntryRule> guest_state_rules;

/// A rule that is not about segments.
constexpr EntryRule rule(const char* name, const char* section, FieldList fields,
                         bool (*holds)(const EntryContext&, cpu::SegmentName)) {
    return {name, section, fields, 0, holds};
}

/// Bits that must be 1 are, and none that must be 0: the form of control and CR capability words.
constexpr bool within(u64 value, u64 must_be_one, u64 may_be_one) {
    return (must_be_one & ~value) == 0 && (value & ~may_be_one) == 0;
}
constexpr bool control_allowed(u32 word, u64 capability) {
    return within(word, static_cast<u32>(capability), capability >> 32);
}

/// Every byte a memory type that IA32_PAT takes. SDM 3A, "IA32_PAT MSR".
constexpr bool valid_pat(u64 pat) {
    for (unsigned i = 0; i < 8; ++i, pat >>= 8) {
        const u64 type = pat & 0xff;
        if (type == 2 || type == 3 || type > 7)
            return false;
    }
    return true;
}

inline constexpr u64 efer_defined =
    cpu::efer::sce | cpu::efer::lme | cpu::efer::lma | cpu::efer::nxe;

} // namespace vestige::vmx
