// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/machine/mmio_bus.hpp"

namespace vestige::machine {

bool MmioBus::attach(Gpa start, u64 size, MmioDevice& device) {
    if (size == 0 || start.value() + size < start.value())
        return false;
    for (const Range& other : ranges_)
        if (start < other.start + other.size && other.start < start + size)
            return false;
    return ranges_.push_back({start, size, &device});
}

void MmioBus::detach(Gpa start, const MmioDevice& device) {
    for (Range& range : ranges_) {
        if (range.start != start || range.device != &device)
            continue;
        range = ranges_.back();
        ranges_.pop_back();
        return;
    }
}

const MmioBus::Range* MmioBus::find(Gpa address) const {
    for (const Range& range : ranges_)
        if (address >= range.start && address - range.start < range.size)
            return &range;
    return nullptr;
}

u64 MmioBus::read(Gpa address, Width width) {
    const Range* const range = find(address);
    if (range != nullptr && range->size - (address - range->start) >= bytes(width))
        return range->device->read_mmio(address - range->start, width) & all_ones(width);
    if (width == Width::byte)
        return 0xff;
    u64 value = 0;
    for (unsigned i = 0; i < bytes(width); ++i)
        value |= read(address + i, Width::byte) << (8 * i);
    return value;
}

void MmioBus::write(Gpa address, Width width, u64 value) {
    const Range* const range = find(address);
    if (range != nullptr && range->size - (address - range->start) >= bytes(width))
        return range->device->write_mmio(address - range->start, width, value & all_ones(width));
    if (width == Width::byte)
        return;
    for (unsigned i = 0; i < bytes(width); ++i)
        write(address + i, Width::byte, (value >> (8 * i)) & 0xff);
}

} // namespace vestige::machine
