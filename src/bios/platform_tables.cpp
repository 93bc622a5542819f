// SPDX-License-Identifier: BSD-2-Clause
#include "platform_tables.hpp"

#include "checksum.hpp"
#include "mp_table.hpp"

#include "vestige/base/little_endian.hpp"
#include "vestige/bios/data_area.hpp"
#include "vestige/bios/rom.hpp"
#include "vestige/devices/pci_wiring.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

using Bytes = std::span<std::byte>;
namespace pci = devices::pci;

/// Plug and Play BIOS Specification 1.0A, "Plug and Play Installation Check".
void put_plug_and_play(Bytes rom) {
    constexpr std::size_t size = 33, checksum = 8;
    const Bytes table = rom.subspan(plug_and_play, size);
    std::fill(table.begin(), table.end(), std::byte{0});
    put_text(table, 0, "$PnP");
    table[4] = std::byte{0x10};
    table[5] = std::byte{size};
    store_le<u16>(table, 13, plug_and_play_entry);
    store_le<u16>(table, 15, bios_segment);
    store_le<u16>(table, 17, plug_and_play_entry);
    store_le<u32>(table, 19, static_cast<u32>(rom_base.value()));
    store_le<u16>(table, 27, bios_segment);
    store_le<u32>(table, 29, static_cast<u32>(rom_base.value()));
    seal(table, checksum);
}

/// Standard BIOS 32-bit Service Directory Proposal 0.4.
void put_bios32(Bytes rom) {
    constexpr std::size_t paragraph = 16, checksum = 10;
    const Bytes table = rom.subspan(bios32_directory, paragraph);
    std::fill(table.begin(), table.end(), std::byte{0});
    put_text(table, 0, "_32_");
    store_le<u32>(table, 4, static_cast<u32>(rom_base.value() + bios32_entry));
    table[9] = std::byte{1}; // length in paragraphs
    seal(table, checksum);
}

/// PCI IRQ Routing Table Specification 1.0: every slot of bus 0, all four pins.
void put_routing(Bytes rom) {
    constexpr u32 isa_bridge = u32{pci::isa_bridge_slot} << 3, piix3 = 0x70008086;
    constexpr std::size_t header = 32, row = 16, checksum = 31;
    constexpr u8 pins = 4;
    const Bytes table = rom.subspan(pci_routing, header + row * last_pci_slot);
    std::fill(table.begin(), table.end(), std::byte{0});
    put_text(table, 0, "$PIR");
    table[5] = std::byte{1}; // version 1.0
    store_le<u16>(table, 6, static_cast<u16>(table.size()));
    table[9] = static_cast<std::byte>(isa_bridge);
    store_le<u32>(table, 12, piix3);
    for (u8 slot = 1; slot <= last_pci_slot; ++slot) {
        const Bytes entry = table.subspan(header + row * (slot - 1U), row);
        entry[1] = static_cast<std::byte>(slot << 3);
        for (u8 pin = 0; pin < pins; ++pin) {
            const unsigned link = pci::first_route_register + pci::link_of(slot, pin);
            entry[2 + 3U * pin] = static_cast<std::byte>(link);
            store_le<u16>(entry, 3 + 3U * pin, pci::free_interrupts);
        }
        entry[14] = static_cast<std::byte>(slot);
    }
    seal(table, checksum);
}

} // namespace

void put_platform_tables(std::span<std::byte> rom, const MachineFacts& facts) {
    put_plug_and_play(rom);
    put_bios32(rom);
    put_routing(rom);
    if (facts.board.apic)
        make_mp_table(rom.subspan<mp_pointer, mp_pointer_size>(),
                      rom.subspan<mp_table, mp_table_size>(),
                      static_cast<u32>(rom_base.value() + mp_table), facts.cpu);
}

} // namespace vestige::bios
