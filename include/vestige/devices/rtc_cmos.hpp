// SPDX-License-Identifier: BSD-2-Clause
// The MC146818 real-time clock and its CMOS RAM (Motorola MC146818 data sheet).
#pragma once

#include "vestige/devices/civil_time.hpp"
#include "vestige/machine/clock.hpp"
#include "vestige/machine/interrupt_line.hpp"
#include "vestige/machine/port_bus.hpp"

#include <array>

namespace vestige::devices {

/// CMOS registers by their usual meaning on a PC.
namespace cmos {
inline constexpr u8 seconds = 0x00, seconds_alarm = 0x01, minutes = 0x02, minutes_alarm = 0x03,
                    hours = 0x04, hours_alarm = 0x05, weekday = 0x06, day = 0x07, month = 0x08,
                    year = 0x09, status_a = 0x0a, status_b = 0x0b, status_c = 0x0c,
                    status_d = 0x0d, shutdown = 0x0f, floppy_types = 0x10, disk_types = 0x12,
                    equipment = 0x14, base_low = 0x15, base_high = 0x16, extended_low = 0x17,
                    extended_high = 0x18, checksum_high = 0x2e, checksum_low = 0x2f,
                    extended_low2 = 0x30, extended_high2 = 0x31, century = 0x32,
                    above_16m_low = 0x34, above_16m_high = 0x35, above_4g = 0x5b;
} // namespace cmos

/// Ports 70h and 71h. Time runs from a start in seconds since 1970 with the VM's clock.
class RtcCmos final : public machine::PortDevice, public machine::Timed {
  public:
    RtcCmos(const machine::Clock& clock, machine::InterruptLine irq, u64 start_seconds)
        : clock_{clock}, irq_{irq}, base_seconds_{start_seconds} {}

    void reset();
    [[nodiscard]] bool attach(machine::PortBus& bus);

    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;
    [[nodiscard]] machine::Nanoseconds next_deadline() const override;
    void expire() override;

    /// A register as the guest would read or write it (index 0-7Fh).
    [[nodiscard]] u8 read(u8 index);
    void write(u8 index, u8 value);
    /// CMOS RAM without side effects, for POST.
    void set_ram(u8 index, u8 value) { ram_[index & 0x7f] = value; }
    /// Computes the checksum over 10h-2Dh into 2Eh and 2Fh.
    void update_checksum();

    [[nodiscard]] CivilTime time() const;
    void set_time(const CivilTime& time);
    /// True in the moment before each second when the registers may change.
    [[nodiscard]] bool updating() const;

  private:
    /// The time registers as they are stored: seconds, minutes, hours, weekday, day, month, year,
    /// century.
    using TimeBytes = std::array<u8, 8>;

    /// Registers that do not advance: register B's SET bit, or the divider held in reset.
    [[nodiscard]] bool stopped() const;
    [[nodiscard]] bool divider_held() const { return (a_ & 0x60) == 0x60; }
    /// Seconds that the divider has counted.
    [[nodiscard]] u64 seconds_counted() const;
    [[nodiscard]] machine::Nanoseconds period() const;
    [[nodiscard]] bool alarm_matches(u64 seconds) const;
    [[nodiscard]] u8 encode(u32 value) const;
    [[nodiscard]] u32 decode(u8 value) const;
    [[nodiscard]] u8 encode_hour(u32 hour) const;
    [[nodiscard]] u32 decode_hour(u8 value) const;
    [[nodiscard]] TimeBytes to_bytes(const CivilTime& time) const;
    [[nodiscard]] CivilTime from_bytes(const TimeBytes& bytes) const;
    [[nodiscard]] TimeBytes registers() const { return stopped() ? held_ : to_bytes(time()); }
    void run_from(const TimeBytes& bytes);
    void write_time(unsigned place, u8 value);
    void write_a(u8 value);
    void write_b(u8 value);
    void collect_flags();
    void update_line();

    const machine::Clock& clock_;
    machine::InterruptLine irq_;
    u64 base_seconds_;
    machine::Nanoseconds phase_ = 0; ///< of the divider against the VM's clock
    u32 weekday_shift_ = 0;          ///< days by which the guest's week differs from the calendar's
    TimeBytes held_{};               ///< while stopped
    machine::Nanoseconds collected_ = 0;
    u8 index_ = 0;
    u8 a_ = 0x26;
    u8 b_ = 0x02;
    u8 c_ = 0;
    std::array<u8, 128> ram_{};
};

} // namespace vestige::devices
