// SPDX-License-Identifier: BSD-2-Clause
// Layouts are those of the SMBIOS Reference Specification 3.0, "Structure definitions".
#include "smbios.hpp"

#include "checksum.hpp"

#include "vestige/base/format.hpp"
#include "vestige/base/little_endian.hpp"
#include "vestige/bios/memory_map.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

using Bytes = std::span<std::byte>;

/// Appends structures; what would not fit into the table is left out.
class Writer {
  public:
    explicit Writer(Bytes table) : table_{table} {}

    /// Starts a structure of this length, all zero but its header.
    void begin(u8 type, u8 length) {
        start_ = end_;
        strings_ = 0;
        set<u8>(0, type);
        set<u8>(1, length);
        set<u16>(2, count_);
        end_ = start_ + length;
    }
    template <std::unsigned_integral T> void set(std::size_t offset, T value) {
        if (start_ + offset + sizeof(T) <= table_.size())
            store_le<T>(table_, start_ + offset, value);
    }
    /// Appends a text behind the structure and puts its number at the offset.
    void text(std::size_t offset, std::string_view value) {
        if (value.empty())
            return;
        set<u8>(offset, ++strings_);
        for (const char c : value)
            append(static_cast<u8>(c));
        append(0);
    }
    /// The handle of the structure that ends here.
    u16 end() {
        if (strings_ == 0)
            append(0);
        append(0);
        longest_ = std::max(longest_, end_ - start_);
        return count_++;
    }
    [[nodiscard]] u16 size() const { return static_cast<u16>(end_); }
    [[nodiscard]] u16 count() const { return count_; }
    [[nodiscard]] u16 longest() const { return static_cast<u16>(longest_); }

  private:
    void append(u8 byte) {
        if (end_ < table_.size())
            table_[end_++] = static_cast<std::byte>(byte);
    }

    Bytes table_;
    std::size_t start_ = 0, end_ = 0, longest_ = 0;
    u16 count_ = 0;
    u8 strings_ = 0;
};

constexpr std::string_view maker = "Vestige", version = VESTIGE_VERSION;

void bios_information(Writer& w) {
    constexpr u64 isa = 1U << 4, pci = 1U << 7, pnp = 1U << 9, apm = 1U << 10, cd_boot = 1U << 15,
                  boot_choice = 1U << 16, edd = 1U << 19;
    constexpr u8 acpi = 1, boot_specification = 1, virtual_machine = 1U << 4;
    w.begin(0, 24);
    w.set<u16>(6, 0xf000);
    w.set<u64>(10, isa | pci | pnp | apm | cd_boot | boot_choice | edd); // 9: 64 KiB of ROM
    w.set<u8>(18, acpi);
    w.set<u8>(19, boot_specification | virtual_machine);
    w.set<u8>(20, 0); // release 0.1; no embedded controller
    w.set<u8>(21, 1);
    w.set<u16>(22, 0xffff);
    w.text(4, maker);
    w.text(5, version);
    w.text(8, "11/21/2026");
    w.end();
}

void system_information(Writer& w) {
    constexpr u8 power_switch = 6;
    w.begin(1, 27);
    w.set<u64>(8, ~u64{0}); // a VM has no UUID of its own
    w.set<u64>(16, ~u64{0});
    w.set<u8>(24, power_switch);
    w.text(4, maker);
    w.text(5, "Vestige VM");
    w.text(6, version);
    w.text(26, "Virtual Machine");
    w.end();
}

void enclosure(Writer& w) {
    constexpr u8 other = 1, safe = 3, no_security = 3;
    w.begin(3, 21);
    w.set<u8>(5, other);
    w.set<u8>(9, safe);
    w.set<u8>(10, safe);
    w.set<u8>(11, safe);
    w.set<u8>(12, no_security);
    w.text(4, maker);
    w.end();
}

void processor(Writer& w, const CpuFacts& cpu) {
    constexpr u8 central = 3, family_unknown = 2, enabled_in_socket = 0x41, no_upgrade = 6;
    constexpr u16 none = 0xffff;
    w.begin(4, 42);
    w.set<u8>(5, central);
    w.set<u8>(6, family_unknown);
    w.set<u32>(8, cpu.signature);
    w.set<u32>(12, cpu.features);
    w.set<u8>(24, enabled_in_socket);
    w.set<u8>(25, no_upgrade);
    w.set<u16>(26, none); // caches
    w.set<u16>(28, none);
    w.set<u16>(30, none);
    w.set<u8>(35, 1); // cores, enabled, threads
    w.set<u8>(36, 1);
    w.set<u8>(37, 1);
    w.set<u16>(40, family_unknown);
    w.text(4, "CPU 0");
    w.text(7, cpu.vendor.view());
    w.text(16, cpu.brand.view());
    w.end();
}

