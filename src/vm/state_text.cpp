// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vm/state_text.hpp"

#include <array>

namespace vestige::vm {
namespace {

struct BitName {
    u8 bit;
    std::string_view name;
};

constexpr std::array flag_names{
    BitName{0, "CF"},  BitName{2, "PF"},   BitName{4, "AF"},   BitName{6, "ZF"},  BitName{7, "SF"},
    BitName{8, "TF"},  BitName{9, "IF"},   BitName{10, "DF"},  BitName{11, "OF"}, BitName{14, "NT"},
    BitName{16, "RF"}, BitName{17, "VM"},  BitName{18, "AC"},  BitName{19, "VIF"},
    BitName{20, "VIP"}, BitName{21, "ID"},
};
constexpr std::array cr0_names{
    BitName{0, "PE"},  BitName{1, "MP"},  BitName{2, "EM"},  BitName{3, "TS"},
    BitName{4, "ET"},  BitName{5, "NE"},  BitName{16, "WP"}, BitName{18, "AM"},
    BitName{29, "NW"}, BitName{30, "CD"}, BitName{31, "PG"},
};
constexpr std::array cr4_names{
    BitName{0, "VME"},      BitName{1, "PVI"},      BitName{2, "TSD"},   BitName{3, "DE"},
    BitName{4, "PSE"},      BitName{5, "PAE"},      BitName{6, "MCE"},   BitName{7, "PGE"},
    BitName{8, "PCE"},      BitName{9, "OSFXSR"},   BitName{10, "OSXMMEXCPT"},
    BitName{11, "UMIP"},    BitName{12, "LA57"},    BitName{13, "VMXE"}, BitName{14, "SMXE"},
    BitName{16, "FSGSBASE"}, BitName{17, "PCIDE"},  BitName{18, "OSXSAVE"},
    BitName{20, "SMEP"},    BitName{21, "SMAP"},    BitName{22, "PKE"},
};
constexpr std::array efer_names{BitName{0, "SCE"}, BitName{8, "LME"}, BitName{10, "LMA"},
                                BitName{11, "NXE"}};

void print_bits(TextSink& out, u64 value, std::span<const BitName> names) {
    bool any = false;
    for (const BitName& each : names) {
        if ((value >> each.bit & 1) == 0)
            continue;
        print(out, any ? " {}" : "{}", each.name);
        any = true;
    }
    if (!any)
        out.write("none");
}

struct ExceptionName {
    std::string_view mnemonic;
    std::string_view name;
};
/// SDM 3A, "Protected-Mode Exceptions and Interrupts".
constexpr std::array<ExceptionName, 22> exceptions{{
    {"#DE", "#DE, division error"},
    {"#DB", "#DB, debug exception"},
    {"NMI", "NMI"},
    {"#BP", "#BP, breakpoint"},
    {"#OF", "#OF, overflow"},
    {"#BR", "#BR, bound range exceeded"},
    {"#UD", "#UD, invalid instruction"},
    {"#NM", "#NM, no coprocessor"},
    {"#DF", "#DF, double fault"},
    {"", ""},
    {"#TS", "#TS, invalid TSS"},
    {"#NP", "#NP, segment not present"},
    {"#SS", "#SS, stack fault"},
    {"#GP", "#GP, general protection"},
    {"#PF", "#PF, page fault"},
    {"", ""},
    {"#MF", "#MF, coprocessor error"},
    {"#AC", "#AC, alignment check"},
    {"#MC", "#MC, machine check"},
    {"#XM", "#XM, SIMD error"},
    {"#VE", "#VE, virtualization exception"},
    {"#CP", "#CP, control protection"},
}};

/// Types of system segments and gates. SDM 3A, "System Descriptor Types".
constexpr std::array<std::string_view, 16> system_types{
    "reserved",  "16-bit TSS", "LDT",           "16-bit TSS, busy", "16-bit call gate",
    "task gate", "16-bit interrupt gate", "16-bit trap gate", "reserved", "TSS",
    "reserved",  "TSS, busy",  "call gate",     "reserved", "interrupt gate",
    "trap gate",
};

} // namespace

std::string_view name_of(cpu::Mode mode) {
    switch (mode) {
    case cpu::Mode::real:
        return "real mode";
    case cpu::Mode::v86:
        return "virtual-8086 mode";
    case cpu::Mode::protected16:
        return "16-bit protected mode";
    case cpu::Mode::protected32:
        return "32-bit protected mode";
    case cpu::Mode::long_compatibility:
        return "compatibility mode";
    case cpu::Mode::long64:
        return "64-bit mode";
    }
    return "";
}

std::string_view exception_name(Vector vector) {
    return vector.value < exceptions.size() ? exceptions[vector.value].name : std::string_view{};
}
std::string_view exception_mnemonic(Vector vector) {
    return vector.value < exceptions.size() ? exceptions[vector.value].mnemonic
                                            : std::string_view{};
}

std::string_view segment_name(cpu::SegmentName name) {
    constexpr std::array<std::string_view, cpu::segment_count> names{"es", "cs", "ss",   "ds",
                                                                     "fs", "gs", "ldtr", "tr"};
    return names[static_cast<std::size_t>(name)];
}

void print_code_address(TextSink& out, const cpu::CpuState& state) {
    const u64 linear = cpu::linear_rip(state).value();
    const cpu::Mode mode = cpu::mode_of(state);
    if (mode == cpu::Mode::long64)
        return print(out, "{x}", linear);
    const u16 selector = state.segment(cpu::SegmentName::cs).selector;
    print(out, "{04x}:{04x}", selector, state.regs.rip);
    if (linear != state.regs.rip)
        print(out, " (linear {x})", linear);
}

void print_flags(TextSink& out, u64 rflags) {
    print_bits(out, rflags, flag_names);
    if (const u64 iopl = rflags >> 12 & 3)
        print(out, " IOPL={}", iopl);
}
void print_cr0(TextSink& out, u64 value) {
    print_bits(out, value, cr0_names);
}
void print_cr4(TextSink& out, u64 value) {
    print_bits(out, value, cr4_names);
}
void print_efer(TextSink& out, u64 value) {
    print_bits(out, value, efer_names);
}

void print_access_rights(TextSink& out, u32 access_rights, bool system) {
    using cpu::Segment;
    if (Segment::Unusable::get(access_rights))
        return out.write("unusable");
    const unsigned type = Segment::Type::get(access_rights);
    if (system || !Segment::CodeOrData::get(access_rights)) {
        out.write(system_types[type]);
    } else if ((type & 8) != 0) {
        print(out, "code, {} bit{}{}",
              Segment::Long::get(access_rights)        ? 64
              : Segment::Default32::get(access_rights) ? 32
                                                       : 16,
              (type & 2) != 0 ? ", readable" : "", (type & 4) != 0 ? ", conforming" : "");
    } else {
        print(out, "data, {} bit stack{}{}", Segment::Default32::get(access_rights) ? 32 : 16,
              (type & 2) != 0 ? ", writable" : ", read-only",
              (type & 4) != 0 ? ", expands down" : "");
    }
    print(out, ", DPL {}{}", Segment::Dpl::get(access_rights),
          Segment::Present::get(access_rights) ? "" : ", not present");
}

} // namespace vestige::vm
