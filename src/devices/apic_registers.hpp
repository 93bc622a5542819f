// SPDX-License-Identifier: BSD-2-Clause
// Numbers and bits of the local APIC's registers. SDM 3A, "Local APIC Register Address Map".
#pragma once

#include "vestige/base/number.hpp"

namespace vestige::devices::apic {

/// Offset / 10h in memory; MSR 800h + number in x2APIC mode.
enum Register : unsigned {
    id = 0x02,
    version = 0x03,
    tpr = 0x08,
    apr = 0x09,
    ppr = 0x0a,
    eoi = 0x0b,
    remote_read = 0x0c,
    logical_destination = 0x0d,
    destination_format = 0x0e,
    spurious = 0x0f,
    isr_first = 0x10,
    tmr_first = 0x18,
    irr_first = 0x20,
    irr_last = 0x27,
    error_status = 0x28,
    command_low = 0x30,
    command_high = 0x31,
    lvt_first = 0x32,
    lvt_last = 0x37,
    initial_count = 0x38,
    current_count = 0x39,
    divide_configuration = 0x3e,
    self_ipi = 0x3f,
};

/// Integrated APIC, six local vector table entries, no EOI suppression.
inline constexpr u32 version_value = 0x00050014;
inline constexpr u32 spurious_enable = 0x100;
inline constexpr u32 spurious_writable = 0x3ff;
inline constexpr u32 lvt_masked = 0x10000;
inline constexpr u32 lvt_delivery = 0x700;
inline constexpr u32 lvt_nmi = 0x400;
inline constexpr u32 lvt_external = 0x700;
/// Vectors below belong to exceptions: no APIC sends or takes them.
inline constexpr u8 least_vector = 16;
inline constexpr u32 error_sent_vector = 0x20;
inline constexpr u32 error_received_vector = 0x40;
inline constexpr u32 error_register = 0x80;
/// Delivery status, which always shows idle, is read-only.
inline constexpr u32 command_writable = 0x000ccfff;
/// Timer; thermal sensor; performance counters; LINT0; LINT1; error.
inline constexpr u32 lvt_writable[] = {0x700ff, 0x107ff, 0x107ff, 0x1a7ff, 0x1a7ff, 0x100ff};

} // namespace vestige::devices::apic
