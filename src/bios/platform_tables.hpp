// SPDX-License-Identifier: BSD-2-Clause
// What systems without ACPI look for in the ROM: Plug and Play, BIOS32, PCI interrupt routing, MP.
#pragma once

#include "vestige/bios/machine_facts.hpp"

#include <cstddef>
#include <span>

namespace vestige::bios {

/// Device numbers 1 to this one of PCI bus 0 are slots with interrupt pins.
inline constexpr u8 last_pci_slot = 6;

/// Writes $PnP, the BIOS32 directory, both with their entry points, and $PIR; and the MP tables
/// where there is an APIC. rom is the whole ROM.
void put_platform_tables(std::span<std::byte> rom, const MachineFacts& facts);

} // namespace vestige::bios
