// SPDX-License-Identifier: BSD-2-Clause
// The task-state segments of 80286 and 80386 and descriptors in memory. SDM 3A, "Task Management".
#pragma once

#include "vestige/cpu/linear_access.hpp"

#include <array>

namespace vestige::cpu {

/// What both formats hold; a 16-bit TSS has no CR3, FS and GS.
struct TaskState {
    u32 cr3 = 0;
    u32 eip = 0;
    u32 eflags = 0;
    std::array<u32, 8> gpr{};
    std::array<u16, 6> selectors{}; ///< in the order of SegmentName
    u16 ldtr = 0;
    bool debug_trap = false;
};

inline constexpr unsigned tss32_size = 104;
inline constexpr unsigned tss16_size = 44;

/// A segment descriptor as it lies in a table.
struct Descriptor {
    u64 raw = 0;
    Linear place;

    [[nodiscard]] Segment segment(u16 selector) const;
    [[nodiscard]] u8 type() const { return BitField<43, 40, u8>::get(raw); }
    [[nodiscard]] bool code_or_data() const { return FlagBit<44>::get(raw); }
    [[nodiscard]] u8 dpl() const { return BitField<46, 45, u8>::get(raw); }
    [[nodiscard]] bool present() const { return FlagBit<47>::get(raw); }
    /// Not a system descriptor and executable.
    [[nodiscard]] bool code() const { return code_or_data() && (type() & 8) != 0; }
    [[nodiscard]] bool conforming() const { return code() && (type() & 4) != 0; }
    [[nodiscard]] bool readable() const { return !code() || (type() & 2) != 0; }
    [[nodiscard]] bool writable_data() const {
        return code_or_data() && !code() && (type() & 2) != 0;
    }
};

inline constexpr u16 selector_index_mask = 0xfff8;
inline constexpr u16 selector_table = 4;
inline constexpr u16 selector_rpl = 3;

constexpr bool is_null(u16 selector) {
    return (selector & ~selector_rpl) == 0;
}

/// The descriptor that selector names in the GDT or in the LDT that is loaded; absent when it is
/// null or beyond the table's limit; an event when the table's page faults.
[[nodiscard]] Result<std::optional<Descriptor>, Event> read_descriptor(LinearAccess& access,
                                                                       u16 selector);
/// Writes the access byte back, as the CPU does for the accessed and busy bits.
[[nodiscard]] Result<Unit, Event> write_access_byte(LinearAccess& access,
                                                    const Descriptor& descriptor, u8 value);

/// Reads a whole TSS at base.
[[nodiscard]] Result<TaskState, Event> read_task(LinearAccess& access, Linear base, bool wide);
/// Writes what a task switch saves: EIP, EFLAGS, general and segment registers.
[[nodiscard]] Result<Unit, Event> save_task(LinearAccess& access, Linear base, bool wide,
                                            const TaskState& task);

} // namespace vestige::cpu
