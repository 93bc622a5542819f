// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/log_queue.hpp"

#include <algorithm>

namespace vestige::monitor {
namespace {

constexpr unsigned most_attempts = 1000;

} // namespace

LogQueue::Guard::Guard(std::atomic<bool>& lock) : lock_{lock} {
    while (lock_.exchange(true, std::memory_order_acquire))
        __builtin_ia32_pause();
}

void LogQueue::line(LogLevel, std::string_view text) {
    char storage[longest_line];
    TextBuffer line{storage};
    line.write("vestige: ");
    if (clock_ != nullptr) {
        const machine::Nanoseconds now = clock_->now();
        print(line, "[{5}.{06}] ", now / machine::nanoseconds_per_second,
              now % machine::nanoseconds_per_second / 1000);
    }
    for (const char c : text) {
        const char printable = c < ' ' || c > '~' ? '.' : c;
        line.write({&printable, 1});
    }
    for (unsigned i = 0; i < most_attempts; ++i) {
        if (push(line.view()))
            return;
        if (relief_ == nullptr || !relief_->make_room())
            break;
    }
    dropped_.fetch_add(1, std::memory_order_relaxed);
}

bool LogQueue::push(std::string_view line) {
    const Guard guard{lock_};
    if (capacity - used_ < line.size() + 1)
        return false;
    for (const char c : line)
        bytes_[(head_ + used_++) % capacity] = c;
    bytes_[(head_ + used_++) % capacity] = '\n';
    return true;
}

bool LogQueue::empty() {
    const Guard guard{lock_};
    return used_ == 0;
}

std::string_view LogQueue::pop(std::span<char> storage) {
    const Guard guard{lock_};
    std::size_t size = 0;
    while (used_ != 0) {
        const char c = bytes_[head_];
        head_ = (head_ + 1) % capacity;
        --used_;
        if (c == '\n')
            break;
        if (size < storage.size())
            storage[size++] = c;
    }
    return {storage.data(), size};
}

} // namespace vestige::monitor
