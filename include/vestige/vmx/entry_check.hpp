// SPDX-License-Identifier: BSD-2-Clause
// Why would the CPU refuse to enter this guest? The manual's VM-entry checks in software.
#pragma once

#include "vestige/base/format.hpp"
#include "vestige/base/static_vector.hpp"
#include "vestige/cpu/segment.hpp"
#include "vestige/vmx/capabilities.hpp"
#include "vestige/vmx/fields.hpp"
#include "vestige/vmx/vmcs.hpp"

#include <span>

namespace vestige::vmx {

/// What the rules look at, with the shorthands that they share.
struct EntryContext {
    const VmcsImage& vmcs;
    const Capabilities& capabilities;

    template <u32 E> [[nodiscard]] typename Field<E>::Value operator()(Field<E> name) const {
        return vmcs.read(name);
    }
    [[nodiscard]] bool pin(u32 control) const;
    [[nodiscard]] bool primary(u32 control) const;
    /// 0 while the secondary controls are not activated.
    [[nodiscard]] bool secondary(u32 control) const;
    [[nodiscard]] bool exit(u32 control) const;
    [[nodiscard]] bool entry(u32 control) const;
    /// Fits the CPU's physical-address width and is a multiple of alignment.
    [[nodiscard]] bool physical(u64 address, u64 alignment) const;
    [[nodiscard]] static bool canonical(u64 address);

    [[nodiscard]] bool virtual_8086() const;
    [[nodiscard]] bool long_mode() const;
    [[nodiscard]] bool unrestricted() const;
    [[nodiscard]] cpu::Segment segment(cpu::SegmentName name) const;
};

/// Up to four fields that a rule is about.
struct FieldList {
    std::array<u32, 4> encodings{};
    std::size_t count = 0;
};
template <u32... E> constexpr FieldList fields_of(Field<E>... /*fields*/) {
    static_assert(sizeof...(E) <= 4);
    return {{E...}, sizeof...(E)};
}

/// A rule that a VMCS keeps or breaks.
struct EntryRule {
    const char* name;    ///< what has to hold
    const char* section; ///< SDM 3C, by title
    FieldList fields;    ///< empty for segment rules: the segment's four fields
    /// Segment registers that it is for, one bit each; 0 when it is not about segments.
    u8 segments = 0;
    bool (*holds)(const EntryContext& context, cpu::SegmentName segment);
};

struct Violation {
    const EntryRule* rule = nullptr;
    cpu::SegmentName segment{};
};

inline constexpr std::size_t most_violations = 64;
using Violations = StaticVector<Violation, most_violations>;

/// The rules in the order of the manual's chapters.
inline constexpr std::size_t entry_chapters = 5;
[[nodiscard]] std::span<const EntryRule> entry_rules(std::size_t chapter);

/// Every broken rule (up to most_violations).
[[nodiscard]] Violations check_entry(const VmcsImage& vmcs, const Capabilities& capabilities);

/// One line a violation: rule, section, fields with their values; says so when there is none.
void print_violations(TextSink& out, const VmcsImage& vmcs, const Capabilities& capabilities);

} // namespace vestige::vmx
