// SPDX-License-Identifier: BSD-2-Clause
// Layouts are those of the MultiProcessor Specification 1.4, "MP Configuration Table".
#include "mp_table.hpp"

#include "apic_wires.hpp"
#include "checksum.hpp"
#include "platform_tables.hpp"

#include "vestige/base/little_endian.hpp"
#include "vestige/devices/pci_wiring.hpp"

#include <algorithm>
#include <array>

namespace vestige::bios {
namespace {

namespace pci = devices::pci;

constexpr u8 pci_bus = 0, isa_bus = 1;
constexpr u8 specification = 4; // 1.4

enum class Interrupt : u8 { vectored = 0, nmi = 1, external = 3 };

class Writer {
  public:
    explicit Writer(std::span<std::byte> table) : table_{table} {}

    /// The next entry, all zero but its type.
    std::span<std::byte> entry(u8 type, std::size_t size) {
        const auto bytes = table_.subspan(end_, size);
        bytes[0] = static_cast<std::byte>(type);
        end_ += size;
        ++count_;
        return bytes;
    }
    void bus(u8 number, std::string_view name) {
        const auto bytes = entry(1, 8);
        bytes[1] = static_cast<std::byte>(number);
        put_text(bytes, 2, name);
    }
    /// flags 0 is as the source's bus has it.
    void interrupt(u8 type, Interrupt kind, u16 flags, u8 bus, u8 source, u8 apic, u8 input) {
        const auto bytes = entry(type, 8);
        bytes[1] = static_cast<std::byte>(kind);
        store_le<u16>(bytes, 2, flags);
        bytes[4] = static_cast<std::byte>(bus);
        bytes[5] = static_cast<std::byte>(source);
        bytes[6] = static_cast<std::byte>(apic);
        bytes[7] = static_cast<std::byte>(input);
    }
    [[nodiscard]] std::size_t size() const { return end_; }
    [[nodiscard]] u16 count() const { return count_; }

  private:
    std::span<std::byte> table_;
    std::size_t end_ = 44;
    u16 count_ = 0;
};

void processor(Writer& w, const CpuFacts& cpu) {
    constexpr u8 usable_boot_processor = 3;
    const auto bytes = w.entry(0, 20);
    bytes[2] = std::byte{apic::local_version};
    bytes[3] = std::byte{usable_boot_processor};
    store_le<u32>(bytes, 4, cpu.signature);
    store_le<u32>(bytes, 8, cpu.features);
}

void io_apic(Writer& w) {
    const auto bytes = w.entry(2, 8);
    bytes[1] = std::byte{apic::io_id};
    bytes[2] = std::byte{apic::io_version};
    bytes[3] = std::byte{1}; // usable
    store_le<u32>(bytes, 4, apic::io_base);
}

void wires(Writer& w) {
    constexpr u8 io = 3, local = 4, isa_lines = 16, pins = 4, every_local_apic = 0xff;
    for (u8 line = 0; line < isa_lines; ++line)
        if (line != apic::cascade_line)
            w.interrupt(io, Interrupt::vectored, apic::flags_of(line), isa_bus, line, apic::io_id,
                        apic::input_of(line));
    for (u8 slot = 1; slot <= last_pci_slot; ++slot)
        for (u8 pin = 0; pin < pins; ++pin)
            w.interrupt(io, Interrupt::vectored, apic::as_the_bus, pci_bus,
                        static_cast<u8>(slot << 2 | pin), apic::io_id,
                        static_cast<u8>(pci::first_apic_input + pci::link_of(slot, pin)));
    w.interrupt(local, Interrupt::external, 0, isa_bus, 0, every_local_apic, 0);
    w.interrupt(local, Interrupt::nmi, 0, isa_bus, 0, every_local_apic, 1);
}

} // namespace

void make_mp_table(std::span<std::byte, mp_pointer_size> pointer,
                   std::span<std::byte, mp_table_size> table, u32 place, const CpuFacts& cpu) {
    std::fill(table.begin(), table.end(), std::byte{0});
    Writer w{table};
    processor(w, cpu);
    w.bus(pci_bus, "PCI   ");
    w.bus(isa_bus, "ISA   ");
    io_apic(w);
    wires(w);
    put_text(table, 0, "PCMP");
    store_le<u16>(table, 4, static_cast<u16>(w.size()));
    table[6] = std::byte{specification};
    put_text(table, 8, "VESTIGE ");
    put_text(table, 16, "VIRTUAL PC  ");
    store_le<u16>(table, 34, w.count());
    store_le<u32>(table, 36, apic::local_base);
    seal(table.first(w.size()), 7);
    std::fill(pointer.begin(), pointer.end(), std::byte{0});
    put_text(pointer, 0, "_MP_");
    store_le<u32>(pointer, 4, place);
    pointer[8] = std::byte{1}; // length in paragraphs
    pointer[9] = std::byte{specification};
    seal(pointer, 10);
}

} // namespace vestige::bios
