// SPDX-License-Identifier: BSD-2-Clause
// Bus-master DMA of an IDE channel ("Programming Interface for Bus Master IDE Controller" 1.0).
#pragma once

#include "vestige/devices/dma_memory.hpp"
#include "vestige/devices/ide_channel.hpp"

namespace vestige::devices {

/// Eight ports: command, status and the address of the table of physical regions.
class BusMaster final : public IdeCableListener {
  public:
    static constexpr unsigned ports = 8;

    BusMaster(IdeChannel& channel, machine::GuestMemory& memory)
        : channel_{channel}, memory_{memory, "IDE bus master"} {}
    void reset();
    /// The function's bus master bit: no transfer without it.
    void enable(bool enabled);
    [[nodiscard]] u8 read(unsigned offset) const;
    void write(unsigned offset, u8 value);

    void command_written() override { run(); }
    void interrupt_raised() override;

    [[nodiscard]] u64 refusals() const { return memory_.refusals(); }

  private:
    void start();
    void run();
    [[nodiscard]] bool next_region();
    [[nodiscard]] bool move(IdeDrive& drive, bool to_memory);
    void refuse(IdeDrive& drive);

    IdeChannel& channel_;
    DmaMemory memory_;
    bool enabled_ = false;
    u8 command_ = 0;
    u8 status_ = 0;
    u32 table_ = 0;
    // Progress through the table since the start.
    u32 entry_ = 0; ///< offset of the next region's entry
    u32 address_ = 0;
    u32 left_ = 0; ///< bytes of the present region
    bool last_ = false;
};

} // namespace vestige::devices
