// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/bios/memory_map.hpp"

#include "vestige/bios/data_area.hpp"

#include <algorithm>

namespace vestige::bios {

MemoryMap memory_map(u64 memory_size) {
    MemoryMap map;
    const auto add = [&map](u64 start, u64 size, u32 type) {
        if (size != 0)
            static_cast<void>(map.entries.push_back({Gpa{start}, size, type}));
    };
    constexpr u64 base = u64{base_memory_kib} * kib;
    constexpr u64 acpi_size = acpi_tables_size + acpi_nvs_size;
    const u64 low = std::min(memory_size, pci_hole_start);
    map.extended = low > mib ? low - mib : 0;
    map.above_4g = memory_size - low;
    if (map.extended >= mib) {
        map.extended -= acpi_size;
        map.acpi_tables = Gpa{low - acpi_size};
    }
    add(0, base, memory_type::usable);
    add(base, 640 * kib - base, memory_type::reserved);
    add(0xf0000, 64 * kib, memory_type::reserved);
    add(mib, map.extended, memory_type::usable);
    if (map.has_acpi()) {
        add(map.acpi_tables.value(), acpi_tables_size, memory_type::acpi_tables);
        add(map.acpi_nvs().value(), acpi_nvs_size, memory_type::acpi_nvs);
    }
    add(0xfffc0000, 256 * kib, memory_type::reserved);
    add(4 * gib, map.above_4g, memory_type::usable);
    return map;
}

} // namespace vestige::bios
