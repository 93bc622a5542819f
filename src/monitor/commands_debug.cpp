// SPDX-License-Identifier: BSD-2-Clause
// Commands that stop, step and watch a guest.
#include "command.hpp"

#include "vestige/monitor/register_names.hpp"

#include <algorithm>

namespace vestige::monitor {
namespace {

using vm::BreakKind;
using vm::BreakSpec;

/// A hexadecimal number, 0x and h allowed; nothing for anything else.
std::optional<u64> hex_number(std::string_view text) {
    if (text.starts_with("0x") || text.starts_with("0X"))
        text.remove_prefix(2);
    if (text.ends_with('h') || text.ends_with('H'))
        text.remove_suffix(1);
    if (text.empty() || text.size() > 16)
        return {};
    u64 value = 0;
    for (const char c : text) {
        const char lower = static_cast<char>(c | 0x20);
        if (c >= '0' && c <= '9')
            value = value << 4 | static_cast<u64>(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            value = value << 4 | static_cast<u64>(lower - 'a' + 10);
        else
            return {};
    }
    return value;
}

std::optional<u64> decimal_number(std::string_view text) {
    u64 value = 0;
    if (text.empty() || text.size() > 9)
        return {};
    for (const char c : text) {
        if (c < '0' || c > '9')
            return {};
        value = 10 * value + static_cast<u64>(c - '0');
    }
    return value;
}

/// As hex_number(), for numbers below end.
std::optional<u64> hex_below(std::optional<std::string_view> text, u64 end) {
    const auto value = text ? hex_number(*text) : std::nullopt;
    return value && *value < end ? value : std::nullopt;
}

/// The next word of the line, if there is one.
std::optional<std::string_view> next_word(Context& context) {
    if (context.words.empty())
        return {};
    return context.words.next();
}

vm::Debugger& debugger_of(Context& context) {
    return context.vm->debugger();
}

std::optional<FarPtr> far_pointer(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos)
        return {};
    const auto segment = hex_below(config::part(text, 0, colon), 0x10000);
    const auto offset = hex_below(config::part(text, colon + 1), 0x10000);
    if (!segment || !offset)
        return {};
    return FarPtr{static_cast<u16>(*segment), static_cast<u16>(*offset)};
}

constexpr std::array<std::string_view, 6> relations{"==", "!=", "<", "<=", ">", ">="};

u64 read_named(const vcpu::Vcpu& cpu, const void* what) {
    return read_register(cpu, *static_cast<const RegisterName*>(what));
}

/// "ah" "==" 2; nothing when a word is not known.
std::optional<vm::Condition> make_condition(std::string_view name, std::string_view relation,
                                            u64 value) {
    if (name.starts_with('$'))
        name.remove_prefix(1);
    const RegisterName* const what = find_register(name);
    const auto sign = std::find(relations.begin(), relations.end(), relation);
    if (what == nullptr || sign == relations.end())
        return {};
    return vm::Condition{read_named, what,
                         static_cast<vm::Condition::Relation>(sign - relations.begin()), value};
}

/// " if ah == 2"
void print_condition(const vm::Condition& condition, TextSink& out) {
    print(out, " if {} {} {x}", static_cast<const RegisterName*>(condition.what)->name,
          relations[static_cast<std::size_t>(condition.relation)], condition.value);
}

/// The words behind a breakpoint: "temp", "ignore N", "if REGISTER OPERATOR VALUE".
bool read_tail(Context& context, BreakSpec& spec) {
    while (const auto word = next_word(context)) {
        if (*word == "temp") {
            spec.temporary = true;
        } else if (*word == "ignore") {
            const auto next = next_word(context);
            const auto count = next ? decimal_number(*next) : std::nullopt;
            if (!count) {
                context.say("ignore what number of hits?");
                return false;
            }
            spec.ignore = *count;
        } else if (*word == "if") {
            const auto name = next_word(context);
            const auto relation = next_word(context);
            const auto number = next_word(context);
            const auto value = number ? number_of(context, *number) : std::nullopt;
            const auto condition =
                name && relation && value ? make_condition(*name, *relation, *value) : std::nullopt;
            if (!condition) {
                context.say("a condition is: if REGISTER == != < <= > >= VALUE, such as if ah == 2");
                return false;
            }
            spec.condition = *condition;
        } else {
            context.say("\"{}\" is none of: temp, ignore N, if REGISTER == VALUE", *word);
            return false;
        }
    }
    return true;
}

void add(Context& context, BreakSpec& spec) {
    if (!read_tail(context, spec))
        return;
    const auto number = debugger_of(context).add(spec);
    if (!number)
        return context.say("no breakpoint: {}", number.error());
    print(context.out, "breakpoint {}: ", number.value());
    describe(spec, context.out);
    context.out.write("\n");
}

void break_at(Context& context) {
    const auto word = next_word(context);
    BreakSpec spec;
    if (const auto far = word ? far_pointer(*word) : std::nullopt) {
        spec.kind = BreakKind::far;
        spec.far = *far;
        return add(context, spec);
    }
    if (!word)
        return context.say("where? b 0x7c00, b 07c0:0000");
    const auto place = place_of(context, *word);
    if (!place)
        return;
    spec.address = Linear{place->address};
    add(context, spec);
}

void break_on_call(Context& context) {
    const auto interrupt = hex_below(next_word(context), 0x100);
    if (!interrupt)
        return context.say("which call? bint 13 02, bint 10 after");
    BreakSpec spec;
    spec.kind = BreakKind::bios_before;
    spec.interrupt = static_cast<u8>(*interrupt);
    Arguments rest = context.words;
    std::string_view word = rest.next();
    if (const auto ah = hex_below(word, 0x100)) {
        spec.ah = static_cast<u8>(*ah);
        context.words = rest;
        word = rest.next();
    }
    if (word == "after" || word == "before") {
        spec.kind = word == "after" ? BreakKind::bios_after : BreakKind::bios_before;
        context.words = rest;
    }
    add(context, spec);
}

void break_on_port(Context& context) {
    const auto word = next_word(context);
    const std::size_t dash = word ? word->find('-') : std::string_view::npos;
    const auto first = word ? hex_below(config::part(*word, 0, dash), 0x10000) : std::nullopt;
    const auto last = dash != std::string_view::npos
                          ? hex_below(config::part(*word, dash + 1), 0x10000)
                          : first;
    if (!first || !last)
        return context.say("which port? bio 3f8, bio 60-64");
    BreakSpec spec;
    spec.kind = BreakKind::port;
    spec.first_port = Port{static_cast<u16>(*first)};
    spec.last_port = Port{static_cast<u16>(*last)};
    add(context, spec);
}

void break_on_mode(Context& context) {
    BreakSpec spec;
    spec.kind = BreakKind::mode;
    add(context, spec);
}

void break_on_exit(Context& context) {
    const auto names = vm::exit_kind_names();
    const auto word = next_word(context);
    const auto found = word ? std::find(names.begin(), names.end(), *word) : names.end();
    if (found == names.end()) {
        context.out.write("which exit? one of");
        for (const std::string_view name : names)
            print(context.out, " {}", name);
        return context.say("");
    }
    BreakSpec spec;
    spec.kind = BreakKind::exit;
    spec.exit = static_cast<std::size_t>(found - names.begin());
    add(context, spec);
}

void watch(Context& context) {
    BreakSpec spec;
    spec.kind = BreakKind::watch;
    auto word = next_word(context);
    if (word == "r" || word == "w" || word == "rw") {
        spec.watch = *word == "r"   ? vm::WatchKind::read
                     : *word == "w" ? vm::WatchKind::write
                                    : vm::WatchKind::access;
        word = next_word(context);
    }
    if (!word)
        return context.say("watch what? watch w 0:500, watch rw 0040:0017 2");
    const auto place = place_of(context, *word);
    if (!place)
        return;
    spec.address = Linear{place->address};
    Arguments rest = context.words;
    if (const auto size = hex_number(rest.next())) {
        spec.length = *size;
        context.words = rest;
    }
    add(context, spec);
}

void remove(Context& context) {
    const auto word = next_word(context);
    if (word == "all")
        return debugger_of(context).remove_all(vm::BreakOwner::user);
    const auto number = word ? decimal_number(*word) : std::nullopt;
    if (!number || !debugger_of(context).remove(static_cast<unsigned>(*number)))
        context.say("there is no such breakpoint: del NUMBER, del all");
}

void list(Context& context) {
    const auto all = debugger_of(context).breakpoints();
    if (all.empty())
        context.say("no breakpoints");
    for (const vm::Breakpoint& each : all) {
        print(context.out, "{}: ", each.number);
        describe(each.spec, context.out);
        print(context.out, ", {} hits{}{}{}", each.hits, each.enabled ? "" : ", disabled",
              each.spec.temporary ? ", temporary" : "",
              each.spec.owner == vm::BreakOwner::gdb ? ", GDB's" : "");
        if (each.spec.ignore != 0)
            print(context.out, ", {} ignored", each.spec.ignore);
        if (each.spec.condition.read != nullptr)
            print_condition(each.spec.condition, context.out);
        context.say("");
    }
}

void step(Context& context) {
    const auto word = next_word(context);
    const auto count = word ? decimal_number(*word) : std::optional<u64>{1};
    if (!count || *count == 0)
        return context.say("how many instructions? stepi 10");
    debugger_of(context).stop();
    debugger_of(context).step(*count);
}

void step_over(Context& context) {
    debugger_of(context).stop();
    debugger_of(context).step_over();
}

void step_out(Context& context) {
    debugger_of(context).stop();
    debugger_of(context).step_out();
}

void run_until(Context& context) {
    const auto word = next_word(context);
    const auto place = word ? place_of(context, *word) : std::nullopt;
    if (!place)
        return context.say("until where? until 0:7c10");
    debugger_of(context).stop();
    debugger_of(context).run_until(Linear{place->address});
}

void hold(Context& context) {
    const auto word = next_word(context);
    if (word == "on" || word == "off")
        debugger_of(context).hold_interrupts(*word == "on");
    context.say("interrupts {} while stepping",
                debugger_of(context).interrupts_held() ? "stay away" : "come");
}

void show_stop(Context& context) {
    if (!debugger_of(context).stopped())
        return context.say("running");
    context.say("stopped: {}; single steps by the {}", debugger_of(context).last_stop().text.view(),
                debugger_of(context).step_way());
}

constexpr std::array table{
    Command{"b", "ADDR|SEG:OFF [temp] [ignore N] [if REG == VALUE]", "stops before an instruction",
            "b 0x7c00 if ax == 0x201", Where::on_vm, break_at},
    Command{"vb", "SEG:OFF", "as b, for a far pointer", "vb 07c0:0010", Where::on_vm, break_at},
    Command{"bint", "NN [AH] [before|after]", "stops at a BIOS call; NN and AH hexadecimal",
            "bint 13 02 after", Where::on_vm, break_on_call},
    Command{"bio", "PORT[-PORT]", "stops before IN and OUT; ports hexadecimal", "bio 60-64",
            Where::on_vm, break_on_port},
    Command{"bmode", "", "stops when the CPU's mode changes", "bmode", Where::on_vm,
            break_on_mode},
    Command{"bexit", "KIND", "stops before a VM exit is handled", "bexit cpuid", Where::on_vm,
            break_on_exit},
    Command{"watch", "[r|w|rw] ADDR [LENGTH]", "stops after an access to memory",
            "watch rw 0040:0017 2", Where::on_vm, watch},
    Command{"del", "NUMBER|all", "deletes breakpoints", "del 2", Where::on_vm, remove},
    Command{"breaks", "", "lists the breakpoints", "breaks", Where::on_vm, list},
    Command{"stepi", "[N]", "executes N instructions", "stepi 10", Where::on_vm, step, false, "si"},
    Command{"nexti", "", "one instruction, over CALL, INT and REP", "nexti", Where::on_vm,
            step_over, false, "next"},
    Command{"finish", "", "runs until the routine has returned", "finish", Where::on_vm, step_out},
    Command{"until", "ADDR", "runs until an instruction is reached", "until 0:7c10", Where::on_vm,
            run_until},
    Command{"hold", "[on|off]", "whether interrupts stay away while stepping", "hold off",
            Where::on_vm, hold},
    Command{"where", "", "why the guest stands", "where", Where::on_vm, show_stop},
};

} // namespace

constinit const CommandGroup debug_commands{"Breakpoints and steps", table};

} // namespace vestige::monitor
