// SPDX-License-Identifier: BSD-2-Clause
// Parsers and printers of option values, made from a pointer to the member they fill.
#pragma once

#include "vestige/config/boot_options.hpp"

namespace vestige::config {

/// A word and the value it stands for.
template <class E> struct Choice {
    std::string_view word;
    E value;
};

/// Parser of one word out of Words.
template <auto Member, const auto& Words>
bool parse_choice(BootOptions& options, std::string_view text) {
    for (const auto& choice : Words) {
        if (choice.word == text) {
            options.*Member = choice.value;
            return true;
        }
    }
    return false;
}

template <auto Member, const auto& Words>
void show_choice(const BootOptions& options, TextSink& out) {
    for (const auto& choice : Words)
        if (choice.value == options.*Member)
            return out.write(choice.word);
}

/// on or off.
template <auto Member> bool parse_flag(BootOptions& options, std::string_view text) {
    const std::optional<bool> value = parse_switch(text);
    if (value)
        options.*Member = *value;
    return value.has_value();
}

template <auto Member> void show_flag(const BootOptions& options, TextSink& out) {
    out.write(options.*Member ? "on" : "off");
}

[[nodiscard]] bool parse_serial(std::string_view text, SerialSettings& settings);
void show_serial(const SerialSettings& settings, TextSink& out);

template <auto Member> bool parse_serial_port(BootOptions& options, std::string_view text) {
    return parse_serial(text, options.*Member);
}

template <auto Member> void show_serial_port(const BootOptions& options, TextSink& out) {
    show_serial(options.*Member, out);
}

bool parse_console(BootOptions& options, std::string_view text);
void show_console(const BootOptions& options, TextSink& out);
bool parse_log_levels(BootOptions& options, std::string_view text);
void show_log_levels(const BootOptions& options, TextSink& out);
bool parse_gdb(BootOptions& options, std::string_view text);
void show_gdb(const BootOptions& options, TextSink& out);
bool parse_escape(BootOptions& options, std::string_view text);
void show_escape(const BootOptions& options, TextSink& out);
bool parse_selftest(BootOptions& options, std::string_view text);
void show_selftest(const BootOptions& options, TextSink& out);

} // namespace vestige::config
