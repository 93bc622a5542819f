// SPDX-License-Identifier: BSD-2-Clause
// The hypervisor's own address space: an identity map with W^X and guard pages.
#pragma once

#include "vestige/host/boot_info.hpp"
#include "vestige/host/page_allocator.hpp"
#include "vestige/host/page_table.hpp"

namespace vestige::host {

/// Builds the page tables from the memory map and switches this CPU to them: code read-execute,
/// constants read-only, everything else read-write and never executable, holes below 4 GiB
/// uncached, the boot stack's guard page absent. The first page stays until the tables in low
/// memory have been read: then unmap_page() it.
void build_address_space(const BootInfo& info, PageAllocator& pages);
/// Switches another CPU to the same tables and turns on the protections (WP, NXE, SMEP, UMIP).
void enter_address_space();
/// Logs at debug level what protects the address space, and tries: panics when a page is both
/// writable and executable, or when an access that must fault does not. The first page is unmapped.
void check_address_space();
/// Takes one 4 KiB page out of the map (a guard page).
void unmap_page(Hpa page);
/// Makes one 4 KiB page read-execute (the trampoline's, while a CPU starts), or read-write again.
void make_executable(Hpa page);
void make_writable(Hpa page);
/// Root of the tables, for CR3.
[[nodiscard]] u64 page_table_root();
/// First address above everything mapped.
[[nodiscard]] Hpa end_of_map();

} // namespace vestige::host
