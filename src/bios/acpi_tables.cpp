// SPDX-License-Identifier: BSD-2-Clause
// Layouts are those of ACPI 6, "ACPI Software Programming Model", as ACPI 2.0 has them.
#include "acpi_tables.hpp"

#include "apic_wires.hpp"
#include "checksum.hpp"

#include "vestige/devices/acpi_pm.hpp"

#include <array>

namespace vestige::bios {
namespace {

using devices::AcpiPm;

constexpr u8 dsdt[] = {
#include "src/bios/dsdt.inc"
};

constexpr std::size_t header_size = 36, header_checksum = 9;
constexpr u64 xsdt_offset = 0x40, first_table = 0x100, alignment = 16;
constexpr u64 hpet_base = 0xfed00000;

using Bytes = std::span<std::byte>;

/// Puts tables one behind the other and remembers where they are.
class Placer {
  public:
    Placer(machine::GuestMemory& memory, Gpa next) : memory_{memory}, next_{next} {}

    Gpa place(std::span<const std::byte> table) {
        const Gpa at = next_;
        memory_.write(at, table);
        next_ = (at + table.size()).align_up(alignment);
        return at;
    }
    void place_listed(std::span<const std::byte> table) {
        static_cast<void>(listed_.push_back(place(table)));
    }
    [[nodiscard]] std::span<const Gpa> listed() const { return listed_.span(); }

