// SPDX-License-Identifier: BSD-2-Clause
#include "post_memory.hpp"

#include "checksum.hpp"

#include "vestige/bios/memory_map.hpp"
#include "vestige/bios/service.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

using cpu::Gpr;
using cpu::SegmentName;

constexpr u64 paragraph = 16;
constexpr u32 no_memory = 0, not_supported = 0xffffffff, anonymous = 0xffffffff;

// Bits of the flags of pmmAllocate. Permanent memory would have to be taken out of the memory map.
constexpr u16 conventional = 1 << 0, extended = 1 << 1, aligned = 1 << 2, permanent = 1 << 3;

struct Area {
    u64 start = 0, end = 0;
    [[nodiscard]] bool holds(u64 at, u64 size) const {
        return at >= start && at < end && size <= end - at;
    }
};

/// What a ROM has been given; of size 0 in places of the list that are free.
struct Block {
    u32 start = 0, size = 0, handle = anonymous;
    [[nodiscard]] u64 end() const { return u64{start} + size; }
};
constexpr std::size_t most_blocks = 32, entry_size = 12;
using List = std::array<Block, most_blocks>;
using Structure = std::array<std::byte, paragraph>;

constexpr Gpa structure_place{u64{post_memory_segment} << 4};
constexpr Gpa list_place = structure_place + sizeof(Structure);

Structure make_structure() {
    constexpr std::size_t checksum = 6;
    Structure table{};
    put_text(table, 0, "$PMM");
    table[4] = std::byte{1};
    table[5] = std::byte{table.size()};
    store_le<u16>(table, 7, pmm_entry);
    store_le<u16>(table, 9, bios_segment);
    seal(table, checksum);
    return table;
}

bool is_open(const Call& call) {
    Structure there{};
    call.env.memory.read(structure_place, there);
    return there == make_structure();
}

/// Free below what ROMs use that know nothing of the manager: the place of boot code, and what they
/// take off the end of memory.
constexpr Area conventional_area{0x10000, 0x80000};

Area free_conventional_area(const Call& call) {
    const u64 end = call.bda<u16>(bda::base_memory) * kib;
    return {conventional_area.start,
            std::clamp(end, conventional_area.start, conventional_area.end)};
}

/// The end of RAM below the ACPI tables. Not all of it: blocks are cleared in one go.
Area extended_area(const Call& call) {
    constexpr u64 most = 16 * mib;
    const u64 size = memory_map(call.env.memory_size).extended;
    return {mib + size - std::min(size, most), mib + size};
}

/// The list is in guest memory: what is in it and cannot have come from us does not count.
List load_list(const Call& call) {
    std::array<std::byte, most_blocks * entry_size> raw{};
    call.env.memory.read(list_place, raw);
    const Area above = extended_area(call);
    List list{};
    for (std::size_t i = 0; i < most_blocks; ++i) {
        const Block block{load_le<u32>(raw, i * entry_size), load_le<u32>(raw, i * entry_size + 4),
                          load_le<u32>(raw, i * entry_size + 8)};
        if (conventional_area.holds(block.start, block.size) ||
            above.holds(block.start, block.size))
            list[i] = block;
    }
    return list;
}

void save_list(Call& call, const List& list) {
    std::array<std::byte, most_blocks * entry_size> raw{};
    for (std::size_t i = 0; i < most_blocks; ++i) {
        store_le<u32>(raw, i * entry_size, list[i].start);
        store_le<u32>(raw, i * entry_size + 4, list[i].size);
        store_le<u32>(raw, i * entry_size + 8, list[i].handle);
    }
    call.env.memory.write(list_place, raw);
}

template <class Matches> Block* find_block(List& list, Matches matches) {
    for (Block& each : list)
        if (each.size != 0 && matches(each))
            return &each;
    return nullptr;
}

Block* find_handle(List& list, u32 handle) {
    if (handle == anonymous)
        return nullptr;
    return find_block(list, [handle](const Block& each) { return each.handle == handle; });
}

/// The highest free place in an area; 0 when there is none. Each block is in the way once at most.
u64 find_place(List& list, const Area& area, u64 size, u64 alignment) {
    u64 end = area.end;
    while (end >= area.start && size <= end - area.start) {
        const u64 start = (end - size) & ~(alignment - 1);
        if (start < area.start)
            return 0;
        const Block* const in_the_way = find_block(list, [start, size](const Block& each) {
            return each.start < start + size && each.end() > start;
        });
        if (in_the_way == nullptr)
            return start;
        end = in_the_way->start;
    }
    return 0;
}

