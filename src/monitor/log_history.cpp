// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/log_history.hpp"

#include <algorithm>

namespace vestige::monitor {
namespace {

class Guard {
  public:
    explicit Guard(std::atomic<bool>& lock) : lock_{lock} {
        while (lock_.exchange(true, std::memory_order_acquire))
            __builtin_ia32_pause();
    }
    ~Guard() { lock_.store(false, std::memory_order_release); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

  private:
    std::atomic<bool>& lock_;
};

} // namespace

void LogHistory::line(LogLevel level, std::string_view text) {
    keep(text);
    if (next_ != nullptr)
        next_->line(level, text);
}

void LogHistory::keep(std::string_view text) {
    char copy[longest_line];
    const std::size_t size = std::min(text.size(), longest_line);
    std::transform(text.begin(), text.begin() + static_cast<long>(size), copy,
                   [](char c) { return c < ' ' || c > '~' ? '.' : c; });
    const Guard guard{locked_};
    lines_[kept_++ % capacity].assign({copy, size});
}

void LogHistory::show(TextSink& out, std::size_t count) const {
    const Guard guard{locked_};
    count = std::min({count, kept_, capacity});
    for (std::size_t i = kept_ - count; i != kept_; ++i)
        print(out, "{}\n", lines_[i % capacity].view());
}

} // namespace vestige::monitor
