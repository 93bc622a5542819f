// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/page_allocator.hpp"

#include <algorithm>

namespace vestige::host {

void PageAllocator::add(Hpa start, u64 size) {
    const u64 from = start.align_up(page_size).value();
    const u64 to = (start + size).align_down(page_size).value();
    if (to <= from)
        return;
    reserve(Hpa{from}, to - from); // what was known about it counts no more
    static_cast<void>(ranges_.push_back({from, to}));
}

void PageAllocator::reserve(Hpa start, u64 size) {
    if (size == 0)
        return;
    const u64 from = start.align_down(page_size).value();
    const u64 to = (start + size).align_up(page_size).value();
    for (std::size_t i = 0; i < ranges_.size(); ++i) {
        const Range old = ranges_[i];
        if (to <= old.start || from >= old.end)
            continue;
        ranges_[i] = {old.start, std::max(old.start, std::min(from, old.end))};
        if (to < old.end)
            static_cast<void>(ranges_.push_back({to, old.end}));
    }
}

std::optional<Hpa> PageAllocator::allocate(u64 size, u64 alignment, Hpa limit) {
    const u64 wanted = (size + page_size - 1) & ~(page_size - 1);
    Range* best = nullptr;
    u64 best_start = 0;
    for (Range& range : ranges_) {
        const u64 end = std::min(range.end, limit.value());
        if (end <= range.start || end - range.start < wanted)
            continue;
        const u64 start = (end - wanted) & ~(alignment - 1);
        if (start < range.start || (best != nullptr && start < best_start))
            continue;
        best = &range;
        best_start = start;
    }
    if (best == nullptr)
        return {};
    reserve(Hpa{best_start}, wanted);
    return Hpa{best_start};
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

} // namespace vestige::host
