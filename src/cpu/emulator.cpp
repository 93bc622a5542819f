// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/emulator.hpp"

#include "execution.hpp"
#include "vestige/cpu/disassemble.hpp"

#include <algorithm>

namespace vestige::cpu {
namespace {

/// The bytes of the instruction at CS:RIP. Every byte is read once: what was decoded is what is
/// executed, whatever happens to the guest's memory meanwhile.
class Fetch {
  public:
    explicit Fetch(LinearAccess& access) : access_{access} {}

    /// Reads up to the end of the code's next page; nothing is read at the end of the segment.
    Result<Unit, Event> more() {
        CpuState& state = access_.state();
        const bool long64 = mode_of(state) == Mode::long64;
        const u64 offset = state.regs.rip + size_;
        const auto address = access_.linear(SegmentName::cs, offset, 1, AccessKind::execute);
        if (!address)
            return Error{address.error()};
        u64 room = std::min(page_size - address.value().offset_in(page_size),
                            u64{longest_instruction - size_});
        if (!long64)
            room = std::min(room, state.segment(SegmentName::cs).limit - offset + 1);
        const auto place = access_.translate(address.value(), access_.data(AccessKind::execute));
        if (!place)
            return Error{place.error()};
        access_.path().memory.read(place.value(), std::span{code_}.subspan(size_, room));
        size_ += static_cast<unsigned>(room);
        return Unit{};
    }
    [[nodiscard]] std::span<const std::byte> bytes() const { return std::span{code_}.first(size_); }

  private:
    LinearAccess& access_;
    std::array<std::byte, longest_instruction> code_{};
    unsigned size_ = 0;
};

Event event_of(DecodeError error) {
    return error == DecodeError::undefined ? undefined_opcode() : general_protection();
}

CannotEmulate refuse(std::span<const std::byte> code, const CpuState& state) {
    char storage[120];
    TextBuffer text{storage};
    disassemble(text, code, mode_of(state), state.regs.rip);
    return {Text<120>{text.view()}};
}

Emulation execute(LinearAccess& access, MemoryBus& bus, const EmulatorFeatures& features,
                  const Instruction& instruction) {
    CpuState& state = access.state();
    const bool trap = (state.regs.rflags & rflags::tf) != 0;
    BusAccess memory{access, bus};
    bool finished = true;
    if (is_string(instruction.operation)) {
        const u32 most = trap ? 1 : features.most_repetitions;
        const auto done = run_string_instruction(memory, instruction, most);
        if (!done)
            return done.error();
        finished = done.value();
        if (finished)
            state.regs.rip = next_instruction(state, instruction.length);
    } else if (const auto done = Execution{memory, instruction}.run(); !done) {
        return done.error();
    }
    // A part of the repetitions must not hit an instruction breakpoint again.
    state.regs.rflags = finished ? state.regs.rflags & ~rflags::rf : state.regs.rflags | rflags::rf;
    return Emulated{finished, trap};
}

} // namespace

Emulation emulate_instruction(LinearAccess& access, MemoryBus& bus, DecodeCache& cache,
                              const EmulatorFeatures& features) {
    CpuState& state = access.state();
    Fetch fetch{access};
    for (unsigned pages = 0; pages < 2; ++pages) {
        if (const auto done = fetch.more(); !done)
            return done.error();
        const auto decoded = cache.decode(state.regs.rip, fetch.bytes(), mode_of(state), code_size_of(state));
        if (decoded) {
            if (decoded.value().operation == Operation::movbe && !features.movbe)
                return undefined_opcode();
            return execute(access, bus, features, decoded.value());
        }
        if (decoded.error() == DecodeError::unsupported)
            return refuse(fetch.bytes(), state);
        if (decoded.error() != DecodeError::incomplete)
            return event_of(decoded.error());
    }
    return general_protection();
}

} // namespace vestige::cpu