  private:
    machine::GuestMemory& memory_;
    Gpa next_;
    StaticVector<Gpa, 4> listed_;
};

/// Fills in the header of a table that is otherwise complete.
void finish(Bytes table, std::string_view signature, u8 revision) {
    put_text(table, 0, signature);
    store_le<u32>(table, 4, static_cast<u32>(table.size()));
    table[8] = static_cast<std::byte>(revision);
    put_text(table, 10, "VESTGE");
    put_text(table, 16, "VESTIGE ");
    store_le<u32>(table, 24, 1);
    put_text(table, 28, "VSTG");
    store_le<u32>(table, 32, 1);
    seal(table, header_checksum);
}

/// A generic address structure in I/O space. access_size: 1 byte, 2 word, 3 dword.
void put_io_address(Bytes table, std::size_t at, Port port, u8 bits, u8 access_size) {
    constexpr u8 io_space = 1;
    table[at] = std::byte{io_space};
    table[at + 1] = static_cast<std::byte>(bits);
    table[at + 3] = static_cast<std::byte>(access_size);
    store_le<u64>(table, at + 4, port.value);
}

void put_reset_register(Bytes fadt) {
    constexpr u8 reset_everything = 0x06;
    put_io_address(fadt, 116, Port{0xcf9}, 8, 1);
    fadt[128] = std::byte{reset_everything};
}

void put_power_blocks(Bytes fadt) {
    store_le<u32>(fadt, 56, AcpiPm::event_block.value);
    store_le<u32>(fadt, 64, AcpiPm::control_block.value);
    store_le<u32>(fadt, 76, AcpiPm::timer_block.value);
    fadt[88] = std::byte{4};
    fadt[89] = std::byte{2};
    fadt[91] = std::byte{4};
    put_io_address(fadt, 148, AcpiPm::event_block, 32, 3);
    put_io_address(fadt, 172, AcpiPm::control_block, 16, 2);
    put_io_address(fadt, 208, AcpiPm::timer_block, 32, 3);
}

void place_fadt(Placer& placer, Gpa dsdt_at, Gpa facs) {
    // WBINVD works; C1 on the CPU; no fixed power and sleep buttons; no fixed RTC wake status;
    // 32-bit timer; reset register.
    constexpr u32 flags = 1U << 0 | 1U << 2 | 1U << 4 | 1U << 5 | 1U << 6 | 1U << 8 | 1U << 10;
    constexpr u8 desktop = 1, century_register = 0x32;
    constexpr u16 legacy_devices_and_8042 = 0x0003, no_such_state = 0x0fff;
    std::array<std::byte, 244> table{};
    store_le<u32>(table, 36, static_cast<u32>(facs.value()));
    store_le<u32>(table, 40, static_cast<u32>(dsdt_at.value()));
    table[45] = std::byte{desktop};
    store_le<u16>(table, 46, AcpiPm::sci_line);
    put_power_blocks(table);
    store_le<u16>(table, 96, no_such_state);
    store_le<u16>(table, 98, no_such_state);
    table[108] = std::byte{century_register};
    store_le<u16>(table, 109, legacy_devices_and_8042);
    store_le<u32>(table, 112, flags);
    put_reset_register(table);
    store_le<u64>(table, 140, dsdt_at.value());
    finish(table, "FACP", 3);
    placer.place_listed(table);
}

/// An interrupt of the ISA bus that is not an active-high edge at the input of its own number.
void put_override(Bytes madt, std::size_t at, u8 source, u8 input, u16 flags) {
    madt[at] = std::byte{2};
    madt[at + 1] = std::byte{10};
    madt[at + 3] = static_cast<std::byte>(source);
    store_le<u32>(madt, at + 4, input);
    store_le<u16>(madt, at + 8, flags);
}

void place_madt(Placer& placer) {
    constexpr u8 isa_lines = 16;
    constexpr std::size_t local = 44, io = local + 8, overrides = io + 12, override_size = 10,
                          most_overrides = 5, nmi_size = 6;
    std::array<std::byte, overrides + override_size * most_overrides + nmi_size> table{};
    store_le<u32>(table, 36, apic::local_base);
    store_le<u32>(table, 40, 1); // there is an 8259 pair as well
    table[local + 1] = std::byte{8};
    store_le<u32>(table, local + 4, 1); // enabled
    table[io] = std::byte{1};
    table[io + 1] = std::byte{12};
    table[io + 2] = std::byte{apic::io_id};
    store_le<u32>(table, io + 4, apic::io_base);
    std::size_t at = overrides;
    for (u8 line = 0; line < isa_lines; ++line)
        if (apic::input_of(line) != line || apic::flags_of(line) != apic::as_the_bus) {
            put_override(table, at, line, apic::input_of(line), apic::flags_of(line));
            at += override_size;
        }
    table[at] = std::byte{4};
    table[at + 1] = std::byte{nmi_size};
    table[at + 2] = std::byte{0xff}; // every CPU
    table[at + 5] = std::byte{1};    // LINT1
    finish(table, "APIC", 1);
    placer.place_listed(table);
}

void place_hpet(Placer& placer, u32 capabilities) {
    constexpr u16 least_ticks = 100;
    std::array<std::byte, 56> table{};
    store_le<u32>(table, 36, capabilities);
    table[41] = std::byte{64}; // register width; byte 40 is 0, memory space
    store_le<u64>(table, 44, hpet_base);
    store_le<u16>(table, 53, least_ticks);
    finish(table, "HPET", 1);
    placer.place_listed(table);
}

void place_roots(machine::GuestMemory& memory, Gpa at, std::span<const Gpa> tables) {
    constexpr std::size_t most = 4;
    std::array<std::byte, header_size + 4 * most> narrow{};
    std::array<std::byte, header_size + 8 * most> wide{};
    for (std::size_t i = 0; i < tables.size(); ++i) {
        store_le<u32>(narrow, header_size + 4 * i, static_cast<u32>(tables[i].value()));
        store_le<u64>(wide, header_size + 8 * i, tables[i].value());
    }
    const Bytes rsdt = Bytes{narrow}.first(header_size + 4 * tables.size());
    const Bytes xsdt = Bytes{wide}.first(header_size + 8 * tables.size());
    finish(rsdt, "RSDT", 1);
    finish(xsdt, "XSDT", 1);
    memory.write(at, rsdt);
    memory.write(at + xsdt_offset, xsdt);
}

void write_facs(machine::GuestMemory& memory, Gpa at) {
    std::array<std::byte, 64> table{};
    put_text(table, 0, "FACS");
    store_le<u32>(table, 4, table.size());
    table[32] = std::byte{1}; // version
    memory.write(at, table);
}

} // namespace

void make_rsdp(std::span<std::byte, rsdp_size> out, const MemoryMap& map) {
    constexpr std::size_t first_part = 20, checksum = 8, extended_checksum = 32;
    put_text(out, 0, "RSD PTR ");
    put_text(out, 9, "VESTGE");
    out[15] = std::byte{2}; // ACPI 2.0
    store_le<u32>(out, 16, static_cast<u32>(map.acpi_tables.value()));
    store_le<u32>(out, 20, rsdp_size);
    store_le<u64>(out, 24, map.acpi_tables.value() + xsdt_offset);
    store_le<u32>(out, 32, 0);
    seal(out.first(first_part), checksum);
    seal(out, extended_checksum);
}

void write_acpi_tables(machine::GuestMemory& memory, const MemoryMap& map,
                       const BoardFacts& board) {
    if (!map.has_acpi())
        return;
    Placer placer{memory, map.acpi_tables + first_table};
    const Gpa dsdt_at = placer.place(std::as_bytes(std::span{dsdt}));
    write_facs(memory, map.acpi_nvs());
    place_fadt(placer, dsdt_at, map.acpi_nvs());
    if (board.apic)
        place_madt(placer);
    if (board.hpet != 0)
        place_hpet(placer, board.hpet);
    place_roots(memory, map.acpi_tables, placer.listed());
}

} // namespace vestige::bios
