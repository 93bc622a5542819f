// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/console_mux.hpp"

#include "vestige/monitor/cp437.hpp"

#include <algorithm>

namespace vestige::monitor {
namespace {

/// Room that a burst of whole lines needs.
constexpr std::size_t line_room = 1024;
/// Room for every row of a large screen printed as lines.
constexpr std::size_t screen_room = 8 * 1024;
/// Bytes of port E9h that one VM gets through per poll: a flood must not drown the others.
constexpr unsigned debug_burst = 256;
constexpr std::size_t longest_debug_line = 120;

} // namespace

bool ConsoleMux::add(VmConsole& console) {
    console.record(console.recorded() || record_);
    return consoles_.push_back(&console);
}

void ConsoleMux::poll(machine::Nanoseconds now) {
    now_ = now;
    queue_.pump(port_);
    read_input(now);
    for (unsigned i = 0; i < consoles_.size(); ++i)
        collect(*consoles_[i], i == focus_ && !monitor_);
    if (focus_ < consoles_.size() && !monitor_) {
        VmConsole& console = *consoles_[focus_];
        show_com1(console, now);
        if (now - screen_at_ >= screen_interval(console)) {
            screen_at_ = now;
            show_screen(console, now);
        }
        report_losses(console);
    }
    if (now - record_at_ >= active_interval) {
        record_at_ = now;
        for (VmConsole* const console : consoles_)
            record_screen(*console);
    }
    drain_log();
    show_answers();
    if (monitor_ && display_ != nullptr && own_screen_.take_changed())
        display_->show(own_screen_.picture());
    queue_.pump(port_);
}

/// A screen that has not changed for a while, and will not because of a key, can wait.
machine::Nanoseconds ConsoleMux::screen_interval(VmConsole& console) {
    const bool active = now_ - active_at_ < activity_time || console.scrolled_rows().size() != 0;
    return active ? active_interval : quiet_interval;
}

/// What commands have said, and the monitor's prompt.
void ConsoleMux::show_answers() {
    if (!terminal_.takes_input() && !terminal_.mid_line())
        begin_own_lines();
    terminal_.show(queue_, monitor_);
    if (monitor_ && terminal_.takes_input() && terminal_.take_leave())
        leave_monitor();
}

bool ConsoleMux::finish(machine::Nanoseconds now) {
    screen_at_ = now - quiet_interval;
    poll(now);
    if (queue_.size() != 0 || !terminal_.takes_input())
        return false;
    for (VmConsole* const console : consoles_)
        if (console->debug_line.length != 0)
            debug_line(*console);
    if (screen_ == config::ScreenMode::lines && view_ != config::ViewMode::com1)
        lines_.flush(queue_);
    if (shown_ == Shown::screen && screen_ == config::ScreenMode::ansi && !own_lines_) {
        leave_screen();
        shown_ = Shown::nothing;
    }
    queue_.pump(port_);
    return queue_.size() == 0;
}

void ConsoleMux::focus(unsigned vm) {
    if (vm >= consoles_.size())
        return say("vestige: there is no VM number {}", vm);
    if (shown_ == Shown::screen)
        leave_screen();
    focus_ = vm;
    monitor_ = false;
    queue_.mirror(nullptr);
    VmConsole& console = *consoles_[vm];
    say("vestige: console of vm {}", console.name());
    shown_ = Shown::nothing;
    own_lines_ = false;
    current_.cells.fill(blank_cell);
    current_.columns = 0;
    current_.version = 0;
    active_at_ = now_;
    graphics_ = {};
    ansi_.restart();
    lines_.restart();
    rows_lost_ = console.rows_lost();
    if (view_ == config::ViewMode::com1 ||
        (view_ == config::ViewMode::automatic && console.com1_was_last))
        replay_tail(console);
}

void ConsoleMux::replay_tail(const VmConsole& console) {
    shown_ = Shown::com1;
    com1_at_ = now_;
    screen_changed_ = false;
    for (std::size_t i = 0; i < console.com1_tail.size(); ++i) {
        const char byte = static_cast<char>(console.com1_tail[i]);
        queue_.write({&byte, 1});
    }
}

/// Takes what VMs out of view send, so that they need not wait.
void ConsoleMux::collect(VmConsole& console, bool focused) {
    collect_debug(console);
    if (focused && view_ != config::ViewMode::screen)
        return;
    u8 byte = 0;
    while (console.com1_bytes().pop(byte)) {
        console.com1_tail.add(byte);
        console.com1_was_last = true;
    }
    if (focused)
        return;
    RowText row;
    while (console.scrolled_rows().pop(row)) {
    }
}

void ConsoleMux::collect_debug(VmConsole& console) {
    u8 byte = 0;
    for (unsigned i = 0; i < debug_burst && queue_.room() >= line_room; ++i) {
        if (!console.debug_bytes().pop(byte))
            return;
        if (byte == '\n') {
            debug_line(console);
            continue;
        }
        RowText& line = console.debug_line;
        if (byte != '\r')
            line.characters[line.length++] = byte < ' ' || byte > '~' ? u8{'.'} : byte;
        if (line.length == longest_debug_line)
            debug_line(console);
    }
}

void ConsoleMux::debug_line(VmConsole& console) {
    RowText& line = console.debug_line;
    char text[longest_debug_line];
    std::ranges::transform(line.span(), text, [](u8 byte) { return static_cast<char>(byte); });
    say("vestige: vm {} e9: {}", console.name(), std::string_view{text, line.length});
    line.length = 0;
}

void ConsoleMux::show_com1(VmConsole& console, machine::Nanoseconds now) {
    if (view_ == config::ViewMode::screen)
        return;
    u8 byte = 0;
    while (queue_.room() >= line_room && console.com1_bytes().pop(byte)) {
        if (shown_ != Shown::com1)
            enter_com1();
        console.com1_tail.add(byte);
        console.com1_was_last = true;
        com1_at_ = now;
        const char c = static_cast<char>(byte);
        queue_.write({&c, 1});
    }
}

void ConsoleMux::enter_com1() {
    if (shown_ == Shown::screen)
        leave_screen();
    shown_ = Shown::com1;
    screen_changed_ = false;
    own_lines_ = false;
}

void ConsoleMux::leave_screen() {
    if (screen_ != config::ScreenMode::ansi)
        return;
    ansi_.leave(queue_);
    queue_.write("\x1b[r\x1b[999;1H\r\n");
}

void ConsoleMux::show_screen(VmConsole& console, machine::Nanoseconds now) {
    if (view_ == config::ViewMode::com1)
        return;
    if (screen_ == config::ScreenMode::lines)
        return update_lines(console, now);
    RowText row;
    while (console.scrolled_rows().pop(row)) {
    }
    if (!take_snapshot(console))
        return;
    const bool changed = !fresh_.same_cells(current_);
    if (changed || !fresh_.same_as(current_))
        current_ = fresh_;
    update_ansi(changed, now);
    if (display_ != nullptr && changed && shown_ != Shown::com1)
        display_->show(current_);
}

/// False when the guest's screen shows no text, which is said once.
bool ConsoleMux::take_snapshot(const VmConsole& console) {
    const u32 before = fresh_.version;
    const bool text = console.screen().snapshot(fresh_);
    if (fresh_.version == 0 || fresh_.version != before)
        active_at_ = now_;
    const PictureSize size = text ? PictureSize{} : console.screen().picture_size();
    if (size != graphics_ && !text)
        say("vestige: vm {}: graphics {}x{}", console.name(), size.width, size.height);
    graphics_ = size;
    return text;
}

void ConsoleMux::update_lines(VmConsole& console, machine::Nanoseconds now) {
    if (queue_.room() < screen_room)
        return;
    RowText row;
    while (queue_.room() >= line_room && console.scrolled_rows().pop(row))
        lines_.row_scrolled_off(row, queue_);
    if (!take_snapshot(console))
        return;
    // A line that COM1 is in the middle of is not cut, unless a row would be lost.
    const bool hold = !queue_.at_line_start() && now - com1_at_ < com1_quiet;
    lines_.update(fresh_, now, hold, queue_);
    if (display_ != nullptr && !fresh_.same_cells(current_)) {
        current_ = fresh_;
        display_->show(current_);
    }
}

void ConsoleMux::update_ansi(bool changed, machine::Nanoseconds now) {
    screen_changed_ = screen_changed_ || changed;
    if (shown_ != Shown::screen && screen_changed_ &&
        (shown_ == Shown::nothing || now - com1_at_ >= com1_quiet)) {
        shown_ = Shown::screen;
        consoles_[focus_]->com1_was_last = false;
        ansi_.restart();
        // Lines that were just written deserve to be read before the picture covers them.
        own_lines_ = now - own_line_at_ < line_time;
    }
    if (shown_ != Shown::screen || screen_ != config::ScreenMode::ansi)
        return;
    if (own_lines_ && now - own_line_at_ < line_time)
        return;
    own_lines_ = false;
    static_cast<void>(ansi_.update(current_, queue_));
}

/// A terminal that shows the picture does not show the record: its lines are strings for programs
/// (APC of ECMA-48). What finds no room now is told later, as it is then.
void ConsoleMux::record_screen(VmConsole& console) {
    ScreenRecorder& recorder = console.recorder;
    if (recorder.on() != console.recorded())
        recorder.enable(console.recorded());
    if (!recorder.on())
        return;
    recorder.look(console.screen());
    char storage[ScreenRecorder::longest_line];
    TextBuffer line{storage};
    while (queue_.room() >= screen_room && recorder.next_line(now_, line)) {
        if (screen_ != config::ScreenMode::ansi)
            say("vestige: vm {} screen {}", console.name(), line.view());
        else
            print(queue_, "\x1b_vestige: vm {} screen {}\x1b\\", console.name(), line.view());
        line.clear();
    }
}

void ConsoleMux::report_losses(VmConsole& console) {
    const u32 lost = console.rows_lost();
    if (screen_ == config::ScreenMode::lines && lost != rows_lost_)
        say("vestige: vm {}: {} rows scrolled away faster than they could be shown", console.name(),
            lost - rows_lost_);
    rows_lost_ = lost;
    if (const u32 dropped = log_.take_dropped())
        say("vestige: {} log lines did not fit", dropped);
}

void ConsoleMux::drain_log() {
    char storage[LogQueue::longest_line];
    while (queue_.room() >= line_room && !terminal_.mid_line()) {
        const std::string_view line = log_.pop(storage);
        if (line.empty())
            return;
        own_line(line);
    }
    queue_.pump(port_);
}

void ConsoleMux::begin_own_lines() {
    own_line_at_ = now_;
    if (shown_ == Shown::screen && screen_ == config::ScreenMode::ansi) {
        if (!own_lines_)
            ansi_.leave(queue_);
        own_lines_ = true;
        queue_.write("\r\n");
    }
    if (monitor_ && terminal_.drawn() && screen_ == config::ScreenMode::ansi)
        queue_.write("\r\x1b[K");
    else
        queue_.fresh_line();
    terminal_.disturb();
}

void ConsoleMux::own_line(std::string_view text) {
    begin_own_lines();
    queue_.write(text);
    queue_.write("\r\n");
}

} // namespace vestige::monitor
