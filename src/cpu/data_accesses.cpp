// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/data_accesses.hpp"

#include "zydis_mode.hpp"

#include <algorithm>

namespace vestige::cpu {
namespace {

constexpr u64 mask_of(unsigned bits) {
    return ~u64{0} >> (64 - bits);
}

/// The value of a register in an address; 0 for none.
u64 address_part(const CpuState& state, ZydisRegister name, u64 next_ip) {
    switch (ZydisRegisterGetClass(name)) {
    case ZYDIS_REGCLASS_GPR16:
    case ZYDIS_REGCLASS_GPR32:
    case ZYDIS_REGCLASS_GPR64:
        return state.regs.get(static_cast<Gpr>(ZydisRegisterGetId(name)));
    case ZYDIS_REGCLASS_IP:
        return next_ip;
    default:
        return 0;
    }
}

bool is_stack_pointer(ZydisRegister name) {
    return name == ZYDIS_REGISTER_SP || name == ZYDIS_REGISTER_ESP || name == ZYDIS_REGISTER_RSP;
}

/// As wide as SS says, for operands that no address in the instruction names.
unsigned stack_bits(const CpuState& state) {
    if (mode_of(state) == Mode::long64)
        return 64;
    const u32 rights = state.segment(SegmentName::ss).access_rights;
    return Segment::Default32::get(rights) ? 32 : 16;
}

Linear linear_of(const CpuState& state, SegmentName segment, u64 offset) {
    if (mode_of(state) != Mode::long64)
        return Linear{(state.segment(segment).base + offset) & mask_of(32)};
    const bool based = segment == SegmentName::fs || segment == SegmentName::gs;
    return Linear{offset + (based ? state.segment(segment).base : 0)};
}

DataAccess access_of(const ZydisDecodedInstruction& instruction,
                     const ZydisDecodedOperand& operand, const CpuState& state) {
    const ZydisDecodedOperandMem& memory = operand.mem;
    const u64 next_ip = state.regs.rip + instruction.length;
    const u64 length = operand.size / 8;
    const bool write = (operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
    const bool implied = operand.visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN;
    const bool stack = implied && is_stack_pointer(memory.base);
    u64 offset = address_part(state, memory.base, next_ip) +
                 address_part(state, memory.index, next_ip) * memory.scale +
                 static_cast<u64>(memory.disp.value);
    if (stack && write)
        offset -= length;
    if (instruction.mnemonic == ZYDIS_MNEMONIC_XLAT) // Zydis leaves AL out
        offset += state.regs.low(Gpr::rax);
    offset &= mask_of(stack ? stack_bits(state) : instruction.address_width);
    return {linear_of(state, static_cast<SegmentName>(ZydisRegisterGetId(memory.segment)), offset),
            length, (operand.actions & ZYDIS_OPERAND_ACTION_MASK_READ) != 0, write};
}

} // namespace

DataAccesses data_accesses(std::span<const std::byte> code, const CpuState& state) {
    DataAccesses found;
    ZydisDecoder decoder;
    init_decoder(decoder, mode_of(state), code_size_of(state));
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    const std::size_t size = std::min<std::size_t>(code.size(), longest_instruction);
    if (!ZYAN_SUCCESS(
            ZydisDecoderDecodeFull(&decoder, code.data(), size, &instruction, operands)))
        return found;
    for (const ZydisDecodedOperand& each : std::span{operands}.first(instruction.operand_count))
        if (each.type == ZYDIS_OPERAND_TYPE_MEMORY && each.mem.type == ZYDIS_MEMOP_TYPE_MEM)
            static_cast<void>(found.push_back(access_of(instruction, each, state)));
    return found;
}

} // namespace vestige::cpu
