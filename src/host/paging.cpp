// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/paging.hpp"

#include "protection_probe.hpp"

#include "vestige/base/bit_field.hpp"
#include "vestige/base/log.hpp"
#include "vestige/base/panic.hpp"
#include "vestige/host/control_registers.hpp"
#include "vestige/host/cpuid.hpp"
#include "vestige/host/msr.hpp"

#include <algorithm>

namespace vestige::host {
namespace {

constexpr u64 large_page = 2 * mib;
constexpr u64 cr0_wp = bit(16);
constexpr u64 cr4_mce = bit(6), cr4_umip = bit(11), cr4_smep = bit(20);
constexpr u64 efer_nxe = bit(11);

extern "C" const char image_start[], text_end[], rodata_end[], boot_stack_guard[];
u64 address_of(const char* symbol) {
    return reinterpret_cast<u64>(symbol);
}

constinit PageTable tables;
constinit u64 map_end = 0;

bool is_memory(const BootInfo& info, u64 start, u64 size) {
    for (const MemoryRange& range : info.memory)
        if (range.usable && range.start.value() < start + size &&
            start < range.start.value() + range.size)
            return true;
    return false;
}

/// End of the usable memory that this CPU can address, in whole large pages.
u64 end_of_ram(const BootInfo& info) {
    const u64 address_bits = cpuid_or_zero(0x80000008).eax & 0xff;
    const u64 limit = bit(static_cast<unsigned>(std::clamp<u64>(address_bits, 36, 46)));
    u64 end = 0;
    for (const MemoryRange& range : info.memory)
        if (range.usable && range.start.value() < limit)
            end = std::max(end, range.size > limit - range.start.value()
                                    ? limit
                                    : (range.start + range.size).align_up(large_page).value());
    return end;
}

bool has_no_execute() {
    constexpr u32 leaf = 0x80000001;
    return (cpuid_or_zero(leaf).edx & bit(20)) != 0;
}

/// CR4 bits that this CPU has and that protect us.
u64 cr4_protections() {
    const CpuidResult features = cpuid_or_zero(7);
    u64 bits = 0;
    if ((features.ebx & bit(7)) != 0)
        bits |= cr4_smep;
    if ((features.ecx & bit(2)) != 0)
        bits |= cr4_umip;
    if ((cpuid_or_zero(1).edx & bit(7)) != 0)
        bits |= cr4_mce; // without it a machine check is a silent reset
    return bits;
}

} // namespace

void build_address_space(const BootInfo& info, PageAllocator& pages) {
    if (!has_no_execute())
        panic("this CPU offers no execute-disable bit: enable it in the firmware's set-up");
    tables.create(pages);
    map_end = std::max(4 * gib, end_of_ram(info));
    pages.reserve(Hpa{map_end}, ~map_end);
    for (u64 at = 0; at < map_end; at += large_page) {
        const bool cached = at < large_page || is_memory(info, at, large_page);
        const u64 caching = cached ? 0 : pte::write_through | pte::cache_disable;
        tables.map(at, at + large_page, pte::writable | pte::no_execute | caching);
    }
    tables.map(address_of(image_start), address_of(text_end), 0);
    tables.map(address_of(text_end), address_of(rodata_end), pte::no_execute);
    tables.unmap_page(address_of(boot_stack_guard));
    enter_address_space();
}

void enter_address_space() {
    write_msr(msr::ia32_efer, read_msr(msr::ia32_efer) | efer_nxe);
    write_cr0(read_cr0() | cr0_wp);
    write_cr3(tables.root());
    write_cr4(read_cr4() | cr4_protections());
}

void check_address_space() {
    const PageTable::Rights rights = tables.rights(map_end);
    const u64 cr4 = read_cr4();
    log(LogArea::host, LogLevel::debug,
        "paging: WP {}, NX {}, SMEP {}, UMIP {}; {} KiB executable, {} KiB both writable and "
        "executable",
        (read_cr0() & cr0_wp) != 0, (read_msr(msr::ia32_efer) & efer_nxe) != 0,
        (cr4 & cr4_smep) != 0, (cr4 & cr4_umip) != 0, rights.executable / kib,
        rights.writable_and_executable / kib);
    if (rights.writable_and_executable != 0)
        panic("a page is both writable and executable");
    if (!write_faults(address_of(image_start)) || !write_faults(address_of(text_end)))
        panic("self-check: our code or constants can be written to");
    if (!execution_of_data_faults())
        panic("self-check: our data can be executed");
    if (!read_faults(0) || !read_faults(address_of(boot_stack_guard)))
        panic("self-check: a guard page is mapped");
}

void make_executable(Hpa page) {
    tables.protect_page(page.value(), 0);
    invalidate_page(page.value());
}

void make_writable(Hpa page) {
    tables.protect_page(page.value(), pte::writable | pte::no_execute);
    invalidate_page(page.value());
}

void unmap_page(Hpa page) {
    tables.unmap_page(page.value());
    invalidate_page(page.value());
}

u64 page_table_root() {
    return tables.root();
}
Hpa end_of_map() {
    return Hpa{map_end};
}

} // namespace vestige::host
