// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/page_table.hpp"

#include "vestige/base/panic.hpp"

#include <cstring>

namespace vestige::host {
namespace {

constexpr u64 large_page = 2 * mib;

u64* table_of(u64 entry) {
    return reinterpret_cast<u64*>(physical(Hpa{entry & pte::address}));
}

/// Index into the table of this level: 3 is the top one, 0 the one with 4 KiB pages.
u64 index_of(u64 address, unsigned level) {
    return (address >> (12 + 9 * level)) & 511;
}

} // namespace

void PageTable::create(PageAllocator& pages) {
    pages_ = &pages;
    root_ = reinterpret_cast<u64>(new_table());
}

u64* PageTable::new_table() {
    const auto page = pages_->allocate(page_size, page_size, Hpa{4 * gib});
    if (!page)
        panic("no memory for page tables");
    std::memset(physical(*page), 0, page_size);
    return reinterpret_cast<u64*>(physical(*page));
}

u64* PageTable::next_table(u64& entry) {
    if ((entry & pte::present) == 0)
        entry = reinterpret_cast<u64>(new_table()) | pte::present | pte::writable;
    return table_of(entry);
}

u64* PageTable::directory_entry(u64 address) {
    u64* const pointers = next_table(table_of(root_)[index_of(address, 3)]);
    return &next_table(pointers[index_of(address, 2)])[index_of(address, 1)];
}

/// The 4 KiB entry of address, splitting a large page if there is one.
u64* PageTable::page_entry(u64 address) {
    u64* const directory = directory_entry(address);
    if ((*directory & pte::large) != 0) {
        const u64 base = *directory & pte::address & ~(large_page - 1);
        const u64 flags = *directory & ~pte::address & ~pte::large;
        u64* const table = new_table();
        for (u64 i = 0; i < 512; ++i)
            table[i] = (base + i * page_size) | flags;
        *directory = reinterpret_cast<u64>(table) | pte::present | pte::writable;
    }
    return &next_table(*directory)[index_of(address, 0)];
}

void PageTable::map(u64 start, u64 end, u64 flags) {
    for (u64 at = start; at < end;) {
        if (at % large_page == 0 && end - at >= large_page) {
            *directory_entry(at) = at | flags | pte::present | pte::large;
            at += large_page;
        } else {
            *page_entry(at) = at | flags | pte::present;
            at += page_size;
        }
    }
}

void PageTable::unmap_page(u64 address) {
    *page_entry(address) = 0;
}

void PageTable::protect_page(u64 address, u64 flags) {
    *page_entry(address) = (address & pte::address) | flags | pte::present;
}

u64 PageTable::find(u64 address) const {
    u64 entry = root_ | pte::present;
    for (unsigned level = 4; level-- != 0;) {
        entry = table_of(entry)[index_of(address, level)];
        if ((entry & pte::present) == 0)
            return 0;
        if ((entry & pte::large) != 0)
            return entry;
    }
    return entry;
}

PageTable::Rights PageTable::rights(u64 end) const {
    Rights rights;
    for (u64 at = 0; at < end;) {
        const u64 entry = find(at);
        const bool whole = (entry & pte::large) != 0 && at % large_page == 0;
        const u64 size = whole ? large_page : page_size;
        const bool executable = entry != 0 && (entry & pte::no_execute) == 0;
        const bool writable = (entry & pte::writable) != 0;
        rights.executable += executable ? size : 0;
        rights.writable += writable ? size : 0;
        rights.writable_and_executable += executable && writable ? size : 0;
        at += size;
    }
    return rights;
}

} // namespace vestige::host
