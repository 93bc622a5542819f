// SPDX-License-Identifier: BSD-2-Clause
// ACPI 6.5, "ACPI Software Programming Model".
#include "vestige/host/acpi.hpp"

#include "firmware_tables.hpp"

#include "vestige/base/bit_field.hpp"
#include "vestige/base/little_endian.hpp"

namespace vestige::host {
namespace {

constexpr std::size_t table_header_size = 36;
constexpr std::size_t rsdp_size = 20, extended_rsdp_size = 36;

/// The whole table at address, when its length and checksum are right.
PhysicalView table_at(PhysicalView memory, u64 address) {
    constexpr u64 largest = 1 * mib;
    const PhysicalView header = table_bytes(memory, address, table_header_size);
    if (header.empty())
        return {};
    const u32 length = load_le<u32>(header, 4);
    if (length < table_header_size || length > largest)
        return {};
    const PhysicalView table = table_bytes(memory, address, length);
    return sums_to_zero(table) ? table : PhysicalView{};
}

bool is_rsdp(PhysicalView bytes) {
    return bytes.size() >= rsdp_size && has_signature(bytes, "RSD PTR ") &&
           sums_to_zero(bytes.first(rsdp_size));
}

/// The list of all tables, with addresses of width bytes.
struct RootTable {
    PhysicalView bytes;
    std::size_t width = 4;
};

RootTable root_table(PhysicalView memory, PhysicalView rsdp) {
    const bool extended = static_cast<u8>(rsdp[15]) >= 2 && rsdp.size() >= extended_rsdp_size &&
                          sums_to_zero(rsdp.first(extended_rsdp_size));
    if (extended) {
        const PhysicalView xsdt = table_at(memory, load_le<u64>(rsdp, 24));
        if (has_signature(xsdt, "XSDT"))
            return {xsdt, 8};
    }
    const PhysicalView rsdt = table_at(memory, load_le<u32>(rsdp, 16));
    return {has_signature(rsdt, "RSDT") ? rsdt : PhysicalView{}, 4};
}

PhysicalView find_table(PhysicalView memory, RootTable root, std::string_view signature) {
    for (std::size_t at = table_header_size; at + root.width <= root.bytes.size();
         at += root.width) {
        const u64 address =
            root.width == 8 ? load_le<u64>(root.bytes, at) : load_le<u32>(root.bytes, at);
        const PhysicalView table = table_at(memory, address);
        if (has_signature(table, signature))
            return table;
    }
    return {};
}

/// "Multiple APIC Description Table (MADT)"; false when an entry is broken.
bool read_madt(PhysicalView madt, Hardware& hardware) {
    constexpr u8 local_apic = 0, io_apic = 1, local_x2apic = 9;
    constexpr u32 enabled = 1;
    constexpr u8 no_apic = 0xff;
    for (std::size_t at = 44; at + 2 <= madt.size();) {
        const u8 type = static_cast<u8>(madt[at]);
        const u8 size = static_cast<u8>(madt[at + 1]);
        if (size < 2 || at + size > madt.size())
            return false;
        const PhysicalView entry = madt.subspan(at, size);
        if (type == local_apic && size >= 8 && (load_le<u32>(entry, 4) & enabled) != 0 &&
            static_cast<u8>(entry[3]) != no_apic)
            add_cpu(hardware.cpus, static_cast<u8>(entry[3]));
        if (type == local_x2apic && size >= 16 && (load_le<u32>(entry, 8) & enabled) != 0)
            add_cpu(hardware.cpus, load_le<u32>(entry, 4));
        if (type == io_apic && size >= 12)
            static_cast<void>(hardware.io_apics.push_back(Hpa{load_le<u32>(entry, 4)}));
        at += size;
    }
    return true;
}

/// "Fixed ACPI Description Table (FADT)".
void read_fadt(PhysicalView fadt, Hardware& hardware) {
    constexpr std::size_t pm_timer = 76, flags = 112, reset_register = 116, reset_value = 128;
    constexpr u64 reset_supported = bit(10);
    constexpr u8 io_space = 1;
    if (fadt.size() < flags + 4)
        return;
    const u32 timer = load_le<u32>(fadt, pm_timer);
    if (timer != 0 && timer <= 0xffff)
        hardware.pm_timer = Port{static_cast<u16>(timer)};
    if (fadt.size() <= reset_value || (load_le<u32>(fadt, flags) & reset_supported) == 0)
        return;
    const u64 port = load_le<u64>(fadt, reset_register + 4);
    if (static_cast<u8>(fadt[reset_register]) == io_space && port <= 0xffff)
        hardware.reset =
            ResetPort{Port{static_cast<u16>(port)}, static_cast<u8>(fadt[reset_value])};
}

/// The root pointer: the loader's copy, else the one in the BIOS areas.
PhysicalView find_rsdp(PhysicalView memory, PhysicalView loaders) {
    if (is_rsdp(loaders))
        return loaders;
    const u64 found = scan_bios(memory, "RSD PTR ", rsdp_size);
    const PhysicalView extended = table_bytes(memory, found, extended_rsdp_size);
    return extended.empty() ? table_bytes(memory, found, rsdp_size) : extended;
}

} // namespace

Hardware find_hardware(PhysicalView memory, std::span<const std::byte> rsdp, u32 boot_apic_id) {
    Hardware hardware;
    add_cpu(hardware.cpus, boot_apic_id);
    if (const PhysicalView pointer = find_rsdp(memory, rsdp); !pointer.empty()) {
        const RootTable root = root_table(memory, pointer);
        read_fadt(find_table(memory, root, "FACP"), hardware);
        const PhysicalView madt = find_table(memory, root, "APIC");
        if (!madt.empty() && read_madt(madt, hardware)) {
            hardware.cpus.source = "ACPI MADT";
            return hardware;
        }
    }
    // Of a broken table nothing counts.
    hardware.cpus = {};
    hardware.io_apics.clear();
    add_cpu(hardware.cpus, boot_apic_id);
    hardware.cpus.source =
        read_mp_table(memory, hardware.cpus, hardware.io_apics) ? "MP table" : "this CPU only";
    return hardware;
}

} // namespace vestige::host
