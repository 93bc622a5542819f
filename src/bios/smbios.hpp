// SPDX-License-Identifier: BSD-2-Clause
// SMBIOS 2.8 and 3.0: the machine's make, processor and memory, for inventory tools.
#pragma once

#include "vestige/bios/machine_facts.hpp"

#include <cstddef>
#include <span>

namespace vestige::bios {

inline constexpr std::size_t smbios_entry_size = 31, smbios3_entry_size = 24;
inline constexpr std::size_t smbios_table_size = 1024; ///< room for the structures

/// Writes the structures into table, which guests see at the address place, and both entry points.
void make_smbios(std::span<std::byte, smbios_table_size> table, u32 place,
                 std::span<std::byte, smbios_entry_size> entry,
                 std::span<std::byte, smbios3_entry_size> entry3, const MachineFacts& facts);

} // namespace vestige::bios
