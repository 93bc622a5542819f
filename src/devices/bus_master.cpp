// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/bus_master.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

constexpr unsigned command_at = 0, status_at = 2, table_at = 4;
constexpr u8 started = 0x01, to_memory_bit = 0x08;
constexpr u8 active = 0x01, error = 0x02, interrupt = 0x04, capable = 0x60;

/// A table lies within 64 KiB, so that a drive can never be led through it without end.
constexpr u32 table_size = 64 * kib, entry_size = 8;
constexpr u32 end_of_table = 0x80000000;

} // namespace

void BusMaster::reset() {
    enabled_ = false;
    command_ = status_ = 0;
    table_ = 0;
    left_ = 0;
}

void BusMaster::enable(bool enabled) {
    enabled_ = enabled;
    run();
}

u8 BusMaster::read(unsigned offset) const {
    if (offset == command_at)
        return command_;
    if (offset == status_at)
        return status_;
    return offset >= table_at ? static_cast<u8>(table_ >> (8 * (offset - table_at))) : u8{0};
}

void BusMaster::write(unsigned offset, u8 value) {
    if (offset == command_at) {
        const bool was_started = (command_ & started) != 0;
        command_ = value & (started | to_memory_bit);
        if ((value & started) == 0)
            status_ &= static_cast<u8>(~active);
        else if (!was_started)
            start();
    } else if (offset == status_at) {
        status_ = static_cast<u8>((status_ & ~capable & ~(value & (error | interrupt))) |
                                  (value & capable));
    } else if (offset >= table_at) {
        const unsigned shift = 8 * (offset - table_at);
        table_ = (table_ & ~(0xffU << shift)) | u32{value} << shift;
        table_ &= ~3U;
    }
}

void BusMaster::start() {
    status_ |= active;
    entry_ = 0;
    left_ = 0;
    last_ = false;
    run();
}

void BusMaster::interrupt_raised() { status_ |= interrupt; }

/// Reads the next entry of the table; false: there is none that can be used.
bool BusMaster::next_region() {
    if (entry_ >= table_size)
        return false;
    const Gpa place{(table_ & ~(table_size - 1)) + ((table_ + entry_) & (table_size - 1))};
    u32 count = 0;
    if (!memory_.load(place, address_) || !memory_.load(place + 4, count))
        return false;
    entry_ += entry_size;
    address_ &= ~1U;
    last_ = (count & end_of_table) != 0;
    left_ = count & 0xfffe;
    if (left_ == 0)
        left_ = 64 * kib;
    return true;
}

/// Moves one piece; false: no memory there.
bool BusMaster::move(IdeDrive& drive, bool to_memory) {
    const u64 size = std::min<u64>(left_, drive.dma_left());
    const std::span<std::byte> ram = memory_.piece(Gpa{address_}, size);
    if (ram.empty())
        return false;
    address_ += static_cast<u32>(ram.size());
    left_ -= static_cast<u32>(ram.size());
    // A medium that fails ends the command, which is seen by its phase.
    static_cast<void>(to_memory ? drive.dma_read(ram) : drive.dma_write(ram));
    return true;
}

void BusMaster::refuse(IdeDrive& drive) {
    status_ = static_cast<u8>((status_ & ~active) | error);
    drive.dma_abort();
    channel_.update_line();
}

/// Moves data as long as a drive and the table have any.
void BusMaster::run() {
    IdeDrive* const drive = channel_.selected();
    if (!enabled_ || (status_ & active) == 0 || drive == nullptr)
        return;
    const bool to_memory = (command_ & to_memory_bit) != 0;
    const IdeDrive::Phase phase =
        to_memory ? IdeDrive::Phase::dma_in : IdeDrive::Phase::dma_out;
    if (drive->phase() != phase)
        return;
    while (drive->phase() == phase && drive->dma_left() != 0) {
        if (left_ == 0 && last_) {
            // Fewer bytes in the table than the command has: the drive waits on.
            status_ &= static_cast<u8>(~active);
            return;
        }
        if ((left_ == 0 && !next_region()) || !move(*drive, to_memory))
            return refuse(*drive);
    }
    if (drive->phase() == phase)
        drive->dma_done();
    if (left_ == 0 && last_)
        status_ &= static_cast<u8>(~active);
    channel_.update_line();
}

} // namespace vestige::devices
