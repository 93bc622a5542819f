// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/base/log.hpp"

#include <array>

namespace vestige {
namespace {

constexpr std::size_t area_count = static_cast<std::size_t>(LogArea::count);
constexpr std::size_t longest_line = 400;

constexpr std::array<LogLevel, area_count> all_areas(LogLevel level) {
    std::array<LogLevel, area_count> levels{};
    levels.fill(level);
    return levels;
}

constinit LogSink* current_sink = nullptr;
constinit std::array<LogLevel, area_count> levels = all_areas(LogLevel::info);

} // namespace

void set_log_sink(LogSink* sink) { current_sink = sink; }
void set_log_level(LogLevel level) { levels = all_areas(level); }
void set_log_level(LogArea area, LogLevel level) { levels[static_cast<std::size_t>(area)] = level; }

bool log_enabled(LogArea area, LogLevel level) {
    return current_sink != nullptr && level <= levels[static_cast<std::size_t>(area)];
}

void log_line(LogLevel level, std::string_view format, std::span<const FormatArgument> arguments) {
    if (current_sink == nullptr)
        return;
    char storage[longest_line];
    TextBuffer text{storage};
    format_to(text, format, arguments);
    current_sink->line(level, text.view());
}

} // namespace vestige
