// SPDX-License-Identifier: BSD-2-Clause
// The 8254 interval timer and the system control port 61h that gates it (Intel 8254 data sheet).
#pragma once

#include "vestige/machine/clock.hpp"
#include "vestige/machine/interrupt_line.hpp"
#include "vestige/machine/port_bus.hpp"

#include <array>
#include <optional>

namespace vestige::devices {

inline constexpr u64 pit_frequency = 1193182;

/// PIT ticks that have passed at a time, and the first time at which ticks have passed.
constexpr u64 pit_ticks_at(machine::Nanoseconds time) {
    constexpr u64 second = machine::nanoseconds_per_second;
    return time / second * pit_frequency + time % second * pit_frequency / second;
}
constexpr machine::Nanoseconds pit_time_of(u64 ticks) {
    constexpr u64 second = machine::nanoseconds_per_second;
    return ticks / pit_frequency * second +
           (ticks % pit_frequency * second + pit_frequency - 1) / pit_frequency;
}

/// One counter, as a function of time: nothing in it moves by itself.
struct PitChannel {
    u8 mode = 3;
    u8 access = 3; ///< 1 low byte, 2 high byte, 3 both
    bool bcd = false;
    bool gate = true;
    bool loaded = false;     ///< a count has been written since the mode was set
    bool triggered = false;  ///< modes 1 and 5: the gate has risen
    bool write_high = false; ///< next written byte is the high one
    bool read_high = false;
    bool count_latched = false;
    bool status_latched = false;
    u8 low_written = 0;
    u8 latched_status = 0;
    u16 latched_count = 0;
    u32 reload = 0x10000;
    u32 next_reload = 0;    ///< written while a period runs, 0 none: counts from its end on
    u64 written = 0;        ///< tick of that write
    std::int64_t start = 0; ///< tick at which the count began
    u32 paused = 0;         ///< ticks counted before the gate closed (modes 0 and 4)

    /// Ticks counted since start, with the gate taken into account.
    [[nodiscard]] u64 elapsed(u64 now) const;
    [[nodiscard]] u16 count(u64 now) const;
    [[nodiscard]] bool output(u64 now) const;
    /// Tick of the first rising edge of the output after now; ~0 when there is none.
    [[nodiscard]] u64 next_edge(u64 now) const;
    void set_mode(u8 control);
    void load(u32 value, u64 now);
    void set_gate(bool high, u64 now);
    /// Takes a count that was written during a period which has ended by now.
    void settle(u64 now);

  private:
    [[nodiscard]] std::optional<u64> switch_tick() const;
};

/// Ports 40h-43h and 61h. Channel 0 drives IRQ 0.
class Pit8254 final : public machine::PortDevice, public machine::Timed {
  public:
    Pit8254(const machine::Clock& clock, machine::InterruptLine irq) : clock_{clock}, irq_{irq} {}

    void reset();
    [[nodiscard]] bool attach(machine::PortBus& bus);

    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;
    [[nodiscard]] machine::Nanoseconds next_deadline() const override;
    void expire() override;

    [[nodiscard]] const PitChannel& channel(unsigned number) const { return channels_[number]; }

  private:
    [[nodiscard]] u64 now() const { return pit_ticks_at(clock_.now()); }
    void write_control(u8 value);
    void write_count(PitChannel& channel, u8 value);
    u8 read_count(PitChannel& channel);
    void latch(PitChannel& channel, bool count, bool status);
    void settle();
    void rearm();

    const machine::Clock& clock_;
    machine::InterruptLine irq_;
    std::array<PitChannel, 3> channels_{};
    u8 control61_ = 0;
    u64 edge_ = ~u64{0}; ///< tick of channel 0's next rising edge
};

} // namespace vestige::devices
