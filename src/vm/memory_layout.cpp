// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vm/memory_layout.hpp"

#include "vestige/bios/memory_map.hpp"

#include <algorithm>
#include <array>

namespace vestige::vm {
namespace {

constexpr u64 graphics_start = 0xa0000, graphics_end = 0xc0000;
constexpr u64 a20_reach = 16 * mib;
constexpr vcpu::Access ram_access{true, true, true};
constexpr vcpu::Access rom_access{true, false, true};

enum class Store : u8 { ram, rom, video };

/// A piece of the address space with the storage behind it.
struct Piece {
    u64 guest = 0;
    u64 size = 0;
    u64 offset = 0; ///< into its storage
    Store store = Store::ram;
};

using Pieces = std::array<Piece, 8>;

Piece window_piece(const devices::VideoWindow& window) {
    if (window.text)
        return {window.start.value(), window.size, GuestStorage::text_start, Store::ram};
    return {window.start.value(), window.size, window.offset, Store::video};
}

/// RAM is one block: guest address = offset below the PCI hole, the rest starts at 4 GiB. The RAM
/// under A0000h-B7FFFh and F0000h-FFFFFh is not used; that under B8000h holds text.
Pieces pieces_of(const GuestStorage& storage, const devices::VideoWindow& window) {
    const u64 total = storage.ram.size();
    const u64 low = std::min(total, bios::pci_hole_start);
    const u64 rom = storage.rom.size();
    const u64 shadow = std::min<u64>(rom, 128 * kib);
    return {Piece{0, graphics_start, 0, Store::ram},
            Piece{graphics_end, mib - shadow - graphics_end, graphics_end, Store::ram},
            Piece{mib - shadow, shadow, rom - shadow, Store::rom},
            Piece{mib, low > mib ? low - mib : 0, mib, Store::ram},
            Piece{4 * gib, total - low, low, Store::ram},
            Piece{4 * gib - rom, rom, 0, Store::rom},
            Piece{devices::Vga::linear_start.value(), storage.video.size(), 0, Store::video},
            window_piece(window)};
}

std::span<std::byte> bytes_of(const GuestStorage& storage, const Piece& piece) {
    const std::span<std::byte> all = piece.store == Store::rom     ? storage.rom
                                     : piece.store == Store::video ? storage.video
                                                                   : storage.ram;
    return all.subspan(piece.offset, piece.size);
}

/// Maps piece at delta above its own place.
bool map_piece(vcpu::AddressSpace& space, const GuestStorage& storage, const Piece& piece,
               u64 delta = 0) {
    if (piece.size == 0)
        return true;
    const Hpa start = piece.store == Store::rom     ? storage.rom_host
                      : piece.store == Store::video ? storage.video_host
                                                    : storage.ram_host;
    return space.map(Gpa{piece.guest + delta}, start + piece.offset, piece.size,
                     piece.store == Store::rom ? rom_access : ram_access);
}

} // namespace

bool lay_out(machine::GuestMemory& memory, const GuestStorage& storage,
             const devices::VideoWindow& window) {
    memory.clear();
    for (const Piece& piece : pieces_of(storage, window)) {
        if (piece.size == 0)
            continue;
        const auto kind =
            piece.store == Store::rom ? machine::RegionKind::rom : machine::RegionKind::ram;
        if (!memory.add({Gpa{piece.guest}, bytes_of(storage, piece), kind}))
            return false;
    }
    return true;
}

bool map_all(vcpu::AddressSpace& space, const GuestStorage& storage,
             const devices::VideoWindow& window) {
    for (const Piece& piece : pieces_of(storage, window))
        if (!map_piece(space, storage, piece))
            return false;
    return true;
}

bool map_a20(vcpu::AddressSpace& space, const GuestStorage& storage,
             const devices::VideoWindow& window, bool enabled) {
    if (enabled) {
        space.unmap(Gpa{0}, a20_reach);
        return map_all(space, storage, window);
    }
    for (u64 odd = mib; odd < a20_reach; odd += 2 * mib) {
        space.unmap(Gpa{odd}, mib);
        const u64 even = odd - mib;
        if (even == 0) {
            for (const Piece& piece : pieces_of(storage, window))
                if (piece.guest < mib && !map_piece(space, storage, piece, mib))
                    return false;
        } else if (even + mib <= std::min<u64>(storage.ram.size(), bios::pci_hole_start) &&
                   !space.map(Gpa{odd}, storage.ram_host + even, mib, ram_access)) {
            return false;
        }
    }
    return true;
}

bool map_window(vcpu::AddressSpace& space, const GuestStorage& storage,
                const devices::VideoWindow& window, bool a20) {
    const Piece piece = window_piece(window);
    for (const u64 delta : {u64{0}, mib}) {
        if (delta != 0 && a20)
            break;
        space.unmap(Gpa{graphics_start + delta}, graphics_end - graphics_start);
        if (!map_piece(space, storage, piece, delta))
            return false;
    }
    return true;
}

} // namespace vestige::vm
