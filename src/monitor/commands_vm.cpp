// SPDX-License-Identifier: BSD-2-Clause
// Commands about VMs as a whole.
#include "command.hpp"

#include "vestige/monitor/cp437.hpp"
#include "vestige/monitor/monitor_terminal.hpp"

namespace vestige::monitor {
namespace {

std::string_view state_of(const vm::Vm& vm) {
    switch (vm.end()) {
    case vm::End::running:
        return vm.paused() ? "stopped by the monitor"
               : vm.held() ? "held by the debugger"
                           : "runs";
    case vm::End::powered_off:
        return "powered off";
    case vm::End::exit_status:
        return "ended by its exit port";
    case vm::End::stopped:
        return "ended by a fault";
    }
    return "";
}

void list_vms(Context& context) {
    Machine& machine = context.session.machine();
    for (std::size_t i = 0; i < machine.vm_count(); ++i) {
        const vm::Vm& vm = machine.vm(i).machine();
        context.say("{} {} {-15} cpu {}, {} MiB, {}", i == context.session.vm() ? "*" : " ", i,
                    vm.config().name.view(), vm.config().cpu, vm.config().memory_size / mib,
                    state_of(vm));
    }
}

std::optional<unsigned> vm_number(Context& context, std::string_view name) {
    Machine& machine = context.session.machine();
    config::NearestWord nearest{name};
    for (unsigned i = 0; i < machine.vm_count(); ++i) {
        const std::string_view candidate = machine.vm(i).machine().config().name.view();
        if (candidate == name)
            return i;
        nearest.offer(candidate);
    }
    if (const auto number = config::parse_digits(name, 10); number && *number < machine.vm_count())
        return static_cast<unsigned>(*number);
    if (nearest.best().empty())
        context.say("there is no VM {}; \"vm\" lists them", name);
    else
        context.say("there is no VM {}; did you mean {}?", name, nearest.best());
    return {};
}

} // namespace

static void vm_command(Context& context) {
    if (context.words.empty())
        return list_vms(context);
    const auto number = vm_number(context, context.words.next());
    if (!number)
        return;
    context.session.select(*number);
    list_vms(context);
}

static void stop_command(Context& context) {
    context.vm->pause();
    context.out.write("stopped at ");
    vm::print_code_address(context.out, context.vm->cpu());
    context.out.write("\n");
    print_instruction(context, cpu::linear_rip(context.vm->cpu()).value());
}

static void continue_command(Context& context) {
    if (context.vm->end() != vm::End::running)
        return context.say("vm {} has ended", context.vm->config().name.view());
    if (!context.vm->paused() && !context.vm->debugger().stopped())
        return context.say("vm {} runs", context.vm->config().name.view());
    context.vm->resume();
    context.vm->debugger().resume();
    context.session.next_instruction.reset();
}

static void pause_command(Context& context) {
    if (context.vm->paused())
        context.vm->resume();
    else
        context.vm->pause();
    context.say("vm {}: {}", context.vm->config().name.view(),
                context.vm->paused() ? "paused" : "goes on");
}

static void reset_command(Context& context) {
    context.vm->reset_now("the monitor");
    context.say("vm {}: reset", context.vm->config().name.view());
}

static void power_off_command(Context& context) {
    if (context.words.next() == "all") {
        Machine& machine = context.session.machine();
        for (std::size_t i = 0; i < machine.vm_count(); ++i)
            machine.vm(i).machine().order(vm::Order::stop);
    } else if (context.control != nullptr) {
        context.control->machine().order(vm::Order::stop);
    }
}

static void nmi_command(Context& context) {
    context.vm->send_nmi();
}

static void record_command(Context& context) {
    if (context.control == nullptr)
        return context.say("there is no VM");
    VmConsole& console = context.control->console();
    const std::string_view word = context.words.next();
    if (word != "on" && word != "off" && !word.empty())
        return context.say("screen record wants on or off, not \"{}\"", word);
    if (!word.empty())
        console.record(word == "on");
    context.say("vm {}: the screen is {}recorded", console.name(), console.recorded() ? "" : "not ");
}

static void screen_command(Context& context) {
    unsigned number = context.session.vm();
    Arguments after = context.words;
    if (after.next() == "record") {
        context.words = after;
        return record_command(context);
    }
    if (!context.words.empty()) {
        const auto chosen = vm_number(context, context.words.next());
        if (!chosen)
            return;
        number = *chosen;
    }
    if (number >= context.session.machine().vm_count())
        return context.say("there is no VM");
    const VmConsole& console = context.session.machine().vm(number).console();
    ScreenSnapshot& picture = context.session.screen;
    if (!console.screen().snapshot(picture)) {
        const PictureSize size = console.screen().picture_size();
        return context.say("vm {}: graphics {}x{}", console.name(), size.width, size.height);
    }
    for (unsigned row = 0; row < picture.rows; ++row) {
        const RowText text = row_text(picture.row(row));
        for (const u8 glyph : text.span())
            write_glyph(glyph, context.out);
        context.out.write("\n");
    }
}

/// A serial line's other end asks for the picture part by part.
static void picture_command(Context& context) {
    unsigned first = 0;
    if (!context.words.empty()) {
        const auto row = number_of(context, context.words.next());
        if (!row)
            return;
        first = static_cast<unsigned>(std::min<u64>(*row, 0xffff));
    }
    write_picture(devices::VgaPicture{context.vm->board().vga}, first, MonitorTerminal::page_size / 2,
                  context.session.picture_rows, context.out);
}

namespace {

constexpr std::array table{
    Command{"vm", "[NAME]", "lists the VMs, or chooses the one that commands are about", "vm b",
            Where::here, vm_command},
    Command{"stop", "", "stops the VM between two instructions", "stop", Where::on_vm,
            stop_command},
    Command{"cont", "", "lets a stopped VM go on", "cont", Where::on_vm, continue_command, false,
            "c"},
    Command{"pause", "", "stops the VM, or lets it go on when it is stopped", "pause",
            Where::on_vm, pause_command},
    Command{"reset", "", "presses the VM's reset button", "reset", Where::on_vm, reset_command},
    Command{"poweroff", "[all]", "switches the VM off, or all of them", "poweroff", Where::here,
            power_off_command},
    Command{"nmi", "", "gives the VM a non-maskable interrupt", "nmi", Where::on_vm, nmi_command},
    Command{"screen", "[NAME]|record [on|off]",
            "shows a VM's text screen as lines, or records each change", "screen record on", Where::here,
            screen_command},
    Command{"picture", "[ROW]", "sends the VM's picture, coded, from a row on", "picture 0",
            Where::on_vm, picture_command},
};

} // namespace

constinit const CommandGroup vm_commands{"VMs", table};

} // namespace vestige::monitor
