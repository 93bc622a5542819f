// SPDX-License-Identifier: BSD-2-Clause
// trace, stats, explain, check, bt, sym, log: what the VM did and why.
#include "command.hpp"
#include "info_functions.hpp"

#include "vestige/vm/fault_report.hpp"

#include <algorithm>

namespace vestige::monitor {
namespace {

void show_ring(Context& context) {
    u64 count = 20;
    if (!context.words.empty()) {
        const auto number = number_of(context, context.words.next());
        if (!number)
            return;
        count = *number;
    }
    const vm::TraceRing& ring = context.vm->recorder().ring();
    const u64 now = context.vm->recorder().mark();
    count = std::min<u64>(count, ring.size());
    vm::EventPrinter printer{context.out, context.vm->config().symbols};
    for (u64 age = count; age != 0; --age) {
        const vm::TraceEvent& event = ring.from_last(age - 1);
        print(context.out, "-{8} us  ",
              context.vm->host().to_nanoseconds(now - event.time) / 1000);
        printer.print(event);
        context.out.write("\n");
    }
    if (count == 0)
        context.say("nothing has happened yet");
}

void show_options(Context& context) {
    context.out.write("trace: ");
    config::show(context.vm->recorder().options(), context.out);
    context.out.write("\n");
}

/// What Ctrl-^ t switches: BIOS calls, or nothing.
void toggle(Context& context) {
    config::TraceOptions options;
    if (!context.vm->recorder().options().any())
        options.interrupts.fill(~u64{0});
    context.vm->trace(options);
    show_options(context);
}

void trace_command(Context& context) {
    if (context.words.empty())
        return show_options(context);
    const std::string_view word = context.words.next();
    if (word == "show")
        return show_ring(context);
    if (word == "toggle")
        return toggle(context);
    if (word == "on") {
        config::TraceOptions options;
        options.interrupts.fill(~u64{0});
        context.vm->trace(options);
        return show_options(context);
    }
    const auto options = config::parse_trace(word);
    if (!options)
        return context.say("trace wants a list like int:13,io:60-64,mmio,irq,mode,exit, or off, or "
                           "show [N]; not \"{}\"", word);
    context.vm->trace(*options);
    show_options(context);
}

/// The state now, as a fault report has it; the report of the fault when there was one.
void explain_command(Context& context) {
    if (!context.vm->fault_report().empty())
        return context.out.write(context.vm->fault_report());
    vm::print_fault_report(context.out, {.cpu = context.vm->cpu(), .path = context.vm->path(),
                                         .ring = context.vm->recorder().ring(),
                                         .symbols = context.vm->config().symbols, .first = {},
                                         .shut_down = false, .at = {}});
}

void check_command(Context& context) { context.vm->cpu().explain_failed_entry(context.out); }

/// Frames that BP chains together, as compilers make them; 16 or 32 bits wide by the mode.
void backtrace_command(Context& context) {
    constexpr unsigned most_frames = 32;
    const vcpu::Vcpu& cpu = context.vm->cpu();
    const cpu::Mode mode = cpu::mode_of(cpu);
    const u64 size = mode == cpu::Mode::long64 ? 8
                     : mode == cpu::Mode::protected32 || mode == cpu::Mode::long_compatibility
                         ? 4
                         : 2;
    const u64 mask = ~u64{0} >> (64 - 8 * size);
    const u64 stack = cpu.segment(cpu::SegmentName::ss).base;
    const u64 code = cpu.segment(cpu::SegmentName::cs).base;
    u64 frame = cpu.regs.get(cpu::Gpr::rbp) & mask;
    u64 address = cpu::linear_rip(cpu).value();
    for (unsigned i = 0; i < most_frames; ++i) {
        print(context.out, "#{-2} {08x}", i, address);
        vm::print_symbol(context.out, context.vm->config().symbols, address);
        context.out.write("\n");
        std::array<std::byte, 16> words{};
        if (frame == 0 || read_at(context, {stack + frame, false},
                                  std::span{words}.first(2 * size)) != 2 * size)
            return;
        const u64 next = load_le<u64>(words, 0) & mask;
        address = code + (load_le<u64>(words, size) & mask);
        if (next <= frame)
            return;
        frame = next;
    }
}

void symbol_command(Context& context) {
    const vm::SymbolTable& symbols = context.vm->config().symbols;
    if (context.words.empty())
        return context.say("{} symbols", symbols.count());
    const std::string_view word = context.words.next();
    if (const auto address = symbols.lookup(word))
        return context.say("{} is {x}h", word, *address);
    const auto place = place_of(context, word);
    if (!place)
        return;
    print(context.out, "{08x}", place->address);
    vm::print_symbol(context.out, symbols, place->address);
    context.out.write("\n");
}

void log_command(Context& context) {
    constexpr std::array<std::string_view, 5> levels{"error", "warn", "info", "debug", "trace"};
    const std::string_view word = context.words.next();
    const auto found = std::ranges::find(levels, word);
    if (found == levels.end())
        return context.say("log wants a level: error, warn, info, debug or trace");
    set_log_level(static_cast<LogLevel>(found - levels.begin()));
    context.say("log level {}", word);
}

constexpr std::array table{
    Command{"trace", "[LIST|show [N]|off]", "prints what the VM does, or shows what it did last",
            "trace int:13/02,io:60-64", Where::on_vm, trace_command},
    Command{"stats", "[reset|json]", "counts exits, BIOS calls, interrupts and ports", "stats",
            Where::on_vm, statistics_command},
    Command{"explain", "", "says in words where the VM is, what went wrong, what looks wrong",
            "explain", Where::on_vm, explain_command},
    Command{"check", "", "checks the VMCS by the manual's rules for VM entry", "check",
            Where::on_vm, check_command},
    Command{"bt", "", "lists the stack's frames, chained by BP", "bt", Where::on_vm,
            backtrace_command},
    Command{"sym", "[NAME|ADDR]", "looks a symbol up, both ways", "sym 0:7c00", Where::on_vm,
            symbol_command},
    Command{"log", "LEVEL", "sets how much Vestige says", "log debug", Where::here, log_command},
};

} // namespace

constinit const CommandGroup watch_commands{"What the VM did", table};

} // namespace vestige::monitor
