// SPDX-License-Identifier: BSD-2-Clause
// MP Specification 1.4, "MP Configuration Table": what machines without ACPI have.
#include "firmware_tables.hpp"

#include "vestige/base/little_endian.hpp"

namespace vestige::host {
namespace {

constexpr std::size_t header_size = 44, processor_size = 20, other_size = 8;
constexpr u8 processor = 0, io_apic = 2, usable = 1;

/// The whole configuration table, when its checksum is right.
PhysicalView configuration(PhysicalView memory) {
    const u64 pointer = scan_bios(memory, "_MP_", 16);
    if (pointer == 0)
        return {};
    const u64 address = load_le<u32>(memory, pointer + 4);
    const PhysicalView header = table_bytes(memory, address, header_size);
    if (!has_signature(header, "PCMP"))
        return {};
    const u16 size = load_le<u16>(header, 4);
    const PhysicalView table = table_bytes(memory, address, size);
    return size >= header_size && sums_to_zero(table) ? table : PhysicalView{};
}

} // namespace

bool read_mp_table(PhysicalView memory, CpuList& cpus, IoApicList& io_apics) {
    const PhysicalView table = configuration(memory);
    if (table.empty())
        return false;
    const u16 entries = load_le<u16>(table, 34);
    std::size_t at = header_size;
    for (u16 i = 0; i < entries && at < table.size(); ++i) {
        const u8 type = static_cast<u8>(table[at]);
        const std::size_t size = type == processor ? processor_size : other_size;
        if (size > table.size() - at)
            return true;
        const bool used = (static_cast<u8>(table[at + 3]) & usable) != 0;
        if (type == processor && used)
            add_cpu(cpus, static_cast<u8>(table[at + 1]));
        if (type == io_apic && used)
            static_cast<void>(io_apics.push_back(Hpa{load_le<u32>(table, at + 4)}));
        at += size;
    }
    return true;
}

} // namespace vestige::host
