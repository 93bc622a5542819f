// SPDX-License-Identifier: BSD-2-Clause
// What INT 09h puts into the key buffer for a scan code (US layout; Ralf Brown, table 00006).
#pragma once

#include "vestige/base/number.hpp"

#include <array>

namespace vestige::bios {

/// Buffer words of one key: scan code in the high byte, character in the low one; 0 is no key.
struct KeyWords {
    u16 plain = 0;
    u16 shift = 0;
    u16 control = 0;
    u16 alt = 0;
};

/// By set 1 make code 00h-58h.
extern const std::array<KeyWords, 0x59> key_words;
/// True for keys whose plain and shifted words Caps Lock exchanges.
[[nodiscard]] constexpr bool is_letter(const KeyWords& key) {
    const u8 c = static_cast<u8>(key.plain);
    return c >= 'a' && c <= 'z';
}

} // namespace vestige::bios
