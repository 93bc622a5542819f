// SPDX-License-Identifier: BSD-2-Clause
// Bootable CDs: the boot catalogue (El Torito specification 1.0) and the emulated media inside.
#pragma once

#include "vestige/disk/geometry.hpp"
#include "vestige/machine/backends.hpp"

#include <array>

namespace vestige::disk {

/// The default entry of a boot catalogue.
struct BootEntry {
    u8 media = 0;          ///< 0 none, 1-3 floppy 1.2/1.44/2.88 MB, 4 hard disk
    u16 load_segment = 0;  ///< 7C0h when the catalogue says 0
    u16 sector_count = 0;  ///< 512-byte sectors to load
    u32 image = 0;         ///< first 2048-byte sector of the image
    u32 catalogue = 0;     ///< sector of the catalogue itself
};

/// Reads and checks the catalogue; the error says what is wrong with it.
[[nodiscard]] Result<BootEntry, const char*> find_boot_entry(machine::BlockDevice& cd);

/// A 512-byte-sector view on the image inside a CD: what an emulated drive reads. Read-only.
class CdImage final : public machine::BlockDevice {
  public:
    /// Shows sectors 512-byte sectors of cd from its 2048-byte sector first on.
    void open(machine::BlockDevice& cd, u32 first, u64 sectors) {
        cd_ = &cd;
        first_ = first;
        sectors_ = sectors;
    }

    [[nodiscard]] u32 sector_size() const override { return 512; }
    [[nodiscard]] u64 sector_count() const override { return sectors_; }
    [[nodiscard]] bool read_only() const override { return true; }
    [[nodiscard]] Result<Unit, machine::BlockError> read(Lba first,
                                                         std::span<std::byte> out) override;
    [[nodiscard]] Result<Unit, machine::BlockError>
    write(Lba, std::span<const std::byte>) override {
        return Error{machine::BlockError::write_protected};
    }

  private:
    machine::BlockDevice* cd_ = nullptr;
    u32 first_ = 0;
    u64 sectors_ = 0;
    std::array<std::byte, 2048> sector_{}; ///< the CD sector that a read passes through
};

} // namespace vestige::disk
