// SPDX-License-Identifier: BSD-2-Clause
// Keyboard layouts as changes to the US one. To add one: give it a name in KeyLayout and in the
// words of keys=, write its table below (characters of code page 437) and list it in
// layout_changes().
#include "keyboard_map.hpp"

namespace vestige::bios {
namespace {

/// A key that enters the same scan code with each of its characters.
constexpr KeyChange key(u8 scan, u8 plain, u8 shift, u8 third = 0, u16 control = 0) {
    const u16 high = static_cast<u16>(scan << 8);
    const u16 alt = scan <= 0x0d ? static_cast<u16>((scan + 0x76) << 8) : high;
    return {scan,
            {static_cast<u16>(high | plain), static_cast<u16>(high | shift), control, alt},
            third};
}
/// The same for a letter that sits elsewhere: with Ctrl its control character, with Alt the code of
/// its place on the US keyboard.
constexpr KeyChange letter(u8 scan, u8 plain, u8 us_scan) {
    const u16 high = static_cast<u16>(scan << 8);
    return {scan,
            {static_cast<u16>(high | plain), static_cast<u16>(high | (plain - 0x20)),
             static_cast<u16>(high | (plain - 0x60)), static_cast<u16>(us_scan << 8)},
            0};
}
/// A US key that has a third character.
constexpr KeyChange with_third(u8 scan, u8 plain, u8 shift, u16 control, u8 third) {
    KeyChange change = key(scan, plain, shift, third, control);
    change.words.alt = static_cast<u16>(scan << 8);
    return change;
}

constexpr std::array german{
    key(0x03, '2', '"', 0xfd, 0x0300),
    key(0x04, '3', 0x15),
    key(0x07, '6', '&', 0, 0x071e),
    key(0x08, '7', '/', '{'),
    key(0x09, '8', '(', '['),
    key(0x0a, '9', ')', ']'),
    key(0x0b, '0', '=', '}'),
    key(0x0c, 0xe1, '?', '\\', 0x0c1c),
    key(0x0d, '\'', '`'),
    with_third(0x10, 'q', 'Q', 0x1011, '@'),
    letter(0x15, 'z', 0x2c),
    key(0x1a, 0x81, 0x9a),
    key(0x1b, '+', '*', '~', 0x1b1d),
    key(0x27, 0x94, 0x99),
    key(0x28, 0x84, 0x8e),
    key(0x29, '^', 0xf8),
    key(0x2b, '#', '\''),
    letter(0x2c, 'y', 0x15),
    with_third(0x32, 'm', 'M', 0x320d, 0xe6),
    key(0x33, ',', ';'),
    key(0x34, '.', ':'),
    key(0x35, '-', '_', 0, 0x351f),
    key(0x56, '<', '>', '|'),
};

} // namespace

std::span<const KeyChange> layout_changes(KeyLayout layout) {
    switch (layout) {
    case KeyLayout::us:
        return {};
    case KeyLayout::de:
        return german;
    }
    return {};
}

KeyChange find_key(KeyLayout layout, u8 scan) {
    for (const KeyChange& change : layout_changes(layout))
        if (change.scan == scan)
            return change;
    return {scan, scan < key_words.size() ? key_words[scan] : KeyWords{}, 0};
}

} // namespace vestige::bios
