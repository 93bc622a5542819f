// SPDX-License-Identifier: BSD-2-Clause
// From a line to its command.
#include "vestige/monitor/session.hpp"

#include "command.hpp"

#include <algorithm>

namespace vestige::monitor {
namespace {

constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/// A command on its VM's CPU.
class CommandJob final : public vm::Job {
  public:
    CommandJob(const Command& command, Context& context) : command_{command}, context_{context} {}
    void run(vm::Vm& vm) override {
        if (!vm.connected())
            return context_.say("vm {} has not started", vm.config().name.view());
        context_.vm = &vm;
        command_.run(context_);
    }

  private:
    const Command& command_;
    Context& context_;
};

void run_on_vm(const Command& command, Context& context) {
    if (context.control == nullptr)
        return context.say("there is no VM");
    CommandJob job{command, context};
    if (!context.control->visit(job))
        context.say("the CPU of vm {} does not answer",
                    context.control->machine().config().name.view());
}

/// Candidates for a word that has been begun.
class Completion {
  public:
    explicit Completion(std::string_view begun) : begun_{begun} {}
    void offer(std::string_view candidate) {
        if (!candidate.starts_with(begun_))
            return;
        if (count_++ == 0) {
            common_ = candidate;
            return;
        }
        const auto end = std::ranges::mismatch(common_, candidate).in1;
        common_ = config::part(common_, 0, static_cast<std::size_t>(end - common_.begin()));
    }
    [[nodiscard]] unsigned count() const { return count_; }
    [[nodiscard]] std::string_view addition() const {
        return count_ == 0 ? std::string_view{} : config::part(common_, begun_.size());
    }

  private:
    std::string_view begun_;
    std::string_view common_;
    unsigned count_ = 0;
};

/// What can stand at the place of a line's last word.
template <class Take>
void offer_words(Machine& machine, std::string_view first, Take take) {
    if (first.empty() || std::string_view{"help"}.starts_with(first)) {
        for (const CommandGroup* const group : command_groups())
            for (const Command& command : group->commands)
                take(command.name);
        return;
    }
    if (std::string_view{"info"}.starts_with(first)) {
        for (const InfoTopic& topic : info_topics())
            take(topic.name);
        return;
    }
    for (std::size_t i = 0; i < machine.vm_count(); ++i)
        take(machine.vm(i).machine().config().name.view());
}

} // namespace

void Arguments::skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front()))
        rest_.remove_prefix(1);
    while (!rest_.empty() && is_blank(rest_.back()))
        rest_.remove_suffix(1);
}

std::string_view Arguments::next() {
    if (rest_.starts_with('"')) {
        const std::size_t end = std::min(rest_.find('"', 1), rest_.size());
        const std::string_view word = config::part(rest_, 1, end - 1);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        skip_blanks();
        return word;
    }
    const auto end = std::ranges::find_if(rest_, is_blank);
    const std::string_view word = config::part(rest_, 0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(word.size());
    skip_blanks();
    return word;
}

void Session::execute(std::string_view line, TextSink& out) {
    Arguments words{line};
    if (words.empty())
        return;
    const std::string_view first = words.next();
    const std::size_t slash = std::min(first.find('/'), first.size());
    const Command* const command = find_command(config::part(first, 0, slash), out);
    if (command == nullptr)
        return;
    Context context{*this, words, out};
    if (slash != first.size()) {
        if (!command->slash)
            return context.say("{} takes nothing behind a slash", command->name);
        context.suffix = config::part(first, slash + 1);
    }
    if (vm_ >= machine_.vm_count())
        vm_ = 0;
    if (vm_ < machine_.vm_count())
        context.control = &machine_.vm(vm_);
    if (command->where == Where::on_vm)
        run_on_vm(*command, context);
    else
        command->run(context);
}

void Session::complete(std::string_view line, TextSink& addition, TextSink& candidates) const {
    const std::size_t blank = line.find_last_of(" \t");
    const std::string_view begun = blank == std::string_view::npos ? line : config::part(line, blank + 1);
    Arguments words{config::part(line, 0, line.size() - begun.size())};
    const std::string_view first = words.next();
    Completion completion{begun};
    offer_words(machine_, first, [&](std::string_view word) { completion.offer(word); });
    addition.write(completion.addition());
    if (completion.count() == 1)
        addition.write(" ");
    if (completion.count() < 2 || !completion.addition().empty())
        return;
    offer_words(machine_, first, [&](std::string_view word) {
        if (word.starts_with(begun))
            print(candidates, "{} ", word);
    });
    candidates.write("\n");
}

void Session::select(unsigned vm) {
    vm_ = vm;
    next_data.reset();
    next_instruction.reset();
}

std::string_view Session::prompt() const {
    if (vm_ >= machine_.vm_count())
        return "vestige";
    return machine_.vm(vm_).machine().config().name.view();
}

} // namespace vestige::monitor
