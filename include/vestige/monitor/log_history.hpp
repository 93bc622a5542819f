// SPDX-License-Identifier: BSD-2-Clause
// The last lines of the log, kept while they pass on to wherever the log goes.
#pragma once

#include "vestige/base/log.hpp"

#include <array>
#include <atomic>

namespace vestige::monitor {

/// Any CPU's lines go through here; nobody waits for more than a copy.
class LogHistory final : public LogSink {
  public:
    static constexpr std::size_t capacity = 256;
    static constexpr std::size_t longest_line = 200;

    /// Where lines go on to.
    void pass_to(LogSink* next) { next_ = next; }
    void line(LogLevel level, std::string_view text) override;
    /// The last count lines, oldest first. Control characters, which may come from a guest, are
    /// dots.
    void show(TextSink& out, std::size_t count) const;

  private:
    using Line = Text<longest_line>;
    void keep(std::string_view text);

    std::array<Line, capacity> lines_{};
    std::size_t kept_ = 0; ///< lines ever
    mutable std::atomic<bool> locked_{false};
    LogSink* next_ = nullptr;
};

} // namespace vestige::monitor
