// SPDX-License-Identifier: BSD-2-Clause
#include "calibration.hpp"

#include "vestige/host/control_registers.hpp"
#include "vestige/host/cpuid.hpp"
#include "vestige/host/lapic.hpp"
#include "vestige/host/port_io.hpp"

namespace vestige::host {
namespace {

constexpr u64 pit_frequency = 1193182, pm_timer_frequency = 3579545;
constexpr u64 pit_ticks = pit_frequency / 50;           // 20 ms
constexpr u64 pm_timer_ticks = pm_timer_frequency / 50; // 20 ms
constexpr unsigned dead_after = 5'000'000;              ///< reads of a port that does not change
constexpr unsigned rounds = 3;

/// Runs measure a few times; the shortest is the one that was disturbed least.
template <class Measure> std::optional<Calibration> best_of(Measure measure) {
    std::optional<Calibration> best = measure();
    for (unsigned i = 1; best && i < rounds; ++i) {
        const std::optional<Calibration> next = measure();
        if (next && next->tsc_hz() < best->tsc_hz())
            best = next;
    }
    return best;
}

/// Starts the APIC timer at its end of range and reports what it and the TSC counted at the end.
class Counters {
  public:
    Counters() {
        start_lapic_timer(~0U);
        tsc_ = read_tsc();
    }
    [[nodiscard]] Calibration stop(u64 ticks, u64 hz) const {
        const u64 tsc = read_tsc() - tsc_;
        const u64 apic = ~0U - lapic_timer_count();
        start_lapic_timer(0);
        return {tsc, apic, ticks, hz};
    }

  private:
    u64 tsc_ = 0;
};

/// 8254 data sheet, "Mode 0: Interrupt on Terminal Count"; the output is bit 5 of port 61h.
std::optional<Calibration> measure_pit() {
    constexpr Port control{0x61};
    constexpr u8 output = 0x20;
    const u8 before = in8(control);
    out8(control, static_cast<u8>((before & 0xfc) | 1)); // gate on, speaker off
    out8(Port{0x43}, 0xb0);                              // channel 2, both bytes, mode 0
    out8(Port{0x42}, pit_ticks & 0xff);
    const Counters counters;
    out8(Port{0x42}, pit_ticks >> 8);
    const bool started = (in8(control) & output) == 0;
    unsigned reads = 0;
    while ((in8(control) & output) == 0 && reads < dead_after)
        ++reads;
    const Calibration result = counters.stop(pit_ticks, pit_frequency);
    out8(control, before);
    if (!started || reads == dead_after)
        return {};
    return result;
}

std::optional<Calibration> measure_pm_timer(Port timer) {
    constexpr u32 mask = 0xffffff; // 24 bits are always there
    const Counters counters;
    const u32 first = in32(timer);
    u32 last = first;
    for (unsigned same = 0; ((last - first) & mask) < pm_timer_ticks;) {
        const u32 now = in32(timer);
        same = now == last ? same + 1 : 0;
        last = now;
        if (same == dead_after)
            return {};
    }
    return counters.stop((last - first) & mask, pm_timer_frequency);
}

} // namespace

std::optional<Calibration> calibrate_by_pit() {
    return best_of(measure_pit);
}

std::optional<Calibration> calibrate_by_pm_timer(Port timer) {
    return best_of([timer] { return measure_pm_timer(timer); });
}

/// SDM 2A, CPUID leaf 15h: TSC frequency = crystal * EBX / EAX.
std::optional<Calibration> calibrate_by_cpuid() {
    const CpuidResult leaf = cpuid_or_zero(0x15);
    if (leaf.eax == 0 || leaf.ebx == 0 || leaf.ecx == 0)
        return {};
    const u64 hz = u64{leaf.ecx} * leaf.ebx / leaf.eax;
    const Counters counters;
    const u64 end = read_tsc() + hz / 50;
    while (read_tsc() < end)
        pause();
    Calibration result = counters.stop(0, hz);
    result.reference_ticks = result.tsc;
    return result;
}

} // namespace vestige::host
