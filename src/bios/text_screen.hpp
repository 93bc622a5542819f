// SPDX-License-Identifier: BSD-2-Clause
// Characters on the guest's screen: cells, cursor, scrolling, in text and graphics modes.
#pragma once

#include "canvas.hpp"

namespace vestige::bios {

struct Position {
    u8 row = 0;
    u8 column = 0;
};

/// The screen of the current mode, as the BIOS data area describes it. All coordinates are clipped
/// to the screen; pages 8 and up are nothing in text modes and the first in graphics modes.
class TextScreen {
  public:
    explicit TextScreen(Call& call);

    [[nodiscard]] u8 columns() const;
    [[nodiscard]] u8 rows() const;
    [[nodiscard]] Position cursor(u8 page) const;
    void set_cursor(u8 page, Position position);
    /// Character and attribute; in graphics modes the character whose picture is there, or 0.
    [[nodiscard]] u16 cell(u8 page, Position position) const;
    void set_cell(u8 page, Position position, u16 cell);
    /// In text modes the attribute that is there stays; in graphics modes attribute is the colour.
    void set_character(u8 page, Position position, u8 character, u8 attribute);
    /// Scrolls a window by lines (0 blanks it), filling with attribute.
    void scroll(u8 page, Position top_left, Position bottom_right, u8 lines, u8 attribute, bool up);
    /// One character as AH=0Eh writes it; has_attribute false keeps the cell's attribute.
    void teletype(u8 page, u8 character, u8 attribute, bool has_attribute);
    /// As teletype() at a position of the caller's; where the next one goes. The cursor stays.
    [[nodiscard]] Position type(u8 page, Position at, u8 character, u8 attribute,
                                bool has_attribute);
    /// Moves the hardware cursor and start address to what the BIOS data area says.
    void show_page(u8 page);

  private:
    static constexpr u8 most_columns = 132; ///< of a text mode
    struct Row {
        std::array<u16, most_columns> cells{};
        std::size_t count = 0;
    };

    [[nodiscard]] bool graphics() const { return mode_ != nullptr && !mode_->text(); }
    [[nodiscard]] Gpa address(u8 page, Position position) const;
    [[nodiscard]] u8 char_height() const;
    [[nodiscard]] u8 glyph_line(u8 character, u8 line) const;
    [[nodiscard]] u16 read_picture(u8 page, Position position) const;
    void draw(u8 page, Position position, u8 character, u8 attribute);
    [[nodiscard]] Row load_row(u8 page, Position left, u8 right) const;
    void store_row(u8 page, Position left, const Row& row);
    void report_scrolled_rows(u8 page, u8 count);
    void scroll_row(u8 page, u8 to, u8 from, u8 left, u8 right);
    void blank_row(u8 page, u8 row, u8 left, u8 right, u8 attribute);

    Call& call_;
    const VideoMode* mode_;
};

} // namespace vestige::bios
