// SPDX-License-Identifier: BSD-2-Clause
// How interrupts reach the I/O APIC, as the MADT and the MP table both tell it.
#pragma once

#include "vestige/base/number.hpp"

namespace vestige::bios::apic {

inline constexpr u32 local_base = 0xfee00000, io_base = 0xfec00000;
inline constexpr u8 io_id = 1;
inline constexpr u8 local_version = 0x14, io_version = 0x11;
inline constexpr u8 cascade_line = 2; ///< has no device
/// Polarity and trigger as MPS 1.4 and the MADT encode them.
inline constexpr u16 as_the_bus = 0x0000, high_level = 0x000d;

/// The input of an ISA interrupt: its own number, but for the timer.
[[nodiscard]] constexpr u8 input_of(u8 line) { return line == 0 ? u8{2} : line; }
/// The SCI and the lines that PCI may be led to are level-triggered, the others as on ISA.
[[nodiscard]] constexpr u16 flags_of(u8 line) {
    return line == 5 || line == 9 || line == 10 || line == 11 ? high_level : as_the_bus;
}

} // namespace vestige::bios::apic
