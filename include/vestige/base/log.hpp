// SPDX-License-Identifier: BSD-2-Clause
// Levelled log lines to one sink. The sink is set once at start; before that lines are dropped.
#pragma once

#include "vestige/base/format.hpp"

namespace vestige {

enum class LogLevel : u8 { error, warn, info, debug, trace };

/// Parts of Vestige with a log level of their own (boot word loglevel=info,bios=trace,...).
enum class LogArea : u8 { host, vmx, vm, bios, device, disk, console, count };

/// Where finished lines go: one call a line, without line end.
class LogSink {
  public:
    virtual void line(LogLevel level, std::string_view text) = 0;

  protected:
    ~LogSink() = default;
};

void set_log_sink(LogSink* sink);
void set_log_level(LogLevel level);
void set_log_level(LogArea area, LogLevel level);
[[nodiscard]] bool log_enabled(LogArea area, LogLevel level);

/// Formats one line and hands it to the sink, whatever the level; prefer log().
void log_line(LogLevel level, std::string_view format, std::span<const FormatArgument> arguments);

/// Logs one line ("vestige: " is put before it by the sink) when the area's level allows it.
template <class... Arguments>
void log(LogArea area, LogLevel level, std::string_view format, const Arguments&... arguments) {
    if (!log_enabled(area, level))
        return;
    if constexpr (sizeof...(Arguments) == 0) {
        log_line(level, format, {});
    } else {
        const FormatArgument list[] = {FormatArgument{arguments}...};
        log_line(level, format, list);
    }
}

} // namespace vestige
