// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/machine/guest_memory.hpp"

#include <algorithm>
#include <cstring>

namespace vestige::machine {
namespace {

constexpr Gpa last_of(const Region& region) { return region.start + (region.storage.size() - 1); }

} // namespace

bool GuestMemory::add(const Region& region) {
    if (region.storage.empty() || last_of(region) < region.start)
        return false;
    for (const Region& other : regions_)
        if (region.start <= last_of(other) && other.start <= last_of(region))
            return false;
    return regions_.push_back(region);
}

const Region* GuestMemory::find(Gpa address) const {
    for (const Region& region : regions_)
        if (address.value() - region.start.value() < region.storage.size()) // wraps below the start
            return &region;
    return nullptr;
}

/// How many of the wanted bytes from address on lie in one region, or in no region.
u64 GuestMemory::piece_size(Gpa address, u64 wanted) const {
    if (const Region* region = find(address))
        return std::min(wanted, region->storage.size() - (address - region->start));
    u64 piece = wanted;
    for (const Region& region : regions_)
        if (region.start > address)
            piece = std::min(piece, region.start - address);
    return piece;
}

void GuestMemory::read(Gpa start, std::span<std::byte> out) const {
    if (const auto bytes = view(start, out.size()); !bytes.empty() && !out.empty()) [[likely]] {
        std::memcpy(out.data(), bytes.data(), out.size());
        return;
    }
    while (!out.empty()) {
        const u64 piece = piece_size(start, out.size());
        if (const Region* region = find(start))
            std::memcpy(out.data(), &region->storage[start - region->start], piece);
        else
            std::memset(out.data(), 0xff, piece);
        out = out.subspan(piece);
        start += piece;
    }
}

void GuestMemory::write(Gpa start, std::span<const std::byte> data) {
    while (!data.empty()) {
        const u64 piece = piece_size(start, data.size());
        const Region* region = find(start);
        if (region != nullptr && region->kind == RegionKind::ram)
            std::memcpy(&region->storage[start - region->start], data.data(), piece);
        data = data.subspan(piece);
        start += piece;
    }
}

std::span<std::byte> GuestMemory::ram(Gpa start, u64 size) {
    const Region* region = find(start);
    if (region == nullptr || region->kind != RegionKind::ram)
        return {};
    const u64 offset = start - region->start;
    if (size > region->storage.size() - offset)
        return {};
    return region->storage.subspan(offset, size);
}

std::span<const std::byte> GuestMemory::view(Gpa start, u64 size) const {
    const Region* region = find(start);
    if (region == nullptr)
        return {};
    const u64 offset = start - region->start;
    if (size > region->storage.size() - offset)
        return {};
    return region->storage.subspan(offset, size);
}

bool GuestMemory::is_ram(Gpa start, u64 size) const {
    while (size != 0) {
        const Region* region = find(start);
        if (region == nullptr || region->kind != RegionKind::ram)
            return false;
        const u64 piece = piece_size(start, size);
        start += piece;
        size -= piece;
    }
    return true;
}

} // namespace vestige::machine
