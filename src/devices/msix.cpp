// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/msix.hpp"

namespace vestige::devices {
namespace {

constexpr u64 entry_size = 16;
constexpr u32 masked = 1; ///< of an entry's control

} // namespace

void MsixTable::reset() {
    entries_ = {};
    control_ = 0;
    pending_ = 0;
}

void MsixTable::set_control(u16 control) {
    control_ = control & (enable | mask_all);
    send_pending();
}

void MsixTable::signal(unsigned vector) {
    if (vector >= vectors)
        return;
    pending_ |= 1U << vector;
    send_pending();
}

/// Messages are writes to the local APICs; a guest that names another address gets none.
void MsixTable::send_pending() {
    if ((control_ & (enable | mask_all)) != enable)
        return;
    for (unsigned i = 0; i < vectors; ++i) {
        const Entry& entry = entries_[i];
        if ((pending_ >> i & 1) == 0 || (entry.control & masked) != 0)
            continue;
        pending_ &= ~(1U << i);
        const u64 address = u64{entry.address_high} << 32 | entry.address_low;
        if (address >> 20 != 0xfee)
            memory_.refuse("interrupt message", address);
        else if (sink_ != nullptr)
            sink_->message(address, entry.data);
    }
}

u32 MsixTable::read(u64 offset) const {
    if (offset == pending_at)
        return pending_;
    if (offset >= vectors * entry_size)
        return 0;
    const Entry& entry = entries_[offset / entry_size];
    switch (offset % entry_size) {
    case 0:
        return entry.address_low;
    case 4:
        return entry.address_high;
    case 8:
        return entry.data;
    default:
        return entry.control;
    }
}

void MsixTable::write(u64 offset, u32 value) {
    if (offset >= vectors * entry_size)
        return;
    Entry& entry = entries_[offset / entry_size];
    switch (offset % entry_size) {
    case 0:
        entry.address_low = value & ~3U;
        break;
    case 4:
        entry.address_high = value;
        break;
    case 8:
        entry.data = value;
        break;
    default:
        entry.control = value & masked;
        send_pending();
        break;
    }
}

u64 MsixTable::read_mmio(u64 offset, Width width) {
    const u64 aligned = offset & ~u64{3};
    const u64 both = u64{read(aligned + 4)} << 32 | read(aligned);
    return both >> (8 * (offset & 3)) & all_ones(width);
}

/// Registers of four bytes, one or two of them at once; anything else is undefined, and ignored.
void MsixTable::write_mmio(u64 offset, Width width, u64 value) {
    if (bytes(width) < 4 || offset % bytes(width) != 0)
        return;
    write(offset, static_cast<u32>(value));
    if (width == Width::qword)
        write(offset + 4, static_cast<u32>(value >> 32));
}

} // namespace vestige::devices
