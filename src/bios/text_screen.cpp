// SPDX-License-Identifier: BSD-2-Clause
#include "text_screen.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

constexpr Gpa colour_memory{0xb8000}, mono_memory{0xb0000};
constexpr u64 memory_size = 32 * kib;
constexpr u8 bell = 7, backspace = 8, line_feed = 10, carriage_return = 13;
constexpr u8 last_page = 7;
constexpr Gpa upper_font_vector{4 * 0x1f}, font_vector{4 * 0x43};

} // namespace

TextScreen::TextScreen(Call& call) : call_{call}, mode_{current_mode(call)} {}

u8 TextScreen::columns() const {
    const u16 most = graphics() ? 255 : most_columns;
    return static_cast<u8>(std::clamp<u16>(call_.bda<u16>(bda::columns), 1, most));
}
u8 TextScreen::rows() const {
    const unsigned most = graphics() ? 150 : 60;
    return static_cast<u8>(std::clamp<unsigned>(call_.bda<u8>(bda::rows) + 1U, 1, most));
}

Position TextScreen::cursor(u8 page) const {
    if (page > last_page)
        return {};
    const u16 word = call_.bda<u16>(bda::cursor_positions + 2U * page);
    return {static_cast<u8>(word >> 8), static_cast<u8>(word)};
}

void TextScreen::set_cursor(u8 page, Position position) {
    if (page > last_page)
        return;
    call_.set_bda<u16>(bda::cursor_positions + 2U * page,
                       static_cast<u16>(position.row << 8 | position.column));
    if (page == call_.bda<u8>(bda::active_page))
        show_page(page);
}

void TextScreen::show_page(u8 page) {
    const u16 size = call_.bda<u16>(bda::page_size);
    const u16 start = static_cast<u16>(size * (page & last_page) / (graphics() ? 1 : 2));
    const Position at = cursor(page);
    const u16 place = static_cast<u16>(start + at.row * columns() + at.column);
    devices::Vga& vga = call_.env.vga;
    vga.set_crtc(0x0c, static_cast<u8>(start >> 8));
    vga.set_crtc(0x0d, static_cast<u8>(start));
    vga.set_crtc(0x0e, static_cast<u8>(place >> 8));
    vga.set_crtc(0x0f, static_cast<u8>(place));
}

Gpa TextScreen::address(u8 page, Position position) const {
    const bool mono = call_.bda<u8>(bda::video_mode) == mono_text_mode;
    const u64 offset = u64{call_.bda<u16>(bda::page_size)} * (page & last_page) +
                       2U * (position.row * u64{columns()} + position.column);
    return (mono ? mono_memory : colour_memory) + (offset & (memory_size - 2));
}

u8 TextScreen::char_height() const {
    return static_cast<u8>(std::clamp<u16>(call_.bda<u16>(bda::char_height), 1, 32));
}

/// INT 43h points to the font; of fonts of eight lines INT 1Fh points to the upper half.
u8 TextScreen::glyph_line(u8 character, u8 line) const {
    const u8 height = char_height();
    const bool upper = height == 8 && character >= 128;
    const Gpa vector = upper ? upper_font_vector : font_vector;
    const unsigned index = upper ? character - 128U : character;
    const FarPtr font{call_.env.memory.load<u16>(vector + 2), call_.env.memory.load<u16>(vector)};
    const FarPtr at{font.segment, static_cast<u16>(font.offset + index * height + line)};
    return call_.env.memory.load<u8>(call_.physical(at.linear()));
}

void TextScreen::draw(u8 page, Position position, u8 character, u8 attribute) {
    Canvas canvas{call_, *mode_, page};
    const u8 height = char_height();
    const bool invert = canvas.has_xor() && (attribute & 0x80) != 0;
    const u8 colour = canvas.clip(attribute);
    for (u8 line = 0; line < height; ++line) {
        const u16 y = static_cast<u16>(position.row * height + line);
        const u8 dots = glyph_line(character, line);
        Canvas::Pixels pixels = invert ? canvas.load(y, position.column) : Canvas::Pixels{};
        for (unsigned i = 0; i < pixels.size(); ++i)
            if ((dots >> (7 - i) & 1) != 0)
                pixels[i] = static_cast<u8>(pixels[i] ^ colour);
        canvas.store(y, position.column, pixels);
    }
}

/// Compares the picture with those of the font.
u16 TextScreen::read_picture(u8 page, Position position) const {
    const Canvas canvas{call_, *mode_, page};
    const u8 height = char_height();
    std::array<u8, 32> lines{};
    u8 colour = 0;
    for (u8 line = 0; line < height; ++line) {
        const Canvas::Pixels pixels =
            canvas.load(static_cast<u16>(position.row * height + line), position.column);
        for (unsigned i = 0; i < pixels.size(); ++i)
            if (pixels[i] != 0) {
                lines[line] = static_cast<u8>(lines[line] | 0x80 >> i);
                colour = pixels[i];
            }
    }
    for (unsigned character = 0; character < 256; ++character) {
        u8 line = 0;
        while (line < height && glyph_line(static_cast<u8>(character), line) == lines[line])
            ++line;
        if (line == height)
            return static_cast<u16>(colour << 8 | character);
    }
    return 0;
}

