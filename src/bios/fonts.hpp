// SPDX-License-Identifier: BSD-2-Clause
// The fonts of the video BIOS: code page 437, 8 dots wide, a byte a line.
#pragma once

#include "vestige/base/number.hpp"

#include <span>

namespace vestige::bios {

/// 256 glyphs of height bytes; height is 8, 14 or 16.
[[nodiscard]] std::span<const u8> rom_font(unsigned height);

} // namespace vestige::bios
