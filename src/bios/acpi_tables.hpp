// SPDX-License-Identifier: BSD-2-Clause
// ACPI 2.0 tables: what systems learn of the machine beyond what they can probe.
#pragma once

#include "vestige/bios/machine_facts.hpp"
#include "vestige/bios/memory_map.hpp"
#include "vestige/machine/guest_memory.hpp"

namespace vestige::bios {

inline constexpr std::size_t rsdp_size = 36;

/// Writes the root pointer, for the ROM.
void make_rsdp(std::span<std::byte, rsdp_size> out, const MemoryMap& map);
/// Writes all tables to the places that the map keeps for them. Nothing when it has none.
void write_acpi_tables(machine::GuestMemory& memory, const MemoryMap& map, const BoardFacts& board);

} // namespace vestige::bios
