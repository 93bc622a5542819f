// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/clock.hpp"

#include "vestige/host/control_registers.hpp"
#include "vestige/host/lapic.hpp"
#include "vestige/host/port_io.hpp"

#include <algorithm>

namespace vestige::host {
namespace {

constexpr u64 pit_frequency = 1193182;
constexpr u64 calibration_pit_ticks = pit_frequency / 100; // 10 ms

constinit u64 tsc_hz = 1'000'000'000;
constinit u64 ns_per_tsc = u64{1} << 32;  // 32.32 fixed point
constinit u64 tsc_per_ns = u64{1} << 32;  // 32.32 fixed point
constinit u64 apic_per_tsc = u64{1} << 32; // 32.32 fixed point

u64 scale(u64 value, u64 factor) {
    return static_cast<u64>(static_cast<unsigned __int128>(value) * factor >> 32);
}

struct Sample {
    u64 tsc = 0;
    u64 apic = 0;
};

/// Ticks of both counters while channel 2 counts down once (SDM has no such thing; 8254 data sheet).
Sample measure() {
    constexpr Port control{0x61};
    const u8 before = in8(control);
    out8(control, static_cast<u8>((before & 0xfc) | 1)); // gate on, speaker off
    out8(Port{0x43}, 0xb0);                              // channel 2, both bytes, mode 0
    out8(Port{0x42}, calibration_pit_ticks & 0xff);
    start_lapic_timer(~0U);
    const u64 start = read_tsc();
    out8(Port{0x42}, calibration_pit_ticks >> 8);
    while ((in8(control) & 0x20) == 0)
        pause();
    const u64 end = read_tsc();
    const u32 left = lapic_timer_count();
    start_lapic_timer(0);
    out8(control, before);
    return {end - start, ~0U - left};
}

u8 cmos(u8 index) {
    out8(Port{0x70}, index);
    return in8(Port{0x71});
}

u64 days_since_1970(u64 year, u64 month, u64 day) {
    // Years start in March, so that the leap day is a year's last.
    const u64 y = month <= 2 ? year - 1 : year;
    const u64 m = month <= 2 ? month + 9 : month - 3;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

} // namespace

void calibrate_clock() {
    Sample best = measure();
    for (int i = 0; i < 2; ++i) {
        const Sample next = measure();
        if (next.tsc < best.tsc)
            best = next;
    }
    tsc_hz = std::max<u64>(best.tsc * pit_frequency / calibration_pit_ticks, 1'000'000);
    ns_per_tsc = (u64{1'000'000'000} << 32) / tsc_hz;
    tsc_per_ns = ((tsc_hz / 1000) << 32) / 1'000'000;
    apic_per_tsc = (best.apic << 32) / best.tsc;
}

u64 tsc_frequency() { return tsc_hz; }
u64 tsc_to_nanoseconds(u64 ticks) { return scale(ticks, ns_per_tsc); }
u64 nanoseconds_to_tsc(u64 nanoseconds) { return scale(nanoseconds, tsc_per_ns); }

u64 read_wall_clock() {
    for (u8 tries = 0; tries < 200 && (cmos(0x0a) & 0x80) != 0; ++tries)
        pause();
    const bool binary = (cmos(0x0b) & 4) != 0;
    const auto number = [binary](u8 raw) -> u64 {
        return binary ? raw : (raw >> 4) * 10U + (raw & 0xf);
    };
    const u8 raw_hour = cmos(4);
    u64 hour = number(raw_hour & 0x7f);
    if ((cmos(0x0b) & 2) == 0)
        hour = hour % 12 + ((raw_hour & 0x80) != 0 ? 12 : 0);
    const u64 year = 2000 + number(cmos(9)) % 100;
    const u64 month = std::clamp<u64>(number(cmos(8)), 1, 12);
    return days_since_1970(year, month, number(cmos(7))) * 86400 + hour * 3600 +
           number(cmos(2)) * 60 + number(cmos(0));
}

void idle_until(u64 deadline) {
    const u64 now = read_tsc();
    if (now >= deadline)
        return;
    const u64 count = scale(deadline - now, apic_per_tsc) + 1;
    start_lapic_timer(static_cast<u32>(std::min<u64>(count, ~0U)));
    asm volatile("sti; hlt; cli" ::: "memory");
    start_lapic_timer(0);
}

} // namespace vestige::host
