// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/virtio_queue.hpp"

namespace vestige::devices {
namespace {

constexpr u16 has_next = 1, device_writes = 2, is_indirect = 4; // descriptor flags
constexpr u16 no_interrupt = 1;                                 // flags of the available ring
constexpr u32 descriptor_size = 16;
constexpr u64 used_entry_size = 8;
constexpr u64 index_at = 2, ring_at = 4;

} // namespace

void VirtioQueue::start(const VirtioRings& rings, u16 size, bool indirect) {
    rings_ = rings;
    size_ = size;
    indirect_ = indirect;
    next_available_ = next_used_ = 0;
    running_ = size != 0;
}

bool VirtioQueue::refuse(DmaMemory& memory, std::string_view what, u64 where) {
    memory.refuse(what, where);
    stop();
    return false;
}

bool VirtioQueue::read(DmaMemory& memory, u64 table, u16 index, Descriptor& out) const {
    std::array<std::byte, descriptor_size> raw{};
    if (!memory.read(Gpa{table + u64{index} * descriptor_size}, raw))
        return false;
    out = {load_le<u64>(raw, 0), load_le<u32>(raw, 8), load_le<u16>(raw, 12),
           load_le<u16>(raw, 14)};
    return true;
}

bool VirtioQueue::pop(DmaMemory& memory, VirtioChain& chain) {
    if (!running_)
        return false;
    u16 index = 0;
    if (!memory.load(Gpa{rings_.available + index_at}, index)) {
        stop();
        return false;
    }
    const u16 waiting = static_cast<u16>(index - next_available_);
    if (waiting == 0)
        return false;
    if (waiting > size_)
        return refuse(memory, "available index", index);
    const u64 slot = rings_.available + ring_at + 2ULL * (next_available_ % size_);
    if (!memory.load(Gpa{slot}, chain.head)) {
        stop();
        return false;
    }
    ++next_available_;
    if (chain.head >= size_)
        return refuse(memory, "head of a chain", chain.head);
    if (walk(memory, chain))
        return true;
    stop();
    return false;
}

bool VirtioQueue::walk(DmaMemory& memory, VirtioChain& chain) {
    chain.readable.clear();
    chain.writable.clear();
    Descriptor first;
    if (!read(memory, rings_.descriptors, chain.head, first))
        return false;
    if ((first.flags & is_indirect) == 0)
        return follow(memory, first, rings_.descriptors, size_, chain);
    const u32 count = first.size / descriptor_size;
    if (!indirect_ || (first.flags & has_next) != 0 || count == 0 || count > size_)
        return refuse(memory, "indirect descriptor", first.address);
    const u64 table = first.address;
    return read(memory, table, 0, first) && follow(memory, first, table, count, chain);
}

/// Collects the segments of a chain in a table of count descriptors; a loop ends with the count.
bool VirtioQueue::follow(DmaMemory& memory, const Descriptor& first, u64 table, u32 count,
                         VirtioChain& chain) {
    Descriptor current = first;
    for (u32 seen = 1;; ++seen) {
        const bool writes = (current.flags & device_writes) != 0;
        if ((current.flags & is_indirect) != 0 || (!writes && !chain.writable.empty()))
            return refuse(memory, "descriptor", current.address);
        VirtioChain::Segments& list = writes ? chain.writable : chain.readable;
        if (!list.push_back({current.address, current.size}))
            return refuse(memory, "chain of descriptors", current.address);
        if ((current.flags & has_next) == 0)
            return true;
        if (current.next >= count || seen >= count)
            return refuse(memory, "next descriptor", current.next);
        if (!read(memory, table, current.next, current))
            return false;
    }
}

void VirtioQueue::push(DmaMemory& memory, const VirtioChain& chain, u32 written) {
    if (!running_)
        return;
    const Gpa entry{rings_.used + ring_at + used_entry_size * (next_used_ % size_)};
    ++next_used_;
    if (!memory.store<u32>(entry, chain.head) || !memory.store<u32>(entry + 4, written) ||
        !memory.store<u16>(Gpa{rings_.used + index_at}, next_used_))
        stop();
}

bool VirtioQueue::wants_interrupt(DmaMemory& memory) const {
    u16 flags = 0;
    return memory.load(Gpa{rings_.available}, flags) && (flags & no_interrupt) == 0;
}

} // namespace vestige::devices
