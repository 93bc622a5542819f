// SPDX-License-Identifier: BSD-2-Clause
// What the firmware's tables say about the machine: CPUs, I/O APICs, timer and reset ports. From
// ACPI, or from the MP table where there is no usable ACPI.
#pragma once

#include "vestige/host/boot_info.hpp"

#include <optional>

namespace vestige::host {

inline constexpr std::size_t most_cpus = 64;

struct CpuList {
    StaticVector<u32, most_cpus> apic_ids; ///< the boot CPU's first
    unsigned dropped = 0;                  ///< usable CPUs beyond most_cpus
    const char* source = "";               ///< "ACPI MADT", "MP table" or "this CPU only"
};

/// Physical addresses of the I/O APICs' registers.
using IoApicList = StaticVector<Hpa, 16>;

/// The FADT's reset register, when it is an I/O port.
struct ResetPort {
    Port port;
    u8 value = 0;
};

struct Hardware {
    CpuList cpus;
    IoApicList io_apics;
    std::optional<Port> pm_timer; ///< ACPI timer, 3.579545 MHz, at least 24 bits
    std::optional<ResetPort> reset;
};

/// Reads the tables in physical memory; rsdp is the loader's copy of the root pointer or empty.
/// Tables with wrong checksums or sizes count as absent.
[[nodiscard]] Hardware find_hardware(PhysicalView memory, std::span<const std::byte> rsdp,
                                     u32 boot_apic_id);

} // namespace vestige::host
