// SPDX-License-Identifier: BSD-2-Clause
// Text modes on the guest's video memory: cells, cursor, scrolling.
#pragma once

#include "vestige/bios/call.hpp"

namespace vestige::bios {

struct Position {
    u8 row = 0;
    u8 column = 0;
};

/// A text page of the current mode, as the BIOS data area describes it. All coordinates are
/// clipped to the screen.
class TextScreen {
  public:
    explicit TextScreen(Call& call) : call_{call} {}

    [[nodiscard]] u8 columns() const;
    [[nodiscard]] u8 rows() const;
    [[nodiscard]] Position cursor(u8 page) const;
    void set_cursor(u8 page, Position position);
    [[nodiscard]] u16 cell(u8 page, Position position) const;
    void set_cell(u8 page, Position position, u16 cell);
    /// Scrolls a window by lines (0 blanks it), filling with attribute.
    void scroll(u8 page, Position top_left, Position bottom_right, u8 lines, u8 attribute, bool up);
    /// One character as AH=0Eh writes it; has_attribute false keeps the cell's attribute.
    void teletype(u8 page, u8 character, u8 attribute, bool has_attribute);
    /// Blanks all of video memory.
    void clear();
    /// Moves the hardware cursor and start address to what the BIOS data area says.
    void show_page(u8 page);

  private:
    [[nodiscard]] Gpa address(u8 page, Position position) const;
    void scroll_row(u8 page, u8 to, u8 from, u8 left, u8 right);
    void blank_row(u8 page, u8 row, u8 left, u8 right, u8 attribute);

    Call& call_;
};

} // namespace vestige::bios
