// SPDX-License-Identifier: BSD-2-Clause
// What a debugger has to know of the instruction that a guest stands at.
#pragma once

#include "vestige/cpu/page_walk.hpp"

namespace vestige::vm {

enum class InstructionKind : u8 {
    other,
    call,
    interrupt,    ///< INT n, INT3, INTO that is taken, INT1
    ret,          ///< RET, RETF
    iret,
    repeated,     ///< a string instruction with a repeat prefix
    push_flags,
    pop_flags,
    syscall,
    load_stack_segment, ///< MOV SS, POP SS
};

struct InstructionFacts {
    InstructionKind kind = InstructionKind::other;
    u8 length = 0;          ///< 0: its bytes cannot be read
    u8 vector = 0;          ///< interrupt
    u8 opcode = 0;          ///< without prefixes; of two-byte opcodes the second
    u8 modrm = 0;           ///< the byte behind the opcode
    u8 operand_size = 2;    ///< bytes
};

/// Reads code at linear addresses as the guest's fetch would, changing nothing. How many bytes are
/// there.
std::size_t read_code(const cpu::CpuState& state, const cpu::PhysicalPath& path, Linear start,
                      std::span<std::byte> out);

/// Facts about the first instruction of code for a CPU in this state.
[[nodiscard]] InstructionFacts classify(std::span<const std::byte> code,
                                        const cpu::CpuState& state);
/// Of the instruction at CS:RIP.
[[nodiscard]] InstructionFacts next_instruction(const cpu::CpuState& state,
                                                const cpu::PhysicalPath& path);

} // namespace vestige::vm
