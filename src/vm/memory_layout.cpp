// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vm/memory_layout.hpp"

#include "vestige/bios/memory_map.hpp"

#include <algorithm>
#include <array>

namespace vestige::vm {
namespace {

constexpr u64 graphics_start = 0xa0000, text_start = 0xb8000, rom_start = 0xf0000;
constexpr u64 a20_reach = 16 * mib;
constexpr vcpu::Access ram_access{true, true, true};
constexpr vcpu::Access rom_access{true, false, true};

/// A piece of the address space with the storage behind it.
struct Piece {
    u64 guest = 0;
    u64 size = 0;
    u64 offset = 0; ///< into RAM or ROM
    bool rom = false;
};

using Pieces = std::array<Piece, 6>;

/// RAM is one block: guest address = offset below the PCI hole, the rest starts at 4 GiB. The RAM
/// under A0000h-B7FFFh and F0000h-FFFFFh is not used.
Pieces pieces_of(const GuestStorage& storage) {
    const u64 total = storage.ram.size();
    const u64 low = std::min(total, bios::pci_hole_start);
    const u64 rom = storage.rom.size();
    const u64 shadow = std::min<u64>(rom, 128 * kib);
    return {Piece{0, graphics_start, 0, false},
            Piece{text_start, mib - shadow - text_start, text_start, false},
            Piece{mib - shadow, shadow, rom - shadow, true},
            Piece{mib, low > mib ? low - mib : 0, mib, false},
            Piece{4 * gib, total - low, low, false},
            Piece{4 * gib - rom, rom, 0, true}};
}

} // namespace

bool lay_out(machine::GuestMemory& memory, const GuestStorage& storage) {
    memory.clear();
    for (const Piece& piece : pieces_of(storage)) {
        if (piece.size == 0)
            continue;
        const auto kind = piece.rom ? machine::RegionKind::rom : machine::RegionKind::ram;
        const std::span<std::byte> all = piece.rom ? storage.rom : storage.ram;
        if (!memory.add({Gpa{piece.guest}, all.subspan(piece.offset, piece.size), kind}))
            return false;
    }
    return true;
}

bool map_all(vcpu::AddressSpace& space, const GuestStorage& storage) {
    for (const Piece& piece : pieces_of(storage)) {
        if (piece.size == 0)
            continue;
        const Hpa host = (piece.rom ? storage.rom_host : storage.ram_host) + piece.offset;
        if (!space.map(Gpa{piece.guest}, host, piece.size, piece.rom ? rom_access : ram_access))
            return false;
    }
    return true;
}

bool map_a20(vcpu::AddressSpace& space, const GuestStorage& storage, bool enabled) {
    if (enabled) {
        space.unmap(Gpa{0}, a20_reach);
        return map_all(space, storage);
    }
    for (u64 odd = mib; odd < a20_reach; odd += 2 * mib) {
        space.unmap(Gpa{odd}, mib);
        const u64 even = odd - mib;
        if (even == 0) {
            for (const Piece& piece : pieces_of(storage)) {
                if (piece.size == 0 || piece.guest >= mib)
                    continue;
                const Hpa host = (piece.rom ? storage.rom_host : storage.ram_host) + piece.offset;
                if (!space.map(Gpa{mib + piece.guest}, host, piece.size,
                               piece.rom ? rom_access : ram_access))
                    return false;
            }
        } else if (even + mib <= std::min<u64>(storage.ram.size(), bios::pci_hole_start) &&
                   !space.map(Gpa{odd}, storage.ram_host + even, mib, ram_access)) {
            return false;
        }
    }
    return true;
}

} // namespace vestige::vm
