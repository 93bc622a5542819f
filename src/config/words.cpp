// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/config/words.hpp"

#include <algorithm>
#include <array>

namespace vestige::config {
namespace {

constexpr std::size_t longest_compared = 32;

constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::string_view without_quotes(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
        return part(text, 1, text.size() - 2);
    return text;
}

/// The digit's value, or 99.
unsigned digit_value(char c) {
    if (c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0');
    const char low = lower(c);
    return low >= 'a' && low <= 'f' ? static_cast<unsigned>(low - 'a') + 10 : 99;
}

} // namespace

void WordReader::skip_blanks() {
    while (!rest_.empty()) {
        if (comments_ && rest_.front() == '#')
            rest_ = part(rest_, std::min(rest_.find('\n'), rest_.size()));
        else if (is_blank(rest_.front()))
            rest_.remove_prefix(1);
        else
            return;
    }
}

std::optional<std::string_view> WordReader::next() {
    skip_blanks();
    if (rest_.empty())
        return std::nullopt;
    bool quoted = false;
    std::size_t end = 0;
    for (; end < rest_.size() && (quoted || !is_blank(rest_[end])); ++end)
        quoted = quoted != (rest_[end] == '"');
    const std::string_view word = part(rest_, 0, end);
    rest_.remove_prefix(end);
    return without_quotes(word);
}

Assignment split_assignment(std::string_view word) {
    const std::size_t sign = word.find('=');
    if (sign == std::string_view::npos)
        return {word, std::nullopt};
    return {part(word, 0, sign), without_quotes(part(word, sign + 1))};
}

std::optional<std::string_view> ListReader::next() {
    if (done_)
        return std::nullopt;
    const std::size_t end = std::min(rest_.find(separator_), rest_.size());
    const std::string_view item = part(rest_, 0, end);
    done_ = end == rest_.size();
    rest_ = part(rest_, end + 1);
    return item;
}

std::optional<u64> parse_digits(std::string_view text, unsigned base) {
    if (text.empty())
        return std::nullopt;
    u64 value = 0;
    for (const char c : text) {
        const unsigned digit = digit_value(c);
        if (digit >= base || value > (~u64{0} - digit) / base)
            return std::nullopt;
        value = value * base + digit;
    }
    return value;
}

std::optional<u64> parse_number(std::string_view text) {
    if (text.size() > 2 && text[0] == '0' && lower(text[1]) == 'x')
        return parse_digits(part(text, 2), 16);
    if (text.size() > 1 && lower(text.back()) == 'h')
        return parse_digits(part(text, 0, text.size() - 1), 16);
    return parse_digits(text, 10);
}

std::optional<u64> parse_size(std::string_view text) {
    if (text.empty())
        return std::nullopt;
    unsigned shift = 0;
    switch (lower(text.back())) {
    case 'k':
        shift = 10;
        break;
    case 'm':
        shift = 20;
        break;
    case 'g':
        shift = 30;
        break;
    default:
        return parse_number(text);
    }
    const std::optional<u64> value = parse_number(part(text, 0, text.size() - 1));
    if (!value || *value > ~u64{0} >> shift)
        return std::nullopt;
    return *value << shift;
}

std::optional<bool> parse_switch(std::string_view text) {
    if (text == "on" || text == "yes" || text == "1")
        return true;
    if (text == "off" || text == "no" || text == "0")
        return false;
    return std::nullopt;
}

unsigned edit_distance(std::string_view a, std::string_view b) {
    if (a.size() > longest_compared || b.size() > longest_compared)
        return ~0U;
    // Three rows of the optimal string alignment table: two back, the last one, the present one.
    std::array<std::array<unsigned, longest_compared + 1>, 3> rows{};
    for (unsigned j = 0; j <= b.size(); ++j)
        rows[0][j] = j;
    for (unsigned i = 1; i <= a.size(); ++i) {
        auto& row = rows[i % 3];
        const auto& last = rows[(i + 2) % 3];
        const auto& before_last = rows[(i + 1) % 3];
        row[0] = i;
        for (unsigned j = 1; j <= b.size(); ++j) {
            const unsigned change = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return rows[a.size() % 3][b.size()];
}

void NearestWord::offer(std::string_view candidate) {
    const unsigned distance = edit_distance(typed_, candidate);
    if (distance < distance_) {
        distance_ = distance;
        best_ = candidate;
    }
}

std::string_view NearestWord::best() const {
    // More than a third of the letters wrong is another word, not a slip.
    const std::size_t allowed = std::max<std::size_t>(1, typed_.size() / 3);
    return distance_ <= allowed ? best_ : std::string_view{};
}

} // namespace vestige::config
