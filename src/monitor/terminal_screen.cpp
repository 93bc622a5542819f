// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/terminal_screen.hpp"

#include <algorithm>
#include <utility>

namespace vestige::monitor {
namespace {

constexpr u8 escape = 0x1b;

} // namespace

void TerminalScreen::clear() {
    picture_.cells.fill(blank_cell);
    picture_.cursor_column = picture_.cursor_row = 0;
    picture_.cursor_visible = true;
    state_ = State::ground;
    changed_ = true;
}

bool TerminalScreen::take_changed() {
    return std::exchange(changed_, false);
}

void TerminalScreen::write(std::string_view text) {
    for (const char c : text)
        byte(static_cast<u8>(c));
    changed_ = true;
}

void TerminalScreen::byte(u8 byte) {
    switch (state_) {
    case State::ground:
        return ground(byte);
    case State::escape:
        number_ = 0;
        state_ = byte == '[' ? State::csi : byte == '_' ? State::string : State::ground;
        return;
    case State::csi:
        return csi(byte);
    case State::string:
        state_ = byte == escape ? State::string_end : State::string;
        return;
    case State::string_end:
        state_ = byte == '\\' ? State::ground : State::string;
    }
}

void TerminalScreen::ground(u8 byte) {
    constexpr u8 continuation = 0x80, lead = 0xc0;
    if (byte == escape)
        state_ = State::escape;
    else if (byte == '\r')
        picture_.cursor_column = 0;
    else if (byte == '\n')
        next_row();
    else if (byte == '\b')
        picture_.cursor_column =
            static_cast<u16>(picture_.cursor_column - (picture_.cursor_column != 0 ? 1 : 0));
    else if (byte >= lead)
        put('?'); // a character of several bytes
    else if (byte >= ' ' && byte < continuation)
        put(byte);
}

void TerminalScreen::csi(u8 byte) {
    if (byte >= '0' && byte <= '9') {
        number_ = std::min(10 * number_ + (byte - '0'), 999U);
        return;
    }
    if (byte == ';') {
        number_ = 0;
        return;
    }
    state_ = State::ground;
    const unsigned count = std::max(number_, 1U);
    const unsigned column = picture_.cursor_column;
    if (byte == 'C')
        picture_.cursor_column = static_cast<u16>(std::min(column + count,
                                                           picture_.columns - 1U));
    else if (byte == 'D')
        picture_.cursor_column = static_cast<u16>(column - std::min(count, column));
    else if (byte == 'K')
        std::ranges::fill(picture_.row(picture_.cursor_row).subspan(std::min<std::size_t>(
                              column, picture_.columns)), blank_cell);
    else if (byte == 'J')
        clear();
}

void TerminalScreen::put(u8 character) {
    constexpr Cell colour = blank_cell & 0xff00;
    if (picture_.cursor_column >= picture_.columns) {
        picture_.cursor_column = 0;
        next_row();
    }
    picture_.row(picture_.cursor_row)[picture_.cursor_column++] =
        static_cast<Cell>(colour | character);
}

void TerminalScreen::next_row() {
    if (picture_.cursor_row + 1 < picture_.rows) {
        ++picture_.cursor_row;
        return;
    }
    const std::size_t kept = std::size_t{picture_.columns} * (picture_.rows - 1U);
    std::copy_n(picture_.cells.begin() + picture_.columns, kept, picture_.cells.begin());
    std::ranges::fill(picture_.row(picture_.rows - 1U), blank_cell);
}

} // namespace vestige::monitor
