// SPDX-License-Identifier: BSD-2-Clause
// What the readers of ACPI and MP tables share: bounds, checksums, signatures, the BIOS areas.
#pragma once

#include "vestige/host/acpi.hpp"

#include <string_view>

namespace vestige::host {

/// size bytes at start, or nothing when they are not all inside memory or start is 0.
[[nodiscard]] PhysicalView table_bytes(PhysicalView memory, u64 start, u64 size);
[[nodiscard]] bool sums_to_zero(PhysicalView bytes);
[[nodiscard]] bool has_signature(PhysicalView bytes, std::string_view text);
/// Address of the first 16-byte aligned structure with this signature whose first size bytes sum
/// to zero, in the EBDA, the last KiB of base memory or the BIOS ROM; 0 when there is none.
[[nodiscard]] u64 scan_bios(PhysicalView memory, std::string_view signature, u64 size);

/// Adds a CPU unless it is there already.
void add_cpu(CpuList& list, u32 apic_id);

/// Reads the tables of the MP Specification; false when there are none or they are broken.
[[nodiscard]] bool read_mp_table(PhysicalView memory, CpuList& cpus, IoApicList& io_apics);

} // namespace vestige::host
