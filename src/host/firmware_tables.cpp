// SPDX-License-Identifier: BSD-2-Clause
#include "firmware_tables.hpp"

#include "vestige/base/little_endian.hpp"

#include <algorithm>
#include <cstring>

namespace vestige::host {
namespace {

u64 scan(PhysicalView memory, u64 start, u64 end, std::string_view signature, u64 size) {
    for (u64 at = start; at + size <= end; at += 16) {
        const PhysicalView bytes = table_bytes(memory, at, size);
        if (has_signature(bytes, signature) && sums_to_zero(bytes))
            return at;
    }
    return 0;
}

} // namespace

PhysicalView table_bytes(PhysicalView memory, u64 start, u64 size) {
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

u64 scan_bios(PhysicalView memory, std::string_view signature, u64 size) {
    constexpr u64 ebda_segment_word = 0x40e;
    const PhysicalView pointer = table_bytes(memory, ebda_segment_word, 2);
    const u64 ebda = pointer.empty() ? 0 : u64{load_le<u16>(pointer, 0)} << 4;
    if (ebda >= 0x80000 && ebda < 0xa0000)
        if (const u64 found = scan(memory, ebda, ebda + kib, signature, size))
            return found;
    if (const u64 found = scan(memory, 0x9fc00, 0xa0000, signature, size))
        return found;
    return scan(memory, 0xe0000, 0x100000, signature, size);
}

void add_cpu(CpuList& list, u32 apic_id) {
    if (std::find(list.apic_ids.begin(), list.apic_ids.end(), apic_id) != list.apic_ids.end())
        return;
    if (!list.apic_ids.push_back(apic_id))
        ++list.dropped;
}

} // namespace vestige::host
