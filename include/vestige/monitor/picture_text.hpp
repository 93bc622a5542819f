// SPDX-License-Identifier: BSD-2-Clause
// A VM's picture as lines of text, for a tool at the other end of a serial line.
#pragma once

#include "vestige/base/format.hpp"
#include "vestige/devices/vga_picture.hpp"

namespace vestige::monitor {

/// Two rows of pixels, too large for a stack.
struct PictureRows {
    static constexpr unsigned most_width = 4608; ///< 256 characters of 18 dots
    std::array<std::array<devices::Rgb, most_width>, 2> rows;
};

/// Writes "picture WxH", then rows from first on while their lines fit into most bytes, then
/// "picture goes on at ROW" or "picture ends". A row's line is "row N = " for one that is like the
/// row before it, else "row N " and base64 of runs: a byte n below 80h and n + 1 pixels, or a byte
/// n from 80h on and one pixel that comes n - 7Eh times; a pixel is red, green, blue.
void write_picture(const devices::VgaPicture& picture, unsigned first, std::size_t most,
                   PictureRows& rows, TextSink& out);

} // namespace vestige::monitor
