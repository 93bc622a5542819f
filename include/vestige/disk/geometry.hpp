// SPDX-License-Identifier: BSD-2-Clause
// Cylinders, heads and sectors: of floppies by their size, of hard disks as a BIOS chooses them.
#pragma once

#include "vestige/base/number.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>

namespace vestige::disk {

struct Geometry {
    u32 cylinders = 0;
    u32 heads = 0;
    u32 sectors = 0; ///< per track

    [[nodiscard]] constexpr u64 total() const { return u64{cylinders} * heads * sectors; }
    constexpr bool operator==(const Geometry&) const = default;
};

/// The sector that an address names; nothing when any part is out of its range.
constexpr std::optional<Lba> to_lba(const Geometry& g, const Chs& chs) {
    if (chs.cylinder >= g.cylinders || chs.head >= g.heads || chs.sector == 0 ||
        chs.sector > g.sectors)
        return {};
    return Lba{(u64{chs.cylinder} * g.heads + chs.head) * g.sectors + chs.sector - 1};
}
static_assert(to_lba({80, 2, 18}, {0, 0, 1}) == Lba{0});
static_assert(to_lba({80, 2, 18}, {79, 1, 18}) == Lba{2879});
static_assert(!to_lba({80, 2, 18}, {0, 0, 19}) && !to_lba({80, 2, 18}, {0, 0, 0}));

/// A floppy format. type is the drive type of CMOS 10h and INT 13h AH=08h.
struct FloppyFormat {
    u32 kib = 0;
    Geometry geometry;
    u8 type = 0;
};
inline constexpr std::array<FloppyFormat, 9> floppy_formats{{
    {160, {40, 1, 8}, 1},
    {180, {40, 1, 9}, 1},
    {320, {40, 2, 8}, 1},
    {360, {40, 2, 9}, 1},
    {720, {80, 2, 9}, 3},
    {1200, {80, 2, 15}, 2},
    {1440, {80, 2, 18}, 4},
    {1680, {80, 2, 21}, 4},
    {2880, {80, 2, 36}, 5},
}};

/// The format of a floppy image of this many bytes.
constexpr std::optional<FloppyFormat> floppy_format(u64 size) {
    for (const FloppyFormat& format : floppy_formats)
        if (size == u64{format.kib} * 1024)
            return format;
    return {};
}

/// Geometry for a hard disk of sectors sectors: what its partition table was made with when the
/// first sector tells, else 16 heads and 63 sectors up to 504 MiB, else LBA-assist translation.
[[nodiscard]] Geometry disk_geometry(u64 sectors, std::span<const std::byte> first_sector);

} // namespace vestige::disk
