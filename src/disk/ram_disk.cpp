// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/disk/ram_disk.hpp"

#include <algorithm>
#include <cstring>

namespace vestige::disk {

using machine::BlockError;

bool RamDisk::in_range(Lba first, u64 size) const {
    const u64 count = size / sector_size_;
    return first.value <= sector_count() && count <= sector_count() - first.value;
}

void RamDisk::read_block(u64 block, u64 offset, std::span<std::byte> out) const {
    if (!table_.empty() && table_[block] != 0) {
        const u64 at = u64{table_[block] - 1} * block_size + offset;
        std::memcpy(out.data(), &pool_[at], out.size());
        return;
    }
    const u64 at = block * block_size + offset;
    const u64 there = at < image_.size() ? std::min<u64>(out.size(), image_.size() - at) : 0;
    if (there != 0)
        std::memcpy(out.data(), &image_[at], there);
    if (there < out.size())
        std::memset(out.data() + there, 0, out.size() - there);
}

bool RamDisk::make_writable(u64 block) {
    if (table_[block] != 0)
        return true;
    if (u64{used_} + 1 > pool_.size() / block_size)
        return false;
    read_block(block, 0, pool_.subspan(u64{used_} * block_size, block_size));
    table_[block] = ++used_;
    return true;
}

Result<Unit, BlockError> RamDisk::read(Lba first, std::span<std::byte> out) {
    if (!in_range(first, out.size()))
        return Error{BlockError::out_of_range};
    for (u64 at = first.value * sector_size_; !out.empty();) {
        const u64 offset = at % block_size;
        const u64 piece = std::min<u64>(out.size(), block_size - offset);
        read_block(at / block_size, offset, out.first(piece));
        out = out.subspan(piece);
        at += piece;
    }
    return Unit{};
}

Result<Unit, BlockError> RamDisk::write(Lba first, std::span<const std::byte> data) {
    if (read_only())
        return Error{BlockError::write_protected};
    if (!in_range(first, data.size()))
        return Error{BlockError::out_of_range};
    for (u64 at = first.value * sector_size_; !data.empty();) {
        const u64 block = at / block_size;
        const u64 offset = at % block_size;
        const u64 piece = std::min<u64>(data.size(), block_size - offset);
        if (!make_writable(block))
            return Error{BlockError::medium};
        std::memcpy(&pool_[u64{table_[block] - 1} * block_size + offset], data.data(), piece);
        data = data.subspan(piece);
        at += piece;
    }
    return Unit{};
}

} // namespace vestige::disk
