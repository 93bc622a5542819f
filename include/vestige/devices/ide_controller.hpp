// SPDX-License-Identifier: BSD-2-Clause
// The IDE function of the PIIX3: two channels at the ports of old, bus-master DMA, and the drives.
#pragma once

#include "vestige/devices/ata_disk.hpp"
#include "vestige/devices/atapi_cd.hpp"
#include "vestige/devices/bus_master.hpp"
#include "vestige/devices/pci_function.hpp"

namespace vestige::devices {

/// Positions are 0 and 1 on the first channel, 2 and 3 on the second.
class IdeController final : public PciFunction, private machine::PortDevice {
  public:
    static constexpr unsigned positions = 4;

    IdeController(machine::InterruptLine first, machine::InterruptLine second,
                  machine::GuestMemory& memory);
    /// The bus on which the channels' ports appear once a guest has enabled them.
    void attach(machine::PortBus& bus) { bus_ = &bus; }
    /// As after power-on, drives included; the media stay where they are.
    void power_on() override;
    void plug_disk(unsigned position, machine::BlockDevice& medium);
    void plug_cd(unsigned position, machine::BlockDevice& medium);
    void unplug(unsigned position) { channels_[position / 2].plug(position % 2, nullptr); }
    [[nodiscard]] u64 refusals() const;

  private:
    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;
    void config_written(u8 at, unsigned size) override;
    void decode();

    machine::PortBus* bus_ = nullptr;
    std::array<IdeChannel, 2> channels_;
    std::array<BusMaster, 2> masters_;
    std::array<bool, 2> decoded_{};
    std::array<AtaDisk, positions> disks_;
    std::array<AtapiCd, positions> cds_;
};

} // namespace vestige::devices
