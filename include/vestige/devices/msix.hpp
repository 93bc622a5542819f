// SPDX-License-Identifier: BSD-2-Clause
// Interrupts as messages (PCI Local Bus Specification 3.0, "MSI-X Capability and Table Structures").
#pragma once

#include "vestige/devices/dma_memory.hpp"
#include "vestige/machine/interrupt_line.hpp"
#include "vestige/machine/mmio_bus.hpp"

#include <array>

namespace vestige::devices {

/// The table of a function's messages and the bits of those that wait behind a mask. It has a range
/// of its own; what is nowhere in it reads 0.
class MsixTable final : public machine::MmioDevice {
  public:
    static constexpr unsigned vectors = 2;
    static constexpr u32 size = 0x1000, pending_at = 0x800;
    static constexpr u8 capability = 0x11;
    static constexpr u16 enable = 0x8000, mask_all = 0x4000; ///< of the message control register

    /// memory reports messages that go nowhere. Without a sink none go anywhere.
    MsixTable(machine::MessageSink* sink, DmaMemory& memory) : sink_{sink}, memory_{memory} {}
    void reset();
    /// The message control register has this value now.
    void set_control(u16 control);
    [[nodiscard]] bool enabled() const { return (control_ & enable) != 0; }
    /// Sends a vector's message, at once or when its mask goes. Others than those of the table are
    /// ignored.
    void signal(unsigned vector);

    u64 read_mmio(u64 offset, Width width) override;
    void write_mmio(u64 offset, Width width, u64 value) override;

  private:
    struct Entry {
        u32 address_low = 0, address_high = 0, data = 0, control = 1;
    };
    [[nodiscard]] u32 read(u64 offset) const;
    void write(u64 offset, u32 value);
    void send_pending();

    machine::MessageSink* sink_;
    DmaMemory& memory_;
    std::array<Entry, vectors> entries_{};
    u16 control_ = 0;
    u32 pending_ = 0;
};

} // namespace vestige::devices