u16 TextScreen::cell(u8 page, Position position) const {
    if (graphics())
        return read_picture(page, position);
    return page > last_page ? u16{0} : call_.env.memory.load<u16>(address(page, position));
}

void TextScreen::set_cell(u8 page, Position position, u16 cell) {
    if (graphics())
        draw(page, position, static_cast<u8>(cell), static_cast<u8>(cell >> 8));
    else if (page <= last_page)
        call_.env.memory.store<u16>(address(page, position), cell);
}

void TextScreen::set_character(u8 page, Position position, u8 character, u8 attribute) {
    if (graphics())
        draw(page, position, character, attribute);
    else if (page <= last_page)
        call_.env.memory.store<u8>(address(page, position), character);
}

void TextScreen::scroll_row(u8 page, u8 to, u8 from, u8 left, u8 right) {
    if (graphics()) {
        Canvas canvas{call_, *mode_, page};
        const u8 height = char_height();
        for (u8 line = 0; line < height; ++line)
            canvas.copy(static_cast<u16>(to * height + line),
                        static_cast<u16>(from * height + line), left,
                        static_cast<u16>(right - left + 1));
        return;
    }
    store_row(page, {to, left}, load_row(page, {from, left}, right));
}

void TextScreen::blank_row(u8 page, u8 row, u8 left, u8 right, u8 attribute) {
    if (graphics()) {
        Canvas canvas{call_, *mode_, page};
        const u8 height = char_height();
        for (u8 line = 0; line < height; ++line)
            canvas.fill(static_cast<u16>(row * height + line), left,
                        static_cast<u16>(right - left + 1), attribute);
        return;
    }
    const std::size_t count = right - left + 1U;
    Row blank{.count = count};
    std::fill_n(blank.cells.begin(), count, static_cast<u16>(attribute << 8 | ' '));
    store_row(page, {row, left}, blank);
}

/// Cells of a row of a text mode, from left up to and with the column right.
TextScreen::Row TextScreen::load_row(u8 page, Position left, u8 right) const {
    Row row{.count = right - left.column + std::size_t{1}};
    const std::span cells{row.cells.data(), row.count};
    call_.env.memory.read(address(page, left), std::as_writable_bytes(cells));
    return row;
}

void TextScreen::store_row(u8 page, Position left, const Row& row) {
    const std::span cells{row.cells.data(), row.count};
    call_.env.memory.write(address(page, left), std::as_bytes(cells));
}

void TextScreen::report_scrolled_rows(u8 page, u8 count) {
    const u8 last = static_cast<u8>(columns() - 1);
    for (u8 i = 0; i < count; ++i) {
        const Row row = load_row(page, {i, 0}, last);
        call_.env.screen.row_scrolled_off({row.cells.data(), row.count});
    }
}

void TextScreen::scroll(u8 page, Position top_left, Position bottom_right, u8 lines, u8 attribute,
                        bool up) {
    const u8 bottom = std::min<u8>(bottom_right.row, static_cast<u8>(rows() - 1));
    const u8 right = std::min<u8>(bottom_right.column, static_cast<u8>(columns() - 1));
    const u8 top = top_left.row;
    const u8 left = top_left.column;
    if (top > bottom || left > right || page > last_page)
        return;
    const u8 height = static_cast<u8>(bottom - top + 1);
    const u8 by = lines == 0 || lines > height ? height : lines;
    if (up && !graphics() && top == 0 && left == 0 && right == columns() - 1 &&
        page == call_.bda<u8>(bda::active_page))
        report_scrolled_rows(page, by);
    for (u8 i = 0; i < height; ++i) {
        const u8 to = static_cast<u8>(up ? top + i : bottom - i);
        if (i + by < height)
            scroll_row(page, to, static_cast<u8>(up ? to + by : to - by), left, right);
        else
            blank_row(page, to, left, right, attribute);
    }
}

void TextScreen::teletype(u8 page, u8 character, u8 attribute, bool has_attribute) {
    set_cursor(page, type(page, cursor(page), character, attribute, has_attribute));
}

Position TextScreen::type(u8 page, Position at, u8 character, u8 attribute, bool has_attribute) {
    at.row = std::min<u8>(at.row, static_cast<u8>(rows() - 1));
    at.column = std::min<u8>(at.column, static_cast<u8>(columns() - 1));
    switch (character) {
    case bell:
        return at;
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
    default:
        if (has_attribute)
            set_cell(page, at, static_cast<u16>(attribute << 8 | character));
        else
            set_character(page, at, character, attribute);
        ++at.column;
        break;
    }
    if (at.column == columns()) {
        at.column = 0;
        ++at.row;
    }
    if (at.row == rows()) {
        at.row = static_cast<u8>(rows() - 1);
        const u8 fill = graphics() ? u8{0} : static_cast<u8>(cell(page, at) >> 8);
        scroll(page, {0, 0}, {at.row, static_cast<u8>(columns() - 1)}, 1, fill, true);
    }
    return at;
}

} // namespace vestige::bios
