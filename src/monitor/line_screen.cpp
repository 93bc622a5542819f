// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/line_screen.hpp"

#include "vestige/monitor/cp437.hpp"

#include <algorithm>

namespace vestige::monitor {
namespace {

constexpr bool is_blank(u8 glyph) {
    return glyph == 0 || glyph == ' ' || glyph == 0xff;
}

void trim(RowText& row) {
    while (row.length != 0 && is_blank(row.characters[row.length - 1U]))
        --row.length;
}

} // namespace

bool RowText::operator==(const RowText& other) const {
    return std::ranges::equal(span(), other.span());
}

RowText row_text(std::span<const Cell> cells) {
    RowText row;
    for (const Cell cell : cells.first(std::min(cells.size(), most_columns)))
        row.characters[row.length++] = static_cast<u8>(cell);
    trim(row);
    return row;
}

void LineScreen::restart() {
    for (Row& row : rows_)
        row = {};
    last_.cells.fill(blank_cell);
    last_.version = 0;
    seen_early_.clear();
    matched_early_ = 0;
}

void LineScreen::print_row(Row& row, OutputQueue& out) {
    out.fresh_line();
    for (const u8 glyph : row.text.span())
        write_glyph(glyph, out);
    out.write("\r\n");
    row.printed = row.text;
}

/// Everything moves up; rows that leave are printed first if they have not been.
void LineScreen::scroll(std::size_t rows, OutputQueue& out) {
    const std::size_t count = last_.rows;
    rows = std::min(rows, count);
    for (std::size_t i = 0; i < rows; ++i)
        if (rows_[i].pending())
            print_row(rows_[i], out);
    for (std::size_t i = 0; i < count; ++i)
        rows_[i] = i + rows < count ? rows_[i + rows] : Row{};
    const std::size_t moved = (count - rows) * last_.columns;
    const auto begin = last_.cells.begin();
    std::copy_n(begin + static_cast<long>(rows * last_.columns), moved, begin);
    std::fill_n(begin + static_cast<long>(moved), rows * last_.columns, blank_cell);
    last_.version = 0;
    rested_ = false;
}

void LineScreen::row_scrolled_off(const RowText& row, OutputQueue& out) {
    if (matched_early_ < seen_early_.size() && seen_early_[matched_early_] == row) {
        ++matched_early_;
        return;
    }
    rows_[0].text = row;
    scroll(1, out);
}

void LineScreen::update(const ScreenSnapshot& picture, machine::Nanoseconds now, bool hold,
                        OutputQueue& out) {
    seen_early_.clear();
    matched_early_ = 0;
    if (!picture.same_cells(last_))
        look_at(picture, now, out);
    if (hold || rested_)
        return;
    rested_ = true;
    for (std::size_t i = 0; i < last_.rows; ++i) {
        if (!rows_[i].pending())
            continue;
        if (now - rows_[i].changed_at >= rest)
            print_row(rows_[i], out);
        else
            rested_ = false;
    }
}

void LineScreen::look_at(const ScreenSnapshot& picture, machine::Nanoseconds now,
                         OutputQueue& out) {
    if (picture.columns != last_.columns || picture.rows != last_.rows) {
        flush(out);
        restart();
        last_.columns = picture.columns;
        last_.rows = picture.rows;
    } else if (const std::size_t rows = rows_scrolled(last_, picture)) {
        for (std::size_t i = 0; i < rows; ++i)
            static_cast<void>(seen_early_.push_back(rows_[i].text));
        scroll(rows, out);
    }
    for (std::size_t i = 0; i < picture.rows; ++i) {
        if (std::ranges::equal(picture.row(i), last_.row(i)))
            continue;
        const RowText text = row_text(picture.row(i));
        Row& row = rows_[i];
        if (text == row.text)
            continue; // colours only
        if (text.length == 0) {
            if (row.pending())
                print_row(row, out);
            row.printed = {};
        }
        row.text = text;
        row.changed_at = now;
    }
    last_ = picture;
    rested_ = false;
}

void LineScreen::flush(OutputQueue& out) {
    for (std::size_t i = 0; i < last_.rows; ++i)
        if (rows_[i].pending())
            print_row(rows_[i], out);
}

} // namespace vestige::monitor
