// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/vga_picture.hpp"

#include "vestige/base/little_endian.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

constexpr u64 font_size = 8 * kib;
constexpr unsigned font_plane = 2;
constexpr u16 most_text_columns = 160;

/// 6 bits as 8: the lowest bit fills, so that 63 is full light.
constexpr u8 widen(u8 six) {
    return static_cast<u8>(six << 2 | (six & 1) * 3);
}
constexpr u8 widen5(unsigned five) {
    return static_cast<u8>((five & 31) << 3 | (five & 31) >> 2);
}
constexpr u8 widen6(unsigned six) {
    return static_cast<u8>((six & 63) << 2 | (six & 63) >> 4);
}

u8 byte_of(std::span<const std::byte> memory, u64 at) {
    return at < memory.size() ? static_cast<u8>(memory[at]) : u8{0};
}

} // namespace

VgaPicture::VgaPicture(const Vga& vga) : vga_{vga}, registers_{vga.registers()} {
    if (const auto packed = vga.packed_mode()) {
        kind_ = Kind::packed;
        packed_ = *packed;
        width_ = packed_.width;
        height_ = packed_.height;
        return;
    }
    const auto& crtc = registers_.crtc;
    height_ =
        static_cast<u16>((crtc[0x12] | (crtc[0x07] & 0x02U) << 7 | (crtc[0x07] & 0x40U) << 3) + 1U);
    find_kind();
    if ((registers_.attribute_index & 0x20) == 0 || (registers_.sequencer[1] & 0x20) != 0)
        kind_ = Kind::blank;
}

void VgaPicture::find_kind() {
    const auto& crtc = registers_.crtc;
    const u8 clocking = registers_.sequencer[1];
    const u16 columns = static_cast<u16>(crtc[0x01] + 1);
    if ((registers_.graphics[6] & 1) == 0) {
        kind_ = Kind::text;
        const unsigned twice = clocking >> 3 & 1;
        cell_width_ = ((clocking & 1) != 0 ? 8U : 9U) << twice;
        cell_height_ = (crtc[0x09] & 0x1fU) + 1;
        if ((crtc[0x09] & 0x80) != 0)
            cell_height_ *= 2;
        width_ = static_cast<u16>(std::min(columns, most_text_columns) * cell_width_);
        return;
    }
    const u8 shift = registers_.graphics[5] >> 5 & 3;
    kind_ = shift == 0 ? Kind::planar : shift == 1 ? Kind::interleaved : Kind::chunky;
    // 320-pixel modes other than 13h halve the dot clock.
    cell_width_ = kind_ != Kind::chunky && (clocking & 8) != 0 ? 2 : 1;
    width_ = static_cast<u16>(columns * 8 * cell_width_);
}

Rgb VgaPicture::dac_colour(u8 index) const {
    const u8 shown = index & vga_.pel_mask();
    const u8 red = vga_.dac(shown, 0), green = vga_.dac(shown, 1), blue = vga_.dac(shown, 2);
    return vga_.wide_dac() ? Rgb{red, green, blue} : Rgb{widen(red), widen(green), widen(blue)};
}

/// Attribute controller: plane enable, palette, then the colour select bits.
Rgb VgaPicture::attribute_colour(u8 value) const {
    const auto& a = registers_.attribute;
    const u8 entry = a[value & 0x0f];
    const u8 select = a[0x14];
    if ((a[0x10] & 0x80) != 0)
        return dac_colour(static_cast<u8>((select & 0x0f) << 4 | (entry & 0x0f)));
    return dac_colour(static_cast<u8>((select & 0x0c) << 4 | (entry & 0x3f)));
}

void VgaPicture::row(u16 y, std::span<Rgb> out) const {
    std::fill(out.begin(), out.end(), Rgb{});
    if (y >= height_ || out.size() != width_)
        return;
    if (kind_ == Kind::packed)
        packed_row(y, out);
    else if (kind_ == Kind::text)
        text_row(y, out);
    else if (kind_ != Kind::blank)
        graphics_row(y, out);
}

void VgaPicture::text_row(u16 y, std::span<Rgb> out) const {
    const auto& r = registers_;
    const TextLayout layout = vga_.text_layout();
    const unsigned line = y / cell_height_;
    const unsigned doubled = r.crtc[0x09] >> 7;
    const unsigned scan = y % cell_height_ >> doubled;
    const unsigned columns = width_ / cell_width_;
    const unsigned pitch = r.crtc[0x13] * 2U;
    const bool blinks = (r.attribute[0x10] & 0x08) != 0;
    const u8 maps = r.sequencer[3];
    // Which of eight fonts: attribute bit 3 chooses between two of them.
    const std::array<u64, 2> fonts{((maps >> 4 & 1U) | (maps << 1 & 6U)) * font_size,
                                   ((maps >> 5 & 1U) | (maps >> 1 & 6U)) * font_size};
    for (unsigned column = 0; column < columns; ++column) {
        const u64 cell = (layout.start + line * pitch + column) & 0x3fff;
        const u8 character = vga_.plane(0, cell);
        const u8 attribute = vga_.plane(1, cell);
        u8 dots = vga_.plane(font_plane, fonts[attribute >> 3 & 1] + 32U * character + scan);
        const bool underlined =
            (r.attribute[0x10] & 2) != 0 && (attribute & 7) == 1 && scan == (r.crtc[0x14] & 0x1fU);
        const bool cursor = layout.cursor_visible && cell == (layout.cursor & 0x3fffU) &&
                            scan >= (r.crtc[0x0a] & 0x1fU) && scan <= (r.crtc[0x0b] & 0x1fU);
        if (underlined || cursor)
            dots = 0xff;
        const bool line_drawing = (r.attribute[0x10] & 4) != 0 && (character & 0xe0) == 0xc0;
        const bool ninth = underlined || cursor || (line_drawing && (dots & 1) != 0);
        const Rgb front = attribute_colour(attribute & 0x0f);
        const Rgb back = attribute_colour(static_cast<u8>(attribute >> 4 & (blinks ? 0x07 : 0x0f)));
        const unsigned twice = (r.sequencer[1] >> 3) & 1U;
        for (unsigned x = 0; x < cell_width_; ++x) {
            const unsigned dot = x >> twice;
            const bool set = dot < 8 ? (dots >> (7 - dot) & 1) != 0 : ninth;
            out[column * cell_width_ + x] = set ? front : back;
        }
    }
}

