// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/ansi_screen.hpp"

#include "vestige/monitor/cp437.hpp"

#include <algorithm>

namespace vestige::monitor {
namespace {

constexpr u8 usual_attribute = 0x07;
/// No cell looks like this one, so that whatever is compared with it gets drawn.
constexpr Cell unknown_cell = 0x0000;
/// The most that one row can take: a move, then colours and three bytes for every cell.
constexpr std::size_t longest_row = 32 + most_columns * (16 + 3);

/// Cells that look alike become equal: blanks differ in their background only.
constexpr Cell appearance(Cell cell) {
    const unsigned glyph = cell & 0xff;
    if (glyph != 0 && glyph != ' ' && glyph != 0xff)
        return cell;
    return static_cast<Cell>((cell & 0x7000) | (usual_attribute << 8) | ' ');
}

/// VGA counts blue, green, red; ANSI counts red, green, blue.
constexpr unsigned ansi_colour(unsigned vga) {
    return (vga & 2) | (vga & 1) << 2 | (vga & 4) >> 2;
}

} // namespace

void AnsiScreen::repaint() {
    if (state_ == State::shown)
        state_ = State::covered;
}

void AnsiScreen::begin(const ScreenSnapshot& picture, OutputQueue& out) {
    const bool clear = state_ == State::unknown || picture.columns != shown_.columns ||
                       picture.rows != shown_.rows;
    out.write(clear ? "\x1b[r\x1b[m\x1b[2J\x1b[?25h" : "\x1b[r\x1b[m\x1b[?25h");
    shown_.columns = picture.columns;
    shown_.rows = picture.rows;
    shown_.cursor_visible = true;
    shown_.cells.fill(clear ? blank_cell : unknown_cell);
    position_ = {};
    attribute_ = usual_attribute;
    attribute_known_ = true;
    state_ = State::shown;
}

bool AnsiScreen::update(const ScreenSnapshot& picture, OutputQueue& out) {
    if (out.room() < longest_row)
        return false;
    const bool same = picture.version != 0 && picture.version == drawn_;
    if (state_ == State::shown && same) {
        place_cursor(picture, out);
        return true;
    }
    drawn_ = 0;
    if (state_ != State::shown || picture.columns != shown_.columns || picture.rows != shown_.rows)
        begin(picture, out);
    else if (const std::size_t rows = rows_scrolled(shown_, picture))
        scroll(rows, out);
    for (unsigned row = 0; row < picture.rows; ++row) {
        if (out.room() < longest_row)
            return false;
        draw_row(picture, row, out);
    }
    place_cursor(picture, out);
    drawn_ = picture.version;
    return true;
}

/// Lets the terminal do the scrolling, inside the picture's rows only.
void AnsiScreen::scroll(std::size_t rows, OutputQueue& out) {
    set_attribute(usual_attribute, out);
    print(out, "\x1b[1;{}r\x1b[{};1H", shown_.rows, shown_.rows);
    for (std::size_t i = 0; i < rows; ++i)
        out.write("\n");
    out.write("\x1b[r");
    position_ = {};
    const std::size_t moved = (shown_.rows - rows) * shown_.columns;
    const auto begin = shown_.cells.begin();
    std::copy_n(begin + static_cast<long>(rows * shown_.columns), moved, begin);
    std::fill_n(begin + static_cast<long>(moved), rows * shown_.columns, blank_cell);
}

void AnsiScreen::draw_row(const ScreenSnapshot& picture, unsigned row, OutputQueue& out) {
    const std::span<const Cell> wanted = picture.row(row);
    const std::span<Cell> shown = shown_.row(row);
    std::size_t text_end = wanted.size();
    while (text_end != 0 && appearance(wanted[text_end - 1]) == blank_cell)
        --text_end;
    for (unsigned column = 0; column < text_end; ++column) {
        const Cell cell = appearance(wanted[column]);
        if (cell == shown[column])
            continue;
        move_to({row, column}, out);
        set_attribute(static_cast<u8>(cell >> 8), out);
        write_glyph(static_cast<u8>(cell), out);
        shown[column] = cell;
        // In the last column terminals differ in where the cursor is now.
        position_ = column + 1 == wanted.size() ? Position{} : Position{row, column + 1};
    }
    const auto tail = shown.subspan(text_end);
    if (std::ranges::all_of(tail, [](Cell cell) { return cell == blank_cell; }))
        return;
    move_to({row, static_cast<unsigned>(text_end)}, out);
    set_attribute(usual_attribute, out);
    out.write("\x1b[K");
    std::ranges::fill(tail, blank_cell);
}

void AnsiScreen::place_cursor(const ScreenSnapshot& picture, OutputQueue& out) {
    const bool inside =
        picture.cursor_row < picture.rows && picture.cursor_column < picture.columns;
    const bool visible = picture.cursor_visible && inside;
    if (visible)
        move_to({picture.cursor_row, picture.cursor_column}, out);
    if (visible != shown_.cursor_visible)
        out.write(visible ? "\x1b[?25h" : "\x1b[?25l");
    shown_.cursor_visible = visible;
}

void AnsiScreen::leave(OutputQueue& out) {
    // A terminal that is no taller than the picture refuses the region and scrolls as a whole;
    // that is why whoever leaves must repaint.
    print(out, "\x1b[m\x1b[?25h\x1b[{};999r\x1b[999;1H", shown_.rows + 1);
    repaint();
}

void AnsiScreen::move_to(Position target, OutputQueue& out) {
    if (target == position_)
        return;
    if (position_.row != ~0U && target.row == position_.row + 1 && target.column == 0)
        out.write("\r\n");
    else
        print(out, "\x1b[{};{}H", target.row + 1, target.column + 1);
    position_ = target;
}

void AnsiScreen::set_attribute(u8 attribute, OutputQueue& out) {
    if (attribute_known_ && attribute == attribute_)
        return;
    attribute_ = attribute;
    attribute_known_ = true;
    if (attribute == usual_attribute)
        return out.write("\x1b[m");
    const unsigned foreground = ansi_colour(attribute & 7U) + ((attribute & 8) != 0 ? 90U : 30U);
    print(out, "\x1b[0;{}", foreground);
    if ((attribute & 0x70) != 0)
        print(out, ";{}", 40 + ansi_colour(attribute >> 4 & 7U));
    out.write((attribute & 0x80) != 0 ? ";5m" : "m");
}

} // namespace vestige::monitor
