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

/// A closed range of guest-physical addresses.
struct AddressRange {
    u64 first = 0;
    u64 last = 0;
    constexpr bool operator==(const AddressRange&) const = default;
};

/// One function of a BIOS interrupt.
struct BiosFunction {
    u8 interrupt = 0;
    u8 ah = 0;
    constexpr bool operator==(const BiosFunction&) const = default;
};

/// trace=int[:10,13,15/e8],exit,io[:60-64],mmio[:fee00000-fee00fff],irq,mode,insn|off
struct TraceOptions {
    std::array<u64, 4> interrupts{}; ///< bit per vector whose BIOS calls are traced
    StaticVector<BiosFunction, 16> functions; ///< traced besides those
    StaticVector<PortRange, 8> ports;
    StaticVector<AddressRange, 4> memory; ///< device accesses; any() of all memory: one whole range
    bool exits = false;
    bool events = false; ///< interrupts and exceptions
    bool modes = false;  ///< changes of the CPU's mode
    bool instructions = false;

    [[nodiscard]] constexpr bool traces_interrupt(Vector vector) const {
        if ((interrupts[vector.value / 64] >> (vector.value % 64) & 1) != 0)
            return true;
        for (const BiosFunction& each : functions)
            if (each.interrupt == vector.value)
                return true;
        return false;
    }
    [[nodiscard]] constexpr bool traces_call(Vector vector, u8 ah) const {
        if ((interrupts[vector.value / 64] >> (vector.value % 64) & 1) != 0)
            return true;
        for (const BiosFunction& each : functions)
            if (each == BiosFunction{vector.value, ah})
                return true;
        return false;
    }
    [[nodiscard]] constexpr bool traces_address(u64 address) const {
        for (const AddressRange& range : memory)
            if (address >= range.first && address <= range.last)
                return true;
        return false;
    }
    [[nodiscard]] constexpr bool traces_port(Port port) const {
        for (const PortRange& range : ports)
            if (port.value >= range.first && port.value <= range.last)
                return true;
        return false;
    }
    [[nodiscard]] constexpr bool any() const {
        return (interrupts[0] | interrupts[1] | interrupts[2] | interrupts[3]) != 0 ||
               !functions.empty() || !ports.empty() || !memory.empty() || exits || events || modes ||
               instructions;
    }
};

/// Vectors, functions, ports and addresses are hexadecimal. Nothing when an item is not understood.
[[nodiscard]] std::optional<TraceOptions> parse_trace(std::string_view text);
/// Writes the options in the spelling that parse_trace reads.
void show(const TraceOptions& trace, TextSink& out);

} // namespace vestige::config
