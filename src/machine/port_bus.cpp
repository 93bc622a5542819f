// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/machine/port_bus.hpp"

#include "vestige/base/little_endian.hpp"

namespace vestige::machine {

void PortDevice::read_string(Port port, Width width, std::span<std::byte> out) {
    for (; !out.empty(); out = out.subspan(bytes(width))) {
        std::array<std::byte, 4> raw{};
        store_le<u32>(raw, 0, read_port(port, width));
        for (unsigned i = 0; i < bytes(width); ++i)
            out[i] = raw[i];
    }
}

void PortDevice::write_string(Port port, Width width, std::span<const std::byte> data) {
    for (; !data.empty(); data = data.subspan(bytes(width))) {
        u32 value = 0;
        for (unsigned i = 0; i < bytes(width); ++i)
            value |= u32{static_cast<u8>(data[i])} << (8 * i);
        write_port(port, width, value);
    }
}

/// The number of a device's entry, which stays when its ports are detached: a device that moves
/// about does not use the table up. 0: the table is full.
u8 PortBus::slot_for(PortDevice& device, Width widest) {
    for (std::size_t i = 0; i < entries_.size(); ++i)
        if (entries_[i].device == &device && entries_[i].widest == widest)
            return static_cast<u8>(i + 1);
    return entries_.push_back({&device, widest}) ? static_cast<u8>(entries_.size()) : u8{0};
}

bool PortBus::attach(Port first, u32 count, PortDevice& device, Width widest) {
    if (count == 0 || first.value + count > slot_.size())
        return false;
    for (u32 i = 0; i < count; ++i)
        if (slot_[first.value + i] != 0)
            return false;
    const u8 slot = slot_for(device, widest);
    if (slot == 0)
        return false;
    for (u32 i = 0; i < count; ++i)
        slot_[first.value + i] = slot;
    return true;
}

void PortBus::detach(Port first, u32 count, const PortDevice& device) {
    for (u32 i = 0; i < count && first.value + i < slot_.size(); ++i) {
        const u8 slot = slot_[first.value + i];
        if (slot != 0 && entries_[slot - 1U].device == &device)
            slot_[first.value + i] = 0;
    }
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

void PortBus::read_string(Port port, Width width, std::span<std::byte> out) {
    if (passes_whole(port, width))
        return entry(port)->device->read_string(port, width, out);
    for (; !out.empty(); out = out.subspan(bytes(width))) {
        const u32 value = read(port, width);
        for (unsigned i = 0; i < bytes(width); ++i)
            out[i] = static_cast<std::byte>(value >> (8 * i));
    }
}

void PortBus::write_string(Port port, Width width, std::span<const std::byte> data) {
    if (passes_whole(port, width))
        return entry(port)->device->write_string(port, width, data);
    for (; !data.empty(); data = data.subspan(bytes(width))) {
        u32 value = 0;
        for (unsigned i = 0; i < bytes(width); ++i)
            value |= u32{static_cast<u8>(data[i])} << (8 * i);
        write(port, width, value);
    }
}

} // namespace vestige::machine
