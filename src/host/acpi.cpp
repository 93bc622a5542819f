// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/acpi.hpp"

#include "vestige/base/little_endian.hpp"

#include <algorithm>
#include <cstring>

namespace vestige::host {
namespace {

PhysicalView slice(PhysicalView memory, u64 start, u64 size) {
    if (start == 0 || start > memory.size() || size > memory.size() - start)
        return {};
    return memory.subspan(start, size);
}

bool sums_to_zero(PhysicalView bytes) {
    u8 sum = 0;
    for (const std::byte b : bytes)
        sum = static_cast<u8>(sum + static_cast<u8>(b));
    return !bytes.empty() && sum == 0;
}

bool has_signature(PhysicalView bytes, std::string_view text) {
    return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

/// First 16-byte aligned structure with this signature whose first size bytes sum to zero.
u64 scan(PhysicalView memory, u64 start, u64 end, std::string_view signature, u64 size) {
    for (u64 at = start; at + size <= end; at += 16) {
        const PhysicalView bytes = slice(memory, at, size);
        if (has_signature(bytes, signature) && sums_to_zero(bytes))
            return at;
    }
    return 0;
}

u64 scan_bios(PhysicalView memory, std::string_view signature, u64 size) {
    const u64 ebda = u64{load_le<u16>(memory, 0x40e)} << 4;
    if (ebda >= 0x80000 && ebda < 0xa0000)
        if (const u64 found = scan(memory, ebda, ebda + kib, signature, size))
            return found;
    if (const u64 found = scan(memory, 0x9fc00, 0xa0000, signature, size))
        return found;
    return scan(memory, 0xe0000, 0x100000, signature, size);
}

/// The whole ACPI table at address, when its length and checksum are right.
PhysicalView table_at(PhysicalView memory, u64 address) {
    constexpr u64 header_size = 36, largest = 1 * mib;
    const PhysicalView header = slice(memory, address, header_size);
    if (header.empty())
        return {};
    const u32 length = load_le<u32>(header, 4);
    if (length < header_size || length > largest)
        return {};
    const PhysicalView table = slice(memory, address, length);
    return sums_to_zero(table) ? table : PhysicalView{};
}

PhysicalView find_table(PhysicalView memory, PhysicalView rsdp, std::string_view signature) {
    const bool extended = static_cast<u8>(rsdp[15]) >= 2 && rsdp.size() >= 36;
    const u64 xsdt = extended ? load_le<u64>(rsdp, 24) : 0;
    const std::size_t width = xsdt != 0 ? 8 : 4;
    const PhysicalView root = table_at(memory, xsdt != 0 ? xsdt : load_le<u32>(rsdp, 16));
    for (std::size_t at = 36; at + width <= root.size(); at += width) {
        const u64 address = width == 8 ? load_le<u64>(root, at) : load_le<u32>(root, at);
        const PhysicalView table = table_at(memory, address);
        if (has_signature(table, signature))
            return table;
    }
    return {};
}

void add_cpu(CpuList& list, u32 apic_id) {
    if (std::find(list.apic_ids.begin(), list.apic_ids.end(), apic_id) != list.apic_ids.end())
        return;
    if (!list.apic_ids.push_back(apic_id))
        ++list.dropped;
}

bool read_madt(PhysicalView madt, CpuList& list) {
    constexpr u8 local_apic = 0, local_x2apic = 9;
    constexpr u32 usable = 1;
    for (std::size_t at = 44; at + 2 <= madt.size();) {
        const u8 type = static_cast<u8>(madt[at]);
        const u8 size = static_cast<u8>(madt[at + 1]);
        if (size < 2 || at + size > madt.size())
            return false;
        if (type == local_apic && size >= 8 && (load_le<u32>(madt, at + 4) & usable) != 0)
            add_cpu(list, static_cast<u8>(madt[at + 3]));
        if (type == local_x2apic && size >= 16 && (load_le<u32>(madt, at + 8) & usable) != 0)
            add_cpu(list, load_le<u32>(madt, at + 4));
        at += size;
    }
    return true;
}

/// MP Specification 1.4, "MP Configuration Table".
bool read_mp_table(PhysicalView memory, CpuList& list) {
    const u64 pointer = scan_bios(memory, "_MP_", 16);
    if (pointer == 0)
        return false;
    const u64 address = load_le<u32>(memory, pointer + 4);
    const PhysicalView header = slice(memory, address, 44);
    if (!has_signature(header, "PCMP"))
        return false;
    const PhysicalView table = slice(memory, address, load_le<u16>(header, 4));
    if (!sums_to_zero(table))
        return false;
    const u16 entries = load_le<u16>(header, 34);
    std::size_t at = 44;
    for (u16 i = 0; i < entries && at + 8 <= table.size(); ++i) {
        constexpr u8 processor = 0;
        const bool is_processor = static_cast<u8>(table[at]) == processor;
        if (is_processor && at + 20 <= table.size() && (static_cast<u8>(table[at + 3]) & 1) != 0)
            add_cpu(list, static_cast<u8>(table[at + 1]));
        at += is_processor ? 20 : 8;
    }
    return true;
}

} // namespace

CpuList find_cpus(PhysicalView memory, Hpa rsdp, u32 boot_apic_id) {
    CpuList list;
    add_cpu(list, boot_apic_id);
    const u64 found = rsdp != Hpa{} ? rsdp.value() : scan_bios(memory, "RSD PTR ", 20);
    const PhysicalView root = slice(memory, found, 36);
    if (!root.empty()) {
        const PhysicalView madt = find_table(memory, root, "APIC");
        if (!madt.empty() && read_madt(madt, list)) {
            list.source = "ACPI MADT";
            return list;
        }
    }
    list.source = read_mp_table(memory, list) ? "MP table" : "this CPU only";
    return list;
}

} // namespace vestige::host
