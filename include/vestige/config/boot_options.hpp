// SPDX-License-Identifier: BSD-2-Clause
// The hypervisor's boot line: name=value words, typed and with defaults.
#pragma once

#include "vestige/base/log.hpp"
#include "vestige/base/static_vector.hpp"
#include "vestige/config/trace_options.hpp"
#include "vestige/config/words.hpp"

namespace vestige::config {

enum class Parity : u8 { none, odd, even };

/// com1=115200,8n1,0x3f8 or com1=off.
struct SerialSettings {
    bool enabled = false;
    u32 baud = 115200; ///< divides 115200
    u8 data_bits = 8;
    Parity parity = Parity::none;
    u8 stop_bits = 1;
    Port port{};
};

/// console=: where the hypervisor's lines and the focused VM's view go.
struct ConsoleDevices {
    bool com1 = false;
    bool vga = false;
    bool framebuffer = false;
    bool e9 = false;
};

/// monitor=: where the operator's keys come from.
enum class MonitorInput : u8 { com1, com2, keyboard, off };
/// view=: what of the focused VM is shown; automatic is the one it wrote to last.
enum class ViewMode : u8 { automatic, screen, com1 };
/// screen=: how the guest's text screen is drawn on a serial line.
enum class ScreenMode : u8 { ansi, lines, off };
enum class OnFault : u8 { stop, monitor, reset, exit };
enum class OnPowerOff : u8 { exit, halt, reboot };

/// loglevel=info,bios=trace
struct LogLevels {
    LogLevel general = LogLevel::info;
    std::array<std::optional<LogLevel>, static_cast<std::size_t>(LogArea::count)> areas{};
    /// Makes these the levels of log().
    void apply() const;
};

/// gdb=com2,wait,vm=NAME
struct GdbOptions {
    enum class Port : u8 { off, com1, com2 };
    Port port = Port::off;
    bool wait = false;
    std::string_view vm;
};

/// vm.NAME.key=value; overrides what the module strings say.
struct VmSetting {
    std::string_view vm;
    std::string_view key;
    std::string_view value;
};

/// Everything the boot line can say. Views point into the boot line or the config module, which
/// must outlive this.
struct BootOptions {
    SerialSettings com1{.enabled = true, .port = {0x3f8}};
    SerialSettings com2{.enabled = false, .port = {0x2f8}};
    ConsoleDevices console{.com1 = true, .vga = true};
    MonitorInput monitor = MonitorInput::com1;
    LogLevels log_levels;
    bool log_time = false;
    TraceOptions trace;
    GdbOptions gdb;
    OnFault on_fault = OnFault::stop;
    OnPowerOff on_power_off = OnPowerOff::exit;
    ViewMode view = ViewMode::automatic;
    ScreenMode screen = ScreenMode::ansi;
    bool record = false; ///< of every screen, as lines
    u8 escape = 0x1e; ///< control character of the escape key (Ctrl-^); 0: none
    bool strict = false;
    bool help = false;
    bool selftest = false;
    std::string_view selftest_name; ///< empty: all
    StaticVector<VmSetting, 32> vm_settings;
};

/// Reads a boot line into options; what it does not mention keeps its value, the last word wins.
/// The loader's file name in front is skipped. Each word that is not understood is reported in one
/// sentence and otherwise ignored; the count of those is returned. Whoever calls must refuse to
/// start when it is not 0 and options.strict is set.
unsigned parse_boot_line(std::string_view line, BootOptions& options, ProblemSink& problems);

/// As parse_boot_line for the text of a `config` module: words on any number of lines, # comments.
/// To be read before the boot line, whose words win.
unsigned parse_config_file(std::string_view text, BootOptions& options, ProblemSink& problems);

/// One row of the option table.
struct Option {
    std::string_view name;
    std::string_view type; ///< as written in help, also what a bad value's report says
    std::string_view about;
    bool (*parse)(BootOptions&, std::string_view value);
    void (*show)(const BootOptions&, TextSink&);
    bool flag = false;             ///< may stand alone, and as no-NAME
    std::string_view missing = {}; ///< comma list of values that exist but not in this build
};

/// The table that parsing, help and the documentation share.
[[nodiscard]] std::span<const Option> option_table();

/// Writes one line per option: name, type, default, present value, meaning.
void write_help(const BootOptions& options, TextSink& out);

} // namespace vestige::config
