// SPDX-License-Identifier: BSD-2-Clause
#include "fonts.hpp"

#include <array>

namespace vestige::bios {
namespace {

constexpr std::array<u8, 256 * (8 + 14 + 16)> all_fonts{
#include "font-data.inc" // made by tools/make-fonts.py
};

} // namespace

std::span<const u8> rom_font(unsigned height) {
    const std::span<const u8> all{all_fonts};
    if (height == 8)
        return all.first(256 * 8);
    if (height == 14)
        return all.subspan(256 * 8, 256 * 14);
    return all.last(256 * 16);
}

} // namespace vestige::bios
