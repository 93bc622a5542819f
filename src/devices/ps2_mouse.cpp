// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/ps2_mouse.hpp"

#include <algorithm>
#include <array>

namespace vestige::devices {
namespace {

constexpr u8 acknowledge = 0xfa, resend = 0xfe, self_test_passed = 0xaa;
constexpr u8 scale_1_to_1 = 0xe6, scale_2_to_1 = 0xe7, set_resolution = 0xe8, status = 0xe9,
             stream_mode = 0xea, read_data = 0xeb, end_wrap = 0xec, begin_wrap = 0xee,
             remote_mode = 0xf0, identify = 0xf2, set_rate = 0xf3, enable = 0xf4, disable = 0xf5,
             defaults = 0xf6, reset_command = 0xff;
constexpr int most_counts = 255, most_kept = 1 << 16;
constexpr u8 all_buttons = 7;

/// Scaling 2:1 makes large movements larger and small ones smaller.
int scaled(int counts) {
    constexpr std::array<int, 6> small{0, 1, 1, 3, 6, 9};
    const int size = counts < 0 ? -counts : counts;
    const int wanted = size < 6 ? small[static_cast<std::size_t>(size)] : 2 * size;
    return counts < 0 ? -wanted : wanted;
}

int kept(int counts, int more) {
    return std::clamp(counts + std::clamp(more, -most_kept, most_kept), -most_kept, most_kept);
}

} // namespace

void Ps2Mouse::set_defaults() {
    rate_ = 100;
    resolution_ = 2;
    double_scaling_ = remote_ = wrap_ = reporting_ = false;
    last_command_ = 0;
    right_ = up_ = wheel_ = 0;
    packet_.clear();
}

void Ps2Mouse::reset() {
    set_defaults();
    answers_.clear();
    next_sample_ = 0;
    buttons_ = told_buttons_ = 0;
    last_sent_ = 0;
    id_ = plain_id;
    knocks_ = 0;
}

void Ps2Mouse::move(int right, int up, int wheel, u8 buttons) {
    right_ = kept(right_, right);
    up_ = kept(up_, up);
    wheel_ = kept(wheel_, wheel);
    buttons_ = buttons & all_buttons;
}

bool Ps2Mouse::changed() const {
    return right_ != 0 || up_ != 0 || buttons_ != told_buttons_ ||
           (wheel_ != 0 && id_ == wheel_id);
}

machine::Nanoseconds Ps2Mouse::ready_at() const {
    if (!answers_.empty() || !packet_.empty())
        return 0;
    return reporting_ && !remote_ && !wrap_ && changed() ? next_sample_ : machine::never;
}

u8 Ps2Mouse::take(machine::Nanoseconds now) {
    if (answers_.empty() && packet_.empty()) {
        push_packet();
        next_sample_ = now + machine::nanoseconds_per_second / std::max<u8>(rate_, 1);
    }
    const u8 byte = answers_.empty() ? packet_.pop() : answers_.pop();
    if (byte != resend)
        last_sent_ = byte;
    return byte;
}

/// What has moved since the last packet; more than a packet holds stays for the next.
void Ps2Mouse::push_packet() {
    constexpr u8 always = 0x08, right_negative = 0x10, up_negative = 0x20;
    constexpr int most_wheel = 7;
    const int x = std::clamp(right_, -most_counts, most_counts);
    const int y = std::clamp(up_, -most_counts, most_counts);
    const int z = std::clamp(wheel_, -most_wheel, most_wheel);
    right_ -= x;
    up_ -= y;
    wheel_ -= z;
    told_buttons_ = buttons_;
    const bool larger = double_scaling_ && !remote_;
    const int shown_x = std::clamp(larger ? scaled(x) : x, -most_counts, most_counts);
    const int shown_y = std::clamp(larger ? scaled(y) : y, -most_counts, most_counts);
    packet_.push(static_cast<u8>(always | buttons_ | (shown_x < 0 ? right_negative : 0) |
                                 (shown_y < 0 ? up_negative : 0)));
    packet_.push(static_cast<u8>(shown_x));
    packet_.push(static_cast<u8>(shown_y));
    if (id_ == wheel_id)
        packet_.push(static_cast<u8>(z));
}

void Ps2Mouse::push_status() {
    const u8 left = buttons_ & 1, right = buttons_ >> 1 & 1, middle = buttons_ >> 2 & 1;
    answers_.push(static_cast<u8>((remote_ ? 0x40 : 0) | (reporting_ ? 0x20 : 0) |
                                  (double_scaling_ ? 0x10 : 0) | left << 2 | middle << 1 | right));
    answers_.push(resolution_);
    answers_.push(rate_);
}

/// The sample rates 200, 100 and 80 in a row make a wheel mouse of it.
void Ps2Mouse::knock(u8 rate) {
    constexpr std::array<u8, 3> secret{200, 100, 80};
    knocks_ = rate == secret[knocks_] ? static_cast<u8>(knocks_ + 1) : rate == secret[0] ? 1 : 0;
    if (knocks_ == secret.size()) {
        id_ = wheel_id;
        knocks_ = 0;
    }
}

void Ps2Mouse::parameter(u8 command, u8 value) {
    if (command == set_resolution ? value > 3 : value == 0)
        return answers_.push(resend);
    answers_.push(acknowledge);
    if (command == set_resolution) {
        resolution_ = value;
        return;
    }
    rate_ = value;
    knock(value);
}

void Ps2Mouse::command(u8 byte, machine::Nanoseconds now) {
    const u8 waiting = last_command_;
    last_command_ = 0;
    packet_.clear(); // a command interrupts what was being told
    if (wrap_ && byte != reset_command && byte != end_wrap)
        return answers_.push(byte);
    if (waiting != 0)
        return parameter(waiting, byte);
    if (byte == resend)
        return answers_.push(last_sent_);
    if (byte == reset_command)
        reset();
    answers_.push(acknowledge);
    switch (byte) {
    case scale_1_to_1:
    case scale_2_to_1:
        double_scaling_ = byte == scale_2_to_1;
        break;
    case set_resolution:
    case set_rate:
        last_command_ = byte;
        break;
    case status:
        return push_status();
    case stream_mode:
    case remote_mode:
        remote_ = byte == remote_mode;
        break;
    case read_data:
        push_packet();
        next_sample_ = now;
        break;
    case begin_wrap:
    case end_wrap:
        wrap_ = byte == begin_wrap;
        break;
    case identify:
        return answers_.push(id_);
    case enable:
    case disable:
        reporting_ = byte == enable;
        break;
    case defaults:
        return set_defaults();
    case reset_command:
        answers_.push(self_test_passed);
        return answers_.push(id_);
    default:
        answers_.clear();
        answers_.push(resend);
    }
}

} // namespace vestige::devices
