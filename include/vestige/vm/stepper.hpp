// SPDX-License-Identifier: BSD-2-Clause
// Runs a guest for exactly one instruction, in every mode, without its noticing.
//
// Two ways: the CPU's monitor trap flag, and the trap flag in RFLAGS, which is hidden from the
// guest. Which of them works is found out with the first step: both are asked for.
#pragma once

#include "vestige/vm/instruction_kind.hpp"
#include "vestige/vcpu/vcpu.hpp"

namespace vestige::vm {

class Stepper {
  public:
    /// What one try came to. Not done and an exit: the exit is to be handled; when that executes
    /// the instruction, the step is done too, else it is to be tried again.
    struct Outcome {
        bool done = false;
        std::optional<vcpu::VmExit> exit;
    };

    explicit Stepper(const cpu::PhysicalPath& path) : path_{path} {}
    void connect(vcpu::Vcpu& cpu) { cpu_ = &cpu; }

    /// One instruction, or the delivery of a pending event up to its handler's first instruction.
    /// Instruction breakpoints at RIP are passed over.
    [[nodiscard]] Outcome step(u64 deadline);
    /// An instruction that keeps interrupts away from the next one was the last.
    [[nodiscard]] bool in_shadow() const { return in_shadow_; }
    /// The CPU was reset.
    void forget() { in_shadow_ = false; }
    /// "monitor trap flag", "trap flag", or "not known yet".
    [[nodiscard]] const char* way() const;
    /// How often step() has entered the guest.
    [[nodiscard]] u64 entries() const { return entries_; }

  private:
    enum class Way : u8 { unknown, monitor_trap, trap_flag };

    [[nodiscard]] vcpu::VmExit enter(u64 deadline);
    [[nodiscard]] Outcome deliver();
    [[nodiscard]] Outcome by_monitor_trap(u64 deadline);
    [[nodiscard]] Outcome by_trap_flag(u64 deadline, const InstructionFacts& facts);
    void inject_interrupt(const InstructionFacts& facts);
    [[nodiscard]] bool load_stack_segment(const InstructionFacts& facts);
    void hide_trap_flag(const InstructionFacts& facts, u64 old_flags);

    const cpu::PhysicalPath& path_;
    vcpu::Vcpu* cpu_ = nullptr;
    Way way_ = Way::unknown;
    bool in_shadow_ = false;
    u64 entries_ = 0;
};

} // namespace vestige::vm
