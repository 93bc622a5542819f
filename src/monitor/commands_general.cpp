// SPDX-License-Identifier: BSD-2-Clause
// help, info, quit.
#include "command.hpp"

namespace vestige::monitor {
namespace {

void help_about(Context& context, const Command& command) {
    context.say("{}{} {}", command.name, command.slash ? "[/...]" : "", command.arguments);
    context.say("  {}", command.about);
    if (!command.alias.empty())
        context.say("  short: {}", command.alias);
    context.say("  for example: {}", command.example);
    if (command.name == "x" || command.name == "xp") {
        context.say("  FORMAT: x hex, d signed, u unsigned, o octal, t binary, c character,");
        context.say("          a address, s text, i instructions; UNIT: b 1, h 2, w 4, g 8 bytes");
    }
    if (command.name == "info")
        for (const InfoTopic& topic : info_topics())
            context.say("  {-10} {}", topic.name, topic.about);
    if (command.name == "x" || command.name == "u" || command.name == "set")
        context.say("  ADDR: seg:off (hexadecimal), ss:sp, 0x7c00, phys:0xb8000, $pc, a symbol, "
                    "and + -");
}

void help_command(Context& context) {
    const std::string_view name = context.words.next();
    if (!name.empty()) {
        const Command* const command = find_command(name, context.out);
        if (command != nullptr)
            help_about(context, *command);
        return;
    }
    for (const CommandGroup* const group : command_groups()) {
        context.say("{}:", group->title);
        for (const Command& command : group->commands) {
            char text[64];
            context.say("  {-26} {}", format_in(text, "{} {}", command.name, command.arguments),
                        command.about);
        }
    }
    context.say("The beginning of a name is enough; \"help x\" says more and gives an example.");
}

void quit_command(Context& context) {
    if (context.words.next() == "all") {
        Machine& machine = context.session.machine();
        for (std::size_t i = 0; i < machine.vm_count(); ++i)
            machine.vm(i).machine().order(vm::Order::stop);
        context.say("ended from the monitor");
    }
    context.session.leave();
}

} // namespace

namespace {

constexpr std::array table{
    Command{"help", "[COMMAND]", "lists the commands, or explains one", "help x", Where::here,
            help_command, false, "h"},
    Command{"info", "[TOPIC [ADDR]]", "shows a part of the VM or of the host", "info ivt",
            Where::here, info_command},
    Command{"quit", "[all]", "leaves the monitor; with all every VM ends", "quit", Where::here,
            quit_command, false, "q"},
};

} // namespace

constinit const CommandGroup general_commands{"General", table};

} // namespace vestige::monitor
