// SPDX-License-Identifier: BSD-2-Clause
#include "block_move.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

constexpr std::size_t table_descriptor = 0x08, source_descriptor = 0x10, target_descriptor = 0x18,
                      table_size = 0x30;

struct Area {
    u64 base = 0;
    u64 limit = 0;
};

Area area_of(std::span<const std::byte> table, std::size_t at) {
    Area area;
    area.base = load_le<u16>(table, at + 2) | u64{static_cast<u8>(table[at + 4])} << 16 |
                u64{static_cast<u8>(table[at + 7])} << 24;
    const u8 flags = static_cast<u8>(table[at + 6]);
    area.limit = load_le<u16>(table, at) | u64{flags & 15U} << 16;
    if ((flags & 0x80) != 0)
        area.limit = area.limit << 12 | 0xfff;
    return area;
}

} // namespace

Outcome move_block(Call& call) {
    constexpr u64 segment_size = 0x10000;
    constexpr u8 exception = 0x02;
    std::array<std::byte, table_size> table{};
    call.read(cpu::SegmentName::es, call.si(), table);
    // The caller leaves a place for the descriptor of the table itself.
    const u64 here = call.env.cpu.segment(cpu::SegmentName::es).base + call.si();
    std::array<std::byte, 8> itself{};
    store_le<u16>(itself, 0, table_size - 1);
    store_le<u32>(itself, 2, static_cast<u32>(here & 0xffffff) | 0x93000000);
    call.write(cpu::SegmentName::es, static_cast<u16>(call.si() + table_descriptor), itself);
    const Area source = area_of(table, source_descriptor);
    const Area target = area_of(table, target_descriptor);
    // The copy runs through the descriptors: past their limits it faults, as the CPU would, and
    // past 64 KiB its offsets begin anew, which copies the same once more.
    const u64 size = std::min(u64{call.cx()} * 2, segment_size);
    if (size != 0 && (size - 1 > source.limit || size - 1 > target.limit))
        return call.fail(exception);
    // Physical copy with A20 on, as the service turns it on while it works.
    std::array<std::byte, 512> buffer{};
    // Into itself a block is copied word after word from its start.
    const u64 distance = target.base - source.base;
    const u64 step = std::clamp<u64>(distance, 2, buffer.size());
    for (u64 done = 0; done < size;) {
        const u64 piece = std::min<u64>(step, size - done);
        const std::span<std::byte> part{buffer.data(), piece};
        call.env.memory.read(Gpa{source.base + done}, part);
        call.env.memory.write(Gpa{target.base + done}, part);
        done += piece;
    }
    call.set_ah(0);
    return call.succeed();
}

} // namespace vestige::bios
