// SPDX-License-Identifier: BSD-2-Clause
// Guest-physical memory as the emulated machine sees it: the only way to a guest's bytes.
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/base/little_endian.hpp"
#include "vestige/base/static_vector.hpp"

#include <concepts>
#include <cstddef>
#include <span>

namespace vestige::machine {

/// What a part of guest-physical memory is.
enum class RegionKind : u8 {
    ram, ///< read and write
    rom, ///< read; writes are ignored
};

/// A part of guest-physical memory with host storage behind it. Only the VM that owns the
/// storage's pages ever has them in a GuestMemory.
struct Region {
    Gpa start;
    std::span<std::byte> storage;
    RegionKind kind = RegionKind::ram;
};

/// A VM's memory map and every access of ours to it. Addresses come from hostile guests: all are
/// checked, nothing wraps. Bytes outside every region read as FFh and ignore writes, as on an
/// empty bus. A20 is not applied here: see A20Gate.
class GuestMemory {
  public:
    static constexpr std::size_t most_regions = 16;

    /// Adds a region; false when it overlaps one or the table is full.
    [[nodiscard]] bool add(const Region& region);
    /// Forgets every region (at reset, before they are added anew).
    void clear() { regions_.clear(); }
    [[nodiscard]] std::span<const Region> regions() const { return regions_.span(); }

    void read(Gpa start, std::span<std::byte> out) const;
    void write(Gpa start, std::span<const std::byte> data);

    /// Little-endian number at start.
    template <std::unsigned_integral T> [[nodiscard]] T load(Gpa start) const {
        std::byte raw[sizeof(T)];
        read(start, raw);
        return load_le<T>(raw, 0);
    }
    template <std::unsigned_integral T> void store(Gpa start, T value) {
        std::byte raw[sizeof(T)];
        store_le<T>(raw, 0, value);
        write(start, raw);
    }

    /// Direct view of size bytes of RAM at start; empty unless all lie in one RAM region.
    [[nodiscard]] std::span<std::byte> ram(Gpa start, u64 size);
    /// As ram(), for reading; ROM regions count too.
    [[nodiscard]] std::span<const std::byte> view(Gpa start, u64 size) const;
    /// True when every byte of the range is RAM (in however many regions).
    [[nodiscard]] bool is_ram(Gpa start, u64 size) const;

  private:
    [[nodiscard]] const Region* find(Gpa address) const;
    [[nodiscard]] u64 piece_size(Gpa address, u64 wanted) const;

    StaticVector<Region, most_regions> regions_;
};

} // namespace vestige::machine
