// SPDX-License-Identifier: BSD-2-Clause
// What a command of the monitor is, and what it is given.
#pragma once

#include "vestige/config/words.hpp"
#include "vestige/monitor/session.hpp"
#include "vestige/vm/guest_view.hpp"
#include "vestige/vm/state_text.hpp"

namespace vestige::monitor {

/// The words of a line, one after the other.
class Arguments {
  public:
    explicit Arguments(std::string_view text) : rest_{text} { skip_blanks(); }
    /// The next word, without the quotes around it; empty at the end.
    std::string_view next();
    /// Everything that has not been taken, without the blanks around it.
    [[nodiscard]] std::string_view rest() const { return rest_; }
    [[nodiscard]] bool empty() const { return rest_.empty(); }

  private:
    void skip_blanks();
    std::string_view rest_;
};

/// What a command works on.
struct Context {
    Session& session;
    Arguments& words;
    TextSink& out;
    VmControl* control = nullptr; ///< of the session's VM; null when there is no VM
    vm::Vm* vm = nullptr;         ///< commands on the VM's CPU; else null
    std::string_view suffix = {};     ///< "/4xb" behind the command's name, without the slash

    template <class... Arguments_>
    void say(std::string_view format, const Arguments_&... arguments) const {
        print(out, format, arguments...);
        out.write("\n");
    }
    [[nodiscard]] vm::GuestView view() const { return {vm->cpu(), vm->path()}; }
};

enum class Where : u8 {
    here,  ///< on the CPU that reads the line
    on_vm, ///< on the VM's CPU, its guest stopped for the moment; Context::vm is set
};

struct Command {
    std::string_view name;
    std::string_view arguments; ///< as help shows them
    std::string_view about;
    std::string_view example;
    Where where = Where::here;
    void (*run)(Context& context) = nullptr;
    bool slash = false;     ///< takes "/..." behind its name
    std::string_view alias = {}; ///< a short name that wins over others that begin so
};

/// Commands of one file, under one heading of help.
struct CommandGroup {
    std::string_view title;
    std::span<const Command> commands;
};
extern const CommandGroup general_commands;
extern const CommandGroup vm_commands;
extern const CommandGroup input_commands;
extern const CommandGroup register_commands;
extern const CommandGroup memory_commands;
extern const CommandGroup debug_commands;
extern const CommandGroup watch_commands;
/// Every group, in the order of help.
[[nodiscard]] std::span<const CommandGroup* const> command_groups();

/// What "info" can show.
struct InfoTopic {
    std::string_view name;
    std::string_view about;
    Where where = Where::on_vm;
    void (*show)(Context& context) = nullptr;
};
[[nodiscard]] std::span<const InfoTopic> info_topics();

/// "info": shows one topic, or lists them.
void info_command(Context& context);
/// "r": shows or sets registers; "set $reg=..." is the same.
void register_command(Context& context);

/// The command whose name text is or begins; null when there is none or more than one, which is
/// then said.
[[nodiscard]] const Command* find_command(std::string_view text, TextSink& out);

/// One choice of a list by its unique beginning.
template <class Row> class PrefixSearch {
  public:
    explicit PrefixSearch(std::string_view text) : text_{text}, nearest_{text} {}
    void offer(const Row& row) {
        nearest_.offer(row.name);
        if (row.name == text_)
            exact_ = &row;
        if (!row.name.starts_with(text_))
            return;
        found_ = &row;
        if (matches_++ != 0)
            list_.write(" ");
        list_.write(row.name);
    }
    /// The row; null when none or more than one fits, which is said. kind is what the list is of.
    [[nodiscard]] const Row* result(std::string_view kind, TextSink& out) const {
        if (exact_ != nullptr || matches_ == 1)
            return exact_ != nullptr ? exact_ : found_;
        if (matches_ != 0)
            print(out, "\"{}\" can be {}\n", text_, list_.view());
        else if (nearest_.best().empty())
            print(out, "\"{}\" is no {}\n", text_, kind);
        else
            print(out, "\"{}\" is no {}; did you mean {}?\n", text_, kind, nearest_.best());
        return nullptr;
    }

  private:
    std::string_view text_;
    config::NearestWord nearest_;
    const Row* exact_ = nullptr;
    const Row* found_ = nullptr;
    unsigned matches_ = 0;
    char storage_[120];
    TextBuffer list_{storage_};
};

/// Where in a guest's memory something is.
struct Place {
    u64 address = 0;
    bool physical = false;
};

/// A number in a command: 10, 0x10, 10h, 1f (hexadecimal because of its letter), $register,
/// register, symbol, and sums of those. Nothing: said on context.out.
[[nodiscard]] std::optional<u64> number_of(Context& context, std::string_view text);
/// As number_of, also seg:off (hexadecimal, or registers: ss:sp) and phys:NUMBER.
[[nodiscard]] std::optional<Place> place_of(Context& context, std::string_view text);

/// Reads and writes at a place; how many bytes were there.
std::size_t read_at(const Context& context, Place place, std::span<std::byte> out);
std::size_t write_at(const Context& context, Place place, std::span<const std::byte> data);

/// One line: address, bytes, instruction. Its length; 0 when no byte could be read.
unsigned print_instruction(Context& context, u64 address);

} // namespace vestige::monitor
