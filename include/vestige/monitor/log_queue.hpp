// SPDX-License-Identifier: BSD-2-Clause
// Log lines from all CPUs on their way to the one that draws the console.
#pragma once

#include "vestige/base/log.hpp"
#include "vestige/machine/clock.hpp"

#include <array>
#include <atomic>

namespace vestige::monitor {

/// What a CPU can do when it finds the queue full.
class LogRelief {
  public:
    /// Drains the queue or waits a little; false to give the line up.
    virtual bool make_room() = 0;

  protected:
    ~LogRelief() = default;
};

/// Many CPUs put lines in, one takes them out. A short spin lock; nobody holds it while waiting.
class LogQueue final : public LogSink {
  public:
    static constexpr std::size_t longest_line = 512;

    /// Lines get a time stamp from clock.
    void stamp_with(const machine::Clock& clock) { clock_ = &clock; }
    void set_relief(LogRelief& relief) { relief_ = &relief; }

    /// Puts "vestige: " and text in. Control characters, which may come from a guest, become dots.
    void line(LogLevel level, std::string_view text) override;
    /// The oldest line, copied into storage of longest_line characters; empty when there is none.
    [[nodiscard]] std::string_view pop(std::span<char> storage);
    [[nodiscard]] bool empty();
    /// Lines that found no room since this was asked last.
    [[nodiscard]] u32 take_dropped() { return dropped_.exchange(0, std::memory_order_relaxed); }

  private:
    static constexpr std::size_t capacity = 32 * 1024;

    class Guard {
      public:
        explicit Guard(std::atomic<bool>& lock);
        ~Guard() { lock_.store(false, std::memory_order_release); }
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;

      private:
        std::atomic<bool>& lock_;
    };

    [[nodiscard]] bool push(std::string_view line);

    std::array<char, capacity> bytes_{};
    std::size_t head_ = 0;
    std::size_t used_ = 0;
    std::atomic<bool> lock_{false};
    std::atomic<u32> dropped_{0};
    const machine::Clock* clock_ = nullptr;
    LogRelief* relief_ = nullptr;
};

} // namespace vestige::monitor
