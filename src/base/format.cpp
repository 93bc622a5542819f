// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/base/format.hpp"

#include <algorithm>

namespace vestige {

void TextBuffer::write(std::string_view text) {
    const std::size_t room = storage_.size() - used_;
    const std::size_t count = std::min(room, text.size());
    std::copy_n(text.data(), count, storage_.data() + used_);
    used_ += count;
    truncated_ = truncated_ || count < text.size();
}

/// Walks one format string; its only user is format_to.
class Formatter {
  public:
    Formatter(TextSink& sink, std::string_view format, std::span<const FormatArgument> arguments)
        : sink_{sink}, rest_{format}, arguments_{arguments} {}

    void run() {
        while (!rest_.empty()) {
            literal();
            if (!rest_.empty())
                brace();
        }
    }

  private:
    struct Spec {
        bool zero = false;
        bool left = false;
        unsigned width = 0;
        char base = 'd';
    };

    void literal() {
        const std::size_t end = std::min(rest_.find('{'), rest_.size());
        if (end != 0)
            sink_.write(std::string_view{rest_.data(), end});
        rest_.remove_prefix(end);
    }

    void brace() {
        if (rest_.starts_with("{{")) {
            sink_.write("{");
            rest_.remove_prefix(2);
            return;
        }
        rest_.remove_prefix(1);
        const Spec spec = parse_spec();
        if (next_ >= arguments_.size()) {
            sink_.write("{?}");
            return;
        }
        field(spec, arguments_[next_++]);
    }

    Spec parse_spec() {
        Spec spec;
        while (!rest_.empty()) {
            const char c = rest_.front();
            rest_.remove_prefix(1);
            if (c == '}')
                break;
            if (c == '-')
                spec.left = true;
            else if (c == '0' && spec.width == 0)
                spec.zero = true;
            else if (c >= '0' && c <= '9')
                spec.width = std::min(spec.width * 10 + static_cast<unsigned>(c - '0'), 128U);
            else
                spec.base = c;
        }
        return spec;
    }

    void field(const Spec& spec, const FormatArgument& argument) {
        using Kind = FormatArgument::Kind;
        switch (argument.kind_) {
        case Kind::text:
            return padded(spec, argument.text_);
        case Kind::character: {
            const char c = static_cast<char>(argument.number_);
            return padded(spec, {&c, 1});
        }
        case Kind::far_pointer:
            digits({.zero = true, .width = 4, .base = 'x'}, argument.number_ >> 16, false);
            sink_.write(":");
            return digits({.zero = true, .width = 4, .base = 'x'}, argument.number_ & 0xffff,
                          false);
        case Kind::number:
        case Kind::negative:
            return digits(spec, argument.number_, argument.kind_ == Kind::negative);
        }
    }

    void digits(const Spec& spec, u64 value, bool negative) {
        const bool hex = spec.base == 'x' || spec.base == 'X';
        const char* const symbols = spec.base == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
        char buffer[160];
        char* const end = buffer + sizeof buffer;
        char* p = end;
        do {
            *--p = symbols[value % (hex ? 16 : 10)];
            value /= hex ? 16 : 10;
        } while (value != 0);
        while (spec.zero && end - p + (negative ? 1 : 0) < static_cast<long>(spec.width))
            *--p = '0';
        if (negative)
            *--p = '-';
        padded(spec, {p, static_cast<std::size_t>(end - p)});
    }

    void padded(const Spec& spec, std::string_view text) {
        const std::size_t blanks = spec.width > text.size() ? spec.width - text.size() : 0;
        if (!spec.left)
            blank(blanks);
        sink_.write(text);
        if (spec.left)
            blank(blanks);
    }

    void blank(std::size_t count) {
        for (; count != 0; --count)
            sink_.write(" ");
    }

    TextSink& sink_;
    std::string_view rest_;
    std::span<const FormatArgument> arguments_;
    std::size_t next_ = 0;
};

void format_to(TextSink& sink, std::string_view format, std::span<const FormatArgument> arguments) {
    Formatter{sink, format, arguments}.run();
}

} // namespace vestige
