// SPDX-License-Identifier: BSD-2-Clause
// Packets of GDB's remote protocol: bytes to payloads and back.
#pragma once

#include "vestige/base/format.hpp"

#include <array>
#include <optional>

namespace vestige::gdb {

/// What GDB is told with PacketSize: the longest payload, either way.
inline constexpr std::size_t longest_packet = 4096;

/// Value of a hexadecimal digit; nothing for other characters.
[[nodiscard]] std::optional<u8> hex_value(char digit);

/// Finds packets in a stream of bytes of which some may be missing, doubled or wrong.
class PacketReader {
  public:
    enum class Found : u8 {
        nothing,
        packet,    ///< payload() is valid until the next feed()
        corrupt,   ///< a packet with a wrong checksum, or too long a one: ask for it again
        interrupt, ///< Ctrl-C, outside packets
        accepted,  ///< '+'
        refused,   ///< '-'
    };
    Found feed(u8 byte);
    /// Escapes of binary data are resolved.
    [[nodiscard]] std::string_view payload() const { return {buffer_.data(), size_}; }

  private:
    enum class State : u8 { outside, payload, escaped, checksum_high, checksum_low };
    Found feed_outside(u8 byte);
    void take(char c);
    void begin();

    State state_ = State::outside;
    u8 sum_ = 0;
    u8 wanted_ = 0;
    bool bad_ = false;
    std::size_t size_ = 0;
    std::array<char, longest_packet> buffer_{};
};

/// The payload of a packet that is being written. What does not fit is cut off.
class Reply final : public TextSink {
  public:
    void clear() { size_ = 0; }
    void write(std::string_view text) override;
    /// Two hexadecimal digits a byte.
    void hex(std::span<const std::byte> bytes);
    void hex(std::string_view text) { hex(std::as_bytes(std::span{text})); }
    /// Little-endian, width bytes.
    void hex(u64 value, unsigned width);
    /// Binary data with the escapes that it needs.
    void binary(std::string_view data);
    /// Changes the first character.
    void begin_with(char c) { buffer_[0] = c; }
    [[nodiscard]] std::size_t room() const { return buffer_.size() - size_; }
    [[nodiscard]] std::string_view view() const { return {buffer_.data(), size_}; }

  private:
    std::size_t size_ = 0;
    std::array<char, longest_packet> buffer_{};
};

/// "$payload#checksum" to out.
void send_packet(TextSink& out, std::string_view payload);

/// Takes a packet's payload apart from the left.
class PayloadReader {
  public:
    explicit PayloadReader(std::string_view text) : text_{text} {}
    /// True and passed over when the rest begins with prefix.
    bool skip(std::string_view prefix);
    /// Hexadecimal digits up to the first other character; nothing when there is none or the
    /// number does not fit.
    std::optional<u64> number();
    /// Two digits.
    std::optional<u8> byte();
    /// width bytes as in registers, the lowest first; at most eight count.
    std::optional<u64> little_endian(unsigned width);
    /// Up to the first end character, which is passed over, or all.
    std::string_view until(char end);
    [[nodiscard]] std::string_view rest() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }

  private:
    std::string_view text_;
};

} // namespace vestige::gdb
