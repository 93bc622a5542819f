// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/bios/call.hpp"

#include "vestige/cpu/page_walk.hpp"

#include <algorithm>

namespace vestige::bios {

using cpu::Gpr;
using cpu::SegmentName;

namespace {

constexpr std::array saved_registers{Gpr::rax, Gpr::rbx, Gpr::rcx, Gpr::rdx,
                                     Gpr::rsi, Gpr::rdi, Gpr::rbp};
constexpr unsigned words_of_time = 4;
/// A little more than the time between two timer ticks.
constexpr machine::Nanoseconds tick_time = 55'000'000;

} // namespace

void Call::set_selector(SegmentName name, u16 selector) {
    cpu::Segment segment = env.cpu.segment(name);
    segment.selector = selector;
    segment.base = u64{selector} << 4;
    env.cpu.set_segment(name, segment);
}

Linear Call::stack(u16 above) const {
    const u16 sp = static_cast<u16>(regs().word(Gpr::rsp) + above);
    return Linear{env.cpu.segment(SegmentName::ss).base + sp};
}

bool Call::flat() const {
    return env.a20.enabled() && (env.cpu.cr0() & cpu::cr0::pg) == 0;
}

Gpa Call::physical(Linear address) const {
    const Linear wrapped{address.value() & 0xffffffff};
    if ((env.cpu.cr0() & cpu::cr0::pg) == 0)
        return env.a20.apply(Gpa{wrapped.value()});
    constexpr Gpa nowhere{u64{1} << 51};
    const cpu::PhysicalPath path{.memory = env.memory, .a20 = env.a20};
    const cpu::PageAccess look{cpu::AccessKind::read, cpu::Privilege::supervisor};
    return cpu::translate(env.cpu, path, wrapped, look, cpu::WalkEffect::none).value_or(nowhere);
}

void Call::edit_flags(u16 mask, bool set) {
    if (ends_with_retf(stub_.entry)) {
        regs().rflags = set ? regs().rflags | mask : regs().rflags & ~u64{mask};
        return;
    }
    std::array<std::byte, 2> image{};
    read_linear(stack(4), image);
    const u16 flags = load_le<u16>(image, 0);
    store_le<u16>(image, 0, static_cast<u16>(set ? flags | mask : flags & ~mask));
    write_linear(stack(4), image);
}

void Call::set_carry(bool set) {
    edit_flags(static_cast<u16>(cpu::rflags::cf), set);
}
void Call::set_zero(bool set) {
    edit_flags(static_cast<u16>(cpu::rflags::zf), set);
}

/// Runs copy(physical address, offset in the buffer, size) over pieces that do not cross the
/// places where addresses may jump: the segment's end, and pages unless memory is flat.
template <class Copy>
static void in_pieces(const Call& call, u64 base, u16 offset, std::size_t size, Copy copy) {
    const bool flat = call.flat();
    for (std::size_t done = 0; done < size;) {
        const Linear at{base + offset};
        std::size_t piece = std::min<std::size_t>(size - done, 0x10000U - offset);
        if (!flat)
            piece = std::min<std::size_t>(piece, page_size - at.offset_in(page_size));
        copy(call.physical(at), done, piece);
        done += piece;
        offset = static_cast<u16>(offset + piece);
    }
}

void Call::read(SegmentName segment, u16 offset, std::span<std::byte> out) const {
    in_pieces(*this, env.cpu.segment(segment).base, offset, out.size(),
              [&](Gpa at, std::size_t from, std::size_t size) {
                  env.memory.read(at, out.subspan(from, size));
              });
}

void Call::write(SegmentName segment, u16 offset, std::span<const std::byte> data) {
    in_pieces(*this, env.cpu.segment(segment).base, offset, data.size(),
              [&](Gpa at, std::size_t from, std::size_t size) {
                  env.memory.write(at, data.subspan(from, size));
              });
}

void Call::read_linear(Linear start, std::span<std::byte> out) const {
    while (!out.empty()) {
        const u64 piece =
            std::min<u64>(out.size(), flat() ? out.size() : page_size - start.offset_in(page_size));
        env.memory.read(physical(start), out.first(piece));
        out = out.subspan(piece);
        start += piece;
    }
}

void Call::write_linear(Linear start, std::span<const std::byte> data) {
    while (!data.empty()) {
        const u64 piece = std::min<u64>(
            data.size(), flat() ? data.size() : page_size - start.offset_in(page_size));
        env.memory.write(physical(start), data.first(piece));
        data = data.subspan(piece);
        start += piece;
    }
}

Outcome Call::jump(FarPtr target) {
    cpu::Segment code = env.cpu.segment(SegmentName::cs);
    code.selector = target.segment;
    code.base = u64{target.segment} << 4;
    env.cpu.set_segment(SegmentName::cs, code);
    regs().rip = target.offset;
    return Outcome::redirected;
}

Outcome Call::open_window() {
    return jump({bios_segment, static_cast<u16>(window_stubs + 8 * stub_.interrupt)});
}

Outcome Call::wait() {
    return jump({bios_segment, static_cast<u16>(wait_stubs + 8 * stub_.interrupt)});
}

Outcome Call::wait_until(machine::Nanoseconds end, bool sleep) {
    for (unsigned i = words_of_time; i != 0; --i)
        push(static_cast<u16>(end >> (16 * (i - 1))));
    const machine::Nanoseconds now = env.clock.now();
    const bool ticks_come = (env.pic.mask() & 1) == 0;
    return sleep && ticks_come && end > now && end - now > tick_time ? wait() : open_window();
}

std::optional<machine::Nanoseconds> Call::take_end_of_wait() {
    if (stub_.entry == Entry::call)
        return {};
    machine::Nanoseconds end = 0;
    for (unsigned i = 0; i < words_of_time; ++i)
        end |= u64{pop()} << (16 * i);
    return end;
}

void Call::push(u16 value) {
    regs().set_word(Gpr::rsp, static_cast<u16>(regs().word(Gpr::rsp) - 2));
    env.memory.store<u16>(physical(stack(0)), value);
}

u16 Call::pop() {
    const u16 value = env.memory.load<u16>(physical(stack(0)));
    regs().set_word(Gpr::rsp, static_cast<u16>(regs().word(Gpr::rsp) + 2));
    return value;
}

Outcome Call::call_interrupt(u8 number) {
    push(static_cast<u16>(regs().rflags));
    push(bios_segment);
    push(static_cast<u16>(continuation_stubs + 4 * stub_.interrupt));
    regs().rflags &= ~(cpu::rflags::interrupt | cpu::rflags::tf);
    return jump_to_interrupt(number);
}

Outcome Call::call_routine(FarPtr routine) {
    push(bios_segment);
    push(static_cast<u16>(continuation_stubs + 4 * stub_.interrupt));
    regs().rflags |= cpu::rflags::interrupt;
    return jump(routine);
}

Outcome Call::jump_to_interrupt(u8 number) {
    std::array<std::byte, 4> vector{};
    read_linear(Linear{u64{number} * 4}, vector);
    return jump({load_le<u16>(vector, 2), load_le<u16>(vector, 0)});
}

void Call::save_registers() {
    for (const Gpr name : saved_registers)
        push(regs().word(name));
    push(selector(SegmentName::ds));
    push(selector(SegmentName::es));
}

void Call::restore_registers() {
    set_selector(SegmentName::es, pop());
    set_selector(SegmentName::ds, pop());
    for (std::size_t i = saved_registers.size(); i != 0; --i)
        regs().set_word(saved_registers[i - 1], pop());
}

} // namespace vestige::bios
