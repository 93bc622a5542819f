// SPDX-License-Identifier: BSD-2-Clause
// The PC's pair of 8237A DMA controllers with the page registers (Intel 8237A data sheet).
#pragma once

#include "vestige/devices/dma_memory.hpp"
#include "vestige/machine/port_bus.hpp"

#include <array>

namespace vestige::devices {

/// A device that asks for DMA.
class DmaDevice {
  public:
    /// Its channel has been programmed: a transfer that found it masked can go on.
    virtual void dma_ready() = 0;

  protected:
    ~DmaDevice() = default;
};

/// What became of a device's bytes.
struct DmaResult {
    std::size_t moved = 0;
    bool terminal_count = false; ///< the channel's count has run out with the last of them
};

/// One channel. Address and count are in units of the channel's width.
struct DmaChannel {
    u16 base_address = 0;
    u16 base_count = 0;
    u16 address = 0;
    u16 count = 0;
    u8 mode = 0;
    bool masked = true;
};

/// Channels 0 to 3 at 00h-0Fh move bytes, 5 to 7 at C0h-DFh words; 4 is the cascade. Page registers
/// and their spare neighbours at 80h-8Fh, of which 80h shows POST codes.
class Dma8237 final : public machine::PortDevice {
  public:
    explicit Dma8237(machine::GuestMemory& memory) : memory_{memory, "ISA DMA"} {}
    void reset();
    [[nodiscard]] bool attach(machine::PortBus& bus);
    void connect(unsigned channel, DmaDevice& device) { devices_[channel] = &device; }

    /// Moves bytes between a device and memory, as many as the channel takes now: none while it is
    /// masked. Bytes that would leave RAM are lost.
    [[nodiscard]] DmaResult to_memory(unsigned channel, std::span<const std::byte> data);
    [[nodiscard]] DmaResult from_memory(unsigned channel, std::span<std::byte> out);

    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;

    [[nodiscard]] const DmaChannel& channel(unsigned number) const { return channels_[number]; }
    [[nodiscard]] u64 refusals() const { return memory_.refusals(); }

  private:
    static constexpr unsigned channel_count = 8;
    struct Chip {
        u8 command = 0;
        u8 status = 0;
        bool high_byte = false; ///< the flip-flop
    };
    struct Move;
    [[nodiscard]] DmaResult move(unsigned channel, const Move& move);
    [[nodiscard]] bool runs(unsigned channel) const;
    [[nodiscard]] Gpa address_of(unsigned channel) const;
    void step(unsigned channel, u32 units);
    [[nodiscard]] u8 read_register(unsigned chip, unsigned number);
    void write_register(unsigned chip, unsigned number, u8 value);
    void write_word(unsigned chip, unsigned number, u8 value);
    void clear(unsigned chip);
    void wake(unsigned chip);

    DmaMemory memory_;
    std::array<Chip, 2> chips_{};
    std::array<DmaChannel, channel_count> channels_{};
    std::array<DmaDevice*, channel_count> devices_{};
    std::array<u8, 16> pages_{};
};

} // namespace vestige::devices
