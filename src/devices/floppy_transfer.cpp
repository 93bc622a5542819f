// SPDX-License-Identifier: BSD-2-Clause
// Commands of the floppy controller that move sectors.
#include "vestige/devices/floppy_controller.hpp"

#include "floppy_bits.hpp"

#include <algorithm>

namespace vestige::devices {

using namespace floppy;

namespace {

constexpr std::size_t id_size = 4; ///< FORMAT TRACK is given C, H, R and N of each sector

} // namespace

bool FloppyController::ready(unsigned unit) const {
    return drives_[unit].medium != nullptr && (output_ & 0x10U << unit) != 0;
}

/// Media are found only at the data rate that they were written with.
bool FloppyController::matches_rate(const FloppyDrive& drive) const {
    constexpr u8 at_500 = 0, at_300 = 1, at_250 = 2, at_1000 = 3;
    if (drive.sectors > 24)
        return rate_ == at_1000;
    if (drive.sectors > 12)
        return rate_ == at_500;
    return rate_ == at_250 || rate_ == at_300;
}

void FloppyController::run_transfer(Job job) {
    constexpr u8 enable_count = 0x80;
    const bool track = (fifo_[0] & code_mask) == command::read_track;
    transfer_ = {};
    transfer_.job = job;
    transfer_.unit = fifo_[1] & 3;
    transfer_.head = fifo_[1] >> 2 & 1;
    transfer_.c = fifo_[2];
    transfer_.h = fifo_[3];
    transfer_.r = track ? u8{1} : fifo_[4];
    transfer_.n = fifo_[5];
    transfer_.last = fifo_[6];
    transfer_.both_heads = !track && (fifo_[0] & multi_track) != 0;
    if (job == Job::verify && (fifo_[1] & enable_count) != 0)
        transfer_.count = fifo_[8] == 0 ? 256 : fifo_[8];
    if ((configured_[0] & implied_seek) != 0) {
        drives_[transfer_.unit].cylinder = transfer_.c;
        drives_[transfer_.unit].changed = drives_[transfer_.unit].medium == nullptr;
    }
    const FloppyDrive& drive = drives_[transfer_.unit];
    if (!ready(transfer_.unit) || (fifo_[0] & double_density) == 0 || !matches_rate(drive))
        return end_transfer(abnormal, {no_address_mark, 0});
    if (job == Job::write && drive.medium->read_only())
        return end_transfer(abnormal, {not_writable, 0});
    phase_ = Phase::execution;
    pump();
}

void FloppyController::format() {
    transfer_ = {};
    transfer_.job = Job::format;
    transfer_.unit = fifo_[1] & 3;
    transfer_.head = fifo_[1] >> 2 & 1;
    transfer_.n = fifo_[2];
    transfer_.count = fifo_[3];
    transfer_.filler = fifo_[5];
    const FloppyDrive& drive = drives_[transfer_.unit];
    transfer_.c = drive.cylinder;
    if (!ready(transfer_.unit) || (fifo_[0] & double_density) == 0 || !matches_rate(drive))
        return end_transfer(abnormal, {no_address_mark, 0});
    if (drive.medium->read_only())
        return end_transfer(abnormal, {not_writable, 0});
    // The image has one format: another one does not fit on its tracks.
    if (transfer_.n != sector_code_512 || transfer_.count != drive.sectors ||
        drive.cylinder >= drive.cylinders || transfer_.head >= drive.heads)
        return end_transfer(abnormal | equipment_check, {});
    phase_ = Phase::execution;
    pump();
}

/// Whether the sector that is wanted is on the track under the head.
bool FloppyController::find_sector(Failure& failure) const {
    const FloppyDrive& drive = drives_[transfer_.unit];
    if (drive.cylinder >= drive.cylinders || transfer_.head >= drive.heads) {
        failure = {no_address_mark, 0};
        return false;
    }
    if (transfer_.c != drive.cylinder) {
        failure = {no_data, wrong_cylinder};
        return false;
    }
    if (transfer_.h != transfer_.head || transfer_.n != sector_code_512 || transfer_.r == 0 ||
        transfer_.r > drive.sectors) {
        failure = {no_data, 0};
        return false;
    }
    return true;
}

Lba FloppyController::place() const {
    const FloppyDrive& drive = drives_[transfer_.unit];
    return Lba{(u64{transfer_.c} * drive.heads + transfer_.h) * drive.sectors + transfer_.r - 1};
}

/// Goes on to the next sector of the command; false: that was the last one of the cylinder.
bool FloppyController::next_sector() {
    transfer_.position = 0;
    transfer_.loaded = false;
    if (transfer_.r != transfer_.last) {
        ++transfer_.r;
        return true;
    }
    transfer_.r = 1;
    if (transfer_.both_heads && transfer_.head == 0) {
        transfer_.head = 1;
        transfer_.h ^= 1;
        return true;
    }
    ++transfer_.c;
    if (transfer_.both_heads)
        transfer_.h ^= 1;
    return false;
}

bool FloppyController::load_sector() {
    Failure failure;
    if (!find_sector(failure)) {
        end_transfer(abnormal, failure);
        return false;
    }
    transfer_.loaded = true;
    if (transfer_.job == Job::write)
        return true;
    if (!drives_[transfer_.unit].medium->read(place(), buffer_)) {
        end_transfer(abnormal, {data_error, data_error});
        return false;
    }
    return true;
}

bool FloppyController::store_sector() {
    if (transfer_.position < buffer_.size()) // the count ran out within a sector
        std::fill(buffer_.begin() + static_cast<std::ptrdiff_t>(transfer_.position), buffer_.end(),
                  std::byte{0});
    if (drives_[transfer_.unit].medium->write(place(), buffer_))
        return true;
    end_transfer(abnormal, {data_error, data_error});
    return false;
}

/// A whole sector has passed, or its ID for a format. False: the command has ended.
bool FloppyController::finish_sector() {
    if (transfer_.job == Job::format) {
        Failure failure;
        transfer_.c = static_cast<u8>(buffer_[0]);
        transfer_.h = static_cast<u8>(buffer_[1]);
        transfer_.r = static_cast<u8>(buffer_[2]);
        transfer_.position = 0;
        const bool fits = find_sector(failure); // other IDs cannot be kept in an image
        std::fill(buffer_.begin(), buffer_.end(), static_cast<std::byte>(transfer_.filler));
        transfer_.position = buffer_.size();
        if (fits && !store_sector())
            return false;
        transfer_.position = 0;
        if (--transfer_.count != 0)
            return true;
        end_transfer(normal, {});
        return false;
    }
    if (transfer_.job == Job::write && !store_sector())
        return false;
    const bool counted_out = transfer_.count != 0 && --transfer_.count == 0;
    if (next_sector() && !counted_out)
        return true;
    // Without a terminal count the end of the cylinder is an error, but not for VERIFY.
    if (transfer_.job == Job::verify)
        end_transfer(normal, {});
    else
        end_transfer(abnormal, {end_of_cylinder, 0});
    return false;
}

/// Moves what the DMA controller takes of the present sector; false: nothing more for now.
bool FloppyController::pump_sector() {
    const bool format = transfer_.job == Job::format;
    if (!format && !transfer_.loaded && !load_sector())
        return false;
    if (transfer_.job == Job::verify)
        return finish_sector();
    const std::span<std::byte> rest =
        std::span{buffer_}.first(format ? id_size : buffer_.size()).subspan(transfer_.position);
    DmaResult result;
    if ((specified_[1] & without_dma) == 0) {
        result = transfer_.job == Job::read ? dma_.to_memory(dma_channel, rest)
                                            : dma_.from_memory(dma_channel, rest);
        transfer_.position += result.moved;
    }
    const bool whole = result.moved == rest.size();
    if (result.terminal_count) {
        if (format)
            return whole && finish_sector();
        if (transfer_.job == Job::write && !store_sector())
            return false;
        static_cast<void>(next_sector());
        end_transfer(normal, {});
        return false;
    }
    if (whole)
        return finish_sector();
    if ((specified_[1] & without_dma) != 0)
        raise(true); // a byte is wanted or there
    return false;
}

/// Runs the execution phase as far as the host's side lets it: at most one cylinder.
void FloppyController::pump() {
    while (phase_ == Phase::execution && pump_sector()) {
    }
}

void FloppyController::end_transfer(u8 st0, const Failure& failure) {
    const Transfer t = transfer_;
    answer({static_cast<u8>(st0 | t.head << 2 | t.unit), failure.st1, failure.st2, t.c, t.h, t.r,
            t.n});
    raise(true);
}

} // namespace vestige::devices
