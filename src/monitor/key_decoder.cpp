// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/key_decoder.hpp"

namespace vestige::monitor {
namespace {

constexpr u8 byte_escape = 0x1b;
constexpr u8 scan_escape = 0x01;
constexpr u8 scan_backspace = 0x0e;
constexpr u8 scan_tab = 0x0f;
constexpr u8 scan_enter = 0x1c;
constexpr u8 scan_control = 0x1d;
constexpr u8 scan_left_shift = 0x2a;
constexpr u8 scan_alt = 0x38;
constexpr u8 released = 0x80;

/// The main block of a US keyboard: set 1 codes 02h to 39h, without and with Shift. A blank is a
/// key that makes no character.
constexpr u8 first_code = 0x02;
constexpr char plain[] = "1234567890-=  qwertyuiop[]  asdfghjkl;'` \\zxcvbnm,./   ";
constexpr char shifted[] = "!@#$%^&*()_+  QWERTYUIOP{}  ASDFGHJKL:\"~ |ZXCVBNM<>?   ";
constexpr u8 scan_space = 0x39;

struct Place {
    u8 code = 0;
    bool shift = false;
};

constexpr std::array<Place, 128> make_places() {
    std::array<Place, 128> places{};
    for (unsigned i = 0; plain[i] != 0; ++i) {
        const u8 code = static_cast<u8>(first_code + i);
        if (plain[i] != ' ')
            places[static_cast<u8>(plain[i])] = {code, false};
        if (shifted[i] != ' ')
            places[static_cast<u8>(shifted[i])] = {code, true};
    }
    places[' '] = {scan_space, false};
    return places;
}
constexpr std::array<Place, 128> places = make_places();
static_assert(places['a'].code == 0x1e && places['?'].code == 0x35 && places['?'].shift);
static_assert(places['\\'].code == 0x2b && places['`'].code == 0x29 && places['m'].code == 0x32);

/// F1 to F12.
constexpr std::array<u8, 12> function_codes{0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x40,
                                            0x41, 0x42, 0x43, 0x44, 0x57, 0x58};

} // namespace

void KeyDecoder::feed(u8 byte, machine::Nanoseconds now) {
    expire(now);
    const bool was_return = after_return_ && now - fed_at_ < escape_time_out;
    after_return_ = false;
    fed_at_ = now;
    switch (state_) {
    case State::ground:
        if (byte == byte_escape) {
            state_ = State::escape;
        } else if (!(byte == '\n' && was_return)) { // CR LF is one Enter
            ground(byte);
        }
        break;
    case State::command:
        state_ = State::ground;
        if (byte == escape_key_)
            character(byte, false);
        else
            sink_.command(byte);
        break;
    case State::escape:
        after_escape(byte);
        break;
    case State::csi:
        csi(byte);
        break;
    case State::ss3:
        state_ = State::ground;
        letter_key(byte, {});
        break;
    case State::linux_function:
        state_ = State::ground;
        if (byte >= 'A' && byte <= 'E')
            function_key(byte - 'A' + 1U, {});
        break;
    }
}

void KeyDecoder::expire(machine::Nanoseconds now) {
    if (state_ != State::escape || now - fed_at_ < escape_time_out)
        return;
    state_ = State::ground;
    stroke(scan_escape, false, {});
}

void KeyDecoder::ground(u8 byte) {
    if (byte == escape_key_ && escape_key_ != 0)
        state_ = State::command;
    else
        character(byte, false);
}

void KeyDecoder::after_escape(u8 byte) {
    switch (byte) {
    case '[':
        state_ = State::csi;
        parameters_ = {};
        parameter_ = 0;
        break;
    case 'O':
        state_ = State::ss3;
        break;
    case byte_escape: // the first was the Esc key, this one may begin a sequence
        stroke(scan_escape, false, {});
        break;
    default:
        state_ = State::ground;
        character(byte, true);
        break;
    }
}

void KeyDecoder::csi(u8 byte) {
    if (byte >= '0' && byte <= '9') {
        u16& parameter = parameters_[parameter_];
        if (parameter < 1000)
            parameter = static_cast<u16>(parameter * 10 + (byte - '0'));
    } else if (byte == ';') {
        parameter_ = parameter_ + 1 < parameters_.size() ? parameter_ + 1 : parameter_;
    } else if (byte == '[') {
        state_ = State::linux_function;
    } else if (byte >= 0x40 && byte <= 0x7e) {
        state_ = State::ground;
        csi_final(byte);
    } else if (byte < 0x20 || byte > 0x7e) {
        state_ = State::ground; // no sequence that we know goes on like this
    }
}

void KeyDecoder::csi_final(u8 byte) {
    if (byte == '~')
        vt_key(parameters_[0], csi_modifiers());
    else if (byte == 'Z')
        stroke(scan_tab, false, {.shift = true});
    else
        letter_key(byte, csi_modifiers());
}

/// xterm sends 1 plus a bit for Shift, Alt and Control behind the semicolon.
KeyDecoder::Modifiers KeyDecoder::csi_modifiers() const {
    const unsigned bits = parameters_[1] == 0 ? 0U : parameters_[1] - 1U;
    return {.shift = (bits & 1) != 0, .control = (bits & 4) != 0, .alt = (bits & 2) != 0};
}

void KeyDecoder::letter_key(u8 final, Modifiers modifiers) {
    switch (final) {
    case 'A':
        return stroke(0x48, true, modifiers);
    case 'B':
        return stroke(0x50, true, modifiers);
    case 'C':
        return stroke(0x4d, true, modifiers);
    case 'D':
        return stroke(0x4b, true, modifiers);
    case 'H':
        return stroke(0x47, true, modifiers);
    case 'F':
        return stroke(0x4f, true, modifiers);
    case 'M':
        return stroke(scan_enter, true, modifiers);
    case 'P':
    case 'Q':
    case 'R':
    case 'S':
        return function_key(final - 'P' + 1U, modifiers);
    default:
        return;
    }
}

/// The numbers of ESC [ number ~ as VT220, xterm and rxvt send them.
void KeyDecoder::vt_key(unsigned number, Modifiers modifiers) {
    constexpr std::array<u8, 9> edit_keys{0, 0x47, 0x52, 0x53, 0x4f, 0x49, 0x51, 0x47, 0x4f};
    if (number >= 1 && number < edit_keys.size())
        return stroke(edit_keys[number], true, modifiers);
    if (number >= 11 && number <= 15)
        return function_key(number - 10, modifiers);
    if (number >= 17 && number <= 21)
        return function_key(number - 11, modifiers);
    if (number >= 23 && number <= 24)
        return function_key(number - 12, modifiers);
}

void KeyDecoder::function_key(unsigned number, Modifiers modifiers) {
    stroke(function_codes[number - 1], false, modifiers);
}

void KeyDecoder::character(u8 byte, bool alt) {
    Modifiers modifiers{.alt = alt};
    switch (byte) {
    case '\r':
        after_return_ = true;
        return stroke(scan_enter, false, modifiers);
    case '\n':
        return stroke(scan_enter, false, modifiers);
    case '\t':
        return stroke(scan_tab, false, modifiers);
    case '\b':
    case 0x7f:
        return stroke(scan_backspace, false, modifiers);
    case byte_escape:
        return stroke(scan_escape, false, modifiers);
    default:
        break;
    }
    if (byte > 0x7f)
        return;
    modifiers.control = byte < 0x20;
    // Ctrl-@ to Ctrl-_ are the characters 40h above; @, ^ and _ need no Shift beside Ctrl.
    const u8 base = modifiers.control ? static_cast<u8>(byte + 0x40) : byte;
    const bool letter = base >= 'A' && base <= 'Z';
    const Place place = places[modifiers.control && letter ? base + 0x20U : base];
    modifiers.shift = place.shift && !modifiers.control;
    if (place.code != 0)
        stroke(place.code, false, modifiers);
}

void KeyDecoder::stroke(u8 code, bool extended, Modifiers modifiers) {
    if (modifiers.control)
        send(scan_control);
    if (modifiers.alt)
        send(scan_alt);
    if (modifiers.shift)
        send(scan_left_shift);
    send(code, extended);
    send(code | released, extended);
    if (modifiers.shift)
        send(scan_left_shift | released);
    if (modifiers.alt)
        send(scan_alt | released);
    if (modifiers.control)
        send(scan_control | released);
}

void KeyDecoder::send(u8 code, bool extended) {
    KeyCode result;
    if (extended)
        result.bytes[result.size++] = 0xe0;
    result.bytes[result.size++] = code;
    sink_.key(result);
}

} // namespace vestige::monitor
