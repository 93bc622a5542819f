// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/io_apic.hpp"

#include "vestige/base/bit_field.hpp"

namespace vestige::devices {
namespace {

constexpr u64 select_offset = 0x00, window_offset = 0x10;
enum : unsigned { id_register, version_register, arbitration_register, first_entry = 0x10 };
constexpr u32 version_value = 0x11 | (IoApic::pin_count - 1) << 16;

// A redirection table entry.
using Delivery = BitField<10, 8, u8>;
using Logical = FlagBit<11>;
using Destination = BitField<63, 56, u8>;
constexpr u64 remote_irr = bit(14), level_triggered = bit(15), masked = bit(16);
constexpr u32 low_writable = 0x1afff;
constexpr u32 high_writable = 0xff000000;

/// Only interrupts with a vector have an end to wait for.
bool waits_for_end(u64 entry) {
    const auto delivery = static_cast<ApicMessage::Delivery>(Delivery::get(entry));
    return (entry & level_triggered) != 0 &&
           (delivery == ApicMessage::Delivery::fixed || delivery == ApicMessage::Delivery::lowest);
}

} // namespace

void IoApic::reset() {
    entries_.fill(masked);
    select_ = 0;
    id_ = 0;
}

void IoApic::set_line(unsigned pin, bool level) {
    if (pin >= pin_count)
        return;
    const u32 mask = u32{1} << pin;
    const bool rises = level && (lines_ & mask) == 0;
    lines_ = level ? lines_ | mask : lines_ & ~mask;
    if (rises)
        send(pin);
}

void IoApic::send(unsigned pin) {
    u64& entry = entries_[pin];
    if ((entry & masked) != 0 || (waits_for_end(entry) && (entry & remote_irr) != 0))
        return;
    ApicMessage message;
    message.vector = {static_cast<u8>(entry)};
    message.delivery = static_cast<ApicMessage::Delivery>(Delivery::get(entry));
    message.logical = Logical::get(entry);
    message.level = waits_for_end(entry);
    message.destination = Destination::get(entry);
    if (!apic_.matches(message))
        return;
    if (waits_for_end(entry))
        entry |= remote_irr;
    apic_.deliver(message);
}

void IoApic::end_of_interrupt(Vector vector) {
    for (unsigned pin = 0; pin < pin_count; ++pin) {
        u64& entry = entries_[pin];
        if (static_cast<u8>(entry) != vector.value || (entry & remote_irr) == 0)
            continue;
        entry &= ~remote_irr;
        if ((lines_ >> pin & 1) != 0)
            send(pin);
    }
}

u32 IoApic::read(unsigned number) const {
    if (number >= first_entry && number < first_entry + 2 * pin_count) {
        const u64 entry = entries_[(number - first_entry) / 2];
        return static_cast<u32>((number & 1) != 0 ? entry >> 32 : entry);
    }
    switch (number) {
    case id_register:
    case arbitration_register:
        return u32{id_} << 24;
    case version_register:
        return version_value;
    default:
        return 0;
    }
}

void IoApic::write(unsigned number, u32 value) {
    if (number == id_register)
        id_ = static_cast<u8>(value >> 24 & 0xf);
    else if (number >= first_entry && number < first_entry + 2 * pin_count)
        write_entry((number - first_entry) / 2, (number & 1) != 0, value);
}

void IoApic::write_entry(unsigned pin, bool high_half, u32 value) {
    u64& entry = entries_[pin];
    if (high_half)
        entry = (entry & 0xffffffff) | u64{value & high_writable} << 32;
    else
        entry = (entry & ~u64{low_writable}) | (value & low_writable);
    if (!waits_for_end(entry))
        entry &= ~remote_irr;
    // A level that waited behind the mask comes through now; edges behind it are lost.
    if ((entry & level_triggered) != 0 && (lines_ >> pin & 1) != 0)
        send(pin);
}

u64 IoApic::read_mmio(u64 offset, Width) {
    if (offset == select_offset)
        return select_;
    return offset == window_offset ? read(select_) : 0;
}

void IoApic::write_mmio(u64 offset, Width width, u64 value) {
    if (offset == select_offset)
        select_ = static_cast<u8>(value);
    else if (offset == window_offset && bytes(width) >= 4)
        write(select_, static_cast<u32>(value));
}

} // namespace vestige::devices
