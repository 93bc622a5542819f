// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/machine/port_bus.hpp"

namespace vestige::machine {

bool PortBus::attach(Port first, u32 count, PortDevice& device, Width widest) {
    if (count == 0 || first.value + count > slot_.size() || entries_.full())
        return false;
    for (u32 i = 0; i < count; ++i)
        if (slot_[first.value + i] != 0)
            return false;
    if (!entries_.push_back({&device, widest}))
        return false;
    for (u32 i = 0; i < count; ++i)
        slot_[first.value + i] = static_cast<u8>(entries_.size());
    return true;
}

const PortBus::Entry* PortBus::entry(Port port) const {
    const u8 slot = slot_[port.value];
    return slot == 0 ? nullptr : &entries_[slot - 1U];
}

/// An access goes to one device unsplit when the device takes that width and owns every port of it.
bool PortBus::passes_whole(Port port, Width width) const {
    const u8 slot = slot_[port.value];
    if (slot == 0 || bytes(width) > bytes(entries_[slot - 1U].widest))
        return false;
    for (unsigned i = 1; i < bytes(width); ++i)
        if (slot_[static_cast<u16>(port.value + i)] != slot)
            return false;
    return true;
}

u32 PortBus::read(Port port, Width width) {
    if (passes_whole(port, width))
        return entry(port)->device->read_port(port, width) & static_cast<u32>(all_ones(width));
    u32 value = 0;
    for (unsigned i = 0; i < bytes(width); ++i) {
        const Port part{static_cast<u16>(port.value + i)};
        const Entry* const owner = entry(part);
        const u32 piece =
            owner == nullptr ? 0xff : owner->device->read_port(part, Width::byte) & 0xff;
        value |= piece << (8 * i);
    }
    return value;
}

void PortBus::write(Port port, Width width, u32 value) {
    if (passes_whole(port, width))
        return entry(port)->device->write_port(port, width,
                                               value & static_cast<u32>(all_ones(width)));
    for (unsigned i = 0; i < bytes(width); ++i) {
        const Port part{static_cast<u16>(port.value + i)};
        if (const Entry* const owner = entry(part))
            owner->device->write_port(part, Width::byte, (value >> (8 * i)) & 0xff);
    }
}

} // namespace vestige::machine
