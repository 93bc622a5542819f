// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/clock.hpp"

#include "calibration.hpp"

#include "vestige/host/control_registers.hpp"
#include "vestige/host/lapic.hpp"
#include "vestige/host/port_io.hpp"
#include "vestige/host/ratio.hpp"
#include "vestige/host/wall_clock.hpp"

#include <algorithm>

namespace vestige::host {
namespace {

constexpr u64 nanoseconds_per_second = 1'000'000'000;

constinit u64 tsc_hz = nanoseconds_per_second;
constinit Ratio ns_per_tsc{};
constinit Ratio tsc_per_ns{};
constinit Ratio apic_per_tsc{};

u8 cmos(u8 index) {
    out8(Port{0x70}, index);
    return in8(Port{0x71});
}

CmosTime read_cmos_time() {
    constexpr u8 status_a = 0x0a, status_b = 0x0b, update_in_progress = 0x80;
    constexpr unsigned longest_update = 100'000; // reads; an update takes 2 ms
    for (unsigned i = 0; i < longest_update && (cmos(status_a) & update_in_progress) != 0; ++i)
        pause();
    return {.second = cmos(0),
            .minute = cmos(2),
            .hour = cmos(4),
            .day = cmos(7),
            .month = cmos(8),
            .year = cmos(9),
            .status_b = cmos(status_b)};
}

void use(const Calibration& measured) {
    tsc_hz = std::max<u64>(measured.tsc_hz(), 1'000'000);
    ns_per_tsc = Ratio::of(nanoseconds_per_second, tsc_hz);
    tsc_per_ns = Ratio::of(tsc_hz, nanoseconds_per_second);
    apic_per_tsc = Ratio::of(measured.apic, std::max<u64>(measured.tsc, 1));
}

} // namespace

const char* calibrate_clock(std::optional<Port> pm_timer) {
    if (const auto measured = calibrate_by_pit()) {
        use(*measured);
        return "PIT";
    }
    if (pm_timer)
        if (const auto measured = calibrate_by_pm_timer(*pm_timer)) {
            use(*measured);
            return "ACPI timer";
        }
    if (const auto measured = calibrate_by_cpuid()) {
        use(*measured);
        return "CPUID";
    }
    return "nothing: 1 GHz assumed";
}

u64 tsc_frequency() {
    return tsc_hz;
}
u64 tsc_to_nanoseconds(u64 ticks) {
    return ns_per_tsc.scale(ticks);
}
u64 nanoseconds_to_tsc(u64 nanoseconds) {
    return tsc_per_ns.scale(nanoseconds);
}

u64 read_wall_clock() {
    // Two equal readings in a row have no update between them.
    CmosTime time = read_cmos_time();
    for (unsigned tries = 0; tries < 10; ++tries) {
        const CmosTime again = read_cmos_time();
        if (again == time)
            break;
        time = again;
    }
    return unix_seconds(time);
}

void idle_until(u64 deadline) {
    const u64 now = read_tsc();
    if (now >= deadline)
        return;
    const u64 count = apic_per_tsc.scale(deadline - now);
    start_lapic_timer(static_cast<u32>(std::clamp<u64>(count, 1, ~0U)));
    asm volatile("sti; hlt; cli" ::: "memory");
    start_lapic_timer(0);
}

} // namespace vestige::host
