// SPDX-License-Identifier: BSD-2-Clause
// SDM 2, "Instruction Set Reference".
#include "execution.hpp"

#include <bit>

namespace vestige::cpu {

u64 next_instruction(const CpuState& state, unsigned length) {
    const u64 next = state.regs.rip + length;
    return mode_of(state) == Mode::long64 ? next : next & 0xffffffff;
}

Execution::Execution(BusAccess& memory, const Instruction& instruction)
    : memory_{memory}, state_{memory.linear().state()},
      instruction_{instruction}, next_rip_{next_instruction(state_, instruction.length)} {}

Result<Unit, Event> Execution::run() {
    const auto execute = [this]() -> Done {
        switch (instruction_.operation) {
        case Operation::mov:
        case Operation::movzx:
        case Operation::movsx:
        case Operation::movbe:
            return move();
        case Operation::add:
        case Operation::adc:
        case Operation::sub:
        case Operation::sbb:
        case Operation::cmp:
        case Operation::and_bits:
        case Operation::or_bits:
        case Operation::xor_bits:
        case Operation::test:
            return binary();
        case Operation::inc:
        case Operation::dec:
        case Operation::neg:
        case Operation::not_bits:
            return unary();
        case Operation::xchg:
            return exchange();
        case Operation::xadd:
            return exchange_add();
        case Operation::cmpxchg:
            return compare_exchange();
        case Operation::bt:
        case Operation::bts:
        case Operation::btr:
        case Operation::btc:
            return bit_test();
        case Operation::push:
            return push();
        case Operation::pop:
            return pop();
        case Operation::call:
        case Operation::jmp:
            return branch();
        case Operation::ret:
            return return_near();
        case Operation::movs:
        case Operation::cmps:
        case Operation::stos:
        case Operation::lods:
        case Operation::scas:
            break;
        }
        panic("Execution: string instructions are executed elsewhere");
    };
    const Done done = execute();
    if (done)
        state_.regs.rip = next_rip_;
    return done;
}

u64 Execution::effective_address(const Operand& operand) const {
    u64 address = operand.value;
    if (operand.rip_relative)
        address += next_rip_;
    if (operand.base)
        address += state_.regs.get(*operand.base);
    if (operand.index)
        address += state_.regs.get(*operand.index) * operand.scale;
    return address & all_ones(instruction_.address_width);
}

Result<Execution::Place, Event> Execution::locate(const Operand& operand, AccessKind kind,
                                                  u64 displacement) {
    Place place{&operand, {}};
    if (operand.kind != Operand::Kind::memory)
        return place;
    const u64 offset =
        (effective_address(operand) + displacement) & all_ones(instruction_.address_width);
    const auto located = memory_.locate(operand.segment, offset, operand.width, kind);
    if (!located)
        return Error{located.error()};
    place.memory = located.value();
    return place;
}

u64 Execution::get(const Place& place) {
    const Operand& operand = *place.operand;
    switch (operand.kind) {
    case Operand::Kind::gpr:
        return state_.regs.get(operand.gpr, operand.width);
    case Operand::Kind::high_byte:
        return state_.regs.high(operand.gpr);
    case Operand::Kind::segment_register:
        return state_.segment(operand.segment).selector;
    case Operand::Kind::memory:
        return memory_.read(place.memory);
    default:
        return operand.value;
    }
}

void Execution::set(const Place& place, u64 value) {
    const Operand& operand = *place.operand;
    if (operand.kind == Operand::Kind::memory)
        memory_.write(place.memory, value);
    else if (operand.kind == Operand::Kind::high_byte)
        state_.regs.set_high(operand.gpr, static_cast<u8>(value));
    else if (operand.kind == Operand::Kind::gpr)
        state_.regs.set(operand.gpr, operand.width, value);
    else
        panic("Execution: operand cannot be written");
}

Result<u64, Event> Execution::load(const Operand& operand) {
    const auto place = locate(operand, AccessKind::read);
    if (!place)
        return Error{place.error()};
    return get(place.value());
}

void Execution::set_flags(u64 arithmetic) {
    state_.regs.rflags = (state_.regs.rflags & ~alu::arithmetic_flags) | arithmetic;
}

Result<Unit, Event> Execution::move() {
    const Operand& from = instruction_.operands[1];
    const auto target = locate(instruction_.operands[0], AccessKind::write);
    if (!target)
        return Error{target.error()};
    const auto loaded = load(from);
    if (!loaded)
        return Error{loaded.error()};
    u64 value = loaded.value();
    if (instruction_.operation == Operation::movsx)
        value = alu::sign_extend(value, from.width);
    if (instruction_.operation == Operation::movbe)
        value = alu::byte_swap(value, from.width);
    set(target.value(), value);
    return Unit{};
}

alu::Outcome Execution::binary_outcome(u64 a, u64 b) const {
    const Width width = instruction_.operands[0].width;
    const bool carry = (state_.regs.rflags & rflags::cf) != 0;
    switch (instruction_.operation) {
    case Operation::add:
        return alu::add(a, b, false, width);
    case Operation::adc:
        return alu::add(a, b, carry, width);
    case Operation::sbb:
        return alu::subtract(a, b, carry, width);
    case Operation::and_bits:
    case Operation::test:
        return alu::logic(a & b, width);
    case Operation::or_bits:
        return alu::logic(a | b, width);
    case Operation::xor_bits:
        return alu::logic(a ^ b, width);
    default:
        return alu::subtract(a, b, false, width);
    }
}

Result<Unit, Event> Execution::binary() {
    const bool stores =
        instruction_.operation != Operation::cmp && instruction_.operation != Operation::test;
    const auto target =
        locate(instruction_.operands[0], stores ? AccessKind::write : AccessKind::read);
    if (!target)
        return Error{target.error()};
    const auto other = load(instruction_.operands[1]);
    if (!other)
        return Error{other.error()};
    const alu::Outcome result = binary_outcome(get(target.value()), other.value());
    if (stores)
        set(target.value(), result.value);
    set_flags(result.flags);
    return Unit{};
}

Result<Unit, Event> Execution::unary() {
    const auto target = locate(instruction_.operands[0], AccessKind::write);
    if (!target)
        return Error{target.error()};
    const Width width = instruction_.operands[0].width;
    const u64 old = get(target.value());
    if (instruction_.operation == Operation::not_bits) {
        set(target.value(), ~old & all_ones(width));
        return Unit{};
    }
    alu::Outcome result;
    if (instruction_.operation == Operation::neg)
        result = alu::subtract(0, old, false, width);
    else if (instruction_.operation == Operation::inc)
        result = alu::keep_carry(alu::add(old, 1, false, width), state_.regs.rflags);
    else
        result = alu::keep_carry(alu::subtract(old, 1, false, width), state_.regs.rflags);
    set(target.value(), result.value);
    set_flags(result.flags);
    return Unit{};
}

Result<Unit, Event> Execution::exchange() {
    const auto first = locate(instruction_.operands[0], AccessKind::write);
    if (!first)
        return Error{first.error()};
    const auto second = locate(instruction_.operands[1], AccessKind::write);
    if (!second)
        return Error{second.error()};
    const u64 a = get(first.value());
    const u64 b = get(second.value());
    set(first.value(), b);
    set(second.value(), a);
    return Unit{};
}

Result<Unit, Event> Execution::exchange_add() {
    const auto target = locate(instruction_.operands[0], AccessKind::write);
    if (!target)
        return Error{target.error()};
    const Place source{&instruction_.operands[1], {}};
    const u64 old = get(target.value());
    const alu::Outcome result = alu::add(old, get(source), false, instruction_.operands[0].width);
    set(source, old);
    set(target.value(), result.value);
    set_flags(result.flags);
    return Unit{};
}

Result<Unit, Event> Execution::compare_exchange() {
    const Width width = instruction_.operands[0].width;
    const auto target = locate(instruction_.operands[0], AccessKind::write);
    if (!target)
        return Error{target.error()};
    const u64 old = get(target.value());
    const alu::Outcome result = alu::subtract(state_.regs.get(Gpr::rax, width), old, false, width);
    const bool equal = (result.flags & rflags::zf) != 0;
    // The destination is written in both cases.
    set(target.value(), equal ? get({&instruction_.operands[1], {}}) : old);
    if (!equal)
        state_.regs.set(Gpr::rax, width, old);
    set_flags(result.flags);
    return Unit{};
}

Result<Unit, Event> Execution::bit_test() {
    const Operand& field = instruction_.operands[0];
    const Operand& number = instruction_.operands[1];
    const unsigned width_bits = 8 * bytes(field.width);
    const u64 offset = get({&number, {}});
    u64 displacement = 0;
    // A bit number in a register reaches beyond the operand, in both directions.
    if (number.kind == Operand::Kind::gpr) {
        const auto from_here = static_cast<std::int64_t>(alu::sign_extend(offset, number.width));
        const auto log2_bits = static_cast<unsigned>(std::countr_zero(width_bits));
        displacement = static_cast<u64>(from_here >> log2_bits) * bytes(field.width);
    }
    const bool stores = instruction_.operation != Operation::bt;
    const auto target = locate(field, stores ? AccessKind::write : AccessKind::read, displacement);
    if (!target)
        return Error{target.error()};
    const u64 mask = bit(static_cast<unsigned>(offset & (width_bits - 1)));
    const u64 old = get(target.value());
    if (instruction_.operation == Operation::bts)
        set(target.value(), old | mask);
    else if (instruction_.operation == Operation::btr)
        set(target.value(), old & ~mask);
    else if (instruction_.operation == Operation::btc)
        set(target.value(), old ^ mask);
    const u64 others = state_.regs.rflags & ~rflags::cf;
    state_.regs.rflags = others | ((old & mask) != 0 ? rflags::cf : 0);
    return Unit{};
}

Width Execution::stack_width() const {
    if (mode_of(state_) == Mode::long64)
        return Width::qword;
    const u32 rights = state_.segment(SegmentName::ss).access_rights;
    return Segment::Default32::get(rights) ? Width::dword : Width::word;
}

Result<Unit, Event> Execution::push_value(u64 value, Width slot, Width stored) {
    const Width width = stack_width();
    const u64 top = (state_.regs.get(Gpr::rsp) - bytes(slot)) & all_ones(width);
    const auto done = memory_.store(SegmentName::ss, top, stored, value);
    if (done)
        state_.regs.set(Gpr::rsp, width, top);
    return done;
}

Result<u64, Event> Execution::top_of_stack(Width width) {
    return memory_.load(SegmentName::ss, state_.regs.get(Gpr::rsp, stack_width()), width);
}

void Execution::drop(u64 size) {
    const Width width = stack_width();
    state_.regs.set(Gpr::rsp, width, state_.regs.get(Gpr::rsp) + size);
}

Result<Unit, Event> Execution::push() {
    const Operand& source = instruction_.operands[0];
    const auto value = load(source);
    if (!value)
        return Error{value.error()};
    const bool selector = source.kind == Operand::Kind::segment_register;
    const Width slot = instruction_.operand_width;
    return push_value(value.value(), slot, selector ? Width::word : slot);
}

Result<Unit, Event> Execution::pop() {
    const u64 old_rsp = state_.regs.get(Gpr::rsp);
    const Width width = instruction_.operand_width;
    const auto value = top_of_stack(width);
    if (!value)
        return Error{value.error()};
    // A destination that is addressed by RSP is addressed by the new one.
    drop(bytes(width));
    const auto target = locate(instruction_.operands[0], AccessKind::write);
    if (!target) {
        state_.regs.set(Gpr::rsp, old_rsp);
        return Error{target.error()};
    }
    set(target.value(), value.value());
    return Unit{};
}

Result<u64, Event> Execution::checked_target(u64 target) const {
    target &= all_ones(instruction_.operand_width);
    const bool reachable = mode_of(state_) == Mode::long64
                               ? is_canonical(target)
                               : target <= state_.segment(SegmentName::cs).limit;
    if (!reachable)
        return Error{general_protection()};
    return target;
}

Result<Unit, Event> Execution::branch() {
    const Operand& operand = instruction_.operands[0];
    const auto loaded = load(operand);
    if (!loaded)
        return Error{loaded.error()};
    const bool relative = operand.kind == Operand::Kind::relative;
    const auto target = checked_target(loaded.value() + (relative ? next_rip_ : 0));
    if (!target)
        return Error{target.error()};
    if (instruction_.operation == Operation::call) {
        const Width width = instruction_.operand_width;
        if (const auto pushed = push_value(next_rip_, width, width); !pushed)
            return pushed;
    }
    next_rip_ = target.value();
    return Unit{};
}

Result<Unit, Event> Execution::return_near() {
    const Width width = instruction_.operand_width;
    const auto loaded = top_of_stack(width);
    if (!loaded)
        return Error{loaded.error()};
    const auto target = checked_target(loaded.value());
    if (!target)
        return Error{target.error()};
    const bool releases = instruction_.operand_count != 0;
    drop(bytes(width) + (releases ? instruction_.operands[0].value & 0xffff : 0));
    next_rip_ = target.value();
    return Unit{};
}

} // namespace vestige::cpu
