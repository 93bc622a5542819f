// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/disk/geometry.hpp"

#include "vestige/base/little_endian.hpp"

#include <algorithm>

namespace vestige::disk {
namespace {

constexpr u32 most_cylinders = 1024;

Geometry with(u64 sectors, u32 heads, u32 per_track) {
    const u64 cylinders = sectors / (u64{heads} * per_track);
    return {static_cast<u32>(std::clamp<u64>(cylinders, 1, most_cylinders)), heads, per_track};
}

/// Heads and sectors that make the table's end addresses agree with its sector counts.
std::optional<Geometry> from_partitions(u64 sectors, std::span<const std::byte> mbr) {
    if (mbr.size() < 512 || load_le<u16>(mbr, 510) != 0xaa55)
        return {};
    for (std::size_t entry = 446; entry < 510; entry += 16) {
        const u32 start = load_le<u32>(mbr, entry + 8);
        const u32 count = load_le<u32>(mbr, entry + 12);
        if (static_cast<u8>(mbr[entry + 4]) == 0 || count == 0)
            continue;
        const u32 heads = static_cast<u8>(mbr[entry + 5]) + 1U;
        const u32 per_track = static_cast<u8>(mbr[entry + 6]) & 63U;
        const u32 cylinder = static_cast<u8>(mbr[entry + 7]) |
                             (static_cast<u8>(mbr[entry + 6]) & 0xc0U) << 2;
        if (per_track == 0 || heads < 2 || heads > 255 || cylinder >= 1023)
            continue;
        const u64 end = (u64{cylinder} * heads + heads - 1) * per_track + per_track - 1;
        if (end == u64{start} + count - 1)
            return with(sectors, heads, per_track);
    }
    return {};
}

} // namespace

Geometry disk_geometry(u64 sectors, std::span<const std::byte> first_sector) {
    if (const auto told = from_partitions(sectors, first_sector))
        return *told;
    constexpr u32 per_track = 63;
    if (sectors <= u64{most_cylinders} * 16 * per_track)
        return with(sectors, 16, per_track);
    for (u32 heads = 32; heads < 255; heads *= 2)
        if (sectors <= u64{most_cylinders} * heads * per_track)
            return with(sectors, heads, per_track);
    return with(sectors, 255, per_track);
}

} // namespace vestige::disk
