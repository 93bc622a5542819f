// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/guest_text_screen.hpp"

#include "vestige/devices/vga_picture.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace vestige::monitor {
namespace {

constexpr std::size_t cells_at_once = sizeof(u64) / sizeof(Cell);
/// Cells that are compared in one go: a divisor of usual screens.
constexpr std::size_t block = 16;

} // namespace

/// The guest's CPU may write at this moment: each word is read once, as it is.
template <class T> T GuestTextScreen::load(std::size_t offset) const {
    const void* const address = memory_.subspan(offset, sizeof(T)).data();
    return *static_cast<const volatile T*>(address);
}

/// Text memory is a ring of cells; guests scroll by moving the start address through it. True when
/// out held something else.
bool GuestTextScreen::copy(std::size_t first, std::span<Cell> out) const {
    const std::size_t size = memory_.size() / sizeof(Cell);
    first %= size;
    if (first % cells_at_once == 0 && out.size() % block == 0 && size - first >= out.size())
        return copy_aligned(first, out);
    bool changed = false;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const Cell cell = load<Cell>((first + i) % size * sizeof(Cell));
        changed = changed || cell != out[i];
        out[i] = cell;
    }
    return changed;
}

/// As copy() of whole blocks. Most of them are as they were: those are only compared.
bool GuestTextScreen::copy_aligned(std::size_t first, std::span<Cell> out) const {
    bool changed = false;
    for (std::size_t i = 0; i < out.size(); i += block) {
        std::array<u64, block / cells_at_once> fresh;
        std::array<u64, block / cells_at_once> old;
        std::memcpy(old.data(), &out[i], sizeof old);
        u64 difference = 0;
        for (std::size_t part = 0; part < fresh.size(); ++part) {
            fresh[part] = load<u64>((first + i + part * cells_at_once) * sizeof(Cell));
            difference |= fresh[part] ^ old[part];
        }
        if (difference == 0) [[likely]]
            continue;
        changed = true;
        std::memcpy(&out[i], fresh.data(), sizeof fresh);
    }
    return changed;
}

bool GuestTextScreen::snapshot(ScreenSnapshot& out) const {
    const devices::TextLayout layout = vga_.text_layout();
    if (!vga_.text_mode())
        return false;
    if (layout.columns == 0 || layout.columns > most_columns || layout.rows == 0 ||
        layout.rows > most_rows || memory_.size() < sizeof(u64))
        return false;
    const std::size_t count = std::size_t{layout.columns} * layout.rows;
    const bool changed = copy(layout.start, std::span{out.cells}.first(count)) ||
                         out.columns != layout.columns || out.rows != layout.rows;
    if (changed || out.version == 0)
        out.version = std::max(out.version + 1, u32{1});
    out.columns = layout.columns;
    out.rows = layout.rows;
    const unsigned cursor = static_cast<unsigned>(layout.cursor) - layout.start;
    out.cursor_visible = layout.cursor_visible && cursor < count;
    out.cursor_row = out.cursor_visible ? static_cast<u16>(cursor / layout.columns) : u16{0};
    out.cursor_column = out.cursor_visible ? static_cast<u16>(cursor % layout.columns) : u16{0};
    return true;
}

PictureSize GuestTextScreen::picture_size() const {
    const devices::VgaPicture picture{vga_};
    return {picture.width(), picture.height()};
}

} // namespace vestige::monitor
