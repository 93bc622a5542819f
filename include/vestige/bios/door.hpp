// SPDX-License-Identifier: BSD-2-Clause
// INT 10h for programs that interpret the BIOS in software, as systems do to set video modes: they
// have the registers, so a VM exit brings nothing. Code in the ROM sends them through ports.
#pragma once

#include "vestige/bios/environment.hpp"
#include "vestige/machine/port_bus.hpp"

#include <array>

namespace vestige::bios {

/// The VM around the door.
class DoorKeeper {
  public:
    /// The door's OUT has been executed. Serves the call when the CPU itself was at the door.
    virtual void at_door() = 0;
    /// The machine as another CPU would have it.
    [[nodiscard]] virtual Environment environment(cpu::CpuState& cpu) = 0;

  protected:
    ~DoorKeeper() = default;
};

/// Ports BCh to BFh. BCh: the door itself. BEh: words, first of a call's registers in the order
/// that PUSHA, PUSH ES and PUSH DS give them in memory, then two from its buffer; afterwards of the
/// results and the count of bytes for the buffer. BDh: a write runs the call, reads give the bytes.
class Door final : public machine::PortDevice {
  public:
    static constexpr Port door{0xbc}, run{0xbd}, words{0xbe};
    static constexpr std::size_t register_count = 10, sent_count = register_count + 2,
                                 most_bytes = 512;

    explicit Door(DoorKeeper& keeper) : keeper_{keeper} {}
    [[nodiscard]] bool attach(machine::PortBus& bus) {
        return bus.attach(door, 4, *this, Width::word);
    }
    void reset();
    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;

  private:
    void run_call();

    DoorKeeper& keeper_;
    std::array<u16, sent_count> words_{}; ///< sent; then the results and the count of bytes
    std::array<std::byte, most_bytes> bytes_{};
    std::size_t next_word_ = 0, next_byte_ = 0, byte_count_ = 0;
};

} // namespace vestige::bios
