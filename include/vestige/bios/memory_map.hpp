// SPDX-License-Identifier: BSD-2-Clause
// The memory map that E820, E801, 88h and CMOS all tell, from one function.
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/base/number.hpp"
#include "vestige/base/static_vector.hpp"

namespace vestige::bios {

/// An entry of INT 15h AX=E820h.
struct MapEntry {
    Gpa start;
    u64 size = 0;
    u32 type = 1; ///< 1 usable, 2 reserved
};

inline constexpr u64 pci_hole_start = 0xc0000000;

struct MemoryMap {
    StaticVector<MapEntry, 8> entries;
    u64 extended = 0; ///< bytes of RAM from 1 MiB up to the PCI hole
    u64 above_4g = 0;
};

/// The map of a VM with this many bytes of RAM. RAM beyond the PCI hole goes above 4 GiB.
[[nodiscard]] MemoryMap memory_map(u64 memory_size);

} // namespace vestige::bios
