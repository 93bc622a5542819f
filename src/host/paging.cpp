// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/paging.hpp"

#include "vestige/base/bit_field.hpp"
#include "vestige/base/panic.hpp"
#include "vestige/host/control_registers.hpp"
#include "vestige/host/cpuid.hpp"
#include "vestige/host/msr.hpp"

#include <algorithm>
#include <cstring>

namespace vestige::host {
namespace {

// SDM 3A, "4-Level Paging".
constexpr u64 present = bit(0), writable = bit(1), write_through = bit(3), cache_disable = bit(4),
              large = bit(7), no_execute = bit(63);
constexpr u64 address_mask = 0x000ffffffffff000;
constexpr u64 large_page = 2 * mib;

extern "C" const char image_start[], text_end[], rodata_end[], image_end[], boot_stack_guard[];
u64 address_of(const char* symbol) { return reinterpret_cast<u64>(symbol); }

constinit u64 root = 0;
constinit u64 map_end = 0;
constinit PageAllocator* table_pages = nullptr;

u64* new_table() {
    const auto page = table_pages->allocate(page_size, page_size, Hpa{4 * gib});
    if (!page)
        panic("no memory for page tables");
    std::memset(physical(*page), 0, page_size);
    return reinterpret_cast<u64*>(page->value());
}

u64* next_table(u64& entry) {
    if ((entry & present) == 0)
        entry = reinterpret_cast<u64>(new_table()) | present | writable;
    return reinterpret_cast<u64*>(entry & address_mask);
}

u64* directory_entry(u64 address) {
    u64* const pml4 = reinterpret_cast<u64*>(root);
    u64* const pdpt = next_table(pml4[(address >> 39) & 511]);
    return &next_table(pdpt[(address >> 30) & 511])[(address >> 21) & 511];
}

/// The 4 KiB entry of address, splitting a large page if there is one.
u64* page_entry(u64 address) {
    u64* const pde = directory_entry(address);
    if ((*pde & large) != 0) {
        const u64 base = *pde & address_mask & ~(large_page - 1);
        const u64 flags = *pde & ~address_mask & ~large;
        u64* const table = new_table();
        for (u64 i = 0; i < 512; ++i)
            table[i] = (base + i * page_size) | flags;
        *pde = reinterpret_cast<u64>(table) | present | writable;
    }
    return &next_table(*pde)[(address >> 12) & 511];
}

void map(u64 start, u64 end, u64 flags) {
    for (u64 at = start & ~(page_size - 1); at < end;) {
        if (at % large_page == 0 && end - at >= large_page) {
            *directory_entry(at) = at | flags | present | large;
            at += large_page;
        } else {
            *page_entry(at) = at | flags | present;
            at += page_size;
        }
    }
}

bool is_memory(const BootInfo& info, u64 start, u64 size) {
    for (const MemoryRange& range : info.memory)
        if (range.usable && range.start.value() < start + size &&
            start < range.start.value() + range.size)
            return true;
    return false;
}

} // namespace

void build_address_space(const BootInfo& info, PageAllocator& pages) {
    table_pages = &pages;
    root = reinterpret_cast<u64>(new_table());
    map_end = 4 * gib;
    for (const MemoryRange& range : info.memory)
        if (range.usable)
            map_end = std::max(map_end, (range.start + range.size).align_up(large_page).value());
    for (u64 at = 0; at < map_end; at += large_page) {
        const bool cached = at < large_page || is_memory(info, at, large_page);
        const u64 caching = cached ? 0 : write_through | cache_disable;
        map(at, at + large_page, writable | no_execute | caching);
    }
    map(address_of(image_start), address_of(text_end), 0);
    map(address_of(text_end), address_of(rodata_end), no_execute);
    *page_entry(address_of(boot_stack_guard)) = 0;
    enter_address_space();
}

void enter_address_space() {
    constexpr u64 nxe = bit(11), wp = bit(16), umip = bit(11), smep = bit(20);
    write_msr(msr::ia32_efer, read_msr(msr::ia32_efer) | nxe);
    write_cr0(read_cr0() | wp);
    write_cr3(root);
    const CpuidResult features = cpuid(0).eax >= 7 ? cpuid(7) : CpuidResult{};
    u64 cr4 = read_cr4();
    if ((features.ebx & bit(7)) != 0)
        cr4 |= smep;
    if ((features.ecx & bit(2)) != 0)
        cr4 |= umip;
    write_cr4(cr4);
}

void make_executable(Hpa page) {
    *page_entry(page.value()) &= ~no_execute;
    invalidate_page(page.value());
}

void unmap_page(Hpa page) {
    *page_entry(page.value()) = 0;
    invalidate_page(page.value());
}

u64 page_table_root() { return root; }
Hpa end_of_map() { return Hpa{map_end}; }

} // namespace vestige::host
