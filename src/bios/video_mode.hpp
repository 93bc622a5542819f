// SPDX-License-Identifier: BSD-2-Clause
// The modes of the video BIOS: what they look like and the registers that make them.
#pragma once

#include "vestige/bios/call.hpp"

#include <algorithm>

namespace vestige::bios {

/// Memory models, numbered as in VBE's mode information.
enum class MemoryModel : u8 { text = 0, cga = 1, planar = 3, packed = 4, direct = 6 };

struct VideoMode {
    u16 number = 0; ///< below 100h: of INT 10h AH=00h; above: of VBE
    MemoryModel model = MemoryModel::text;
    u8 bits = 4;     ///< of a pixel
    u16 width = 80;  ///< pixels; in text modes characters
    u16 height = 25; ///< the same
    u8 char_height = 16;

    [[nodiscard]] constexpr bool text() const { return model == MemoryModel::text; }
    [[nodiscard]] constexpr u8 columns() const {
        return static_cast<u8>(text() ? width : std::min(width / 8, 255));
    }
    [[nodiscard]] constexpr u8 rows() const {
        return static_cast<u8>(text() ? height : height / char_height);
    }
    /// Bytes of a page in the window of the CPU, as the BIOS data area has them.
    [[nodiscard]] constexpr u16 page_size() const {
        const unsigned area = unsigned{width} * height;
        if (model == MemoryModel::cga)
            return 0x4000;
        const unsigned bytes = text() ? area * 2 : area / 8, unit = text() ? 2048 : 8192;
        return static_cast<u16>((bytes + unit - 1) / unit * unit);
    }
    [[nodiscard]] constexpr u8 pages() const {
        if (model != MemoryModel::text && model != MemoryModel::planar)
            return 1;
        const unsigned window = text() ? 0x8000 : 0x10000;
        return static_cast<u8>(std::clamp<unsigned>(window / page_size(), 1, 8));
    }
};

inline constexpr u8 mono_text_mode = 7;

/// The mode with this number; null when there is none.
[[nodiscard]] const VideoMode* find_mode(u16 number);
/// Every mode of VBE.
[[nodiscard]] std::span<const VideoMode> vbe_modes();
/// The mode that the BIOS has set; null when the guest wrote something else over its number.
[[nodiscard]] const VideoMode* current_mode(const Call& call);

/// Lines of the standard text modes, chosen by INT 10h AH=12h BL=30h.
enum class ScanLines : u8 { lines_200, lines_350, lines_400 };

/// Registers of a mode below 100h or a text mode of VBE.
[[nodiscard]] devices::VgaRegisters mode_registers(const VideoMode& mode, ScanLines lines);
/// The first colours of the DAC in a mode; part: 0 red, 1 green, 2 blue.
[[nodiscard]] u8 mode_colour(const VideoMode& mode, u8 index, unsigned part);
/// How many colours of the DAC a mode sets.
[[nodiscard]] unsigned mode_colours(const VideoMode& mode);

} // namespace vestige::bios