/// Plane offset of the first pixel of a line: double scan, split screen and the CGA's banks.
u64 VgaPicture::row_start(u16 y) const {
    const auto& crtc = registers_.crtc;
    const unsigned split = (crtc[0x18] | (crtc[0x07] & 0x10U) << 4 | (crtc[0x09] & 0x40U) << 3);
    u64 start = static_cast<u64>(crtc[0x0c] << 8 | crtc[0x0d]);
    unsigned line = y;
    if (y > split) {
        start = 0;
        line = y - split - 1;
    }
    unsigned repeats = (crtc[0x09] & 0x1fU) + 1;
    if ((crtc[0x09] & 0x80) != 0)
        repeats *= 2;
    const u8 mode = crtc[0x17];
    const bool bank_0 = (mode & 1) == 0, bank_1 = (mode & 2) == 0;
    // With row scan address bits in use, a row of addresses serves two or four lines.
    unsigned row = line / repeats;
    const unsigned shown = (crtc[0x09] & 0x80) != 0 ? line / 2 : line;
    unsigned scan = shown;
    if (bank_0 || bank_1) {
        scan = shown % ((crtc[0x09] & 0x1fU) + 1);
        row = shown / ((crtc[0x09] & 0x1fU) + 1);
    }
    u64 at = start + row * (crtc[0x13] * u64{2});
    const unsigned shift = (mode & 0x40) != 0 ? 13 : 12;
    if (bank_0)
        at = (at & ~(u64{1} << shift)) | u64{scan & 1} << shift;
    if (bank_1)
        at = (at & ~(u64{1} << (shift + 1))) | u64{scan >> 1 & 1} << (shift + 1);
    return at;
}

u8 VgaPicture::planar_pixel(u64 offset, unsigned pixel) const {
    u8 value = 0;
    for (unsigned p = 0; p < 4; ++p)
        value = static_cast<u8>(value | (vga_.plane(p, offset) >> (7 - pixel) & 1) << p);
    return value & registers_.attribute[0x12];
}

/// CGA: two bits a pixel, even bytes in plane 0 and odd ones in plane 1.
u8 VgaPicture::interleaved_pixel(u64 offset, unsigned pixel) const {
    const unsigned p = pixel / 4;
    const unsigned shift = 6 - 2 * (pixel % 4);
    const u8 low = vga_.plane(p, offset) >> shift & 3;
    const u8 high = vga_.plane(p + 2, offset) >> shift & 3;
    return static_cast<u8>(low | high << 2) & registers_.attribute[0x12];
}

void VgaPicture::graphics_row(u16 y, std::span<Rgb> out) const {
    const u64 start = row_start(y);
    const unsigned panning = registers_.attribute[0x13] & 7U;
    for (unsigned x = 0; x < out.size(); ++x) {
        const unsigned dot = x / cell_width_ + panning;
        const u64 offset = start + dot / 8;
        if (kind_ == Kind::planar)
            out[x] = attribute_colour(planar_pixel(offset, dot % 8));
        else if (kind_ == Kind::interleaved)
            out[x] = attribute_colour(interleaved_pixel(offset, dot % 8));
        else
            out[x] = dac_colour(vga_.plane(dot % 8 / 2, offset));
    }
}

void VgaPicture::packed_row(u16 y, std::span<Rgb> out) const {
    const auto frame = vga_.storage().frame;
    u64 at = packed_.start + u64{y} * packed_.pitch;
    for (Rgb& pixel : out) {
        const auto byte = [&](unsigned i) { return byte_of(frame, at + i); };
        const unsigned word = byte(0) | unsigned{byte(1)} << 8;
        switch (packed_.bits) {
        case 8:
            pixel = dac_colour(byte(0));
            at += 1;
            break;
        case 15:
            pixel = {widen5(word >> 10), widen5(word >> 5), widen5(word)};
            at += 2;
            break;
        case 16:
            pixel = {widen5(word >> 11), widen6(word >> 5), widen5(word)};
            at += 2;
            break;
        default:
            pixel = {byte(2), byte(1), byte(0)};
            at += packed_.bits / 8U;
            break;
        }
    }
}

} // namespace vestige::devices
