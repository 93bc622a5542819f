// SPDX-License-Identifier: BSD-2-Clause
// MOVS, CMPS, STOS, LODS and SCAS. SDM 2B, "REP/REPE/REPZ/REPNE/REPNZ".
#include "execution.hpp"

namespace vestige::cpu {
namespace {

class StringExecution {
  public:
    StringExecution(BusAccess& memory, const Instruction& instruction)
        : memory_{memory}, state_{memory.linear().state()},
          instruction_{instruction}, width_{instruction.operands[0].width} {}

    Result<bool, Event> run(u32 most) {
        if (instruction_.repeat == Repeat::none) {
            const auto done = step();
            if (!done)
                return Error{done.error()};
            return true;
        }
        for (u32 i = 0; i < most; ++i) {
            const u64 count = address(Gpr::rcx);
            if (count == 0)
                return true;
            if (const auto done = step(); !done)
                return Error{done.error()};
            state_.regs.set(Gpr::rcx, instruction_.address_width, count - 1);
            if (count == 1 || comparison_ends())
                return true;
        }
        return false;
    }

  private:
    [[nodiscard]] u64 address(Gpr name) const {
        return state_.regs.get(name, instruction_.address_width);
    }
    /// The segment of the source operand, which a prefix may have changed.
    [[nodiscard]] SegmentName source_segment() const {
        const unsigned place = instruction_.operation == Operation::movs ? 1 : 0;
        return instruction_.operands[place].segment;
    }
    [[nodiscard]] Result<u64, Event> source() {
        return memory_.load(source_segment(), address(Gpr::rsi), width_);
    }
    [[nodiscard]] Result<u64, Event> destination() {
        return memory_.load(SegmentName::es, address(Gpr::rdi), width_);
    }
    void advance(Gpr name) {
        const bool down = (state_.regs.rflags & rflags::df) != 0;
        const u64 size = bytes(width_);
        state_.regs.set(name, instruction_.address_width,
                        state_.regs.get(name) + (down ? u64{0} - size : size));
    }
    void set_comparison(u64 a, u64 b) {
        state_.regs.rflags = (state_.regs.rflags & ~alu::arithmetic_flags) |
                             alu::subtract(a, b, false, width_).flags;
    }
    [[nodiscard]] bool comparison_ends() const {
        if (instruction_.operation != Operation::cmps && instruction_.operation != Operation::scas)
            return false;
        const bool equal = (state_.regs.rflags & rflags::zf) != 0;
        return equal != (instruction_.repeat == Repeat::while_equal);
    }

    Result<Unit, Event> step() {
        switch (instruction_.operation) {
        case Operation::movs:
            return copy();
        case Operation::stos:
            return fill();
        case Operation::lods:
            return pick();
        default:
            return compare();
        }
    }
    /// The source is only read, which may change a device, once the destination can be written.
    Result<Unit, Event> copy() {
        const auto from =
            memory_.locate(source_segment(), address(Gpr::rsi), width_, AccessKind::read);
        if (!from)
            return Error{from.error()};
        const auto to =
            memory_.locate(SegmentName::es, address(Gpr::rdi), width_, AccessKind::write);
        if (!to)
            return Error{to.error()};
        memory_.write(to.value(), memory_.read(from.value()));
        advance(Gpr::rsi);
        advance(Gpr::rdi);
        return Unit{};
    }
    Result<Unit, Event> fill() {
        const auto done = memory_.store(SegmentName::es, address(Gpr::rdi), width_,
                                        state_.regs.get(Gpr::rax, width_));
        if (done)
            advance(Gpr::rdi);
        return done;
    }
    Result<Unit, Event> pick() {
        const auto value = source();
        if (!value)
            return Error{value.error()};
        state_.regs.set(Gpr::rax, width_, value.value());
        advance(Gpr::rsi);
        return Unit{};
    }
    Result<Unit, Event> compare() {
        const bool scan = instruction_.operation == Operation::scas;
        const auto a = scan ? Result<u64, Event>{state_.regs.get(Gpr::rax, width_)} : source();
        if (!a)
            return Error{a.error()};
        const auto b = destination();
        if (!b)
            return Error{b.error()};
        set_comparison(a.value(), b.value());
        if (!scan)
            advance(Gpr::rsi);
        advance(Gpr::rdi);
        return Unit{};
    }

    BusAccess& memory_;
    CpuState& state_;
    const Instruction& instruction_;
    Width width_;
};

} // namespace

Result<bool, Event> run_string_instruction(BusAccess& memory, const Instruction& instruction,
                                           u32 most) {
    return StringExecution{memory, instruction}.run(most);
}

} // namespace vestige::cpu
