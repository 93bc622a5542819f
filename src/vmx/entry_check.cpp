// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vmx/entry_check.hpp"

#include "entry_rules.hpp"

namespace vestige::vmx {

bool EntryContext::pin(u32 control) const {
    return ((*this)(field::pin_based_controls)&control) != 0;
}
bool EntryContext::primary(u32 control) const {
    return ((*this)(field::primary_processor_controls)&control) != 0;
}
bool EntryContext::secondary(u32 control) const {
    return primary(primary::activate_secondary_controls) &&
           ((*this)(field::secondary_processor_controls)&control) != 0;
}
bool EntryContext::exit(u32 control) const {
    return ((*this)(field::primary_exit_controls)&control) != 0;
}
bool EntryContext::entry(u32 control) const {
    return ((*this)(field::entry_controls)&control) != 0;
}
bool EntryContext::physical(u64 address, u64 alignment) const {
    const unsigned bits =
        VmxBasic::Addresses32::get(capabilities.basic) ? 32 : capabilities.physical_address_bits;
    return address % alignment == 0 && address >> bits == 0;
}
bool EntryContext::canonical(u64 address) {
    const u64 high = address >> 47;
    return high == 0 || high == 0x1ffff;
}
bool EntryContext::virtual_8086() const {
    return ((*this)(field::guest_rflags)&cpu::rflags::vm) != 0;
}
bool EntryContext::long_mode() const {
    return entry(entry_control::ia32e_mode_guest);
}
bool EntryContext::unrestricted() const {
    return secondary(secondary::unrestricted_guest);
}
cpu::Segment EntryContext::segment(cpu::SegmentName name) const {
    const u32 offset = 2 * static_cast<u32>(name);
    return {static_cast<u16>(vmcs.read_any(field::guest_es_selector.encoding + offset)),
            vmcs.read_any(field::guest_es_base.encoding + offset),
            static_cast<u32>(vmcs.read_any(field::guest_es_limit.encoding + offset)),
            static_cast<u32>(vmcs.read_any(field::guest_es_access_rights.encoding + offset))};
}

std::span<const EntryRule> entry_rules(std::size_t chapter) {
    const std::array<std::span<const EntryRule>, entry_chapters> chapters{
        control_rules, host_rules, guest_register_rules, segment_rules, guest_state_rules};
    return chapters[chapter];
}

namespace {

/// Appends what rule finds wrong, segment by segment where it is about segments.
void check_rule(const EntryContext& context, const EntryRule& rule, Violations& violations) {
    if (rule.segments == 0) {
        if (!rule.holds(context, cpu::SegmentName::cs))
            (void)violations.push_back({&rule, cpu::SegmentName::cs});
        return;
    }
    for (unsigned number = 0; number < cpu::segment_count; ++number) {
        const auto segment = static_cast<cpu::SegmentName>(number);
        if ((rule.segments >> number & 1) != 0 && !rule.holds(context, segment))
            (void)violations.push_back({&rule, segment});
    }
}

FieldList fields_of_violation(const Violation& violation) {
    if (violation.rule->segments == 0)
        return violation.rule->fields;
    const u32 offset = 2 * static_cast<u32>(violation.segment);
    return {{field::guest_es_selector.encoding + offset, field::guest_es_base.encoding + offset,
             field::guest_es_limit.encoding + offset,
             field::guest_es_access_rights.encoding + offset},
            4};
}

} // namespace

Violations check_entry(const VmcsImage& vmcs, const Capabilities& capabilities) {
    const EntryContext context{vmcs, capabilities};
    Violations violations;
    for (std::size_t chapter = 0; chapter < entry_chapters; ++chapter) {
        for (const EntryRule& rule : entry_rules(chapter))
            check_rule(context, rule, violations);
    }
    return violations;
}

void print_violations(TextSink& out, const VmcsImage& vmcs, const Capabilities& capabilities) {
    const Violations violations = check_entry(vmcs, capabilities);
    if (violations.empty()) {
        print(out, "no VM-entry rule that we know of is broken\n");
        return;
    }
    for (const Violation& each : violations) {
        print(out, "{} (SDM 3C, \"{}\"):", each.rule->name, each.rule->section);
        const FieldList fields = fields_of_violation(each);
        for (std::size_t i = 0; i < fields.count; ++i)
            print(out, "{} {} = {x}h", i == 0 ? "" : ",", field_name(fields.encodings[i]),
                  vmcs.read_any(fields.encodings[i]));
        print(out, "\n");
    }
}

} // namespace vestige::vmx
