// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/gdb/packet.hpp"

#include "vestige/config/words.hpp"

#include <algorithm>

namespace vestige::gdb {
namespace {

constexpr u8 control_c = 3;
constexpr char escape = '}';
constexpr char escape_bit = 0x20;
constexpr std::string_view digits = "0123456789abcdef";

} // namespace

std::optional<u8> hex_value(char digit) {
    if (digit >= '0' && digit <= '9')
        return static_cast<u8>(digit - '0');
    if (digit >= 'a' && digit <= 'f')
        return static_cast<u8>(digit - 'a' + 10);
    if (digit >= 'A' && digit <= 'F')
        return static_cast<u8>(digit - 'A' + 10);
    return {};
}

void PacketReader::begin() {
    state_ = State::payload;
    sum_ = 0;
    bad_ = false;
    size_ = 0;
}

PacketReader::Found PacketReader::feed_outside(u8 byte) {
    switch (byte) {
    case '$':
        begin();
        return Found::nothing;
    case '+':
        return Found::accepted;
    case '-':
        return Found::refused;
    case control_c:
        return Found::interrupt;
    default:
        return Found::nothing;
    }
}

void PacketReader::take(char c) {
    if (size_ < buffer_.size())
        buffer_[size_++] = c;
    else
        bad_ = true;
}

PacketReader::Found PacketReader::feed(u8 byte) {
    const char c = static_cast<char>(byte);
    switch (state_) {
    case State::outside:
        return feed_outside(byte);
    case State::payload:
    case State::escaped:
        // No packet has a '$' in it: the end of the one before is lost.
        if (c == '$') {
            begin();
            return Found::nothing;
        }
        if (c == '#') {
            bad_ = bad_ || state_ == State::escaped;
            state_ = State::checksum_high;
            return Found::nothing;
        }
        sum_ = static_cast<u8>(sum_ + byte);
        if (state_ == State::escaped) {
            take(static_cast<char>(c ^ escape_bit));
            state_ = State::payload;
        } else if (c == escape) {
            state_ = State::escaped;
        } else {
            take(c);
        }
        return Found::nothing;
    case State::checksum_high:
    case State::checksum_low:
        break;
    }
    const auto digit = hex_value(c);
    bad_ = bad_ || !digit;
    if (state_ == State::checksum_high) {
        wanted_ = static_cast<u8>(digit.value_or(0) << 4);
        state_ = State::checksum_low;
        return Found::nothing;
    }
    state_ = State::outside;
    wanted_ = static_cast<u8>(wanted_ | digit.value_or(0));
    return bad_ || wanted_ != sum_ ? Found::corrupt : Found::packet;
}

void Reply::write(std::string_view text) {
    const std::size_t count = std::min(text.size(), room());
    std::copy_n(text.begin(), count, buffer_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += count;
}

void Reply::hex(std::span<const std::byte> bytes) {
    for (const std::byte each : bytes) {
        const auto value = std::to_integer<std::size_t>(each);
        const char pair[] = {digits[value >> 4], digits[value & 15]};
        write({pair, 2});
    }
}

void Reply::hex(u64 value, unsigned width) {
    for (unsigned i = 0; i < width; ++i, value >>= 8) {
        const std::byte low{static_cast<u8>(value)};
        hex({&low, 1});
    }
}

void Reply::binary(std::string_view data) {
    for (const char c : data) {
        const char pair[] = {escape, static_cast<char>(c ^ escape_bit)};
        const bool special = c == '#' || c == '$' || c == escape || c == '*';
        write(special ? std::string_view{pair, 2} : std::string_view{&c, 1});
    }
}

void send_packet(TextSink& out, std::string_view payload) {
    u8 sum = 0;
    for (const char c : payload)
        sum = static_cast<u8>(sum + static_cast<u8>(c));
    out.write("$");
    out.write(payload);
    print(out, "#{02x}", sum);
}

bool PayloadReader::skip(std::string_view prefix) {
    if (!text_.starts_with(prefix))
        return false;
    text_.remove_prefix(prefix.size());
    return true;
}

std::optional<u64> PayloadReader::number() {
    u64 value = 0;
    std::size_t count = 0;
    for (; count < text_.size(); ++count) {
        const auto digit = hex_value(text_[count]);
        if (!digit)
            break;
        if (value >> 60 != 0)
            return {};
        value = value << 4 | *digit;
    }
    text_.remove_prefix(count);
    if (count == 0)
        return {};
    return value;
}

std::optional<u8> PayloadReader::byte() {
    if (text_.size() < 2)
        return {};
    const auto high = hex_value(text_[0]);
    const auto low = hex_value(text_[1]);
    if (!high || !low)
        return {};
    text_.remove_prefix(2);
    return static_cast<u8>(*high << 4 | *low);
}

std::optional<u64> PayloadReader::little_endian(unsigned width) {
    u64 value = 0;
    for (unsigned i = 0; i < width; ++i) {
        const auto next = byte();
        if (!next)
            return {};
        if (i < 8)
            value |= u64{*next} << (8 * i);
    }
    return value;
}

std::string_view PayloadReader::until(char end) {
    const std::size_t at = text_.find(end);
    const std::string_view taken = config::part(text_, 0, at);
    text_.remove_prefix(at == std::string_view::npos ? text_.size() : at + 1);
    return taken;
}

} // namespace vestige::gdb
