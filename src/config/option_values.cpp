// SPDX-License-Identifier: BSD-2-Clause
#include "option_values.hpp"

#include <array>

namespace vestige::config {
namespace {

constexpr std::array<std::string_view, 5> level_words{"error", "warn", "info", "debug", "trace"};
constexpr std::array<std::string_view, static_cast<std::size_t>(LogArea::count)> area_words{
    "host", "vmx", "vm", "bios", "device", "disk", "console"};

std::optional<LogLevel> parse_level(std::string_view text) {
    for (std::size_t i = 0; i < level_words.size(); ++i)
        if (level_words[i] == text)
            return static_cast<LogLevel>(i);
    return std::nullopt;
}

bool parse_area_level(LogLevels& levels, std::string_view area, std::string_view level_word) {
    const std::optional<LogLevel> level = parse_level(level_word);
    for (std::size_t i = 0; i < area_words.size(); ++i) {
        if (area_words[i] == area) {
            levels.areas[i] = level;
            return level.has_value();
        }
    }
    return false;
}

/// "8n1": data bits, parity, stop bits.
bool parse_frame(std::string_view text, SerialSettings& settings) {
    if (text.size() != 3 || text[0] < '5' || text[0] > '8' || (text[2] != '1' && text[2] != '2'))
        return false;
    switch (text[1]) {
    case 'n':
        settings.parity = Parity::none;
        break;
    case 'o':
        settings.parity = Parity::odd;
        break;
    case 'e':
        settings.parity = Parity::even;
        break;
    default:
        return false;
    }
    settings.data_bits = static_cast<u8>(text[0] - '0');
    settings.stop_bits = static_cast<u8>(text[2] - '0');
    return true;
}

bool parse_baud(std::string_view text, SerialSettings& settings) {
    constexpr u32 uart_clock = 115200;
    const std::optional<u64> baud = parse_digits(text, 10);
    if (!baud || *baud == 0 || *baud > uart_clock || uart_clock % *baud != 0)
        return false;
    settings.baud = static_cast<u32>(*baud);
    return true;
}

bool parse_port(std::string_view text, SerialSettings& settings) {
    const std::optional<u64> port = parse_number(text);
    if (!port || *port == 0 || *port > 0xfff8)
        return false;
    settings.port = {static_cast<u16>(*port)};
    return true;
}

} // namespace

bool parse_serial(std::string_view text, SerialSettings& settings) {
    SerialSettings wanted = settings;
    wanted.enabled = text != "off";
    ListReader items{text};
    bool good = !wanted.enabled || parse_baud(*items.next(), wanted);
    if (wanted.enabled) {
        if (const std::optional<std::string_view> frame = items.next())
            good = good && parse_frame(*frame, wanted);
        if (const std::optional<std::string_view> port = items.next())
            good = good && parse_port(*port, wanted);
        good = good && !items.next();
    }
    if (good)
        settings = wanted;
    return good;
}

void show_serial(const SerialSettings& settings, TextSink& out) {
    if (!settings.enabled)
        return out.write("off");
    constexpr std::string_view parity = "noe";
    print(out, "{},{}{}{},0x{x}", settings.baud, settings.data_bits,
          parity[static_cast<std::size_t>(settings.parity)], settings.stop_bits, settings.port);
}

bool parse_console(BootOptions& options, std::string_view text) {
    ConsoleDevices devices;
    ListReader items{text};
    while (const std::optional<std::string_view> item = items.next()) {
        if (*item == "com1")
            devices.com1 = true;
        else if (*item == "vga")
            devices.vga = true;
        else if (*item == "fb")
            devices.framebuffer = true;
        else if (*item == "e9")
            devices.e9 = true;
        else if (text != "none")
            return false;
    }
    options.console = devices;
    return true;
}

void show_console(const BootOptions& options, TextSink& out) {
    const ConsoleDevices& devices = options.console;
    std::string_view separator = "";
    const auto item = [&](bool wanted, std::string_view name) {
        if (!wanted)
            return;
        print(out, "{}{}", separator, name);
        separator = ",";
    };
    item(devices.com1, "com1");
    item(devices.vga, "vga");
    item(devices.framebuffer, "fb");
    item(devices.e9, "e9");
    if (separator.empty())
        out.write("none");
}

bool parse_log_levels(BootOptions& options, std::string_view text) {
    LogLevels levels = options.log_levels;
    ListReader items{text};
    while (const std::optional<std::string_view> item = items.next()) {
        const Assignment part = split_assignment(*item);
        if (part.value) {
            if (!parse_area_level(levels, part.name, *part.value))
                return false;
        } else if (const std::optional<LogLevel> level = parse_level(*item)) {
            levels = {.general = *level};
        } else {
            return false;
        }
    }
    options.log_levels = levels;
    return true;
}

void show_log_levels(const BootOptions& options, TextSink& out) {
    out.write(level_words[static_cast<std::size_t>(options.log_levels.general)]);
    for (std::size_t i = 0; i < area_words.size(); ++i)
        if (const std::optional<LogLevel> level = options.log_levels.areas[i])
            print(out, ",{}={}", area_words[i], level_words[static_cast<std::size_t>(*level)]);
}

bool parse_gdb(BootOptions& options, std::string_view text) {
    GdbOptions gdb;
    ListReader items{text};
    while (const std::optional<std::string_view> item = items.next()) {
        if (*item == "com1")
            gdb.port = GdbOptions::Port::com1;
        else if (*item == "com2")
            gdb.port = GdbOptions::Port::com2;
        else if (*item == "off")
            gdb = {};
        else if (*item == "wait")
            gdb.wait = true;
        else if (item->starts_with("vm="))
            gdb.vm = part(*item, 3);
        else
            return false;
    }
    if (gdb.port == GdbOptions::Port::off && text != "off")
        return false;
    options.gdb = gdb;
    return true;
}

void show_gdb(const BootOptions& options, TextSink& out) {
    constexpr std::string_view ports[] = {"off", "com1", "com2"};
    out.write(ports[static_cast<std::size_t>(options.gdb.port)]);
    if (options.gdb.wait)
        out.write(",wait");
    if (!options.gdb.vm.empty())
        print(out, ",vm={}", options.gdb.vm);
}

bool parse_escape(BootOptions& options, std::string_view text) {
    if (text == "off") {
        options.escape = 0;
        return true;
    }
    if (text.size() != 6 || !(text.starts_with("ctrl-") || text.starts_with("Ctrl-")))
        return false;
    char key = text[5];
    if (key >= 'a' && key <= 'z')
        key = static_cast<char>(key - 32);
    // Enter, tab, backspace and ESC are keys of their own on a serial line.
    constexpr std::string_view taken = "HIJM[";
    if (key <= '@' || key > '_' || taken.find(key) != std::string_view::npos)
        return false;
    options.escape = static_cast<u8>(key - '@');
    return true;
}

void show_escape(const BootOptions& options, TextSink& out) {
    if (options.escape == 0)
        return out.write("off");
    const char key = static_cast<char>(options.escape + '@');
    print(out, "ctrl-{}", key >= 'A' && key <= 'Z' ? static_cast<char>(key + 32) : key);
}

bool parse_selftest(BootOptions& options, std::string_view text) {
    const std::optional<bool> value = parse_switch(text);
    if (!value && text != "broken-vmcs")
        return false;
    options.selftest = value.value_or(true);
    options.selftest_name = value ? std::string_view{} : text;
    return true;
}

void show_selftest(const BootOptions& options, TextSink& out) {
    if (options.selftest && !options.selftest_name.empty())
        return out.write(options.selftest_name);
    out.write(options.selftest ? "on" : "off");
}

void LogLevels::apply() const {
    set_log_level(general);
    for (std::size_t i = 0; i < areas.size(); ++i)
        if (areas[i])
            set_log_level(static_cast<LogArea>(i), *areas[i]);
}

} // namespace vestige::config
