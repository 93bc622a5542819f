// SPDX-License-Identifier: BSD-2-Clause
// All groups of commands, and the search for one by its name.
#include "command.hpp"

namespace vestige::monitor {
namespace {

constexpr std::array<const CommandGroup*, 7> groups{
    &general_commands, &vm_commands,    &input_commands, &register_commands,
    &memory_commands,  &debug_commands, &watch_commands,
};

} // namespace

std::span<const CommandGroup* const> command_groups() {
    return groups;
}

const Command* find_command(std::string_view text, TextSink& out) {
    PrefixSearch<Command> search{text};
    for (const CommandGroup* const group : groups)
        for (const Command& command : group->commands) {
            if (!command.alias.empty() && command.alias == text)
                return &command;
            search.offer(command);
        }
    return search.result("command (help lists them)", out);
}

} // namespace vestige::monitor
