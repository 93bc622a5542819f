// SPDX-License-Identifier: BSD-2-Clause
// The CPUs of the machine, from ACPI's MADT or else from the MP table.
#pragma once

#include "vestige/host/boot_info.hpp"

namespace vestige::host {

inline constexpr std::size_t most_cpus = 64;

struct CpuList {
    StaticVector<u32, most_cpus> apic_ids;
    unsigned dropped = 0;     ///< usable CPUs beyond most_cpus
    const char* source = "";  ///< "ACPI MADT", "MP table" or "this CPU only"
};

/// Finds the CPUs in physical memory; rsdp is the loader's copy or 0. Tables with wrong checksums
/// or sizes are skipped. boot_apic_id is always first in the list.
[[nodiscard]] CpuList find_cpus(PhysicalView memory, Hpa rsdp, u32 boot_apic_id);

} // namespace vestige::host