/// Bytes from a place up to the next block or the area's end.
u64 room_at(const List& list, const Area& area, u64 start) {
    u64 end = area.end;
    for (const Block& each : list)
        if (each.size != 0 && each.end() > start)
            end = std::min(end, std::max<u64>(each.start, start));
    return end - start;
}

u64 largest_room(const List& list, const Area& area) {
    u64 most = room_at(list, area, area.start);
    for (const Block& each : list)
        if (each.size != 0 && each.end() >= area.start && each.end() < area.end)
            most = std::max(most, room_at(list, area, each.end()));
    return most;
}

void clear(Call& call, u64 start, u64 size) {
    static constexpr std::array<std::byte, 4 * kib> zeros{};
    for (u64 done = 0; done < size; done += zeros.size())
        call.env.memory.write(Gpa{start + done},
                              std::span{zeros}.first(std::min<u64>(zeros.size(), size - done)));
}

/// Arguments of C: offsets from the return address on, in the caller's stack.
template <std::unsigned_integral T> T argument(const Call& call, u16 offset) {
    return call.load<T>(SegmentName::ss,
                        static_cast<u16>(call.env.cpu.regs.word(Gpr::rsp) + offset));
}
constexpr u16 function_word = 4, first_argument = 6, second_argument = 10, third_argument = 14;

/// A block's address; with a length of 0 the length of the largest one, in paragraphs.
u32 allocate(Call& call) {
    const u64 size = argument<u32>(call, first_argument) * paragraph;
    const u32 handle = argument<u32>(call, second_argument);
    const u16 flags = argument<u16>(call, third_argument);
    List list = load_list(call);
    if ((flags & permanent) != 0 || (size != 0 && find_handle(list, handle) != nullptr))
        return no_memory;
    Block* const unused =
        std::find_if(list.begin(), list.end(), [](const Block& each) { return each.size == 0; });
    if (unused == list.end())
        return no_memory;
    const u64 alignment = (flags & aligned) != 0 ? size & (~size + 1) : paragraph;
    u64 largest = 0;
    for (const u16 kind : {conventional, extended}) {
        if ((flags & kind) == 0)
            continue;
        const Area area = kind == extended ? extended_area(call) : free_conventional_area(call);
        if (size == 0) {
            largest = std::max(largest, largest_room(list, area));
        } else if (const u64 start = find_place(list, area, size, alignment); start != 0) {
            *unused = {static_cast<u32>(start), static_cast<u32>(size), handle};
            save_list(call, list);
            clear(call, start, size);
            return static_cast<u32>(start);
        }
    }
    return static_cast<u32>(largest / paragraph);
}

u32 find(Call& call) {
    List list = load_list(call);
    const Block* const block = find_handle(list, argument<u32>(call, first_argument));
    return block != nullptr ? block->start : no_memory;
}

bool deallocate(Call& call) {
    const u32 buffer = argument<u32>(call, first_argument);
    List list = load_list(call);
    Block* const block =
        find_block(list, [buffer](const Block& each) { return each.start == buffer; });
    if (block == nullptr)
        return false;
    *block = {};
    save_list(call, list);
    return true;
}

u32 serve(Call& call) {
    const bool open = is_open(call);
    switch (argument<u16>(call, function_word)) {
    case 0:
        return open ? allocate(call) : no_memory;
    case 1:
        return open ? find(call) : no_memory;
    case 2:
        return open && deallocate(call) ? 0 : not_supported;
    default:
        return not_supported;
    }
}

} // namespace

void open_post_memory(Call& call) {
    save_list(call, {});
    call.env.memory.write(structure_place, make_structure());
}

void close_post_memory(Call& call) {
    clear(call, structure_place.value(), sizeof(Structure) + most_blocks * entry_size);
}

/// Its number as an interrupt is no service: only the far call is.
Outcome post_memory_manager(Call& call) {
    if (call.entry() != Entry::real_far_call)
        return Outcome::done;
    const u32 result = serve(call);
    call.set_ax(static_cast<u16>(result));
    call.set_dx(static_cast<u16>(result >> 16));
    return Outcome::done;
}

} // namespace vestige::bios
