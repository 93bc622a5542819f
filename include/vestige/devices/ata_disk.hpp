// SPDX-License-Identifier: BSD-2-Clause
// An ATA hard disk (ATA/ATAPI-6): PIO, multiple and DMA transfers by CHS, LBA28 and LBA48.
#pragma once

#include "vestige/devices/ide_drive.hpp"

namespace vestige::devices {

/// Cylinders, heads and sectors as an ATA disk translates them.
struct AtaGeometry {
    u32 cylinders = 0;
    u32 heads = 16;
    u32 sectors = 63;
};

/// What a disk remembers between commands.
struct AtaSettings {
    AtaGeometry geometry;
    u8 multiple = 0;       ///< sectors in a block of READ MULTIPLE; 0: not set
    u8 multiword_mode = 2; ///< DMA mode chosen by SET FEATURES, or none
    u8 ultra_mode = none;
    bool write_cache = true;
    bool read_ahead = true;
    static constexpr u8 none = 0xff;
};

class AtaDisk final : public IdeDrive {
  public:
    /// medium has 512-byte sectors; number tells the serial numbers of a VM's disks apart.
    void connect(machine::BlockDevice& medium, unsigned number);
    void power_on() override;
    [[nodiscard]] const AtaSettings& settings() const { return settings_; }

  private:
    /// How a command addresses and moves its sectors.
    struct Access {
        bool extended = false; ///< 48-bit
        bool write = false;
        bool dma = false;
        bool multiple = false;
    };

    void run(u8 command) override;
    void block_read() override;
    void block_written() override;
    void dma_complete() override { finish(); }
    void medium_failed(machine::BlockError error) override;
    void sign() override;

    [[nodiscard]] bool run_transfer(u8 command);
    void run_other(u8 command);
    void transfer(const Access& access);
    void verify(bool extended);
    [[nodiscard]] bool find_sectors(bool extended);
    void put_address(Lba address);
    void start_block();
    void identify();
    void set_features();
    [[nodiscard]] bool set_transfer_mode(u8 mode);
    void set_parameters();

    AtaSettings settings_;
    unsigned number_ = 0;
    u32 per_block_ = 1;
    bool extended_ = false; ///< the command in progress is a 48-bit one
};

} // namespace vestige::devices
