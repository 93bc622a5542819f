// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/key_text.hpp"

namespace vestige::monitor {
namespace {

constexpr u8 released = 0x80;
constexpr u8 scan_control = 0x1d, scan_left_shift = 0x2a, scan_right_shift = 0x36;

/// Codes 00h to 39h; 0: no character.
constexpr char plain[] = "\0\x1b"
                         "1234567890-=\x7f\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
constexpr char shifted[] = "\0\x1b!@#$%^&*()_+\x7f\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";
static_assert(sizeof plain == 0x3b && sizeof shifted == sizeof plain);
static_assert(plain[0x1e] == 'a' && plain[0x1c] == '\r' && shifted[7] == '^' &&
              plain[0x39] == ' ');

/// Keys behind E0h that move the line editor's cursor.
std::string_view sequence_of(u8 code) {
    switch (code) {
    case 0x47:
        return "\x1b[H";
    case 0x48:
        return "\x1b[A";
    case 0x4b:
        return "\x1b[D";
    case 0x4d:
        return "\x1b[C";
    case 0x4f:
        return "\x1b[F";
    case 0x50:
        return "\x1b[B";
    case 0x53:
        return "\x1b[3~";
    case 0x1c:
        return "\r";
    case 0x35:
        return "/";
    default:
        return {};
    }
}

} // namespace

std::string_view KeyText::text_of(bool extended, u8 code) {
    constexpr char control_bits = 0x1f;
    const bool down = (code & released) == 0;
    const u8 make = code & static_cast<u8>(~released);
    if (make == scan_control)
        control_ = down;
    if (!extended && (make == scan_left_shift || make == scan_right_shift))
        shift_ = down;
    if (!down)
        return {};
    if (extended)
        return sequence_of(make);
    if (make >= sizeof plain - 1)
        return {};
    const bool upper = shift_ || (control_ && (plain[make] == '6' || plain[make] == '-'));
    character_ = upper ? shifted[make] : plain[make];
    if (character_ == 0)
        return {};
    if (control_)
        character_ = static_cast<char>(character_ & control_bits);
    return {&character_, 1};
}

} // namespace vestige::monitor
