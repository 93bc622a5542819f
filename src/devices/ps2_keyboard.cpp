// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/ps2_keyboard.hpp"

#include "vestige/devices/scancodes.hpp"

namespace vestige::devices {
namespace {

constexpr u8 acknowledge = 0xfa, resend = 0xfe, self_test_passed = 0xaa, echo = 0xee;
constexpr u8 set_leds = 0xed, select_set = 0xf0, identify = 0xf2, set_typematic = 0xf3,
             enable = 0xf4, disable = 0xf5, defaults = 0xf6, first_of_set_3 = 0xf7,
             last_of_set_3 = 0xfd, reset_command = 0xff;
constexpr u8 grey = 0xe0, pause = 0xe1, released = 0x80, break_prefix = 0xf0;
constexpr u8 usual_typematic = 0x2b;

/// (8 + A) * 2^B * 4.17 ms.
machine::Nanoseconds period_of(u8 typematic) {
    constexpr machine::Nanoseconds unit = 4'170'000;
    return ((8U + (typematic & 7U)) << (typematic >> 3 & 3U)) * unit;
}
machine::Nanoseconds delay_of(u8 typematic) {
    constexpr machine::Nanoseconds quarter_second = 250'000'000;
    return (1U + (typematic >> 5 & 3U)) * quarter_second;
}

} // namespace

void Ps2Keyboard::set_defaults() {
    keys_.clear();
    held_ = {};
    typematic_ = usual_typematic;
    scan_set_ = 2;
    last_command_ = 0;
}

void Ps2Keyboard::reset() {
    set_defaults();
    answers_.clear();
    last_sent_ = 0;
    leds_ = 0;
    scanning_ = true;
}

void Ps2Keyboard::push(u8 set1) {
    if (scan_set_ == 1 || set1 == grey || set1 == pause)
        return keys_.push(set1);
    if ((set1 & released) != 0)
        keys_.push(break_prefix);
    keys_.push(set1_to_set2(set1 & 0x7f));
}

/// A keyboard of the host that repeats by itself does not make ours faster.
bool Ps2Keyboard::is_repetition(std::span<const u8> set1) const {
    if (set1.empty() || set1.size() > 2 || held_.code == 0)
        return false;
    const u8 prefix = set1.size() == 2 ? set1[0] : u8{0};
    return held_ == Key{prefix, set1.back()};
}

/// Notes which key is down after these bytes. Pause is never held: its release comes with it.
void Ps2Keyboard::follow(std::span<const u8> set1, machine::Nanoseconds now) {
    u8 prefix = 0;
    for (const u8 code : set1) {
        if (code == grey || code == pause) {
            prefix = code;
            continue;
        }
        const Key key{prefix, static_cast<u8>(code & 0x7f)};
        if ((code & released) == 0) {
            held_ = prefix == pause ? Key{} : key;
            next_repeat_ = now + delay_of(typematic_);
        } else if (held_ == key) {
            held_ = {};
        }
        prefix = prefix == pause ? pause : u8{0};
    }
}

bool Ps2Keyboard::key(std::span<const u8> set1, machine::Nanoseconds now) {
    if (is_repetition(set1))
        return true;
    follow(set1, now);
    // Set 2 needs at most two bytes for one.
    if (!scanning_ || keys_.room() < 2 * set1.size()) {
        held_ = {};
        return false;
    }
    for (const u8 code : set1)
        push(code);
    return true;
}

machine::Nanoseconds Ps2Keyboard::next_repeat() const {
    return held_.code != 0 && scanning_ ? next_repeat_ : machine::never;
}

void Ps2Keyboard::repeat(machine::Nanoseconds now) {
    if (now < next_repeat())
        return;
    // However late this is, one repetition: nobody reads old ones.
    next_repeat_ = now + period_of(typematic_);
    if (!keys_.empty())
        return;
    if (held_.prefix != 0)
        push(held_.prefix);
    push(held_.code);
}

u8 Ps2Keyboard::take() {
    const u8 byte = answers_.empty() ? keys_.pop() : answers_.pop();
    if (byte != resend)
        last_sent_ = byte;
    return byte;
}

void Ps2Keyboard::command(u8 byte) {
    const u8 waiting = last_command_;
    last_command_ = 0;
    if (waiting != 0 && byte < set_leds)
        return parameter(waiting, byte);
    switch (byte) {
    case echo:
        return answers_.push(echo);
    case set_leds:
    case select_set:
    case set_typematic:
        last_command_ = byte;
        break;
    case identify:
        answers_.push(acknowledge);
        answers_.push(0xab); // MF2
        return answers_.push(0x83);
    case enable:
        keys_.clear();
        scanning_ = true;
        break;
    case disable:
    case defaults:
        set_defaults();
        scanning_ = byte == defaults;
        break;
    case 0xfe:
        return answers_.push(last_sent_);
    case reset_command:
        reset();
        answers_.push(acknowledge);
        return answers_.push(self_test_passed);
    default:
        // Which keys of set 3 repeat: accepted, and of no effect in the other sets.
        if (byte < first_of_set_3 || byte > last_of_set_3)
            return answers_.push(resend);
    }
    answers_.push(acknowledge);
}

void Ps2Keyboard::parameter(u8 command, u8 value) {
    if (command == select_set && value > 2) // set 3 is not offered
        return answers_.push(resend);
    answers_.push(acknowledge);
    if (command == set_leds)
        leds_ = value & 7;
    else if (command == set_typematic)
        typematic_ = value & 0x7f;
    else if (value == 0)
        answers_.push(scan_set_);
    else {
        scan_set_ = value;
        keys_.clear();
    }
}

} // namespace vestige::devices
