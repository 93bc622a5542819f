// SPDX-License-Identifier: BSD-2-Clause
// The MP configuration table: processor, buses, I/O APIC and its wires, for systems without ACPI.
#pragma once

#include "vestige/bios/machine_facts.hpp"

#include <cstddef>
#include <span>

namespace vestige::bios {

inline constexpr std::size_t mp_pointer_size = 16, mp_table_size = 0x500;

/// Writes the table, which guests see at the address place, and the pointer to it.
void make_mp_table(std::span<std::byte, mp_pointer_size> pointer,
                   std::span<std::byte, mp_table_size> table, u32 place, const CpuFacts& cpu);

} // namespace vestige::bios
