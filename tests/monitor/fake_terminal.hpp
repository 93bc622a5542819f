// SPDX-License-Identifier: BSD-2-Clause
// A terminal that understands what the console may send, and a screen to mirror.
#pragma once

#include "vestige/monitor/output_queue.hpp"
#include "vestige/monitor/screen_snapshot.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

namespace vestige::monitor {

/// Keeps what was sent; takes at most `rate` bytes per write.
class FakePort final : public TerminalPort {
  public:
    std::size_t write(std::span<const u8> data) override {
        const std::size_t count = std::min(rate, data.size());
        sent.append(data.begin(), data.begin() + static_cast<long>(count));
        return count;
    }
    bool read(u8& byte) override {
        if (typed.empty())
            return false;
        byte = typed.front();
        typed.pop_front();
        return true;
    }
    void type(std::string_view text) { typed.insert(typed.end(), text.begin(), text.end()); }
    /// What was sent since the last call.
    std::string take() {
        std::string text;
        text.swap(sent);
        return text;
    }

    std::size_t rate = ~std::size_t{0};
    std::string sent;
    std::deque<u8> typed;
};

/// A text screen that tests write to.
class FakeScreen final : public TextScreen {
  public:
    explicit FakeScreen(u16 columns = 80, u16 rows = 25) {
        picture.columns = columns;
        picture.rows = rows;
        clear();
    }
    void clear() { picture.cells.fill(blank_cell); }
    void put(unsigned row, unsigned column, std::string_view text, u8 attribute = 7) {
        for (const char c : text)
            picture.row(row)[column++] =
                static_cast<Cell>(attribute << 8 | static_cast<unsigned char>(c));
    }
    void set_row(unsigned row, std::string_view text) {
        std::ranges::fill(picture.row(row), blank_cell);
        put(row, 0, text);
    }
    void scroll(unsigned rows = 1) {
        for (unsigned i = 0; i < rows; ++i) {
            std::copy_n(picture.cells.begin() + picture.columns,
                        picture.columns * (picture.rows - 1), picture.cells.begin());
            std::ranges::fill(picture.row(picture.rows - 1U), blank_cell);
        }
    }
    std::vector<u16> row_cells(unsigned row) const {
        const std::span<const Cell> cells = picture.row(row);
        return {cells.begin(), cells.end()};
    }
    bool snapshot(ScreenSnapshot& out) const override {
        ++looks;
        const u32 version = out.version;
        out.version = 0;
        const bool changed = version == 0 || !out.same_cells(picture);
        out = picture;
        out.version = version + (changed ? 1 : 0);
        return present;
    }

    PictureSize picture_size() const override { return graphics; }

    ScreenSnapshot picture;
    PictureSize graphics; ///< when not present
    bool present = true;
    mutable unsigned looks = 0;
};

/// A VT100-like terminal of a given size. Fails the test on a sequence it does not know.
class FakeTerminal {
  public:
    FakeTerminal(unsigned columns, unsigned rows)
        : columns_{columns}, rows_{rows}, bottom_{rows}, cells_(columns * rows, Glyph{}) {}

    struct Glyph {
        unsigned point = ' ';
        std::string attribute = "";
        bool operator==(const Glyph&) const = default;
    };

    void feed(const std::string& text) {
        for (std::size_t i = 0; i < text.size();)
            i = step(text, i);
    }
    [[nodiscard]] std::string row(unsigned number) const {
        std::string text;
        for (unsigned i = 0; i < columns_; ++i) {
            const unsigned point = cells_[number * columns_ + i].point;
            text += point < 0x80 ? static_cast<char>(point) : '?';
        }
        while (!text.empty() && text.back() == ' ')
            text.pop_back();
        return text;
    }
    [[nodiscard]] const Glyph& at(unsigned row, unsigned column) const {
        return cells_[row * columns_ + column];
    }
    [[nodiscard]] bool holds(const std::string& line) const {
        for (unsigned i = 0; i < rows_; ++i)
            if (row(i) == line)
                return true;
        return false;
    }

    unsigned cursor_row = 0;
    unsigned cursor_column = 0;
    bool cursor_visible = true;

  private:
    std::size_t step(const std::string& text, std::size_t i) {
        const unsigned char c = static_cast<unsigned char>(text[i]);
        if (c == 0x1b)
            return sequence(text, i + 1);
        if (c == '\r') {
            cursor_column = 0;
        } else if (c == '\n') {
            line_feed();
        } else if (c >= 0x20) {
            unsigned point = c;
            std::size_t size = c < 0x80 ? 1 : c < 0xe0 ? 2 : 3;
            if (size > 1) {
                point = size == 2 ? c & 0x1fU : c & 0x0fU;
                for (std::size_t k = 1; k < size; ++k)
                    point = point << 6 | (static_cast<unsigned char>(text.at(i + k)) & 0x3fU);
            }
            put(point);
            return i + size;
        } else {
            ADD_FAILURE() << "control character " << int{c};
        }
        return i + 1;
    }
    void put(unsigned point) {
        if (cursor_column == columns_) {
            cursor_column = 0;
            line_feed();
        }
        cells_[cursor_row * columns_ + cursor_column++] = {point, attribute_};
    }
    void line_feed() {
        if (cursor_row + 1 != bottom_) {
            if (cursor_row + 1 < rows_)
                ++cursor_row;
            return;
        }
        const auto begin = cells_.begin();
        std::copy(begin + (top_ + 1) * columns_, begin + bottom_ * columns_,
                  begin + top_ * columns_);
        std::fill_n(begin + (bottom_ - 1) * columns_, columns_, Glyph{});
    }
    std::size_t sequence(const std::string& text, std::size_t i) {
        EXPECT_EQ(text.at(i), '[');
        std::size_t end = i + 1;
        while (!(text.at(end) >= 0x40 && text.at(end) <= 0x7e))
            ++end;
        const std::string parameters = text.substr(i + 1, end - i - 1);
        unsigned first = 0;
        unsigned second = 0;
        std::sscanf(parameters.c_str(), "%u;%u", &first, &second);
        switch (text[end]) {
        case 'H':
            cursor_row = std::clamp(first, 1U, rows_) - 1;
            cursor_column = std::clamp(second, 1U, columns_) - 1;
            break;
        case 'm':
            attribute_ = parameters;
            break;
        case 'J':
            EXPECT_EQ(parameters, "2");
            std::ranges::fill(cells_, Glyph{});
            break;
        case 'K':
            EXPECT_EQ(parameters, "");
            for (unsigned k = cursor_column; k < columns_; ++k)
                cells_[cursor_row * columns_ + k] = {};
            break;
        case 'r':
            set_region(first, second);
            break;
        case 'h':
        case 'l':
            EXPECT_EQ(parameters, "?25");
            cursor_visible = text[end] == 'h';
            break;
        default:
            ADD_FAILURE() << "sequence " << parameters << text[end];
        }
        return end + 1;
    }
    void set_region(unsigned first, unsigned last) {
        top_ = first == 0 ? 0 : first - 1;
        bottom_ = last == 0 ? rows_ : std::min(last, rows_);
        if (top_ + 1 >= bottom_) {
            top_ = 0;
            bottom_ = rows_;
        }
        cursor_row = cursor_column = 0;
    }

    unsigned columns_;
    unsigned rows_;
    unsigned top_ = 0;
    unsigned bottom_;
    std::string attribute_;
    std::vector<Glyph> cells_;
};

} // namespace vestige::monitor
