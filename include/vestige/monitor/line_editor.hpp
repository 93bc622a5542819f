// SPDX-License-Identifier: BSD-2-Clause
// A line being typed: cursor keys, history, as in any shell.
#pragma once

#include "vestige/base/format.hpp"

#include <array>

namespace vestige::monitor {

class LineEditor {
  public:
    static constexpr std::size_t longest_line = 240;
    static constexpr std::size_t history_size = 32;

    enum class Event : u8 { none, line, complete, end };

    /// One byte from the terminal; echoes to out. `line`: line() is complete. `complete`: Tab.
    /// `end`: Ctrl-D on an empty line.
    Event feed(u8 byte, TextSink& out);
    /// What has been typed, up to the cursor for completion.
    [[nodiscard]] std::string_view line() const { return {text_.data(), size_}; }
    [[nodiscard]] std::string_view before_cursor() const { return {text_.data(), cursor_}; }
    /// Puts text in at the cursor, as if typed.
    void insert(std::string_view text, TextSink& out);
    /// Starts the next line; the last one goes into the history.
    void next();
    void set_prompt(std::string_view prompt) { prompt_.assign(prompt); }
    /// Writes prompt and line where the terminal's cursor is.
    void draw(TextSink& out) const;

  private:
    enum class State : u8 { ground, escape, sequence };
    using Line = Text<longest_line>;

    void control(u8 byte, TextSink& out);
    void sequence(u8 byte, TextSink& out);
    void erase(std::size_t from, std::size_t to, TextSink& out);
    void move(std::size_t to, TextSink& out);
    void recall(std::size_t age, TextSink& out);
    void replace(std::string_view text, TextSink& out);
    void redraw(TextSink& out) const;
    [[nodiscard]] std::size_t word_start() const;

    std::array<char, longest_line> text_{};
    std::size_t size_ = 0;
    std::size_t cursor_ = 0;
    Text<24> prompt_;
    State state_ = State::ground;
    u8 parameter_ = 0;
    std::array<Line, history_size> history_{};
    std::size_t remembered_ = 0; ///< lines that went into the history
    std::size_t age_ = 0;        ///< 0: the line being typed; else of the line recalled
};

} // namespace vestige::monitor
