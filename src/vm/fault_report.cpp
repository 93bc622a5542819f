// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vm/fault_report.hpp"

#include "fault_causes.hpp"

#include "vestige/cpu/disassemble.hpp"
#include "vestige/cpu/exception_combining.hpp"

#include <algorithm>

namespace vestige::vm {
namespace {

using cpu::Gpr;
using cpu::SegmentName;

constexpr std::size_t events_shown = 20;
constexpr unsigned instructions_shown = 3;

class Report {
  public:
    Report(TextSink& out, const FaultFacts& facts)
        : out_{out}, facts_{facts}, scene_{facts.cpu, facts.path} {}

    void print_all() {
        place();
        code();
        if (facts_.first)
            chain();
        const FarPtr at = facts_.at.value_or(
            FarPtr{facts_.cpu.segment(SegmentName::cs).selector,
                   static_cast<u16>(facts_.cpu.regs.rip)});
        static_cast<void>(print_suspicions(out_, scene_, at));
        registers();
        events();
    }

  private:
    [[nodiscard]] Linear code_address() const {
        return facts_.at ? facts_.at->linear() : cpu::linear_rip(facts_.cpu);
    }

    void place() {
        out_.write("at ");
        if (facts_.at)
            print(out_, "{} (linear {x})", *facts_.at, facts_.at->linear());
        else
            print_code_address(out_, facts_.cpu);
        print_symbol(out_, facts_.symbols, code_address().value());
        print(out_, ", {}, privilege level {}, interrupts {}, paging {}\n",
              name_of(cpu::mode_of(facts_.cpu)), cpu::cpl_of(facts_.cpu),
              (facts_.cpu.regs.rflags & cpu::rflags::interrupt) != 0 ? "on" : "off",
              (facts_.cpu.cr0() & cpu::cr0::pg) != 0 ? "on" : "off");
    }

    void code() {
        u64 address = code_address().value();
        const u64 base = facts_.at ? facts_.at->linear().value() - facts_.at->offset
                         : cpu::mode_of(facts_.cpu) == cpu::Mode::long64
                             ? 0
                             : facts_.cpu.segment(SegmentName::cs).base;
        for (unsigned i = 0; i < instructions_shown; ++i) {
            std::array<std::byte, 15> bytes{};
            const std::size_t got = scene_.view().read(Linear{address}, bytes);
            print(out_, "{} {08x}  ", i == 0 ? ">" : " ", address);
            if (got == 0)
                return out_.write("(nothing to be read here)\n");
            char text[96];
            TextBuffer instruction{text};
            const unsigned length = cpu::disassemble(instruction, std::span{bytes}.first(got),
                                                     cpu::mode_of(facts_.cpu), address - base);
            for (unsigned k = 0; k < length; ++k)
                print(out_, "{02x}", std::to_integer<u8>(bytes[k]));
            print(out_, "  {}\n", instruction.view());
            address += length;
        }
    }

    void name(const cpu::Event& event) {
        if (event.type == cpu::EventType::external_interrupt)
            return print(out_, "interrupt {02x}h", event.vector);
        if (event.type == cpu::EventType::nmi)
            return out_.write("NMI");
        if (event.type != cpu::EventType::hardware_exception)
            return print(out_, "INT {02x}h", event.vector);
        const std::string_view text = exception_name(event.vector);
        if (text.empty())
            print(out_, "exception {02x}h", event.vector);
        else
            out_.write(text);
        if (event.error_code && (facts_.cpu.cr0() & cpu::cr0::pe) != 0)
            print(out_, ", error code {x}h", *event.error_code);
    }

    /// From the first exception to the CPU's end.
    void chain() {
        cpu::Event event = *facts_.first;
        char text[400];
        TextBuffer why{text};
        explain_exception(why, scene_, event);
        out_.write("1. ");
        name(event);
        print(out_, why.view().empty() ? "\n" : ": {}\n", why.view());
        for (unsigned step = 2; facts_.shut_down && step <= 4; ++step) {
            why.clear();
            const auto next = explain_delivery(why, scene_, event);
            if (!next) {
                print(out_, "{}. its handler could not be entered\n", step);
                return;
            }
            print(out_, "{}. not delivered, {}\n", step, why.view());
            const auto both = cpu::combine(event, *next);
            if (!both) {
                out_.write("   after a double fault that is the end: the CPU shuts down\n");
                return;
            }
            out_.write("   so there is ");
            name(*both);
            out_.write("\n");
            event = *both;
        }
    }

    void registers() {
        const cpu::Registers& r = facts_.cpu.regs;
        print(out_, "rax {x} rbx {x} rcx {x} rdx {x} rsi {x} rdi {x} rbp {x} rsp {x} flags {x}\n",
              r.get(Gpr::rax), r.get(Gpr::rbx), r.get(Gpr::rcx), r.get(Gpr::rdx), r.get(Gpr::rsi),
              r.get(Gpr::rdi), r.get(Gpr::rbp), r.get(Gpr::rsp), r.rflags);
        for (const SegmentName name : {SegmentName::cs, SegmentName::ss, SegmentName::ds,
                                       SegmentName::es, SegmentName::fs, SegmentName::gs}) {
            const cpu::Segment segment = facts_.cpu.segment(name);
            print(out_, "{} {04x} (base {x}) ", segment_name(name), segment.selector, segment.base);
        }
        print(out_, "\ncr0 {x} cr2 {x} cr3 {x} cr4 {x} efer {x}, gdt {x}+{x}, idt {x}+{x}\n",
              facts_.cpu.cr0(), facts_.cpu.cr2(), facts_.cpu.cr3(), facts_.cpu.cr4(),
              facts_.cpu.efer(), facts_.cpu.gdtr().base, facts_.cpu.gdtr().limit,
              facts_.cpu.idtr().base, facts_.cpu.idtr().limit);
    }

    void events() {
        const std::size_t count = std::min(facts_.ring.size(), events_shown);
        if (count != 0)
            print(out_, "the last {} events:\n", count);
        EventPrinter printer{out_, facts_.symbols};
        for (std::size_t age = count; age != 0; --age) {
            out_.write("  ");
            printer.print(facts_.ring.from_last(age - 1));
            out_.write("\n");
        }
    }

    TextSink& out_;
    const FaultFacts& facts_;
    FaultScene scene_;
};

} // namespace

void print_fault_report(TextSink& out, const FaultFacts& facts) {
    Report{out, facts}.print_all();
}

} // namespace vestige::vm
