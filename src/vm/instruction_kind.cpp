// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vm/instruction_kind.hpp"

#include "vestige/cpu/decoder.hpp"
#include "vestige/cpu/disassemble.hpp"

#include <algorithm>

namespace vestige::vm {
namespace {

/// Text that nobody wants.
class NoText final : public TextSink {
  public:
    void write(std::string_view) override {}
};

/// Prefixes in front of an opcode.
struct Prefixes {
    std::size_t count = 0;
    bool operand_size = false;
    bool repeat = false;
    bool rex_w = false;
};

Prefixes read_prefixes(std::span<const std::byte> code, bool wide) {
    Prefixes found;
    for (; found.count < code.size(); ++found.count) {
        const u8 byte = std::to_integer<u8>(code[found.count]);
        const bool rex = wide && (byte & 0xf0) == 0x40;
        found.rex_w = rex && (byte & 8) != 0;
        switch (byte) {
        case 0x66:
            found.operand_size = true;
            break;
        case 0xf2:
        case 0xf3:
            found.repeat = true;
            break;
        case 0x26:
        case 0x2e:
        case 0x36:
        case 0x3e:
        case 0x64:
        case 0x65:
        case 0x67:
        case 0xf0:
            break;
        default:
            if (!rex)
                return found;
        }
    }
    return found;
}

constexpr bool is_string_opcode(u8 opcode) {
    return (opcode >= 0xa4 && opcode <= 0xa7) || (opcode >= 0xaa && opcode <= 0xaf) ||
           (opcode >= 0x6c && opcode <= 0x6f);
}

InstructionKind kind_of(u8 opcode, u8 modrm, bool repeat) {
    const unsigned reg = modrm >> 3 & 7;
    switch (opcode) {
    case 0xe8:
    case 0x9a:
        return InstructionKind::call;
    case 0xff:
        return reg == 2 || reg == 3 ? InstructionKind::call : InstructionKind::other;
    case 0xcc:
    case 0xcd:
    case 0xf1:
        return InstructionKind::interrupt;
    case 0xc2:
    case 0xc3:
    case 0xca:
    case 0xcb:
        return InstructionKind::ret;
    case 0xcf:
        return InstructionKind::iret;
    case 0x9c:
        return InstructionKind::push_flags;
    case 0x9d:
        return InstructionKind::pop_flags;
    case 0x8e:
        return reg == 2 ? InstructionKind::load_stack_segment : InstructionKind::other;
    default:
        return repeat && is_string_opcode(opcode) ? InstructionKind::repeated
                                                  : InstructionKind::other;
    }
}

/// Opcodes that other modes do not have, or whose effect depends on the flags.
InstructionKind kind_outside_64_bit(u8 opcode, const cpu::CpuState& state) {
    if (opcode == 0x17)
        return InstructionKind::load_stack_segment;
    if (opcode == 0xce && (state.regs.rflags & cpu::rflags::of) != 0)
        return InstructionKind::interrupt;
    return InstructionKind::other;
}

u8 vector_of(u8 opcode, u8 immediate) {
    switch (opcode) {
    case 0xcc:
        return cpu::exception::bp.value;
    case 0xce:
        return cpu::exception::of.value;
    case 0xf1:
        return cpu::exception::db.value;
    default:
        return immediate;
    }
}

u8 operand_size_of(const Prefixes& prefixes, cpu::CodeSize code) {
    switch (code) {
    case cpu::CodeSize::bits16:
        return prefixes.operand_size ? 4 : 2;
    case cpu::CodeSize::bits32:
        return prefixes.operand_size ? 2 : 4;
    case cpu::CodeSize::bits64:
        break;
    }
    return prefixes.operand_size && !prefixes.rex_w ? 2 : 8; // of stack instructions
}

} // namespace

std::size_t read_code(const cpu::CpuState& state, const cpu::PhysicalPath& path, Linear start,
                      std::span<std::byte> out) {
    std::size_t done = 0;
    while (done < out.size()) {
        Linear at = start + done;
        if (cpu::mode_of(state) != cpu::Mode::long64)
            at = Linear{at.value() & 0xffffffff};
        const std::size_t piece = std::min(out.size() - done, page_size - at.offset_in(page_size));
        const auto place =
            cpu::translate(state, path, at,
                           {cpu::AccessKind::read, cpu::Privilege::supervisor},
                           cpu::WalkEffect::none);
        if (!place)
            break;
        path.memory.read(place.value(), out.subspan(done, piece));
        done += piece;
    }
    return done;
}

InstructionFacts classify(std::span<const std::byte> code, const cpu::CpuState& state) {
    InstructionFacts facts;
    if (code.empty())
        return facts;
    NoText nowhere;
    const cpu::Mode mode = cpu::mode_of(state);
    facts.length = static_cast<u8>(cpu::disassemble(nowhere, code, mode, state.regs.rip));
    const bool wide = mode == cpu::Mode::long64;
    const Prefixes prefixes = read_prefixes(code, wide);
    const auto byte_at = [&](std::size_t index) {
        return index < code.size() ? std::to_integer<u8>(code[index]) : u8{0};
    };
    facts.opcode = byte_at(prefixes.count);
    facts.modrm = byte_at(prefixes.count + 1);
    facts.operand_size = operand_size_of(prefixes, cpu::code_size_of(state));
    if (facts.opcode == 0x0f) {
        facts.opcode = facts.modrm;
        facts.modrm = byte_at(prefixes.count + 2);
        if (facts.opcode == 0x05)
            facts.kind = InstructionKind::syscall;
        return facts;
    }
    facts.kind = kind_of(facts.opcode, facts.modrm, prefixes.repeat);
    if (!wide && facts.kind == InstructionKind::other)
        facts.kind = kind_outside_64_bit(facts.opcode, state);
    if (facts.kind == InstructionKind::interrupt)
        facts.vector = vector_of(facts.opcode, facts.modrm);
    return facts;
}

InstructionFacts next_instruction(const cpu::CpuState& state, const cpu::PhysicalPath& path) {
    std::array<std::byte, cpu::longest_instruction> code{};
    const std::size_t size = read_code(state, path, cpu::linear_rip(state), code);
    return classify(std::span{code}.first(size), state);
}

} // namespace vestige::vm
