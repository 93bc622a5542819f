// SPDX-License-Identifier: BSD-2-Clause
// Prints a guest's text screen as plain lines, for scripts that search for a sentence.
#pragma once

#include "vestige/base/static_vector.hpp"
#include "vestige/machine/clock.hpp"
#include "vestige/monitor/output_queue.hpp"
#include "vestige/monitor/screen_snapshot.hpp"

namespace vestige::monitor {

/// The characters of one row, without trailing blanks.
struct RowText {
    std::array<u8, most_columns> characters{};
    u8 length = 0;
    [[nodiscard]] std::span<const u8> span() const& { return {characters.data(), length}; }
    std::span<const u8> span() const&& = delete;
    bool operator==(const RowText& other) const;
};
/// Cuts what is beyond most_columns, and trailing blanks.
[[nodiscard]] RowText row_text(std::span<const Cell> cells);

/// Prints a row once it has changed and rested for a moment, or when it scrolls away or is
/// cleared before that. Each text of a row is printed once. Scrolling is known from
/// row_scrolled_off() and otherwise found by comparing snapshots.
class LineScreen {
  public:
    static constexpr machine::Nanoseconds rest = 100'000'000;

    /// Takes everything on the screen as not printed yet.
    void restart();
    /// The guest scrolled a row off the top of its screen; it held these characters then. To be
    /// called in order, before the update() with a snapshot that was taken afterwards.
    void row_scrolled_off(const RowText& row, OutputQueue& out);
    /// Looks at a new snapshot. While hold is set only rows that would be lost are printed.
    void update(const ScreenSnapshot& picture, machine::Nanoseconds now, bool hold,
                OutputQueue& out);
    /// Prints every row that has not been, rested or not.
    void flush(OutputQueue& out);

  private:
    struct Row {
        RowText text;    ///< what the last snapshot showed
        RowText printed; ///< what was printed of this row
        machine::Nanoseconds changed_at = 0;
        [[nodiscard]] bool pending() const { return text.length != 0 && !(text == printed); }
    };

    void print_row(Row& row, OutputQueue& out);
    void scroll(std::size_t rows, OutputQueue& out);
    void look_at(const ScreenSnapshot& picture, machine::Nanoseconds now, OutputQueue& out);

    std::array<Row, most_rows> rows_{};
    ScreenSnapshot last_;
    bool rested_ = true; ///< no row waits to be printed
    /// Rows whose scrolling was seen in the last snapshot before it was reported.
    StaticVector<RowText, most_rows> seen_early_;
    std::size_t matched_early_ = 0;
};

} // namespace vestige::monitor
