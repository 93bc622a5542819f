// SPDX-License-Identifier: BSD-2-Clause
// The picture that a VGA sends to its monitor, in rows of pixels.
#pragma once

#include "vestige/devices/vga.hpp"

namespace vestige::devices {

struct Rgb {
    u8 red = 0;
    u8 green = 0;
    u8 blue = 0;
    friend bool operator==(const Rgb&, const Rgb&) = default;
};

/// One look at the display: the mode as it was at construction, pixels as they are when asked for.
/// Pixels are the monitor's: modes of 320 pixels and 200 lines have 640 by 400. Blinking text and
/// the cursor are shown in their visible phase. Reads only, and copes with anything a guest
/// programs, also while that guest runs.
class VgaPicture {
  public:
    explicit VgaPicture(const Vga& vga);
    [[nodiscard]] u16 width() const { return width_; }
    [[nodiscard]] u16 height() const { return height_; }
    /// Row y; out has width() pixels.
    void row(u16 y, std::span<Rgb> out) const;

  private:
    enum class Kind : u8 { blank, text, planar, interleaved, chunky, packed };

    void find_kind();
    void text_row(u16 y, std::span<Rgb> out) const;
    void graphics_row(u16 y, std::span<Rgb> out) const;
    void packed_row(u16 y, std::span<Rgb> out) const;
    [[nodiscard]] u64 row_start(u16 y) const;
    [[nodiscard]] u8 planar_pixel(u64 offset, unsigned pixel) const;
    [[nodiscard]] u8 interleaved_pixel(u64 offset, unsigned pixel) const;
    [[nodiscard]] Rgb dac_colour(u8 index) const;
    [[nodiscard]] Rgb attribute_colour(u8 value) const;

    const Vga& vga_;
    VgaRegisters registers_;
    Kind kind_ = Kind::blank;
    PackedMode packed_;
    u16 width_ = 0;
    u16 height_ = 0;
    unsigned cell_width_ = 8;
    unsigned cell_height_ = 16;
};

} // namespace vestige::devices
