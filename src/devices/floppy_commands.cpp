// SPDX-License-Identifier: BSD-2-Clause
// Commands of the floppy controller that move no data.
#include "vestige/devices/floppy_controller.hpp"

#include "floppy_bits.hpp"

#include <algorithm>

namespace vestige::devices {

using namespace floppy;

void FloppyController::run_command() {
    switch (fifo_[0] & code_mask) {
    case command::read:
    case command::read_deleted:
    case command::read_track:
        return run_transfer(Job::read);
    case command::write:
    case command::write_deleted:
        return run_transfer(Job::write);
    case command::verify:
        return run_transfer(Job::verify);
    case command::format:
        return format();
    default:
        return run_control(fifo_[0]);
    }
}

void FloppyController::run_control(u8 code) {
    constexpr u8 relative = 0x80, inward = 0x40, lock_bit = 0x80, enhanced_controller = 0x90;
    switch (code & code_mask) {
    case command::specify:
        return specify();
    case command::sense_drive:
        return sense_drive();
    case command::recalibrate:
        return recalibrate();
    case command::sense_interrupt:
        return sense_interrupt();
    case command::read_id:
        return read_id();
    case command::dump_registers:
        return dump_registers();
    case command::seek:
        return (code & relative) != 0 ? relative_seek((code & inward) != 0)
                                      : seek(fifo_[1] & 3, fifo_[2]);
    case command::version:
        return answer({enhanced_controller});
    case command::perpendicular:
        perpendicular_ = fifo_[1];
        return idle();
    case command::configure:
        configured_ = {fifo_[2], fifo_[3]};
        return idle();
    case command::lock:
        locked_ = (code & lock_bit) != 0;
        return answer({static_cast<u8>(locked_ ? 0x10 : 0x00)});
    default:
        return answer({invalid});
    }
}

void FloppyController::specify() {
    specified_ = {fifo_[1], fifo_[2]};
    idle();
}

/// A step pulse shows the drive that somebody has seen its new medium.
void FloppyController::seek(unsigned unit, unsigned cylinder) {
    FloppyDrive& drive = drives_[unit];
    const u8 head = fifo_[1] & 4;
    drive.cylinder = static_cast<u8>(cylinder);
    if (drive.medium != nullptr)
        drive.changed = false;
    seek_status_ = static_cast<u8>(seek_end | head | unit);
    seeking_ |= static_cast<u8>(1U << unit);
    idle();
    raise(true);
}

void FloppyController::recalibrate() {
    const unsigned unit = fifo_[1] & 3;
    fifo_[1] &= 3;
    seek(unit, 0);
    if (!drives_[unit].there) // track 0 was never seen
        seek_status_ |= abnormal | equipment_check;
}

void FloppyController::relative_seek(bool inward) {
    const unsigned unit = fifo_[1] & 3;
    const unsigned now = drives_[unit].cylinder;
    const unsigned steps = fifo_[2];
    seek(unit, inward ? std::min(now + steps, 255U) : now - std::min(now, steps));
}

void FloppyController::sense_interrupt() {
    if (resets_to_sense_ != 0) {
        const u8 unit = static_cast<u8>(drive_count - resets_to_sense_--);
        raise(false);
        return answer({static_cast<u8>(by_reset | unit), drives_[unit].cylinder});
    }
    if (seeking_ == 0)
        return answer({invalid});
    const unsigned unit = seek_status_ & 3;
    seeking_ &= static_cast<u8>(~(1U << unit));
    raise(false);
    answer({seek_status_, drives_[unit].cylinder});
    // Of several drives that were seeking, the others are told about next.
    for (u8 other = 0; other < drive_count; ++other)
        if ((seeking_ >> other & 1) != 0)
            seek_status_ = seek_end | other;
}

void FloppyController::sense_drive() {
    constexpr u8 write_protected = 0x40, always = 0x28, track_0 = 0x10;
    const FloppyDrive& drive = drives_[fifo_[1] & 3];
    u8 status = static_cast<u8>(always | (fifo_[1] & 7));
    if (drive.there && drive.cylinder == 0)
        status |= track_0;
    if (drive.medium != nullptr && drive.medium->read_only())
        status |= write_protected;
    answer({status});
}

void FloppyController::read_id() {
    transfer_ = {};
    transfer_.unit = fifo_[1] & 3;
    transfer_.head = fifo_[1] >> 2 & 1;
    FloppyDrive& drive = drives_[transfer_.unit];
    transfer_.c = drive.cylinder;
    transfer_.h = transfer_.head;
    transfer_.n = sector_code_512;
    if (!ready(transfer_.unit) || (fifo_[0] & double_density) == 0 || !matches_rate(drive) ||
        drive.cylinder >= drive.cylinders || transfer_.head >= drive.heads)
        return end_transfer(abnormal, {no_address_mark, 0});
    drive.rotation = static_cast<u8>(drive.rotation % drive.sectors + 1);
    transfer_.r = drive.rotation;
    end_transfer(normal, {});
}

void FloppyController::dump_registers() {
    answer({drives_[0].cylinder, drives_[1].cylinder, drives_[2].cylinder, drives_[3].cylinder,
            specified_[0], specified_[1], transfer_.last,
            static_cast<u8>((locked_ ? 0x80 : 0) | (perpendicular_ & 0x7f)), configured_[0],
            configured_[1]});
}

} // namespace vestige::devices
