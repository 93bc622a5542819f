// SPDX-License-Identifier: BSD-2-Clause
// Type-safe text formatting into fixed buffers: no heap, no locale, no floating point.
//
// A format is a string with {} fields: {} decimal (or text), {x} hexadecimal, {X} upper case,
// {04x} zero-padded to four digits, {8} padded with blanks on the left, {-8} on the right, {{ a brace.
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/base/number.hpp"

#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

namespace vestige {

/// Takes text piece by piece; what a formatter writes to.
class TextSink {
  public:
    virtual void write(std::string_view text) = 0;

  protected:
    ~TextSink() = default;
};

/// Collects text in a buffer of the caller; what does not fit is cut off and remembered.
class TextBuffer final : public TextSink {
  public:
    explicit TextBuffer(std::span<char> storage) : storage_{storage} {}
    void write(std::string_view text) override;
    [[nodiscard]] std::string_view view() const { return {storage_.data(), used_}; }
    [[nodiscard]] bool truncated() const { return truncated_; }
    void clear() {
        used_ = 0;
        truncated_ = false;
    }

  private:
    std::span<char> storage_;
    std::size_t used_ = 0;
    bool truncated_ = false;
};

/// A text of at most Capacity characters with storage of its own.
template <std::size_t Capacity> class Text {
  public:
    Text() = default;
    explicit Text(std::string_view text) { assign(text); }
    void assign(std::string_view text) {
        size_ = text.size() < Capacity ? text.size() : Capacity;
        for (std::size_t i = 0; i < size_; ++i)
            data_[i] = text[i];
    }
    [[nodiscard]] std::string_view view() const { return {data_, size_}; }

  private:
    char data_[Capacity]{};
    std::size_t size_ = 0;
};

/// One argument of a format, by kind.
class FormatArgument {
  public:
    template <std::integral T> constexpr FormatArgument(T value) {
        if constexpr (std::same_as<T, bool>) {
            kind_ = Kind::text;
            text_ = value ? "yes" : "no";
        } else if constexpr (std::same_as<T, char>) {
            kind_ = Kind::character;
            number_ = static_cast<unsigned char>(value);
        } else {
            kind_ = std::signed_integral<T> && value < 0 ? Kind::negative : Kind::number;
            number_ = kind_ == Kind::negative ? u64{0} - static_cast<u64>(value)
                                              : static_cast<u64>(value);
        }
    }
    constexpr FormatArgument(std::string_view text) : kind_{Kind::text}, text_{text} {}
    constexpr FormatArgument(const char* text) : kind_{Kind::text}, text_{text} {}
    template <class Tag>
    constexpr FormatArgument(Address<Tag> address)
        : kind_{Kind::number}, number_{address.value()} {}
    template <class Tag, class V>
    constexpr FormatArgument(Number<Tag, V> number) : kind_{Kind::number}, number_{number.value} {}
    constexpr FormatArgument(FarPtr pointer)
        : kind_{Kind::far_pointer}, number_{u64{pointer.segment} << 16 | pointer.offset} {}

  private:
    friend class Formatter;
    enum class Kind : u8 { number, negative, text, character, far_pointer };
    Kind kind_ = Kind::number;
    u64 number_ = 0;
    std::string_view text_;
};

/// Writes format to sink with the {} fields filled from arguments, in order. A field without an
/// argument prints as {?}.
void format_to(TextSink& sink, std::string_view format, std::span<const FormatArgument> arguments);

/// As above, arguments in place.
template <class... Arguments>
void print(TextSink& sink, std::string_view format, const Arguments&... arguments) {
    if constexpr (sizeof...(Arguments) == 0) {
        format_to(sink, format, {});
    } else {
        const FormatArgument list[] = {FormatArgument{arguments}...};
        format_to(sink, format, list);
    }
}

/// Formats into storage and returns the text (cut off when storage is too small).
template <class... Arguments>
std::string_view format_in(std::span<char> storage, std::string_view format,
                           const Arguments&... arguments) {
    TextBuffer buffer{storage};
    print(buffer, format, arguments...);
    return buffer.view();
}

} // namespace vestige
