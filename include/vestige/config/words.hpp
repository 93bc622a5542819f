// SPDX-License-Identifier: BSD-2-Clause
// Cutting boot lines and module strings into words, and reading the numbers in them. All views
// point into the text that was given.
#pragma once

#include "vestige/base/number.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace vestige::config {

/// Takes the sentences that tell the user what is wrong with the configuration.
class ProblemSink {
  public:
    virtual void problem(std::string_view sentence) = 0;

  protected:
    ~ProblemSink() = default;
};

/// Cuts text into words at blanks, tabs and line ends. Double quotes keep blanks inside a word;
/// '#' at the start of a word hides the rest of its line when comments are allowed.
class WordReader {
  public:
    explicit constexpr WordReader(std::string_view text, bool comments = false)
        : rest_{text}, comments_{comments} {}
    /// The next word with the quotes around it gone; nothing at the end.
    [[nodiscard]] std::optional<std::string_view> next();

  private:
    void skip_blanks();

    std::string_view rest_;
    bool comments_;
};

/// A word cut at its first '='; a quoted value loses its quotes.
struct Assignment {
    std::string_view name;
    std::optional<std::string_view> value;
};
[[nodiscard]] Assignment split_assignment(std::string_view word);

/// Cuts the next item off a list; nothing when the list is used up. "a,,b" has an empty item.
class ListReader {
  public:
    explicit constexpr ListReader(std::string_view list, char separator = ',')
        : rest_{list}, separator_{separator} {}
    [[nodiscard]] std::optional<std::string_view> next();

  private:
    std::string_view rest_;
    char separator_;
    bool done_ = false;
};

/// At most count characters of text from start; never throws, unlike substr.
[[nodiscard]] constexpr std::string_view part(std::string_view text, std::size_t start,
                                              std::size_t count = std::string_view::npos) {
    if (start >= text.size())
        return {};
    const std::size_t left = text.size() - start;
    return {text.data() + start, count < left ? count : left};
}

/// Digits of base 10 or 16, nothing else; nothing on overflow or another character.
[[nodiscard]] std::optional<u64> parse_digits(std::string_view text, unsigned base);
/// A decimal number, or a hexadecimal one written 0x10 or 10h.
[[nodiscard]] std::optional<u64> parse_number(std::string_view text);
/// A number of bytes with K, M or G (either case) behind it.
[[nodiscard]] std::optional<u64> parse_size(std::string_view text);
/// on/off, yes/no, 1/0.
[[nodiscard]] std::optional<bool> parse_switch(std::string_view text);

/// How many characters must be put in, taken out, changed or swapped with their neighbour to turn
/// one word into the other. Words longer than 32 characters count as different from everything.
[[nodiscard]] unsigned edit_distance(std::string_view a, std::string_view b);

/// Keeps the candidate that is nearest to a mistyped word.
class NearestWord {
  public:
    explicit NearestWord(std::string_view typed) : typed_{typed} {}
    void offer(std::string_view candidate);
    /// The best candidate, or an empty view when none is near enough to be meant.
    [[nodiscard]] std::string_view best() const;

  private:
    std::string_view typed_;
    std::string_view best_;
    unsigned distance_ = ~0U;
};

} // namespace vestige::config
