// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/page_allocator.hpp"

#include <algorithm>
#include <bit>

namespace vestige::host {
namespace {

/// No x86 CPU has addresses beyond 52 bits; clipping here keeps sums from wrapping.
constexpr u64 end_of_memory = u64{1} << 52;

u64 clipped_end(Hpa start, u64 size) {
    const u64 from = std::min(start.value(), end_of_memory);
    return from + std::min(size, end_of_memory - from);
}

} // namespace

void PageAllocator::insert(Range range) {
    if (range.end <= range.start || !ranges_.push_back(range))
        return;
    const auto all = ranges_.span();
    const auto place = std::find_if(all.begin(), all.end() - 1,
                                    [&](const Range& r) { return r.start > range.start; });
    std::rotate(place, all.end() - 1, all.end());
}

/// Drops empty ranges and joins those that touch.
void PageAllocator::tidy() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < ranges_.size(); ++i) {
        const Range range = ranges_[i];
        if (range.end <= range.start)
            continue;
        if (kept != 0 && ranges_[kept - 1].end == range.start)
            ranges_[kept - 1].end = range.end;
        else
            ranges_[kept++] = range;
    }
    while (ranges_.size() > kept)
        ranges_.pop_back();
}

void PageAllocator::add(Hpa start, u64 size) {
    const u64 end = clipped_end(start, size);
    if (start.value() >= end)
        return;
    const u64 from = start.align_up(page_size).value();
    const u64 to = Hpa{end}.align_down(page_size).value();
    if (to <= from)
        return;
    reserve(Hpa{from}, to - from); // what was known about it counts no more
    insert({from, to});
    tidy();
}

void PageAllocator::reserve(Hpa start, u64 size) {
    if (size == 0 || start.value() >= end_of_memory)
        return;
    const u64 from = start.align_down(page_size).value();
    const u64 to = Hpa{clipped_end(start, size)}.align_up(page_size).value();
    for (Range& range : ranges_) {
        if (to <= range.start || from >= range.end)
            continue;
        if (range.start < from && to < range.end) {
            const Range above{to, range.end};
            range.end = from;
            insert(above);
            return;
        }
        if (range.start < from)
            range.end = from;
        else
            range.start = to; // beyond its end: dropped below
    }
    tidy();
}

std::optional<Hpa> PageAllocator::allocate(u64 size, u64 alignment, Hpa limit) {
    if (size == 0 || size > end_of_memory || !std::has_single_bit(alignment))
        return {};
    const u64 wanted = (size + page_size - 1) & ~(page_size - 1);
    const u64 step = std::max(alignment, page_size);
    for (std::size_t i = ranges_.size(); i-- != 0;) {
        const u64 end = std::min(ranges_[i].end, limit.value());
        if (end <= ranges_[i].start || end - ranges_[i].start < wanted)
            continue;
        const Hpa start = Hpa{end - wanted}.align_down(step);
        if (start.value() < ranges_[i].start)
            continue;
        reserve(start, wanted);
        return start;
    }
    return {};
}

u64 PageAllocator::free_bytes() const {
    u64 total = 0;
    for (const Range& range : ranges_)
        total += range.end - range.start;
    return total;
}

u64 PageAllocator::largest_range() const {
    u64 largest = 0;
    for (const Range& range : ranges_)
        largest = std::max(largest, range.end - range.start);
    return largest;
}

void collect_free_memory(const BootInfo& info, Hpa image, u64 image_size, PageAllocator& pages) {
    for (const MemoryRange& range : info.memory)
        if (range.usable)
            pages.add(range.start, range.size);
    for (const MemoryRange& range : info.memory)
        if (!range.usable)
            pages.reserve(range.start, range.size);
    pages.reserve(Hpa{}, page_size);
    constexpr u64 video_and_roms = 0xa0000;
    pages.reserve(Hpa{video_and_roms}, mib - video_and_roms);
    pages.reserve(image, image_size);
    for (const BootModule& module : info.modules)
        pages.reserve(module.start, module.size);
}

} // namespace vestige::host
