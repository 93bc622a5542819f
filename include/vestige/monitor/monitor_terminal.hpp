// SPDX-License-Identifier: BSD-2-Clause
// The monitor at a terminal: a line is typed, runs, and its answer is shown as the line takes it.
#pragma once

#include "vestige/monitor/interpreter.hpp"
#include "vestige/monitor/line_editor.hpp"
#include "vestige/monitor/output_queue.hpp"

namespace vestige::monitor {

/// Any number of these may share the VMs; each has an interpreter of its own.
class MonitorTerminal {
  public:
    explicit MonitorTerminal(Interpreter& interpreter) : interpreter_{interpreter} {}

    /// A prompt is shown at the next show().
    void open();
    /// False while an answer is being shown: bytes wait on the line.
    [[nodiscard]] bool takes_input() const { return sent_ == page_.view().size(); }
    /// In the middle of an answer's long line.
    [[nodiscard]] bool mid_line() const {
        return !takes_input() && sent_ != 0 && page_.view()[sent_ - 1] != '\n';
    }
    /// A byte that was typed.
    void feed(u8 byte, OutputQueue& out);
    /// Runs a line that was not typed here, such as a key's; its answer is shown by show().
    void run(std::string_view line);
    /// Writes what there is room for, then the prompt when one is due.
    void show(OutputQueue& out, bool prompt);
    /// Something else was written: the prompt must be drawn again.
    void disturb() { drawn_ = false; }
    /// The prompt with the line being typed is what the terminal's cursor is behind.
    [[nodiscard]] bool drawn() const { return drawn_; }
    [[nodiscard]] bool take_leave() { return interpreter_.take_leave(); }
    [[nodiscard]] Interpreter& interpreter() { return interpreter_; }
    /// The longest answer, in bytes.
    static constexpr std::size_t page_size = 64 * 1024;

  private:
    static constexpr std::size_t line_room = 1024;

    void complete(OutputQueue& out);

    Interpreter& interpreter_;
    LineEditor editor_;
    char storage_[page_size]{};
    TextBuffer page_{storage_};
    std::size_t sent_ = 0;
    bool drawn_ = false;
};

} // namespace vestige::monitor
