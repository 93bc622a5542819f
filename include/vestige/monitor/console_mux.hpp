// SPDX-License-Identifier: BSD-2-Clause
// The console: one terminal for every VM and for Vestige's own lines.
#pragma once

#include "vestige/config/boot_options.hpp"
#include "vestige/monitor/ansi_screen.hpp"
#include "vestige/monitor/key_text.hpp"
#include "vestige/monitor/log_queue.hpp"
#include "vestige/monitor/monitor_terminal.hpp"
#include "vestige/monitor/terminal_screen.hpp"
#include "vestige/monitor/vm_console.hpp"

namespace vestige::monitor {

/// Shows one VM at a time: its text screen or its COM1, whichever view= asks for. Belongs to the
/// CPU that calls poll(), at least every 10 ms; never waits.
class ConsoleMux final : private KeySink {
  public:
    ConsoleMux(const config::BootOptions& options, TerminalPort& port, LogQueue& log,
               Interpreter& commands, CellDisplay* display)
        : view_{options.view}, screen_{options.screen}, operator_keys_{options.monitor != config::MonitorInput::off},
          record_{options.record},
          escape_{options.escape}, port_{port}, log_{log}, terminal_{commands},
          display_{display}, decoder_{*this, options.escape} {}

    /// Adds the next VM's console; the first one gets the focus. False when there are too many.
    [[nodiscard]] bool add(VmConsole& console);
    void focus(unsigned vm);
    [[nodiscard]] unsigned focused() const { return focus_; }
    /// As the escape key and m: for a fault whose VM is to be looked at.
    void open_monitor(unsigned vm);

    void poll(machine::Nanoseconds now);
    /// Once the VMs have ended: shows what still waits. To be called until it returns true.
    [[nodiscard]] bool finish(machine::Nanoseconds now);
    /// Moves log lines to the terminal's queue, for the CPU of the console when it finds the log
    /// queue full.
    void drain_log();
    /// A byte of the machine's own keyboard (set 1): Ctrl-Alt-F1 to F10 switch consoles, the escape
    /// key and the monitor work as on the operator's terminal.
    void keyboard_byte(u8 byte);

  private:
    enum class Shown : u8 { nothing, screen, com1 };
    static constexpr unsigned most_consoles = 64;
    /// How long COM1 must be silent before the view goes back to the screen.
    static constexpr machine::Nanoseconds com1_quiet = 500'000'000;
    /// How often the guest's screen is looked at, and for how long after a change or a key.
    static constexpr machine::Nanoseconds active_interval = 20'000'000;
    static constexpr machine::Nanoseconds quiet_interval = 100'000'000;
    static constexpr machine::Nanoseconds activity_time = machine::nanoseconds_per_second;
    /// How long Vestige's lines stay before the guest's screen is drawn again.
    static constexpr machine::Nanoseconds line_time = 700'000'000;

    // Input.
    void key(KeyCode code) override;
    void command(u8 byte) override;
    void read_input(machine::Nanoseconds now);
    [[nodiscard]] bool may_read(machine::Nanoseconds now);
    [[nodiscard]] bool keys_must_wait(machine::Nanoseconds now);
    [[nodiscard]] bool keys_full() const;
    void machine_key(KeyCode code);
    [[nodiscard]] bool is_for_operator(std::string_view text) const;
    void operator_key(std::string_view text);
    void focus_by_key(unsigned number);
    // Commands.
    void show_help();
    void enter_monitor();
    void leave_monitor();
    void show_answers();
    [[nodiscard]] char escape_character() const { return static_cast<char>(escape_ + '@'); }
    // Output.
    void collect(VmConsole& console, bool focused);
    void collect_debug(VmConsole& console);
    void debug_line(VmConsole& console);
    void show_com1(VmConsole& console, machine::Nanoseconds now);
    void show_screen(VmConsole& console, machine::Nanoseconds now);
    [[nodiscard]] bool take_snapshot(const VmConsole& console);
    [[nodiscard]] machine::Nanoseconds screen_interval(VmConsole& console);
    void update_lines(VmConsole& console, machine::Nanoseconds now);
    void record_screen(VmConsole& console);
    void update_ansi(bool changed, machine::Nanoseconds now);
    void enter_com1();
    void leave_screen();
    void replay_tail(const VmConsole& console);
    void report_losses(VmConsole& console);
    void begin_own_lines();
    void own_line(std::string_view text);

    template <class... Arguments> void say(std::string_view format, const Arguments&... arguments) {
        char storage[LogQueue::longest_line];
        own_line(format_in(storage, format, arguments...));
    }

    config::ViewMode view_;
    config::ScreenMode screen_;
    bool operator_keys_; ///< the machine's keyboard has the escape key
    bool record_; ///< every screen from the beginning
    u8 escape_;
    TerminalPort& port_;
    LogQueue& log_;
    MonitorTerminal terminal_;
    bool monitor_ = false; ///< what is typed goes to the monitor, no guest is shown
    CellDisplay* display_;
    TerminalScreen own_screen_; ///< the monitor on display_
    KeyText key_text_;
    KeyDecoder decoder_;
    StaticVector<VmConsole*, most_consoles> consoles_;
    unsigned focus_ = 0;
    machine::Nanoseconds now_ = 0;

    OutputQueue queue_;
    Shown shown_ = Shown::nothing;
    bool own_lines_ = false; ///< Vestige's lines are below or over an ANSI picture
    machine::Nanoseconds own_line_at_ = 0;
    machine::Nanoseconds com1_at_ = 0;
    machine::Nanoseconds screen_at_ = 0;
    machine::Nanoseconds record_at_ = 0;
    machine::Nanoseconds active_at_ = 0; ///< the picture changed, or a key came
    bool screen_changed_ = false; ///< since COM1 came into view
    u32 rows_lost_ = 0;
    bool drop_keys_ = false; ///< the VM has no room for what the byte being decoded makes
    bool keys_wait_ = false;
    machine::Nanoseconds keys_wait_since_ = 0;
    std::size_t keys_left_ = 0;
    bool prefix_ = false; ///< E0h came from the machine's keyboard
    bool control_down_ = false;
    bool alt_down_ = false;

    ScreenSnapshot current_;
    ScreenSnapshot fresh_;
    PictureSize graphics_; ///< what is shown in place of text
    AnsiScreen ansi_;
    LineScreen lines_;
};

} // namespace vestige::monitor