u16 memory_array(Writer& w, u64 size) {
    constexpr u8 system_board = 3, system_memory = 3, no_correction = 3;
    constexpr u32 in_the_extended_field = 0x80000000;
    constexpr u16 no_error_information = 0xfffe;
    const bool fits = size / kib < in_the_extended_field;
    w.begin(16, 23);
    w.set<u8>(4, system_board);
    w.set<u8>(5, system_memory);
    w.set<u8>(6, no_correction);
    w.set<u32>(7, fits ? static_cast<u32>(size / kib) : in_the_extended_field);
    w.set<u16>(11, no_error_information);
    w.set<u16>(13, 1);
    w.set<u64>(15, fits ? 0 : size);
    return w.end();
}

void memory_device(Writer& w, u16 array, u64 size) {
    constexpr u16 in_the_extended_field = 0x7fff, no_error_information = 0xfffe, other_detail = 2;
    constexpr u8 dimm = 9, ram = 7;
    const u64 whole = size / mib;
    w.begin(17, 40);
    w.set<u16>(4, array);
    w.set<u16>(6, no_error_information);
    w.set<u16>(8, 64); // total and data width
    w.set<u16>(10, 64);
    w.set<u16>(12, static_cast<u16>(std::min<u64>(whole, in_the_extended_field)));
    w.set<u8>(14, dimm);
    w.set<u8>(18, ram);
    w.set<u16>(19, other_detail);
    w.set<u32>(28, whole >= in_the_extended_field ? static_cast<u32>(whole) : 0);
    w.text(16, "DIMM 0");
    w.text(23, maker);
    w.end();
}

/// One range of addresses that the array answers.
void mapped_range(Writer& w, u16 array, u64 start, u64 size) {
    if (size == 0)
        return;
    constexpr u32 in_the_extended_fields = 0xffffffff;
    const u64 last = start + size - 1;
    const bool fits = last / kib < in_the_extended_fields;
    w.begin(19, 31);
    w.set<u32>(4, fits ? static_cast<u32>(start / kib) : in_the_extended_fields);
    w.set<u32>(8, fits ? static_cast<u32>(last / kib) : in_the_extended_fields);
    w.set<u16>(12, array);
    w.set<u8>(14, 1); // one device to a row
    w.set<u64>(15, fits ? 0 : start);
    w.set<u64>(23, fits ? 0 : last);
    w.end();
}

void write_structures(Writer& w, const MachineFacts& facts) {
    const u64 low = std::min(facts.memory_size, pci_hole_start);
    bios_information(w);
    system_information(w);
    enclosure(w);
    processor(w, facts.cpu);
    const u16 array = memory_array(w, facts.memory_size);
    memory_device(w, array, facts.memory_size);
    mapped_range(w, array, 0, low);
    mapped_range(w, array, 4 * gib, facts.memory_size - low);
    w.begin(32, 11); // no error at boot
    w.end();
    w.begin(127, 4);
    w.end();
}

} // namespace

void make_smbios(std::span<std::byte, smbios_table_size> table, u32 place,
                 std::span<std::byte, smbios_entry_size> entry,
                 std::span<std::byte, smbios3_entry_size> entry3, const MachineFacts& facts) {
    Writer w{table};
    std::fill(table.begin(), table.end(), std::byte{0});
    write_structures(w, facts);
    std::fill(entry.begin(), entry.end(), std::byte{0});
    put_text(entry, 0, "_SM_");
    entry[5] = std::byte{smbios_entry_size};
    entry[6] = std::byte{2}; // version 2.8
    entry[7] = std::byte{8};
    store_le<u16>(entry, 8, w.longest());
    put_text(entry, 16, "_DMI_");
    store_le<u16>(entry, 22, w.size());
    store_le<u32>(entry, 24, place);
    store_le<u16>(entry, 28, w.count());
    entry[30] = std::byte{0x28};
    seal(entry.subspan(16), 5);
    seal(entry, 4);
    std::fill(entry3.begin(), entry3.end(), std::byte{0});
    put_text(entry3, 0, "_SM3_");
    entry3[6] = std::byte{smbios3_entry_size};
    entry3[7] = std::byte{3};
    entry3[10] = std::byte{1}; // revision of this entry point
    store_le<u32>(entry3, 12, w.size());
    store_le<u64>(entry3, 16, place);
    seal(entry3, 5);
}

} // namespace vestige::bios
