// SPDX-License-Identifier: BSD-2-Clause
// The memory map that E820, E801, 88h, CMOS and the ACPI tables all tell, from one function.
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/base/number.hpp"
#include "vestige/base/static_vector.hpp"

namespace vestige::bios {

/// Types of entries of INT 15h AX=E820h (ACPI 6, "INT 15H, E820H").
namespace memory_type {
inline constexpr u32 usable = 1, reserved = 2, acpi_tables = 3, acpi_nvs = 4;
} // namespace memory_type

/// An entry of INT 15h AX=E820h.
struct MapEntry {
    Gpa start;
    u64 size = 0;
    u32 type = memory_type::usable;
};

inline constexpr u64 pci_hole_start = 0xc0000000;
/// The end of RAM below the PCI hole holds the ACPI tables, then what systems must keep. Together
/// one of the 64 KiB blocks that E801 counts in, so that all sizes agree.
inline constexpr u64 acpi_tables_size = 60 * kib, acpi_nvs_size = 4 * kib;

struct MemoryMap {
    StaticVector<MapEntry, 8> entries;
    u64 extended = 0; ///< usable bytes from 1 MiB up to the ACPI tables or the PCI hole
    u64 above_4g = 0;
    /// Where the ACPI tables begin; 0 in a VM whose RAM has no room for them.
    Gpa acpi_tables;
    [[nodiscard]] bool has_acpi() const { return acpi_tables != Gpa{}; }
    [[nodiscard]] Gpa acpi_nvs() const { return acpi_tables + acpi_tables_size; }
};

/// The map of a VM with this many bytes of RAM. RAM beyond the PCI hole goes above 4 GiB.
[[nodiscard]] MemoryMap memory_map(u64 memory_size);

} // namespace vestige::bios
