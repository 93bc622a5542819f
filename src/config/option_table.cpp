// SPDX-License-Identifier: BSD-2-Clause
#include "option_values.hpp"

namespace vestige::config {
namespace {

constexpr Choice<MonitorInput> monitor_words[] = {{"com1", MonitorInput::com1},
                                                  {"com2", MonitorInput::com2},
                                                  {"kbd", MonitorInput::keyboard},
                                                  {"off", MonitorInput::off}};
constexpr Choice<ViewMode> view_words[] = {
    {"auto", ViewMode::automatic}, {"screen", ViewMode::screen}, {"com1", ViewMode::com1}};
constexpr Choice<ScreenMode> screen_words[] = {
    {"ansi", ScreenMode::ansi}, {"lines", ScreenMode::lines}, {"off", ScreenMode::off}};
constexpr Choice<OnFault> fault_words[] = {{"stop", OnFault::stop},
                                           {"monitor", OnFault::monitor},
                                           {"reset", OnFault::reset},
                                           {"exit", OnFault::exit}};
constexpr Choice<OnPowerOff> power_off_words[] = {
    {"exit", OnPowerOff::exit}, {"halt", OnPowerOff::halt}, {"reboot", OnPowerOff::reboot}};

bool parse_boot_trace(BootOptions& options, std::string_view text) {
    const std::optional<TraceOptions> trace = parse_trace(text);
    if (trace)
        options.trace = *trace;
    return trace.has_value();
}

void show_boot_trace(const BootOptions& options, TextSink& out) {
    show(options.trace, out);
}

constexpr Option table[] = {
    {"com1", "BAUD,FRAME[,PORT] (115200,8n1,0x3f8) or off", "first serial port of this machine",
     parse_serial_port<&BootOptions::com1>, show_serial_port<&BootOptions::com1>},
    {"com2", "BAUD,FRAME[,PORT] (115200,8n1,0x2f8) or off", "second serial port of this machine",
     parse_serial_port<&BootOptions::com2>, show_serial_port<&BootOptions::com2>},
    {"console", "list of com1,vga,fb,e9, or none", "where output goes", parse_console, show_console,
     false, "fb"},
    {"monitor", "com1|com2|kbd|off", "where the operator's keys come from",
     parse_choice<&BootOptions::monitor, monitor_words>,
     show_choice<&BootOptions::monitor, monitor_words>},
    {"loglevel", "error|warn|info|debug|trace[,AREA=LEVEL,...]",
     "what is logged; areas: host vmx vm bios device disk console", parse_log_levels,
     show_log_levels},
    {"log-time", "on|off", "time stamps on log lines", parse_flag<&BootOptions::log_time>,
     show_flag<&BootOptions::log_time>, true},
    {"trace", "list of int[:10,13/02],exit,io[:60-64],mmio[:A-B],irq,mode,insn, or off",
     "what guests do, line by line", parse_boot_trace, show_boot_trace},
    {"gdb", "com1|com2[,wait][,vm=NAME] or off", "GDB stub", parse_gdb, show_gdb},
    {"onfault", "stop|monitor|reset|exit", "what happens when a VM is stopped by a fault",
     parse_choice<&BootOptions::on_fault, fault_words>,
     show_choice<&BootOptions::on_fault, fault_words>},
    {"onpoweroff", "exit|halt|reboot", "what happens when every VM has ended",
     parse_choice<&BootOptions::on_power_off, power_off_words>,
     show_choice<&BootOptions::on_power_off, power_off_words>},
    {"escape", "ctrl-KEY or off", "key for commands to Vestige; twice sends it to the guest",
     parse_escape, show_escape},
    {"view", "auto|screen|com1", "what of a VM is shown; auto: what it wrote to last",
     parse_choice<&BootOptions::view, view_words>, show_choice<&BootOptions::view, view_words>},
    {"screen", "ansi|lines|off", "how a text screen is drawn on a serial line",
     parse_choice<&BootOptions::screen, screen_words>,
     show_choice<&BootOptions::screen, screen_words>},
    {"record", "on|off", "record what the screens show: each row that changes, with the time",
     parse_flag<&BootOptions::record>, show_flag<&BootOptions::record>, true},
    {"strict", "on|off", "refuse to start when a word is not understood",
     parse_flag<&BootOptions::strict>, show_flag<&BootOptions::strict>, true},
    {"help", "on|off", "print this list and end", parse_flag<&BootOptions::help>,
     show_flag<&BootOptions::help>, true},
    {"selftest", "on|off|broken-vmcs", "print the capability report and the self-checks, then end",
     parse_selftest, show_selftest, true},
};

constexpr BootOptions defaults;

} // namespace

std::span<const Option> option_table() {
    return table;
}

void write_help(const BootOptions& options, TextSink& out) {
    out.write("Boot words: NAME=VALUE, and for on|off also NAME and no-NAME; the last one wins.\n");
    for (const Option& option : table) {
        char fallback[64];
        char present[256];
        TextBuffer fallback_text{fallback};
        TextBuffer present_text{present};
        option.show(defaults, fallback_text);
        option.show(options, present_text);
        print(out, "  {-10} {}\n             type {}, default {}, now {}\n", option.name,
              option.about, option.type, fallback_text.view(), present_text.view());
        if (!option.missing.empty())
            print(out, "             not in this build: {}\n", option.missing);
    }
    out.write("  vm.NAME.KEY  a module word for VM NAME, over what its modules say\n");
    for (const VmSetting& setting : options.vm_settings)
        print(out, "             now vm.{}.{}={}\n", setting.vm, setting.key, setting.value);
    out.write("Module words: KIND (auto disk floppy cdrom raw rom config sym), then KEY=VALUE.\n");
}

} // namespace vestige::config
