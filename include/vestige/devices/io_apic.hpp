// SPDX-License-Identifier: BSD-2-Clause
// The 82093AA I/O APIC (Intel 82093AA data sheet).
#pragma once

#include "vestige/devices/local_apic.hpp"

#include <array>

namespace vestige::devices {

/// 24 pins, ID as its guest sets it (0 after reset). Polarity is taken as wired: a line is asserted
/// or not.
class IoApic final : public machine::MmioDevice,
                     public machine::InterruptController,
                     public EoiListener {
  public:
    static constexpr Gpa base{0xfec00000};
    static constexpr unsigned pin_count = 24;

    explicit IoApic(LocalApic& apic) : apic_{apic} {}
    void reset();
    [[nodiscard]] bool attach(machine::MmioBus& bus) { return bus.attach(base, 0x1000, *this); }

    void set_line(unsigned pin, bool level) override;
    void end_of_interrupt(Vector vector) override;
    u64 read_mmio(u64 offset, Width width) override;
    void write_mmio(u64 offset, Width width, u64 value) override;

  private:
    [[nodiscard]] u32 read(unsigned number) const;
    void write(unsigned number, u32 value);
    void write_entry(unsigned pin, bool high_half, u32 value);
    /// Sends the pin's interrupt if its entry lets it through.
    void send(unsigned pin);

    LocalApic& apic_;
    std::array<u64, pin_count> entries_{};
    u32 lines_ = 0; ///< asserted pins
    u8 select_ = 0;
    u8 id_ = 0;
};

} // namespace vestige::devices
