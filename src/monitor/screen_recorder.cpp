// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/screen_recorder.hpp"

#include "vestige/monitor/cp437.hpp"
#include "vestige/monitor/line_screen.hpp"

#include <algorithm>

namespace vestige::monitor {

void ScreenRecorder::look(const TextScreen& screen) {
    text_ = screen.snapshot(fresh_);
    picture_ = text_ ? PictureSize{} : screen.picture_size();
}

bool ScreenRecorder::next_line(machine::Nanoseconds now, TextSink& out) {
    constexpr machine::Nanoseconds millisecond = machine::nanoseconds_per_second / 1000;
    char storage[longest_line];
    TextBuffer change{storage};
    if (text_ && !text_line(change))
        return false;
    if (!text_) {
        if (known_ && !shown_text_ && picture_ == shown_picture_)
            return false;
        print(change, "graphics {}x{}", picture_.width, picture_.height);
        shown_picture_ = picture_;
    }
    shown_text_ = text_;
    known_ = true;
    print(out, "{}.{03} {}", now / machine::nanoseconds_per_second,
          now % machine::nanoseconds_per_second / millisecond, change.view());
    return true;
}

bool ScreenRecorder::text_line(TextSink& out) {
    if (!known_ || !shown_text_ || shown_.columns != fresh_.columns ||
        shown_.rows != fresh_.rows) {
        shown_.columns = fresh_.columns;
        shown_.rows = fresh_.rows;
        std::ranges::fill(shown_.cells, blank_cell);
        print(out, "text {}x{}", fresh_.columns, fresh_.rows);
        return true;
    }
    if (const std::size_t up = rows_scrolled(shown_, fresh_); up != 0) {
        const auto end = shown_.cells.begin() + fresh_.columns * fresh_.rows;
        std::fill(std::copy(shown_.cells.begin() + static_cast<std::ptrdiff_t>(
                                                       up * fresh_.columns),
                            end, shown_.cells.begin()),
                  end, blank_cell);
        print(out, "scrolled {}", up);
        return true;
    }
    for (std::size_t row = 0; row < fresh_.rows; ++row) {
        const RowText text = row_text(fresh_.row(row));
        if (text == row_text(shown_.row(row)))
            continue;
        std::ranges::copy(fresh_.row(row), shown_.row(row).begin());
        print(out, "{02}|", row);
        out.write(text.length == 0 ? "" : " ");
        for (const u8 glyph : text.span())
            write_glyph(glyph, out);
        return true;
    }
    return false;
}

} // namespace vestige::monitor
