// SPDX-License-Identifier: BSD-2-Clause
// A medium whose contents are a module in memory; writes go to an overlay and never to the module.
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/machine/backends.hpp"

namespace vestige::disk {

class RamDisk final : public machine::BlockDevice {
  public:
    static constexpr u64 block_size = page_size;
    /// Entries that table needs for an image of size bytes.
    static constexpr u64 blocks_of(u64 size) { return (size + block_size - 1) / block_size; }

    RamDisk() = default;
    /// image: the module. table: blocks_of(image.size()) zeros. pool: room for changed blocks.
    /// Without table and pool the disk is read-only. A last sector that is cut off reads as zeros.
    RamDisk(std::span<const std::byte> image, std::span<u32> table, std::span<std::byte> pool,
            u32 sector_size)
        : image_{image}, table_{table}, pool_{pool}, sector_size_{sector_size} {}

    [[nodiscard]] u32 sector_size() const override { return sector_size_; }
    [[nodiscard]] u64 sector_count() const override {
        return (image_.size() + sector_size_ - 1) / sector_size_;
    }
    [[nodiscard]] bool read_only() const override { return table_.empty(); }
    [[nodiscard]] Result<Unit, machine::BlockError> read(Lba first,
                                                         std::span<std::byte> out) override;
    [[nodiscard]] Result<Unit, machine::BlockError>
    write(Lba first, std::span<const std::byte> data) override;

  private:
    [[nodiscard]] bool in_range(Lba first, u64 size) const;
    void read_block(u64 block, u64 offset, std::span<std::byte> out) const;
    [[nodiscard]] bool make_writable(u64 block);

    std::span<const std::byte> image_;
    std::span<u32> table_; ///< 0: unchanged, else number of the pool block plus 1
    std::span<std::byte> pool_;
    u32 used_ = 0;
    u32 sector_size_ = 512;
};

} // namespace vestige::disk
