// SPDX-License-Identifier: BSD-2-Clause
// Bytes on their way to the terminal: written by views at once, sent as the line takes them.
#pragma once

#include "vestige/base/format.hpp"

#include <array>

namespace vestige::monitor {

/// The terminal that Vestige's console is.
class TerminalPort {
  public:
    /// Sends what can be sent without waiting; how many bytes were taken.
    virtual std::size_t write(std::span<const u8> data) = 0;
    /// The next byte that was typed; false when there is none.
    virtual bool read(u8& byte) = 0;

  protected:
    ~TerminalPort() = default;
};

/// A first-in first-out buffer of one CPU. Who writes sees to it that there is room(); bytes
/// beyond it are dropped and counted.
class OutputQueue final : public TextSink {
  public:
    static constexpr std::size_t capacity = 16 * 1024;

    void write(std::string_view text) override;
    [[nodiscard]] std::size_t size() const { return used_; }
    [[nodiscard]] std::size_t room() const { return capacity - used_; }
    [[nodiscard]] u64 dropped() const { return dropped_; }
    /// True when the last byte written ended a line (or nothing was written).
    [[nodiscard]] bool at_line_start() const { return at_line_start_; }
    /// Ends the line that was begun, if any.
    void fresh_line();
    /// What is written from now on goes to sink as well; null: nowhere else.
    void mirror(TextSink* sink) { mirror_ = sink; }
    /// Gives port what it takes.
    void pump(TerminalPort& port);

  private:
    std::array<u8, capacity> bytes_{};
    std::size_t head_ = 0;
    std::size_t used_ = 0;
    u64 dropped_ = 0;
    bool at_line_start_ = true;
    TextSink* mirror_ = nullptr;
};

} // namespace vestige::monitor
