// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/screen_snapshot.hpp"

#include <algorithm>

namespace vestige::monitor {
namespace {

bool is_blank(std::span<const Cell> row) {
    return std::all_of(row.begin(), row.end(),
                       [](Cell cell) { return (cell & 0xff) == ' ' || (cell & 0xff) == 0; });
}

/// Rows of after that equal the row of before that is shift rows further down. Blank rows prove
/// nothing and do not count.
std::size_t equal_rows(const ScreenSnapshot& before, const ScreenSnapshot& after,
                       std::size_t shift) {
    std::size_t count = 0;
    for (std::size_t row = 0; row + shift < after.rows; ++row) {
        const std::span<const Cell> there = after.row(row);
        if (!is_blank(there) && std::ranges::equal(there, before.row(row + shift)))
            ++count;
    }
    return count;
}

} // namespace

bool ScreenSnapshot::same_cells(const ScreenSnapshot& other) const {
    if (version != 0 && version == other.version)
        return true;
    return columns == other.columns && rows == other.rows &&
           std::ranges::equal(used(), other.used());
}

bool ScreenSnapshot::same_as(const ScreenSnapshot& other) const {
    return cursor_column == other.cursor_column && cursor_row == other.cursor_row &&
           cursor_visible == other.cursor_visible && same_cells(other);
}

std::size_t rows_scrolled(const ScreenSnapshot& before, const ScreenSnapshot& after) {
    if (before.columns != after.columns || before.rows != after.rows)
        return 0;
    std::size_t best = 0;
    std::size_t most_equal = equal_rows(before, after, 0);
    for (std::size_t shift = 1; shift < after.rows; ++shift) {
        const std::size_t equal = equal_rows(before, after, shift);
        if (equal > most_equal) {
            most_equal = equal;
            best = shift;
        }
    }
    return best;
}

} // namespace vestige::monitor
