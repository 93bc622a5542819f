// SPDX-License-Identifier: BSD-2-Clause
// The two IDE channels of a PC and the drives on them.
#pragma once

#include "vestige/devices/ata_disk.hpp"
#include "vestige/devices/ide_channel.hpp"

namespace vestige::devices {

/// Positions are 0 and 1 on the first channel, 2 and 3 on the second.
class IdeController {
  public:
    static constexpr unsigned positions = 4;

    IdeController(machine::InterruptLine first, machine::InterruptLine second)
        : channels_{IdeChannel{first}, IdeChannel{second}} {}
    [[nodiscard]] bool attach(machine::PortBus& bus);
    /// As after power-on; the media stay where they are.
    void reset();
    void plug_disk(unsigned position, machine::BlockDevice& medium);
    void unplug(unsigned position) { channels_[position / 2].plug(position % 2, nullptr); }

  private:
    std::array<IdeChannel, 2> channels_;
    std::array<AtaDisk, positions> disks_;
};

} // namespace vestige::devices
