// SPDX-License-Identifier: BSD-2-Clause
// What INT 09h puts into the key buffer for a scan code (Ralf Brown, table 00006).
#pragma once

#include "vestige/bios/environment.hpp"

#include <array>
#include <span>

namespace vestige::bios {

/// Buffer words of one key: scan code in the high byte, character in the low one; 0 is no key.
struct KeyWords {
    u16 plain = 0;
    u16 shift = 0;
    u16 control = 0;
    u16 alt = 0;
};

/// The US layout by set 1 make code 00h-58h; other layouts are made of changes to it.
extern const std::array<KeyWords, 0x59> key_words;

/// What a layout has in place of the US words; third: the character with the right Alt key.
struct KeyChange {
    u8 scan = 0;
    KeyWords words;
    u8 third = 0;
};
/// The changes of a layout: see keyboard_layouts.cpp for how to add one.
[[nodiscard]] std::span<const KeyChange> layout_changes(KeyLayout layout);
/// A key in a layout; all words 0 for codes beyond the table.
[[nodiscard]] KeyChange find_key(KeyLayout layout, u8 scan);
/// True for keys whose plain and shifted words Caps Lock exchanges.
[[nodiscard]] constexpr bool is_letter(const KeyWords& key) {
    constexpr u8 u_umlaut = 0x81, a_umlaut = 0x84, o_umlaut = 0x94;
    const u8 c = static_cast<u8>(key.plain);
    return (c >= 'a' && c <= 'z') || c == u_umlaut || c == a_umlaut || c == o_umlaut;
}

} // namespace vestige::bios
