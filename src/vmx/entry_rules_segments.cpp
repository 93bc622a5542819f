// SPDX-License-Identifier: BSD-2-Clause
// SDM 3C, "Checks on Guest Segment Registers".
#include "entry_rules.hpp"

namespace vestige::vmx {

namespace {

using C = EntryContext;
using S = cpu::SegmentName;
using cpu::Segment;

constexpr const char* section = "Checks on Guest Segment Registers";

constexpr u8 only(S name) {
    return static_cast<u8>(1u << static_cast<unsigned>(name));
}
constexpr u8 code_and_data = 0x3f;
constexpr u8 data = only(S::ds) | only(S::es) | only(S::fs) | only(S::gs);
constexpr u8 system = only(S::ldtr) | only(S::tr);

constexpr u8 type_code = 8;
constexpr u8 type_accessed = 1;
constexpr u8 type_readable_or_writable = 2;
constexpr u8 type_real_mode_code = 3; ///< a data type: what unrestricted guests have in real mode

bool usable(const Segment& s) {
    return !Segment::Unusable::get(s.access_rights);
}
u8 type(const Segment& s) {
    return Segment::Type::get(s.access_rights);
}
u8 dpl(const Segment& s) {
    return Segment::Dpl::get(s.access_rights);
}
bool usable(const C& c, S name) {
    return usable(c.segment(name));
}

/// CS and TR are looked at even when they are marked unusable.
bool looked_at(const C& c, S name) {
    return name == S::cs || name == S::tr || usable(c.segment(name));
}

constexpr EntryRule segment_rule(const char* name, u8 segments, bool (*holds)(const C&, S)) {
    return {name, section, {}, segments, holds};
}

bool cs_type(const C& c) {
    const u8 t = type(c.segment(S::cs));
    return t == 9 || t == 11 || t == 13 || t == 15 ||
           (t == type_real_mode_code && c.unrestricted());
}

bool cs_dpl(const C& c) {
    const Segment cs = c.segment(S::cs);
    const u8 stack = dpl(c.segment(S::ss));
    switch (type(cs)) {
    case type_real_mode_code:
        return dpl(cs) == 0;
    case 9:
    case 11:
        return dpl(cs) == stack;
    default:
        return dpl(cs) <= stack;
    }
}

bool ss_dpl(const C& c) {
    const Segment ss = c.segment(S::ss);
    if (!c.unrestricted() && dpl(ss) != (ss.selector & 3))
        return false;
    const bool privileged =
        type(c.segment(S::cs)) == type_real_mode_code || (c(field::guest_cr0) & cpu::cr0::pe) == 0;
    return !privileged || dpl(ss) == 0;
}

bool data_type(const Segment& s) {
    const u8 t = type(s);
    return (t & type_accessed) != 0 &&
           ((t & type_code) == 0 || (t & type_readable_or_writable) != 0);
}

/// With byte granularity the limit has 20 bits; with page granularity its low 12 bits are ones.
bool granularity(const Segment& s) {
    const bool pages = Segment::Granularity::get(s.access_rights);
    if ((s.limit & 0xfff) != 0xfff && pages)
        return false;
    return (s.limit & 0xfff00000) == 0 || pages;
}

constexpr EntryRule rules[] = {
    segment_rule(
        "the TR selector, and LDTR's when usable, is in the GDT", system,
        [](const C& c, S s) { return !looked_at(c, s) || (c.segment(s).selector & 4) == 0; }),
    segment_rule("SS and CS have the same RPL without unrestricted guest", only(S::ss),
                 [](const C& c, S s) {
                     return c.virtual_8086() || c.unrestricted() ||
                            (c.segment(s).selector & 3) == (c.segment(S::cs).selector & 3);
                 }),
    segment_rule("in virtual-8086 mode the base is the selector times 16", code_and_data,
                 [](const C& c, S s) {
                     return !c.virtual_8086() || c.segment(s).base == u64{c.segment(s).selector}
                                                                          << 4;
                 }),
    segment_rule("in virtual-8086 mode the limit is FFFFh", code_and_data,
                 [](const C& c, S s) { return !c.virtual_8086() || c.segment(s).limit == 0xffff; }),
    segment_rule(
        "in virtual-8086 mode the access rights are F3h", code_and_data,
        [](const C& c, S s) { return !c.virtual_8086() || c.segment(s).access_rights == 0xf3; }),
    segment_rule("FS, GS and TR bases, and LDTR's when usable, are canonical",
                 only(S::fs) | only(S::gs) | system,
                 [](const C& c, S s) {
                     return (s == S::ldtr && !usable(c, s)) || C::canonical(c.segment(s).base);
                 }),
    segment_rule("CS base, and those of usable SS, DS and ES, have 32 bits",
                 only(S::cs) | only(S::ss) | only(S::ds) | only(S::es),
                 [](const C& c, S s) { return !looked_at(c, s) || c.segment(s).base >> 32 == 0; }),
    segment_rule("CS is accessed code (or accessed data with unrestricted guest)", only(S::cs),
                 [](const C& c, S) { return c.virtual_8086() || cs_type(c); }),
    segment_rule("a usable SS is accessed writable data", only(S::ss),
                 [](const C& c, S s) {
                     const u8 t = type(c.segment(s));
                     return c.virtual_8086() || !usable(c, s) || t == 3 || t == 7;
                 }),
    segment_rule("usable data segments are accessed, and readable if code", data,
                 [](const C& c, S s) {
                     return c.virtual_8086() || !usable(c, s) || data_type(c.segment(s));
                 }),
    segment_rule("code and data segments have S set", code_and_data,
                 [](const C& c, S s) {
                     return c.virtual_8086() || !looked_at(c, s) ||
                            Segment::CodeOrData::get(c.segment(s).access_rights);
                 }),
    segment_rule("CS.DPL fits CS's type and SS.DPL", only(S::cs),
                 [](const C& c, S) { return c.virtual_8086() || cs_dpl(c); }),
    segment_rule("SS.DPL is RPL (without unrestricted guest), 0 in real mode or with data as CS",
                 only(S::ss), [](const C& c, S) { return c.virtual_8086() || ss_dpl(c); }),
    segment_rule("without unrestricted guest a data segment's DPL is not below its RPL", data,
                 [](const C& c, S s) {
                     const Segment segment = c.segment(s);
                     return c.virtual_8086() || c.unrestricted() || !usable(segment) ||
                            type(segment) > 11 || dpl(segment) >= (segment.selector & 3);
                 }),
    segment_rule("segments that are looked at are present", code_and_data | system,
                 [](const C& c, S s) {
                     return c.virtual_8086() || !looked_at(c, s) ||
                            Segment::Present::get(c.segment(s).access_rights);
                 }),
    segment_rule("reserved access-rights bits are 0", code_and_data | system,
                 [](const C& c, S s) {
                     return c.virtual_8086() || !looked_at(c, s) ||
                            (c.segment(s).access_rights & 0xfffe0f00) == 0;
                 }),
    segment_rule("64-bit code has CS.D clear", only(S::cs),
                 [](const C& c, S s) {
                     const u32 rights = c.segment(s).access_rights;
                     return c.virtual_8086() || !c.long_mode() || !Segment::Long::get(rights) ||
                            !Segment::Default32::get(rights);
                 }),
    segment_rule("granularity fits the limit", code_and_data | system,
                 [](const C& c, S s) {
                     return c.virtual_8086() || !looked_at(c, s) || granularity(c.segment(s));
                 }),
    segment_rule("TR is a busy TSS, in IA-32e mode a 64-bit one", only(S::tr),
                 [](const C& c, S s) {
                     const u8 t = type(c.segment(s));
                     return t == 11 || (t == 3 && !c.long_mode());
                 }),
    segment_rule("TR is usable", only(S::tr), [](const C& c, S s) { return usable(c, s); }),
    segment_rule("a usable LDTR has the LDT's type", only(S::ldtr),
                 [](const C& c, S s) { return !usable(c, s) || type(c.segment(s)) == 2; }),
    segment_rule("TR and a usable LDTR have S clear", system,
                 [](const C& c, S s) {
                     return !looked_at(c, s) ||
                            !Segment::CodeOrData::get(c.segment(s).access_rights);
                 }),
};

} // namespace

constinit const std::span<const EntryRule> segment_rules{rules};

} // namespace vestige::vmx
