// SPDX-License-Identifier: BSD-2-Clause
#include "text_screen.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

constexpr Gpa colour_memory{0xb8000}, mono_memory{0xb0000};
constexpr u64 memory_size = 32 * kib;
constexpr u8 mono_mode = 7;
constexpr u8 bell = 7, backspace = 8, line_feed = 10, carriage_return = 13;

} // namespace

u8 TextScreen::columns() const {
    return static_cast<u8>(std::clamp<u16>(call_.bda<u16>(bda::columns), 1, 132));
}
u8 TextScreen::rows() const {
    return static_cast<u8>(std::clamp<unsigned>(call_.bda<u8>(bda::rows) + 1U, 1, 60));
}

Position TextScreen::cursor(u8 page) const {
    const u16 word = call_.bda<u16>(bda::cursor_positions + 2U * (page & 7U));
    return {static_cast<u8>(word >> 8), static_cast<u8>(word)};
}

void TextScreen::set_cursor(u8 page, Position position) {
    call_.set_bda<u16>(bda::cursor_positions + 2U * (page & 7U),
                       static_cast<u16>(position.row << 8 | position.column));
    if (page == call_.bda<u8>(bda::active_page))
        show_page(page);
}

void TextScreen::show_page(u8 page) {
    const u16 start = static_cast<u16>(call_.bda<u16>(bda::page_size) * (page & 7U) / 2);
    const Position at = cursor(page);
    const u16 place = static_cast<u16>(start + at.row * columns() + at.column);
    devices::Vga& vga = call_.env.vga;
    vga.set_crtc(0x0c, static_cast<u8>(start >> 8));
    vga.set_crtc(0x0d, static_cast<u8>(start));
    vga.set_crtc(0x0e, static_cast<u8>(place >> 8));
    vga.set_crtc(0x0f, static_cast<u8>(place));
}

Gpa TextScreen::address(u8 page, Position position) const {
    const Gpa memory = call_.bda<u8>(bda::video_mode) == mono_mode ? mono_memory : colour_memory;
    const u64 offset = u64{call_.bda<u16>(bda::page_size)} * (page & 7U) +
                       2U * (position.row * u64{columns()} + position.column);
    return memory + (offset & (memory_size - 2));
}

u16 TextScreen::cell(u8 page, Position position) const {
    return call_.env.memory.load<u16>(address(page, position));
}

void TextScreen::set_cell(u8 page, Position position, u16 cell) {
    call_.env.memory.store<u16>(address(page, position), cell);
}

void TextScreen::scroll_row(u8 page, u8 to, u8 from, u8 left, u8 right) {
    for (u8 column = left; column <= right; ++column)
        set_cell(page, {to, column}, cell(page, {from, column}));
}

void TextScreen::blank_row(u8 page, u8 row, u8 left, u8 right, u8 attribute) {
    for (u8 column = left; column <= right; ++column)
        set_cell(page, {row, column}, static_cast<u16>(attribute << 8 | ' '));
}

void TextScreen::scroll(u8 page, Position top_left, Position bottom_right, u8 lines, u8 attribute,
                        bool up) {
    const u8 bottom = std::min<u8>(bottom_right.row, static_cast<u8>(rows() - 1));
    const u8 right = std::min<u8>(bottom_right.column, static_cast<u8>(columns() - 1));
    const u8 top = top_left.row;
    const u8 left = top_left.column;
    if (top > bottom || left > right)
        return;
    const u8 height = static_cast<u8>(bottom - top + 1);
    const u8 by = lines == 0 || lines > height ? height : lines;
    if (up && top == 0 && left == 0 && right == columns() - 1 &&
        page == call_.bda<u8>(bda::active_page)) {
        std::array<u16, 132> row{};
        for (u8 i = 0; i < by; ++i) {
            for (u8 column = 0; column <= right; ++column)
                row[column] = cell(page, {i, column});
            call_.env.screen.row_scrolled_off({row.data(), columns()});
        }
    }
    for (u8 i = 0; i < height; ++i) {
        const u8 to = static_cast<u8>(up ? top + i : bottom - i);
        if (i + by < height)
            scroll_row(page, to, static_cast<u8>(up ? to + by : to - by), left, right);
        else
            blank_row(page, to, left, right, attribute);
    }
}

void TextScreen::teletype(u8 page, u8 character, u8 attribute, bool has_attribute) {
    Position at = cursor(page);
    at.row = std::min<u8>(at.row, static_cast<u8>(rows() - 1));
    at.column = std::min<u8>(at.column, static_cast<u8>(columns() - 1));
    switch (character) {
    case bell:
        return;
    case backspace:
        if (at.column != 0)
            --at.column;
        break;
    case carriage_return:
        at.column = 0;
        break;
    case line_feed:
        ++at.row;
        break;
    default: {
        const u16 kept = has_attribute ? static_cast<u16>(attribute << 8)
                                       : static_cast<u16>(cell(page, at) & 0xff00);
        set_cell(page, at, static_cast<u16>(kept | character));
        ++at.column;
        break;
    }
    }
    if (at.column == columns()) {
        at.column = 0;
        ++at.row;
    }
    if (at.row == rows()) {
        at.row = static_cast<u8>(rows() - 1);
        const u8 fill = static_cast<u8>(cell(page, {at.row, 0}) >> 8);
        scroll(page, {0, 0}, {at.row, static_cast<u8>(columns() - 1)}, 1, fill, true);
    }
    set_cursor(page, at);
}

void TextScreen::clear() {
    const Gpa memory = call_.bda<u8>(bda::video_mode) == mono_mode ? mono_memory : colour_memory;
    const auto cells = call_.env.memory.ram(memory, memory_size);
    for (std::size_t at = 0; at < cells.size(); at += 2)
        store_le<u16>(cells, at, 0x0720);
}

} // namespace vestige::bios
