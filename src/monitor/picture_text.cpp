// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/picture_text.hpp"

#include <algorithm>
#include <array>

namespace vestige::monitor {
namespace {

using devices::Rgb;

/// The longest literal stretch and the longest repetition of a run.
constexpr std::size_t most_literal = 0x80, most_repeat = 0x81;

/// Bytes into base64 characters.
class Base64 {
  public:
    explicit Base64(TextSink& out) : out_{out} {}
    void put(u8 byte) {
        bits_ = bits_ << 8 | byte;
        if (++count_ == 3)
            flush(4);
    }
    void put(const Rgb& pixel) {
        put(pixel.red);
        put(pixel.green);
        put(pixel.blue);
    }
    void finish() {
        if (count_ == 0)
            return;
        const unsigned characters = count_ + 1;
        bits_ <<= 8 * (3 - count_);
        flush(characters);
        out_.write(characters == 2 ? "==" : "=");
    }

  private:
    void flush(unsigned characters) {
        constexpr std::string_view alphabet =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        char text[4];
        for (unsigned i = 0; i < characters; ++i)
            text[i] = alphabet[bits_ >> (18 - 6 * i) & 63];
        out_.write({text, characters});
        bits_ = 0;
        count_ = 0;
    }

    TextSink& out_;
    u32 bits_ = 0;
    unsigned count_ = 0;
};

/// How many pixels from the first on are alike.
std::size_t alike(std::span<const Rgb> pixels) {
    const auto end = std::ranges::find_if(pixels, [&](const Rgb& p) { return p != pixels[0]; });
    return static_cast<std::size_t>(end - pixels.begin());
}

void encode(std::span<const Rgb> row, Base64& out) {
    while (!row.empty()) {
        const std::size_t same = std::min(alike(row), most_repeat);
        std::size_t count = same;
        if (same > 1) {
            out.put(static_cast<u8>(same + 0x7e));
            out.put(row[0]);
        } else {
            while (count < std::min(row.size(), most_literal) && alike(row.subspan(count)) == 1)
                ++count;
            out.put(static_cast<u8>(count - 1));
            for (const Rgb& pixel : row.first(count))
                out.put(pixel);
        }
        row = row.subspan(count);
    }
    out.finish();
}

/// Counts what would be written.
class Counter final : public TextSink {
  public:
    std::size_t size = 0;
    void write(std::string_view text) override { size += text.size(); }
};

} // namespace

void write_picture(const devices::VgaPicture& picture, unsigned first, std::size_t most,
                   PictureRows& rows, TextSink& out) {
    const unsigned width = picture.width();
    if (width > PictureRows::most_width)
        return print(out, "a picture of {}x{} is too wide\n", width, picture.height());
    print(out, "picture {}x{}\n", width, picture.height());
    std::size_t written = 0;
    for (unsigned y = first; y < picture.height(); ++y) {
        const std::span<Rgb> row = std::span{rows.rows[y % 2]}.first(width);
        const std::span<const Rgb> before = std::span{rows.rows[(y + 1) % 2]}.first(width);
        picture.row(static_cast<u16>(y), row);
        const bool same = y != first && std::ranges::equal(row, before);
        if (!same) {
            Counter counter;
            Base64 trial{counter};
            encode(row, trial);
            written += counter.size;
        }
        written += 16;
        if (written > most && y != first)
            return print(out, "picture goes on at {}\n", y);
        print(out, "row {} ", y);
        Base64 base64{out};
        if (same)
            out.write("=");
        else
            encode(row, base64);
        out.write("\n");
    }
    out.write("picture ends\n");
}

} // namespace vestige::monitor
