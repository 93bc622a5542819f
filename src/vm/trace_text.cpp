// SPDX-License-Identifier: BSD-2-Clause
// Events as lines of text.
#include "vestige/cpu/disassemble.hpp"
#include "vestige/vm/exit_names.hpp"
#include "vestige/vm/state_text.hpp"
#include "vestige/vm/trace_event.hpp"

namespace vestige::vm {
namespace {

/// SDM 4, "Model-Specific Registers": those that boot code uses.
struct MsrName {
    u32 index;
    std::string_view name;
};
constexpr std::array msr_names{
    MsrName{0x10, "IA32_TIME_STAMP_COUNTER"}, MsrName{0x1b, "IA32_APIC_BASE"},
    MsrName{0x3a, "IA32_FEATURE_CONTROL"},    MsrName{0x8b, "IA32_BIOS_SIGN_ID"},
    MsrName{0xfe, "IA32_MTRRCAP"},            MsrName{0x174, "IA32_SYSENTER_CS"},
    MsrName{0x175, "IA32_SYSENTER_ESP"},      MsrName{0x176, "IA32_SYSENTER_EIP"},
    MsrName{0x1a0, "IA32_MISC_ENABLE"},       MsrName{0x277, "IA32_PAT"},
    MsrName{0x2ff, "IA32_MTRR_DEF_TYPE"},     MsrName{0xc0000080, "IA32_EFER"},
    MsrName{0xc0000081, "IA32_STAR"},         MsrName{0xc0000082, "IA32_LSTAR"},
    MsrName{0xc0000084, "IA32_FMASK"},        MsrName{0xc0000100, "IA32_FS_BASE"},
    MsrName{0xc0000101, "IA32_GS_BASE"},      MsrName{0xc0000102, "IA32_KERNEL_GS_BASE"},
};

std::string_view msr_name(u32 index) {
    for (const MsrName& each : msr_names)
        if (each.index == index)
            return each.name;
    return {};
}

std::string_view width_letter(Width width) {
    switch (width) {
    case Width::byte:
        return "b";
    case Width::word:
        return "w";
    case Width::dword:
        return "l";
    default:
        return "q";
    }
}

struct Printer {
    TextSink& out;
    u64 ip; ///< of the event

    void operator()(const bios::CallRecord& record) const {
        bios::print_call(out, record);
        print(out, " ({})", record.ticks);
    }
    void operator()(const PortEvent& event) const {
        const std::string_view name = port_name(event.port);
        print(out, "{}{} {x}h {}", event.in ? "in" : "out", width_letter(event.width), event.port,
              name.empty() ? std::string_view{"(nothing there)"} : name);
        if (event.strings != 0)
            print(out, " {} times", event.strings);
        else
            print(out, event.in ? " -> {x}h" : " <- {x}h", event.value);
    }
    void operator()(const MemoryEvent& event) const {
        const std::string_view name = memory_name(event.address);
        print(out, "{}{} {x}h {} {} {x}h", event.write ? "store" : "load",
              width_letter(event.width), event.address,
              name.empty() ? std::string_view{"(nothing there)"} : name,
              event.write ? "<-" : "->", event.value);
    }
    void operator()(const InterruptEvent& event) const {
        const Vector vector = event.event.vector;
        if (event.event.type == cpu::EventType::external_interrupt)
            return print(out, "interrupt {02x}h", vector);
        if (event.event.type == cpu::EventType::nmi)
            return out.write("NMI");
        print(out, "exception {02x}h {}", vector, exception_mnemonic(vector));
        if (event.event.error_code)
            print(out, ", error code {x}h", *event.event.error_code);
    }
    void operator()(const ModeEvent& event) const {
        print(out, "mode: {} -> {}", name_of(event.from), name_of(event.to));
    }
    void operator()(const MsrEvent& event) const {
        print(out, "{} {x}h {} {} {x}h", event.write ? "wrmsr" : "rdmsr", event.index,
              msr_name(event.index), event.write ? "<-" : "->", event.value);
    }
    void operator()(const ControlEvent& event) const {
        print(out, "cr{} <- {x}h", event.number, event.value);
        if (event.number == 0) {
            out.write(": ");
            print_cr0(out, event.value);
        }
    }
    void operator()(const ExitEvent& event) const {
        print(out, "exit {}", event.kind < exit_names.size() ? exit_names[event.kind]
                                                             : std::string_view{"?"});
    }
    void operator()(const InstructionEvent& event) const {
        cpu::disassemble(out, std::span{event.bytes}.first(event.length), event.mode, ip);
    }
    void operator()(const NoteEvent& event) const { out.write(event.text); }
};

} // namespace

void print_event(TextSink& out, const TraceEvent& event) {
    std::visit(Printer{out, event.ip}, event.what);
    if (event.code)
        print(out, " at {04x}:{04x}", event.code->selector, event.ip);
    if (event.repeats != 0)
        print(out, ", {} times more", event.repeats);
}

void EventPrinter::print(const TraceEvent& event) {
    print_event(out_, event);
    if (!event.code)
        return;
    print_symbol(out_, symbols_, event.code->base + event.ip);
    const cpu::Mode mode = event.code->mode;
    if (mode_ && *mode_ != mode && !std::holds_alternative<ModeEvent>(event.what))
        vestige::print(out_, ", now in {}", name_of(mode));
    mode_ = mode;
}

} // namespace vestige::vm
