// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/dma_memory.hpp"

#include "vestige/base/log.hpp"

#include <algorithm>

namespace vestige::devices {

void DmaMemory::refuse(std::string_view what, u64 where) {
    if (refusals_++ == 0)
        log(LogArea::device, LogLevel::warn, "{}: {} at {x} refused (reported once)", device_, what,
            where);
}

std::span<std::byte> DmaMemory::piece(Gpa start, u64 size) {
    if (const auto whole = memory_.ram(start, size); !whole.empty())
        return whole;
    // Regions of memory begin and end with pages.
    const u64 in_page = std::min(size, page_size - start.offset_in(page_size));
    const auto part = memory_.ram(start, in_page);
    if (part.empty())
        refuse("DMA outside RAM", start.value());
    return part;
}

bool DmaMemory::read(Gpa start, std::span<std::byte> out) {
    if (!memory_.is_ram(start, out.size())) {
        refuse("DMA outside RAM", start.value());
        return false;
    }
    memory_.read(start, out);
    return true;
}

bool DmaMemory::write(Gpa start, std::span<const std::byte> data) {
    if (!memory_.is_ram(start, data.size())) {
        refuse("DMA outside RAM", start.value());
        return false;
    }
    memory_.write(start, data);
    return true;
}

} // namespace vestige::devices
