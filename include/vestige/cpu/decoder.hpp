// SPDX-License-Identifier: BSD-2-Clause
// Machine code to the instructions that can be emulated.
#pragma once

#include "vestige/base/result.hpp"
#include "vestige/cpu/cpu_state.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>

namespace vestige::cpu {

/// What an instruction does; operand forms are told apart by its operands.
enum class Operation : u8 {
    mov,
    movzx,
    movsx,
    movbe,
    xchg,
    xadd,
    cmpxchg,
    add,
    adc,
    sub,
    sbb,
    cmp,
    and_bits,
    or_bits,
    xor_bits,
    test,
    inc,
    dec,
    neg,
    not_bits,
    bt,
    bts,
    btr,
    btc,
    push,
    pop,
    call,
    jmp,
    ret,
    movs,
    cmps,
    stos,
    lods,
    scas,
};

constexpr bool is_string(Operation operation) {
    return operation >= Operation::movs;
}

/// Repeat prefix of a string instruction.
enum class Repeat : u8 { none, while_equal, while_not_equal };

/// One operand. Immediate values are extended to 64 bits as the instruction extends them.
struct Operand {
    enum class Kind : u8 { none, gpr, high_byte, segment_register, memory, immediate, relative };
    Kind kind = Kind::none;
    Width width = Width::byte;
    Gpr gpr = Gpr::rax;                    ///< gpr, and high_byte: AH to BH as rax to rbx
    SegmentName segment = SegmentName::ds; ///< segment_register, and memory
    std::optional<Gpr> base;               ///< memory
    std::optional<Gpr> index;
    u8 scale = 1;
    bool rip_relative = false;
    u64 value = 0; ///< immediate, relative, and memory's displacement
};

struct Instruction {
    Operation operation = Operation::mov;
    u8 length = 0;
    Width address_width = Width::word; ///< of memory operands, and of RCX, RSI, RDI in string forms
    Width operand_width = Width::word; ///< of stack and branch instructions
    Repeat repeat = Repeat::none;
    u8 operand_count = 0;
    std::array<Operand, 3> operands{};
};

enum class DecodeError : u8 {
    undefined,   ///< no such instruction in this mode: #UD
    too_long,    ///< more than 15 bytes: #GP(0)
    incomplete,  ///< code ends inside the instruction
    unsupported, ///< an instruction that is not emulated
};

inline constexpr unsigned longest_instruction = 15;

/// Size of addresses and operands by default: what CS says.
enum class CodeSize : u8 { bits16, bits32, bits64 };
[[nodiscard]] CodeSize code_size_of(const CpuState& state);

/// Decodes the first instruction of code (at most 15 bytes are looked at).
[[nodiscard]] Result<Instruction, DecodeError> decode(std::span<const std::byte> code, Mode mode,
                                                      CodeSize size);

} // namespace vestige::cpu
