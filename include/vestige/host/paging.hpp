// SPDX-License-Identifier: BSD-2-Clause
// The hypervisor's own address space: an identity map with W^X and guard pages.
#pragma once

#include "vestige/host/boot_info.hpp"
#include "vestige/host/page_allocator.hpp"

namespace vestige::host {

/// Builds the page tables from the memory map and switches this CPU to them: code read-execute,
/// constants read-only, everything else read-write and never executable, holes below 4 GiB
/// uncached, the boot stack's guard page absent. The first page stays until the tables in low
/// memory have been read: then unmap_page() it.
void build_address_space(const BootInfo& info, PageAllocator& pages);
/// Switches another CPU to the same tables and turns on the protections (WP, NXE, SMEP, UMIP).
void enter_address_space();
/// Takes one 4 KiB page out of the map (a guard page).
void unmap_page(Hpa page);
/// Lets one 4 KiB page be executed: the trampoline's, while CPUs start.
void make_executable(Hpa page);
/// Root of the tables, for CR3.
[[nodiscard]] u64 page_table_root();
/// First address above everything mapped.
[[nodiscard]] Hpa end_of_map();

/// Host-linear view of physical memory: identity-mapped.
inline std::byte* physical(Hpa address) { return reinterpret_cast<std::byte*>(address.value()); }

} // namespace vestige::host
