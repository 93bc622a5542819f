// SPDX-License-Identifier: BSD-2-Clause
// An ATAPI CD-ROM drive: the packet interface of ATA/ATAPI-6 and the commands of MMC-3.
#pragma once

#include "vestige/devices/ide_drive.hpp"

namespace vestige::devices {

/// Why the last packet failed, for REQUEST SENSE: key, additional code and qualifier.
struct CdSense {
    u8 key = 0;
    u8 code = 0;
    u8 qualifier = 0;
};

/// What the tray of a drive does.
struct CdTray {
    bool open = false;
    bool locked = false;
    u8 event = 0; ///< media event that nobody has asked for yet
};

class AtapiCd final : public IdeDrive {
  public:
    static constexpr u32 sector = 2048;
    static constexpr std::size_t packet_size = 12;

    /// medium has 2048-byte sectors.
    void connect(machine::BlockDevice& medium, unsigned number);
    void power_on() override;
    [[nodiscard]] bool is_packet_device() const override { return true; }

  private:
    using Packet = std::array<u8, packet_size>;

    void run(u8 command) override;
    void block_read() override;
    void block_written() override;
    void dma_complete() override { complete(); }
    void medium_failed(machine::BlockError error) override;
    void sign() override;

    void identify();
    void set_features();
    void await_packet();
    void run_packet(const Packet& packet);
    [[nodiscard]] bool run_without_medium(const Packet& packet);
    void run_with_medium(const Packet& packet);
    void read(u32 first, u32 count);
    void read_cd(const Packet& packet);
    void start_stop(u8 how);
    void answer(std::size_t size, std::size_t room);
    void start_data();
    void next_block();
    void complete();
    void refuse(const CdSense& sense);

    unsigned number_ = 0;
    u8 multiword_mode_ = 2;
    bool wants_dma_ = false;
    bool packet_expected_ = false;
    bool in_packet_ = false; ///< a packet command is what moves data
    u32 most_in_block_ = 0; ///< bytes of a PIO data block, as the host limits them
    bool attention_ = false;
    CdSense sense_;
    CdTray tray_;
};

} // namespace vestige::devices
