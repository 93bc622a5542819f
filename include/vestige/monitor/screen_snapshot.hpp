// SPDX-License-Identifier: BSD-2-Clause
// A copy of what a guest's text screen shows.
#pragma once

#include "vestige/base/number.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace vestige::monitor {

inline constexpr std::size_t most_columns = 132;
inline constexpr std::size_t most_rows = 60;

/// A character in the low byte (code page 437), its VGA attribute in the high byte.
using Cell = u16;
inline constexpr Cell blank_cell = 0x0720;

struct ScreenSnapshot {
    u16 columns = 80;
    u16 rows = 25;
    u16 cursor_column = 0;
    u16 cursor_row = 0;
    bool cursor_visible = false;
    /// Of the cells: another one after each snapshot() into this object that found other cells than
    /// it held, and copied with them. 0: whoever wrote the cells keeps no count.
    u32 version = 0;
    alignas(8) std::array<Cell, most_columns * most_rows> cells{};

    [[nodiscard]] std::span<const Cell> row(std::size_t number) const {
        return std::span{cells}.subspan(number * columns, columns);
    }
    [[nodiscard]] std::span<Cell> row(std::size_t number) {
        return std::span{cells}.subspan(number * columns, columns);
    }
    [[nodiscard]] std::span<const Cell> used() const {
        return std::span{cells}.first(std::size_t{columns} * rows);
    }
    /// Size, cells and cursor are the same.
    [[nodiscard]] bool same_as(const ScreenSnapshot& other) const;
    /// Size and cells are the same; the cursor may have moved.
    [[nodiscard]] bool same_cells(const ScreenSnapshot& other) const;
};

/// Pixels across and down.
struct PictureSize {
    u16 width = 0;
    u16 height = 0;
    friend bool operator==(const PictureSize&, const PictureSize&) = default;
};

/// Where snapshots come from.
class TextScreen {
  public:
    /// Copies the screen while its guest may be writing to it: cells can be torn, the next
    /// snapshot mends that. False when there is no text screen to show.
    virtual bool snapshot(ScreenSnapshot& out) const = 0;
    /// Of what is shown in place of a text screen.
    [[nodiscard]] virtual PictureSize picture_size() const { return {}; }

  protected:
    ~TextScreen() = default;
};

/// Draws cells on a display of this machine, such as its own VGA.
class CellDisplay {
  public:
    virtual void show(const ScreenSnapshot& screen) = 0;

  protected:
    ~CellDisplay() = default;
};

/// How many rows the picture moved up from before to after; 0 when it did not scroll.
[[nodiscard]] std::size_t rows_scrolled(const ScreenSnapshot& before, const ScreenSnapshot& after);

} // namespace vestige::monitor
