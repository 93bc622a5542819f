// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/guest_text_screen.hpp"

#include "vestige/devices/vga_picture.hpp"

namespace vestige::monitor {

/// The guest's CPU may write at this moment: each word is read once, as it is.
template <class T> T GuestTextScreen::load(std::size_t offset) const {
    const void* const address = memory_.subspan(offset, sizeof(T)).data();
    return *static_cast<const volatile T*>(address);
}

/// Text memory is a ring of cells; guests scroll by moving the start address through it.
void GuestTextScreen::copy(std::size_t first, std::span<Cell> out) const {
    constexpr std::size_t at_once = sizeof(u64) / sizeof(Cell);
    const std::size_t size = memory_.size() / sizeof(Cell);
    first %= size;
    for (std::size_t i = 0; i < out.size();) {
        const std::size_t index = (first + i) % size;
        if (index % at_once == 0 && out.size() - i >= at_once && size - index >= at_once) {
            const u64 cells = load<u64>(index * sizeof(Cell));
            for (unsigned part = 0; part < at_once; ++part)
                out[i++] = static_cast<Cell>(cells >> (16 * part));
        } else {
            out[i++] = load<Cell>(index * sizeof(Cell));
        }
    }
}

bool GuestTextScreen::snapshot(ScreenSnapshot& out) const {
    const devices::TextLayout layout = vga_.text_layout();
    if (!vga_.text_mode())
        return false;
    if (layout.columns == 0 || layout.columns > most_columns || layout.rows == 0 ||
        layout.rows > most_rows || memory_.size() < sizeof(u64))
        return false;
    out.columns = layout.columns;
    out.rows = layout.rows;
    const std::size_t count = std::size_t{layout.columns} * layout.rows;
    copy(layout.start, std::span{out.cells}.first(count));
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
