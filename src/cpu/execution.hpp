// SPDX-License-Identifier: BSD-2-Clause
// One decoded instruction on its way through the emulator.
#pragma once

#include "vestige/cpu/alu.hpp"
#include "vestige/cpu/bus_access.hpp"
#include "vestige/cpu/decoder.hpp"

namespace vestige::cpu {

/// RIP after an instruction of this length.
[[nodiscard]] u64 next_instruction(const CpuState& state, unsigned length);

/// Executes any instruction but string ones. Everything that can fault comes before the first
/// change, so after an error the CPU is as it was.
class Execution {
  public:
    Execution(BusAccess& memory, const Instruction& instruction);

    /// Executes and moves RIP on.
    [[nodiscard]] Result<Unit, Event> run();

  private:
    using Done = Result<Unit, Event>;
    /// An operand that is known to be accessible.
    struct Place {
        const Operand* operand = nullptr;
        LocatedOperand memory;
    };

    [[nodiscard]] u64 effective_address(const Operand& operand) const;
    [[nodiscard]] Result<Place, Event> locate(const Operand& operand, AccessKind kind,
                                              u64 displacement = 0);
    [[nodiscard]] u64 get(const Place& place);
    void set(const Place& place, u64 value);
    [[nodiscard]] Result<u64, Event> load(const Operand& operand);
    void set_flags(u64 arithmetic);

    [[nodiscard]] Done move();
    [[nodiscard]] Done binary();
    [[nodiscard]] alu::Outcome binary_outcome(u64 a, u64 b) const;
    [[nodiscard]] Done unary();
    [[nodiscard]] Done exchange();
    [[nodiscard]] Done exchange_add();
    [[nodiscard]] Done compare_exchange();
    [[nodiscard]] Done bit_test();
    [[nodiscard]] Done push();
    [[nodiscard]] Done pop();
    [[nodiscard]] Done branch();
    [[nodiscard]] Done return_near();

    [[nodiscard]] Width stack_width() const;
    /// Writes value below the top of the stack; RSP follows unless that faults.
    [[nodiscard]] Done push_value(u64 value, Width slot, Width stored);
    [[nodiscard]] Result<u64, Event> top_of_stack(Width width);
    void drop(u64 size);
    [[nodiscard]] Result<u64, Event> checked_target(u64 target) const;

    BusAccess& memory_;
    CpuState& state_;
    const Instruction& instruction_;
    u64 next_rip_;
};

/// Executes a string instruction, with its repetitions up to most. True: finished (RIP is left to
/// the caller). A fault leaves RCX, RSI and RDI at the repetition that faulted.
[[nodiscard]] Result<bool, Event> run_string_instruction(BusAccess& memory,
                                                         const Instruction& instruction, u32 most);

} // namespace vestige::cpu
