// SPDX-License-Identifier: BSD-2-Clause
// Video memory of a graphics mode, in cells of eight pixels of a line.
#pragma once

#include "video_mode.hpp"

namespace vestige::bios {

/// The screen of a graphics mode. Cells that are not in video memory read as colour 0 and ignore
/// what is written. Colours of direct modes are the 16 of the CGA.
class Canvas {
  public:
    using Pixels = std::array<u8, 8>;

    /// page: from the start of video memory, as far as the mode has pages.
    Canvas(Call& call, const VideoMode& mode, u8 page);

    [[nodiscard]] Pixels load(u16 y, u16 column) const;
    void store(u16 y, u16 column, const Pixels& pixels);
    /// Copies count cells of a line, as memory has them.
    void copy(u16 to_y, u16 from_y, u16 column, u16 count);
    void fill(u16 y, u16 column, u16 count, u8 colour);
    /// Where a pixel is: a cell and the dot in it, from the left. On IBM's BIOS a pixel right of
    /// the screen is in the lines below, and one below it in what memory has there.
    struct Place {
        u16 y = 0, column = 0;
        u8 dot = 0;
    };
    [[nodiscard]] Place place_of(u16 x, u16 y) const;
    /// Bit 7 of a colour means exclusive or.
    [[nodiscard]] bool has_xor() const { return mode_.bits < 8; }
    /// The colour as far as a pixel can keep it.
    [[nodiscard]] u8 clip(u8 colour) const;

  private:
    [[nodiscard]] u16 columns() const { return static_cast<u16>((mode_.width + 7) / 8); }
    [[nodiscard]] bool standard() const { return mode_.number < 0x100; }
    [[nodiscard]] std::size_t cell_size() const;
    [[nodiscard]] std::span<std::byte> cells(u16 y, u16 column, u16 count) const;
    [[nodiscard]] u32 direct_colour(u8 colour) const;
    [[nodiscard]] u8 nearest_colour(u32 value) const;
    void encode(std::span<std::byte> cell, const Pixels& pixels) const;

    devices::Vga& vga_;
    const VideoMode& mode_;
    u64 start_ = 0;
    u64 pitch_ = 0;
};

} // namespace vestige::bios
