// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/bios/memory_map.hpp"

#include "vestige/bios/data_area.hpp"

#include <algorithm>

namespace vestige::bios {

MemoryMap memory_map(u64 memory_size) {
    MemoryMap map;
    const auto add = [&map](u64 start, u64 size, u32 type) {
        static_cast<void>(map.entries.push_back({Gpa{start}, size, type}));
    };
    constexpr u64 base = u64{base_memory_kib} * kib;
    const u64 low = std::min(memory_size, pci_hole_start);
    map.extended = low > mib ? low - mib : 0;
    map.above_4g = memory_size > pci_hole_start ? memory_size - pci_hole_start : 0;
    add(0, base, 1);
    add(base, 640 * kib - base, 2);
    add(0xf0000, 64 * kib, 2);
    if (map.extended != 0)
        add(mib, map.extended, 1);
    add(0xfffc0000, 256 * kib, 2);
    if (map.above_4g != 0)
        add(4 * gib, map.above_4g, 1);
    return map;
}

} // namespace vestige::bios
