// SPDX-License-Identifier: BSD-2-Clause
// Memory operands of emulated instructions: translated once, then read and written over the bus.
#pragma once

#include "vestige/cpu/linear_access.hpp"
#include "vestige/cpu/memory_bus.hpp"

namespace vestige::cpu {

/// An operand whose every byte has been checked for the access it was located for.
struct LocatedOperand {
    Gpa first;
    Gpa second;            ///< where the rest lies when it crosses a page
    unsigned in_first = 0; ///< bytes at first
    Width width = Width::byte;
};

class BusAccess {
  public:
    BusAccess(LinearAccess& access, MemoryBus& bus) : access_{access}, bus_{bus} {}

    /// Checks segment and pages of an operand. For read-modify-write ask for write.
    [[nodiscard]] Result<LocatedOperand, Event> locate(SegmentName segment, u64 offset, Width width,
                                                       AccessKind kind);
    /// In one bus access, or byte by byte across a page boundary.
    [[nodiscard]] u64 read(const LocatedOperand& operand);
    void write(const LocatedOperand& operand, u64 value);

    [[nodiscard]] Result<u64, Event> load(SegmentName segment, u64 offset, Width width);
    [[nodiscard]] Result<Unit, Event> store(SegmentName segment, u64 offset, Width width,
                                            u64 value);
    [[nodiscard]] LinearAccess& linear() { return access_; }

  private:
    LinearAccess& access_;
    MemoryBus& bus_;
};

} // namespace vestige::cpu
