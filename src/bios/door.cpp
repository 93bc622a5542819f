// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/bios/door.hpp"

#include "real_mode_cpu.hpp"

#include "vestige/bios/bios.hpp"
#include "vestige/bios/data_area.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

using cpu::Gpr;
using cpu::SegmentName;

/// The registers in the order of the words; the fourth, SP as PUSHA has it, stays.
constexpr std::array general{Gpr::rdi, Gpr::rsi, Gpr::rbp, Gpr::rsp,
                             Gpr::rbx, Gpr::rdx, Gpr::rcx, Gpr::rax};
constexpr std::size_t es_word = 8, ds_word = 9, signature_words = 10;
/// A frame for the service to edit the flags in, in the extended BIOS data area.
constexpr u16 frame = 0x3f0;

/// How many bytes a function leaves at ES:DI. They are brought to the caller, whose memory need not
/// be the guest's; other buffers have to be in the guest's first MiB.
std::size_t bytes_left(u16 ax, u16 bx, u32 signature) {
    constexpr u32 vbe2 = 0x32454256;
    switch (ax) {
    case 0x4f00:
        return signature == vbe2 ? 512 : 256;
    case 0x4f01:
        return 256;
    case 0x4f15:
        return (bx & 0xff) == 1 ? 128 : 0;
    default:
        return ax >> 8 == 0x1b ? 64 : 0;
    }
}

/// The service says in AL that it did what it was asked for.
bool succeeded(u16 asked, u16 answer) {
    constexpr u8 vbe = 0x4f;
    const u8 sign = asked >> 8 == vbe ? vbe : static_cast<u8>(asked >> 8);
    return static_cast<u8>(answer) == sign;
}

RealModeCpu cpu_with(std::span<const u16> words) {
    RealModeCpu cpu;
    for (std::size_t i = 0; i < general.size(); ++i)
        cpu.regs.set(general[i], words[i]);
    cpu.load(SegmentName::es, words[es_word]);
    cpu.load(SegmentName::ds, words[ds_word]);
    cpu.load(SegmentName::cs, bios_segment);
    cpu.load(SegmentName::ss, ebda_segment);
    cpu.regs.set(Gpr::rsp, frame);
    cpu.regs.rip = video_door;
    return cpu;
}

} // namespace

void Door::reset() {
    words_ = {};
    next_word_ = next_byte_ = byte_count_ = 0;
}

u32 Door::read_port(Port port, Width width) {
    if (port == words && width == Width::word && next_word_ < words_.size())
        return words_[next_word_++];
    if (port == run && width == Width::byte && next_byte_ < byte_count_)
        return static_cast<u8>(bytes_[next_byte_++]);
    return static_cast<u32>(all_ones(width));
}

void Door::write_port(Port port, Width width, u32 value) {
    if (port == door && width == Width::byte) {
        next_word_ = 0;
        keeper_.at_door();
    } else if (port == words && width == Width::word && next_word_ < words_.size()) {
        words_[next_word_++] = static_cast<u16>(value);
    } else if (port == run && width == Width::byte && next_word_ == sent_count) {
        run_call();
    }
}

void Door::run_call() {
    RealModeCpu cpu = cpu_with(words_);
    Environment environment = keeper_.environment(cpu);
    const u32 signature = u32{words_[signature_words + 1]} << 16 | words_[signature_words];
    constexpr std::size_t ax = general.size() - 1, bx = 4;
    const u16 asked = words_[ax];
    byte_count_ = bytes_left(asked, words_[bx], signature);
    next_word_ = next_byte_ = 0;
    // The guest's memory at that place may be somebody else's: it is as before afterwards.
    const Gpa buffer{FarPtr{words_[es_word], words_[0]}.linear().value()};
    std::array<std::byte, most_bytes> before;
    const auto kept = std::span{before}.first(byte_count_);
    environment.memory.read(buffer, kept);
    if (byte_count_ != 0)
        environment.memory.store<u32>(buffer, signature);
    static_cast<void>(Bios{environment}.call({Entry::call, video_interrupt}));
    environment.memory.read(buffer, std::span{bytes_}.first(byte_count_));
    environment.memory.write(buffer, kept);
    for (std::size_t i = 0; i < general.size(); ++i)
        if (general[i] != Gpr::rsp)
            words_[i] = cpu.regs.word(general[i]);
    words_[es_word] = cpu.segment(SegmentName::es).selector;
    words_[ds_word] = cpu.segment(SegmentName::ds).selector;
    if (!succeeded(asked, words_[ax]))
        byte_count_ = 0;
    words_[register_count] = static_cast<u16>(byte_count_);
}

} // namespace vestige::bios
