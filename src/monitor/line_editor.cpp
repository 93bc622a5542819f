// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/line_editor.hpp"

#include <algorithm>

namespace vestige::monitor {
namespace {

constexpr u8 control_key(char letter) {
    return static_cast<u8>(letter & 0x1f);
}
constexpr u8 escape = 0x1b;
constexpr u8 rubout = 0x7f;
constexpr std::string_view bell = "\a";

} // namespace

LineEditor::Event LineEditor::feed(u8 byte, TextSink& out) {
    if (state_ == State::escape) {
        state_ = byte == '[' || byte == 'O' ? State::sequence : State::ground;
        parameter_ = 0;
        return Event::none;
    }
    if (state_ == State::sequence) {
        sequence(byte, out);
        return Event::none;
    }
    if (byte == '\r' || byte == '\n') {
        out.write("\r\n");
        return Event::line;
    }
    if (byte == '\t')
        return Event::complete;
    if (byte == control_key('d') && size_ == 0)
        return Event::end;
    if (byte >= ' ' && byte < rubout) {
        const char c = static_cast<char>(byte);
        insert({&c, 1}, out);
    } else {
        control(byte, out);
    }
    return Event::none;
}

void LineEditor::control(u8 byte, TextSink& out) {
    switch (byte) {
    case escape:
        state_ = State::escape;
        break;
    case rubout:
    case control_key('h'):
        erase(cursor_ - (cursor_ != 0 ? 1 : 0), cursor_, out);
        break;
    case control_key('d'):
        erase(cursor_, std::min(cursor_ + 1, size_), out);
        break;
    case control_key('a'):
        move(0, out);
        break;
    case control_key('e'):
        move(size_, out);
        break;
    case control_key('b'):
        move(cursor_ - (cursor_ != 0 ? 1 : 0), out);
        break;
    case control_key('f'):
        move(cursor_ + 1, out);
        break;
    case control_key('p'):
        recall(age_ + 1, out);
        break;
    case control_key('n'):
        recall(age_ - (age_ != 0 ? 1 : 0), out);
        break;
    case control_key('k'):
        erase(cursor_, size_, out);
        break;
    case control_key('u'):
        erase(0, cursor_, out);
        break;
    case control_key('w'):
        erase(word_start(), cursor_, out);
        break;
    case control_key('c'):
        out.write("^C\r\n");
        size_ = cursor_ = age_ = 0;
        draw(out);
        break;
    case control_key('l'):
        out.write("\x1b[H\x1b[2J");
        draw(out);
        break;
    default:
        break;
    }
}

/// The rest of ESC [ ... or ESC O ...
void LineEditor::sequence(u8 byte, TextSink& out) {
    if (byte >= '0' && byte <= '9') {
        parameter_ = static_cast<u8>(parameter_ * 10 + byte - '0');
        return;
    }
    if (byte == ';')
        return;
    state_ = State::ground;
    switch (byte) {
    case 'A':
        return recall(age_ + 1, out);
    case 'B':
        return recall(age_ - (age_ != 0 ? 1 : 0), out);
    case 'C':
        return move(cursor_ + 1, out);
    case 'D':
        return move(cursor_ - (cursor_ != 0 ? 1 : 0), out);
    case 'H':
        return move(0, out);
    case 'F':
        return move(size_, out);
    case '~':
        if (parameter_ == 3)
            return erase(cursor_, std::min(cursor_ + 1, size_), out);
        if (parameter_ == 1 || parameter_ == 7)
            return move(0, out);
        if (parameter_ == 4 || parameter_ == 8)
            return move(size_, out);
        break;
    default:
        break;
    }
}

void LineEditor::insert(std::string_view text, TextSink& out) {
    if (text.size() > longest_line - size_)
        return out.write(bell);
    std::copy_backward(text_.begin() + static_cast<long>(cursor_),
                       text_.begin() + static_cast<long>(size_),
                       text_.begin() + static_cast<long>(size_ + text.size()));
    std::ranges::copy(text, text_.begin() + static_cast<long>(cursor_));
    size_ += text.size();
    cursor_ += text.size();
    if (cursor_ == size_)
        out.write(text);
    else
        redraw(out);
}

void LineEditor::erase(std::size_t from, std::size_t to, TextSink& out) {
    if (from >= to)
        return;
    const bool last = to == size_ && to - from == 1 && cursor_ == size_;
    std::copy(text_.begin() + static_cast<long>(to), text_.begin() + static_cast<long>(size_),
              text_.begin() + static_cast<long>(from));
    size_ -= to - from;
    cursor_ = from;
    if (last)
        out.write("\b \b");
    else
        redraw(out);
}

void LineEditor::move(std::size_t to, TextSink& out) {
    if (to > size_ || to == cursor_)
        return;
    const bool right = to > cursor_;
    print(out, "\x1b[{}{}", right ? to - cursor_ : cursor_ - to, right ? 'C' : 'D');
    cursor_ = to;
}

std::size_t LineEditor::word_start() const {
    std::size_t at = cursor_;
    while (at != 0 && text_[at - 1] == ' ')
        --at;
    while (at != 0 && text_[at - 1] != ' ')
        --at;
    return at;
}

void LineEditor::recall(std::size_t age, TextSink& out) {
    if (age > std::min(remembered_, history_size))
        return out.write(bell);
    age_ = age;
    replace(age == 0 ? std::string_view{} : history_[(remembered_ - age) % history_size].view(),
            out);
}

void LineEditor::replace(std::string_view text, TextSink& out) {
    std::ranges::copy(text, text_.begin());
    size_ = cursor_ = text.size();
    redraw(out);
}

void LineEditor::next() {
    const bool again =
        remembered_ != 0 && history_[(remembered_ - 1) % history_size].view() == line();
    if (size_ != 0 && !again)
        history_[remembered_++ % history_size].assign(line());
    size_ = cursor_ = age_ = 0;
}

void LineEditor::draw(TextSink& out) const {
    print(out, "({}) {}", prompt_.view(), line());
    if (cursor_ != size_)
        print(out, "\x1b[{}D", size_ - cursor_);
}

void LineEditor::redraw(TextSink& out) const {
    out.write("\r\x1b[K");
    draw(out);
}

} // namespace vestige::monitor
