// SPDX-License-Identifier: BSD-2-Clause
#include "calibration.hpp"

#include "vestige/host/control_registers.hpp"
#include "vestige/host/cpuid.hpp"
#include "vestige/host/lapic.hpp"
#include "vestige/host/port_io.hpp"

namespace vestige::host {
namespace {

constexpr u64 pit_frequency = 1193182, pm_timer_frequency = 3579545;
constexpr u32 counts_per_second = 50;   ///< a measurement takes 20 ms
constexpr unsigned dead_after = 50'000; ///< readings of a counter that stands still
constexpr unsigned readings = 32, attempts = 5;

/// The three counters at one moment.
struct Reading {
    u64 tsc = 0;
    u32 reference = 0;
    u32 apic = 0;
};

/// Of many readings the one that took least time: in the others something came between, such as an
/// SMI, or another program when this machine is emulated.
template <class Reference> Reading tightest(Reference reference) {
    Reading best;
    u64 shortest = ~u64{0};
    for (unsigned i = 0; i < readings; ++i) {
        const u64 before = read_tsc();
        const u32 count = reference();
        const u32 apic = lapic_timer_count();
        const u64 duration = read_tsc() - before;
        if (duration < shortest) {
            shortest = duration;
            best = {before + duration / 2, count, apic};
        }
    }
    return best;
}

/// Lets reference, an up-counter of hz that wraps at mask, run for a while.
template <class Reference>
std::optional<Calibration> measure(Reference reference, u32 mask, u64 hz) {
    start_lapic_timer(~0U);
    const Reading first = tightest(reference);
    u32 last = first.reference;
    for (unsigned same = 0; ((last - first.reference) & mask) < hz / counts_per_second;) {
        const u32 now = reference();
        same = now == last ? same + 1 : 0;
        last = now;
        if (same == dead_after)
            return {};
    }
    const Reading end = tightest(reference);
    start_lapic_timer(0);
    return Calibration{end.tsc - first.tsc, first.apic - end.apic,
                       (end.reference - first.reference) & mask, hz};
}

/// Counts of channel 2 since it was started.
u32 pit_count() {
    constexpr Port control{0x43}, channel{0x42};
    out8(control, 0x80); // latch channel 2
    const u32 low = in8(channel);
    return 0xffff - (low | u32{in8(channel)} << 8);
}

/// 8254 data sheet, "Mode 0: Interrupt on Terminal Count". The output, bit 5 of port 61h, rises
/// when the 55 ms that the counter has are over; a measurement that took longer says nothing.
std::optional<Calibration> measure_pit() {
    constexpr Port gate{0x61};
    constexpr u8 output = 0x20;
    const u8 before = in8(gate);
    out8(gate, static_cast<u8>((before & 0xfc) | 1)); // gate on, speaker off
    out8(Port{0x43}, 0xb0);                           // channel 2, both bytes, mode 0
    out8(Port{0x42}, 0xff);
    out8(Port{0x42}, 0xff);
    const auto result = measure(pit_count, 0xffff, pit_frequency);
    const bool in_time = (in8(gate) & output) == 0;
    out8(gate, before);
    return in_time ? result : std::nullopt;
}

} // namespace

std::optional<Calibration> calibrate_by_pit() {
    for (unsigned i = 0; i < attempts; ++i)
        if (const auto result = measure_pit())
            return result;
    return {};
}

std::optional<Calibration> calibrate_by_pm_timer(Port timer) {
    constexpr u32 always_there = 0xffffff; // the other 8 bits are optional
    return measure([timer] { return in32(timer); }, always_there, pm_timer_frequency);
}

/// SDM 2A, CPUID leaf 15h: TSC frequency = crystal * EBX / EAX.
std::optional<Calibration> calibrate_by_cpuid() {
    const CpuidResult leaf = cpuid_or_zero(0x15);
    if (leaf.eax == 0 || leaf.ebx == 0 || leaf.ecx == 0)
        return {};
    const u64 hz = u64{leaf.ecx} * leaf.ebx / leaf.eax;
    start_lapic_timer(~0U);
    const u64 start = read_tsc();
    while (read_tsc() - start < hz / counts_per_second)
        pause();
    const u64 ticks = read_tsc() - start;
    const u64 apic = ~0U - lapic_timer_count();
    start_lapic_timer(0);
    return Calibration{ticks, apic, ticks, hz};
}

} // namespace vestige::host
