// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/decoder.hpp"

#include "zydis_mode.hpp"

#include <algorithm>

namespace vestige::cpu {
namespace {

struct Known {
    ZydisMnemonic mnemonic;
    Operation operation;
};

constexpr Known known[] = {
    {ZYDIS_MNEMONIC_MOV, Operation::mov},      {ZYDIS_MNEMONIC_MOVZX, Operation::movzx},
    {ZYDIS_MNEMONIC_MOVSX, Operation::movsx},  {ZYDIS_MNEMONIC_MOVSXD, Operation::movsx},
    {ZYDIS_MNEMONIC_MOVBE, Operation::movbe},  {ZYDIS_MNEMONIC_XCHG, Operation::xchg},
    {ZYDIS_MNEMONIC_XADD, Operation::xadd},    {ZYDIS_MNEMONIC_CMPXCHG, Operation::cmpxchg},
    {ZYDIS_MNEMONIC_ADD, Operation::add},      {ZYDIS_MNEMONIC_ADC, Operation::adc},
    {ZYDIS_MNEMONIC_SUB, Operation::sub},      {ZYDIS_MNEMONIC_SBB, Operation::sbb},
    {ZYDIS_MNEMONIC_CMP, Operation::cmp},      {ZYDIS_MNEMONIC_AND, Operation::and_bits},
    {ZYDIS_MNEMONIC_OR, Operation::or_bits},   {ZYDIS_MNEMONIC_XOR, Operation::xor_bits},
    {ZYDIS_MNEMONIC_TEST, Operation::test},    {ZYDIS_MNEMONIC_INC, Operation::inc},
    {ZYDIS_MNEMONIC_DEC, Operation::dec},      {ZYDIS_MNEMONIC_NEG, Operation::neg},
    {ZYDIS_MNEMONIC_NOT, Operation::not_bits}, {ZYDIS_MNEMONIC_BT, Operation::bt},
    {ZYDIS_MNEMONIC_BTS, Operation::bts},      {ZYDIS_MNEMONIC_BTR, Operation::btr},
    {ZYDIS_MNEMONIC_BTC, Operation::btc},      {ZYDIS_MNEMONIC_PUSH, Operation::push},
    {ZYDIS_MNEMONIC_POP, Operation::pop},      {ZYDIS_MNEMONIC_CALL, Operation::call},
    {ZYDIS_MNEMONIC_JMP, Operation::jmp},      {ZYDIS_MNEMONIC_RET, Operation::ret},
    {ZYDIS_MNEMONIC_MOVSB, Operation::movs},   {ZYDIS_MNEMONIC_MOVSW, Operation::movs},
    {ZYDIS_MNEMONIC_MOVSD, Operation::movs},   {ZYDIS_MNEMONIC_MOVSQ, Operation::movs},
    {ZYDIS_MNEMONIC_CMPSB, Operation::cmps},   {ZYDIS_MNEMONIC_CMPSW, Operation::cmps},
    {ZYDIS_MNEMONIC_CMPSD, Operation::cmps},   {ZYDIS_MNEMONIC_CMPSQ, Operation::cmps},
    {ZYDIS_MNEMONIC_STOSB, Operation::stos},   {ZYDIS_MNEMONIC_STOSW, Operation::stos},
    {ZYDIS_MNEMONIC_STOSD, Operation::stos},   {ZYDIS_MNEMONIC_STOSQ, Operation::stos},
    {ZYDIS_MNEMONIC_LODSB, Operation::lods},   {ZYDIS_MNEMONIC_LODSW, Operation::lods},
    {ZYDIS_MNEMONIC_LODSD, Operation::lods},   {ZYDIS_MNEMONIC_LODSQ, Operation::lods},
    {ZYDIS_MNEMONIC_SCASB, Operation::scas},   {ZYDIS_MNEMONIC_SCASW, Operation::scas},
    {ZYDIS_MNEMONIC_SCASD, Operation::scas},   {ZYDIS_MNEMONIC_SCASQ, Operation::scas},
};

/// A whole operand of 1, 2, 4 or 8 bytes; nothing for any other size (MOVSD of SSE, far pointers).
std::optional<Width> width_of(unsigned bits) {
    switch (bits) {
    case 8:
    case 16:
    case 32:
    case 64:
        return static_cast<Width>(bits / 8);
    default:
        return std::nullopt;
    }
}

std::optional<Gpr> address_register(ZydisRegister name) {
    switch (ZydisRegisterGetClass(name)) {
    case ZYDIS_REGCLASS_GPR16:
    case ZYDIS_REGCLASS_GPR32:
    case ZYDIS_REGCLASS_GPR64:
        return static_cast<Gpr>(ZydisRegisterGetId(name));
    default:
        return std::nullopt;
    }
}

/// Zydis lists AL-BL, AH-BH, SPL-DIL, R8B-R15B.
bool set_byte_register(Operand& operand, ZydisRegister name) {
    const unsigned place = static_cast<unsigned>(name) - ZYDIS_REGISTER_AL;
    const bool high = place >= 4 && place < 8;
    operand.kind = high ? Operand::Kind::high_byte : Operand::Kind::gpr;
    operand.gpr = static_cast<Gpr>(place < 4 ? place : place - 4);
    return true;
}

bool set_register(Operand& operand, ZydisRegister name) {
    switch (ZydisRegisterGetClass(name)) {
    case ZYDIS_REGCLASS_GPR8:
        return set_byte_register(operand, name);
    case ZYDIS_REGCLASS_GPR16:
    case ZYDIS_REGCLASS_GPR32:
    case ZYDIS_REGCLASS_GPR64:
        operand.kind = Operand::Kind::gpr;
        operand.gpr = static_cast<Gpr>(ZydisRegisterGetId(name));
        return true;
    case ZYDIS_REGCLASS_SEGMENT:
        operand.kind = Operand::Kind::segment_register;
        operand.segment = static_cast<SegmentName>(ZydisRegisterGetId(name));
        return true;
    default:
        return false;
    }
}

bool set_memory(Operand& operand, const ZydisDecodedOperandMem& memory) {
    if (memory.type != ZYDIS_MEMOP_TYPE_MEM)
        return false;
    operand.kind = Operand::Kind::memory;
    operand.segment = static_cast<SegmentName>(ZydisRegisterGetId(memory.segment));
    operand.rip_relative = memory.base == ZYDIS_REGISTER_RIP || memory.base == ZYDIS_REGISTER_EIP;
    operand.base = address_register(memory.base);
    operand.index = address_register(memory.index);
    operand.scale = std::max<u8>(memory.scale, 1);
    operand.value = static_cast<u64>(memory.disp.value);
    return true;
}

bool set_operand(Operand& operand, const ZydisDecodedOperand& source) {
    const auto width = width_of(source.size);
    if (!width)
        return false;
    operand.width = *width;
    switch (source.type) {
    case ZYDIS_OPERAND_TYPE_REGISTER:
        return set_register(operand, source.reg.value);
    case ZYDIS_OPERAND_TYPE_MEMORY:
        return set_memory(operand, source.mem);
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
        operand.kind = source.imm.is_relative ? Operand::Kind::relative : Operand::Kind::immediate;
        operand.value = source.imm.value.u;
        return true;
    default:
        return false;
    }
}

/// Instructions that exist to raise #UD.
bool is_undefined(ZydisMnemonic mnemonic) {
    return mnemonic == ZYDIS_MNEMONIC_UD0 || mnemonic == ZYDIS_MNEMONIC_UD1 ||
           mnemonic == ZYDIS_MNEMONIC_UD2;
}

/// The last of the repeat prefixes counts; F2h repeats MOVS, STOS and LODS as F3h does.
Repeat repeat_of(const ZydisDecodedInstruction& decoded) {
    Repeat repeat = Repeat::none;
    for (unsigned i = 0; i < decoded.raw.prefix_count; ++i) {
        if (decoded.raw.prefixes[i].value == 0xf3)
            repeat = Repeat::while_equal;
        if (decoded.raw.prefixes[i].value == 0xf2)
            repeat = Repeat::while_not_equal;
    }
    return repeat;
}

/// String forms: the first operand is memory; the second, if any, is the other memory operand.
/// Sources come by DS (or an override), destinations by ES.
bool set_string_operands(Instruction& result, const ZydisDecodedInstruction& decoded,
                         const ZydisDecodedOperand* operands) {
    for (unsigned i = 0; i < decoded.operand_count; ++i) {
        if (operands[i].type != ZYDIS_OPERAND_TYPE_MEMORY)
            continue;
        if (result.operand_count == 2 ||
            !set_operand(result.operands[result.operand_count], operands[i]))
            return false;
        ++result.operand_count;
    }
    return result.operand_count ==
           (result.operation == Operation::movs || result.operation == Operation::cmps ? 2 : 1);
}

bool set_operands(Instruction& result, const ZydisDecodedInstruction& decoded,
                  const ZydisDecodedOperand* operands) {
    if (is_string(result.operation))
        return set_string_operands(result, decoded, operands);
    if (decoded.operand_count_visible > result.operands.size())
        return false;
    for (unsigned i = 0; i < decoded.operand_count_visible; ++i)
        if (!set_operand(result.operands[i], operands[i]))
            return false;
    result.operand_count = decoded.operand_count_visible;
    // Loading a segment register is more than a move.
    return result.operands[0].kind != Operand::Kind::segment_register ||
           result.operation == Operation::push;
}

/// Operand size of a stack or branch instruction without an operand that tells it.
bool set_implied_width(Instruction& result, const ZydisDecodedInstruction& decoded) {
    const bool stack_or_branch =
        result.operation >= Operation::push && result.operation <= Operation::ret;
    if (!stack_or_branch)
        return true;
    const auto width = width_of(decoded.operand_width);
    if (!width || decoded.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR)
        return false;
    result.operand_width = *width;
    return true;
}

DecodeError error_of(ZyanStatus status, std::size_t available) {
    if (status == ZYDIS_STATUS_NO_MORE_DATA)
        return available < longest_instruction ? DecodeError::incomplete : DecodeError::too_long;
    if (status == ZYDIS_STATUS_INSTRUCTION_TOO_LONG)
        return DecodeError::too_long;
    return DecodeError::undefined;
}

} // namespace

CodeSize code_size_of(const CpuState& state) {
    const Mode mode = mode_of(state);
    if (mode == Mode::long64)
        return CodeSize::bits64;
    const bool wide =
        mode != Mode::v86 && Segment::Default32::get(state.segment(SegmentName::cs).access_rights);
    return wide ? CodeSize::bits32 : CodeSize::bits16;
}

Result<Instruction, DecodeError> decode(std::span<const std::byte> code, Mode mode, CodeSize size) {
    ZydisDecoder decoder;
    init_decoder(decoder, mode, size);
    code = code.first(std::min<std::size_t>(code.size(), longest_instruction));
    ZydisDecodedInstruction decoded;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    const ZyanStatus status =
        ZydisDecoderDecodeFull(&decoder, code.data(), code.size(), &decoded, operands);
    if (!ZYAN_SUCCESS(status))
        return Error{error_of(status, code.size())};
    if (is_undefined(decoded.mnemonic))
        return Error{DecodeError::undefined};
    const auto row = std::find_if(std::begin(known), std::end(known), [&](const Known& each) {
        return each.mnemonic == decoded.mnemonic;
    });
    Instruction result;
    const auto address_width = width_of(decoded.address_width);
    if (row == std::end(known) || decoded.encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY ||
        !address_width)
        return Error{DecodeError::unsupported};
    result.operation = row->operation;
    result.length = decoded.length;
    result.address_width = *address_width;
    result.repeat = is_string(result.operation) ? repeat_of(decoded) : Repeat::none;
    if (!set_operands(result, decoded, operands) || !set_implied_width(result, decoded))
        return Error{DecodeError::unsupported};
    return result;
}

} // namespace vestige::cpu
