// SPDX-License-Identifier: BSD-2-Clause
#include "console.hpp"

#include "hypervisor_memory.hpp"

#include "vestige/base/log.hpp"
#include "vestige/host/clock.hpp"
#include "vestige/host/console.hpp"
#include "vestige/host/control_registers.hpp"
#include "vestige/host/keyboard.hpp"
#include "vestige/host/per_cpu.hpp"
#include "vestige/monitor/log_history.hpp"
#include "vestige/monitor/log_queue.hpp"

#include <algorithm>

namespace vestige {
namespace {

/// The serial side of the machine's console, for the console multiplexer.
class ConsolePort final : public monitor::TerminalPort {
  public:
    std::size_t write(std::span<const u8> data) override {
        host::Console& console = host::console();
        const std::size_t count = std::min(data.size(), console.room());
        // Bytes as characters: what a terminal takes.
        console.write_raw({reinterpret_cast<const char*>(data.data()), count});
        return count;
    }
    bool read(u8& byte) override {
        const auto got = host::console().read();
        byte = got.value_or(0);
        return got.has_value();
    }
};

/// The guest's screen on the machine's own: of larger ones the last rows up to the cursor's.
class VgaMirror final : public monitor::CellDisplay {
  public:
    void show(const monitor::ScreenSnapshot& screen) override {
        constexpr unsigned rows = 25;
        const unsigned end = std::max<unsigned>(screen.cursor_row + 1U, rows);
        const unsigned first = screen.rows <= rows ? 0 : std::min<unsigned>(end, screen.rows) - rows;
        for (unsigned row = 0; row < rows; ++row)
            host::console().draw_vga_row(row, first + row < screen.rows
                                                  ? screen.row(first + row)
                                                  : std::span<const monitor::Cell>{});
    }
};

constinit ConsolePort console_port;
constinit VgaMirror vga_mirror;
constinit monitor::LogQueue log_queue;
constinit monitor::LogHistory log_history;
constinit monitor::ConsoleMux* mux = nullptr;
constinit std::span<Slot* const> watched;

/// Host time as the console's clock.
u64 host_time() {
    return host::tsc_to_nanoseconds(host::read_tsc());
}

/// A full log queue: the console's CPU empties it, others wait for that.
class Relief final : public monitor::LogRelief {
  public:
    bool make_room() override {
        if (host::this_cpu().number == 0) {
            relieve_log();
        } else {
            host::pause();
        }
        return true;
    }
};
constinit Relief relief;

} // namespace

void open_console(const config::BootOptions& options, const host::BootInfo& boot_info) {
    host::ConsoleSettings settings;
    settings.uarts = {uart_settings(options.com1), uart_settings(options.com2)};
    const bool com2_monitor = options.monitor == config::MonitorInput::com2;
    settings.to_uart = {options.console.com1 || options.monitor == config::MonitorInput::com1,
                        com2_monitor};
    settings.to_vga = options.console.vga && boot_info.has_text_screen();
    settings.to_e9 = options.console.e9;
    host::console().open(settings);
    log_history.pass_to(&host::console());
    set_log_sink(&log_history);
    options.log_levels.apply();
}

void share_console(const config::BootOptions& options, monitor::Interpreter& commands,
                   std::span<monitor::VmConsole* const> consoles) {
    mux = make<monitor::ConsoleMux>(options, console_port, log_queue, commands,
                                     host::console().has_vga() ? &vga_mirror : nullptr);
    for (monitor::VmConsole* const console : consoles)
        static_cast<void>(mux->add(*console));
    host::console().show_on_vga(false);
    log_queue.set_relief(relief);
    log_history.pass_to(&log_queue);
}

void relieve_log() {
    mux->drain_log();
    host::console().poll();
}

void show_log_history(TextSink& out, unsigned count) {
    log_history.show(out, count);
}

void watch_faults(std::span<Slot* const> slots) {
    watched = slots;
}

void poll_console() {
    if (mux == nullptr)
        return;
    while (const auto code = host::read_scancode())
        mux->keyboard_byte(*code);
    mux->poll(host_time());
    // The report of the fault first.
    for (unsigned i = 0; i < watched.size(); ++i)
        if (log_queue.empty() && watched[i]->fault.take())
            mux->open_monitor(i);
    host::console().poll();
}

void take_console_back() {
    poll_console();
    while (!mux->finish(host_time()))
        host::console().poll();
    log_history.pass_to(&host::console());
}

} // namespace vestige
