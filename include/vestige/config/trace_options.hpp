// SPDX-License-Identifier: BSD-2-Clause
// What is traced: the value of trace= on the boot line and in module strings.
#pragma once

#include "vestige/base/format.hpp"
#include "vestige/base/static_vector.hpp"

#include <array>
#include <optional>

namespace vestige::config {

/// A closed range of I/O ports.
struct PortRange {
    u16 first = 0;
    u16 last = 0;
    constexpr bool operator==(const PortRange&) const = default;
};

/// trace=int[:10,13,15],exit,io[:60-64],mmio,insn|off
struct TraceOptions {
    std::array<u64, 4> interrupts{}; ///< bit per vector whose BIOS calls are traced
    StaticVector<PortRange, 8> ports;
    bool exits = false;
    bool mmio = false;
    bool instructions = false;

    [[nodiscard]] constexpr bool traces_interrupt(Vector vector) const {
        return (interrupts[vector.value / 64] >> (vector.value % 64) & 1) != 0;
    }
    [[nodiscard]] constexpr bool traces_port(Port port) const {
        for (const PortRange& range : ports)
            if (port.value >= range.first && port.value <= range.last)
                return true;
        return false;
    }
    [[nodiscard]] constexpr bool any() const {
        return (interrupts[0] | interrupts[1] | interrupts[2] | interrupts[3]) != 0 ||
               !ports.empty() || exits || mmio || instructions;
    }
};

/// Vectors and ports are hexadecimal. Nothing when an item is not understood.
[[nodiscard]] std::optional<TraceOptions> parse_trace(std::string_view text);
/// Writes the options in the spelling that parse_trace reads.
void show(const TraceOptions& trace, TextSink& out);

} // namespace vestige::config
