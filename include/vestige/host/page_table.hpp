// SPDX-License-Identifier: BSD-2-Clause
// 4-level page tables that map linear addresses to themselves (SDM 3A, "4-Level Paging").
#pragma once

#include "vestige/base/bit_field.hpp"
#include "vestige/host/page_allocator.hpp"

namespace vestige::host {

/// Bits of a paging-structure entry.
namespace pte {
inline constexpr u64 present = bit(0);
inline constexpr u64 writable = bit(1);
inline constexpr u64 write_through = bit(3);
inline constexpr u64 cache_disable = bit(4);
inline constexpr u64 large = bit(7);
inline constexpr u64 no_execute = bit(63);
inline constexpr u64 address = 0x000ffffffffff000;
} // namespace pte

/// Host-linear view of physical memory: identity-mapped.
inline std::byte* physical(Hpa address) {
    return reinterpret_cast<std::byte*>(address.value());
}

/// An identity map. Its tables come from an allocator and lie below 4 GiB, where a CPU that starts
/// can reach them.
class PageTable {
  public:
    constexpr PageTable() = default;
    /// Starts with nothing mapped; pages is kept for later tables.
    void create(PageAllocator& pages);
    /// Maps [start, end), page-aligned, with 2 MiB pages where they fit; flags beside pte::present.
    /// What was mapped there before is replaced.
    void map(u64 start, u64 end, u64 flags);
    void unmap_page(u64 address);
    /// Gives one 4 KiB page that is mapped these flags.
    void protect_page(u64 address, u64 flags);
    /// Physical address of the top table, for CR3.
    [[nodiscard]] u64 root() const { return root_; }
    /// The entry that maps address, or 0.
    [[nodiscard]] u64 find(u64 address) const;

    /// What the map allows, in bytes, over everything that is present.
    struct Rights {
        u64 executable = 0;
        u64 writable = 0;
        u64 writable_and_executable = 0;
    };
    [[nodiscard]] Rights rights(u64 end) const;

  private:
    [[nodiscard]] u64* new_table();
    [[nodiscard]] u64* next_table(u64& entry);
    [[nodiscard]] u64* directory_entry(u64 address);
    [[nodiscard]] u64* page_entry(u64 address);

    PageAllocator* pages_ = nullptr;
    u64 root_ = 0;
};

} // namespace vestige::host
