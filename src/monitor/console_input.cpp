// SPDX-License-Identifier: BSD-2-Clause
// The console's input side: keys to the focused VM, commands behind the escape key.
#include "vestige/monitor/console_mux.hpp"

#include <algorithm>

namespace vestige::monitor {
namespace {

constexpr unsigned input_burst = 64;
/// The most key codes that one typed byte makes, and a few.
constexpr std::size_t longest_stroke = 16;
/// A VM that takes no key for this long is taken to ignore its keyboard: what is typed is dropped
/// then, so that commands get through.
constexpr machine::Nanoseconds patience = machine::nanoseconds_per_second;

constexpr u8 extended_prefix = 0xe0;
constexpr u8 released = 0x80;
constexpr u8 scan_control = 0x1d;
constexpr u8 scan_alt = 0x38;
constexpr u8 scan_f1 = 0x3b;
constexpr u8 scan_f10 = 0x44;

/// Keys that are short for a command of the monitor.
constexpr std::string_view command_of(u8 key) {
    switch (key) {
    case 'p':
        return "pause";
    case 'r':
        return "reset";
    case 'd':
        return "info regs";
    case 'v':
        return "info vmcs";
    case 's':
        return "stats";
    case 't':
        return "trace toggle";
    case 'S':
        return "screen";
    case 'x':
        return "quit all";
    default:
        return {};
    }
}

} // namespace

void ConsoleMux::read_input(machine::Nanoseconds now) {
    drop_keys_ = keys_full();
    decoder_.expire(now);
    u8 byte = 0;
    for (unsigned i = 0; i < input_burst && may_read(now) && port_.read(byte); ++i) {
        if (monitor_ && !decoder_.awaits_command() && (byte != escape_ || escape_ == 0)) {
            terminal_.feed(byte, queue_);
            continue;
        }
        const bool to_com1 = shown_ == Shown::com1 && focus_ < consoles_.size() &&
                             !decoder_.awaits_command() && (byte != escape_ || escape_ == 0);
        drop_keys_ = keys_full();
        decoder_.feed(byte, now);
        if (to_com1)
            consoles_[focus_]->type_on_com1(byte);
    }
}

/// What is typed waits on the line while there is no place for it.
bool ConsoleMux::may_read(machine::Nanoseconds now) {
    return terminal_.takes_input() && (monitor_ || !keys_must_wait(now));
}

/// Leaves what is typed on the line while the VM's keys pile up, so that a pasted text arrives.
bool ConsoleMux::keys_must_wait(machine::Nanoseconds now) {
    if (focus_ >= consoles_.size())
        return false;
    const std::size_t left = consoles_[focus_]->keys().size();
    const bool full = keys_full();
    if (!full || !keys_wait_ || left != keys_left_) {
        keys_wait_since_ = now;
        keys_left_ = left;
    }
    keys_wait_ = full;
    return full && now - keys_wait_since_ < patience;
}

bool ConsoleMux::keys_full() const {
    return focus_ >= consoles_.size() ||
           consoles_[focus_]->keys().size() + longest_stroke > VmConsole::key_capacity;
}

/// A typed byte's presses and releases come or go together, so that no key stays down.
void ConsoleMux::key(KeyCode code) {
    active_at_ = now_;
    if (!drop_keys_ && focus_ < consoles_.size())
        static_cast<void>(consoles_[focus_]->keys().push(code));
}

/// The machine's keyboard reports a release when it likes: room is kept for those.
void ConsoleMux::machine_key(KeyCode code) {
    active_at_ = now_;
    const bool release = (code.bytes[code.size - 1U] & released) != 0;
    if (focus_ < consoles_.size() && (release || !keys_full()))
        static_cast<void>(consoles_[focus_]->keys().push(code));
}

void ConsoleMux::keyboard_byte(u8 byte) {
    if (byte == extended_prefix) {
        prefix_ = true;
        return;
    }
    KeyCode code;
    if (prefix_)
        code.bytes[code.size++] = extended_prefix;
    code.bytes[code.size++] = byte;
    prefix_ = false;
    const bool down = (byte & released) == 0;
    const u8 make = byte & static_cast<u8>(~released);
    if (make == scan_control)
        control_down_ = down;
    if (make == scan_alt)
        alt_down_ = down;
    if (control_down_ && alt_down_ && make >= scan_f1 && make <= scan_f10) {
        if (down)
            focus_by_key(make - scan_f1);
        return;
    }
    // What is released is the VM's in any case: it may have seen the key go down.
    const std::string_view text = key_text_.text_of(code.size > 1, byte);
    if (down && operator_keys_ && is_for_operator(text))
        return operator_key(text);
    machine_key(code);
}

bool ConsoleMux::is_for_operator(std::string_view text) const {
    return monitor_ || decoder_.awaits_command() ||
           (escape_ != 0 && text.size() == 1 && static_cast<u8>(text[0]) == escape_);
}

/// As what comes from the terminal. The machine's screen shows the guest or the monitor: the answer
/// to a command opens the latter.
void ConsoleMux::operator_key(std::string_view text) {
    for (const char c : text) {
        const u8 byte = static_cast<u8>(c);
        const bool is_escape = byte == escape_ && escape_ != 0;
        const bool commands = decoder_.awaits_command();
        if (monitor_ && !commands && !is_escape) {
            if (terminal_.takes_input())
                terminal_.feed(byte, queue_);
            continue;
        }
        if (commands && !monitor_ && (byte == 'h' || !command_of(byte).empty()) && byte != 'x')
            enter_monitor();
        drop_keys_ = keys_full();
        decoder_.feed(byte, now_);
    }
}

/// The keys that are held for the switch are released in the VM that is left.
void ConsoleMux::focus_by_key(unsigned number) {
    machine_key({{scan_control | released, 0}, 1});
    machine_key({{scan_alt | released, 0}, 1});
    control_down_ = false;
    alt_down_ = false;
    focus(number);
}

void ConsoleMux::command(u8 byte) {
    if (byte >= '0' && byte <= '9')
        return focus(byte - '0');
    if (byte == 'h')
        return show_help();
    if (byte == 'm')
        return monitor_ ? leave_monitor() : enter_monitor();
    const std::string_view line = command_of(byte);
    if (line.empty())
        return say("vestige: Ctrl-{} {} is no command, Ctrl-{} h lists them", escape_character(),
                   byte > ' ' && byte <= '~' ? static_cast<char>(byte) : '?', escape_character());
    if (byte == 'x')
        say("vestige: ended from the console");
    terminal_.interpreter().select(focus_);
    terminal_.run(line);
    static_cast<void>(terminal_.take_leave());
}

void ConsoleMux::show_help() {
    say("vestige: Ctrl-{} and then:", escape_character());
    constexpr std::string_view lines[] = {
        "  h    this help",        "  m    monitor, and back",  "  0-9  console of that VM",
        "  p    pause or continue the VM", "  r    reset the VM", "  d    its registers",
        "  v    its VMCS",         "  s    its statistics",     "  t    trace BIOS calls, or not",
        "  S    its screen as text", "  x    end everything",
    };
    for (const std::string_view line : lines)
        say("vestige: {}", line);
    say("vestige:   Ctrl-{} sends Ctrl-{} to the VM", escape_character(), escape_character());
    for (unsigned i = 0; i < consoles_.size() && i < 10; ++i)
        say("vestige:   VM {} is {}{}", i, consoles_[i]->name(), i == focus_ ? ", shown here" : "");
}

void ConsoleMux::open_monitor(unsigned vm) {
    if (vm < consoles_.size())
        focus_ = vm;
    if (!monitor_)
        enter_monitor();
}

void ConsoleMux::enter_monitor() {
    if (shown_ == Shown::screen)
        leave_screen();
    shown_ = Shown::nothing;
    own_lines_ = false;
    monitor_ = true;
    if (display_ != nullptr) {
        own_screen_.clear();
        queue_.mirror(&own_screen_);
    }
    say("vestige: monitor; help lists the commands, quit goes back to the VM");
    terminal_.interpreter().select(focus_);
    terminal_.open();
}

void ConsoleMux::leave_monitor() {
    monitor_ = false;
    queue_.mirror(nullptr);
    focus(std::min<unsigned>(terminal_.interpreter().vm(),
                             consoles_.empty() ? 0U : static_cast<unsigned>(consoles_.size() - 1)));
}

} // namespace vestige::monitor
