// SPDX-License-Identifier: BSD-2-Clause
// The machine's local APICs, in xAPIC or x2APIC mode.
#pragma once

#include "vestige/base/number.hpp"

namespace vestige::host {

/// Takes over the mode in which the firmware left the boot CPU's APIC, for all CPUs.
void find_lapic();
/// Enables this CPU's APIC in that mode with our spurious vector and all local sources masked.
void enable_lapic();
[[nodiscard]] u32 lapic_id();
/// Whether this CPU can address that one: in xAPIC mode numbers end at 254.
[[nodiscard]] bool lapic_reaches(u32 apic_id);
void end_of_interrupt();
void send_init(u32 apic_id);
/// page: number of the 4 KiB page below 1 MiB where the CPU starts.
void send_startup(u32 apic_id, u8 page);
void send_nmi(u32 apic_id);
void send_interrupt(u32 apic_id, Vector vector);
/// One-shot timer interrupt (timer_vector) after count APIC timer ticks; 0 stops it.
void start_lapic_timer(u32 count);
/// Counts left on the running timer.
[[nodiscard]] u32 lapic_timer_count();

} // namespace vestige::host
