// SPDX-License-Identifier: BSD-2-Clause
// Registers of the floppy controller and the phases of a command.
#include "vestige/devices/floppy_controller.hpp"

#include "floppy_bits.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

// Offsets from 3F0h; 3F6h belongs to the first IDE channel.
constexpr Port base{0x3f0}, input_port{0x3f7};
constexpr unsigned output = 2, tape = 3, status_rate = 4, fifo = 5, input_control = 7;
constexpr u32 ports_before_ide = 6;

// Digital output register.
constexpr u8 drive_select = 0x03, not_reset = 0x04, interrupts_enabled = 0x08, motor_0 = 0x10;
// Main status register.
constexpr u8 request = 0x80, to_host = 0x40, no_dma = 0x20, busy = 0x10;
constexpr u8 software_reset = 0x80; ///< data rate select register

/// Bytes of a command, its code included.
constexpr std::size_t command_size(u8 first) {
    namespace c = floppy::command;
    switch (first & floppy::code_mask) {
    case c::read_track:
    case c::write:
    case c::read:
    case c::write_deleted:
    case c::read_deleted:
    case c::verify:
        return 9;
    case c::format:
        return 6;
    case c::configure:
        return 4;
    case c::specify:
    case c::seek: // and RELATIVE SEEK
        return 3;
    case c::sense_drive:
    case c::recalibrate:
    case c::read_id:
    case c::perpendicular:
        return 2;
    default:
        return 1;
    }
}

} // namespace

bool FloppyController::attach(machine::PortBus& bus) {
    dma_.connect(dma_channel, *this);
    return bus.attach(base, ports_before_ide, *this) && bus.attach(input_port, 1, *this);
}

void FloppyController::plug(unsigned unit, const FloppyDrive& drive) {
    drives_[unit] = drive;
    drives_[unit].there = drive.cylinders != 0;
}

void FloppyController::reset() {
    for (FloppyDrive& drive : drives_) {
        drive.changed = true;
        drive.cylinder = 0;
    }
    output_ = not_reset | interrupts_enabled;
    rate_ = 2;
    tape_ = 0;
    specified_ = {};
    configured_ = {};
    perpendicular_ = 0;
    locked_ = false;
    clear();
}

/// What both kinds of reset do: any command ends.
void FloppyController::clear() {
    idle();
    seeking_ = 0;
    seek_status_ = 0;
    resets_to_sense_ = 0;
    if (!locked_)
        configured_ = {};
    raise(false);
}

void FloppyController::idle() {
    phase_ = Phase::command;
    fifo_used_ = fifo_size_ = 0;
    transfer_ = {};
}

void FloppyController::raise(bool level) {
    interrupt_ = level;
    line_.set(level && (output_ & interrupts_enabled) != 0);
}

void FloppyController::answer(std::initializer_list<u8> bytes) {
    phase_ = Phase::result;
    std::copy(bytes.begin(), bytes.end(), fifo_.begin());
    fifo_used_ = 0;
    fifo_size_ = bytes.size();
}

u8 FloppyController::main_status() const {
    if ((output_ & not_reset) == 0)
        return 0;
    u8 status = seeking_;
    switch (phase_) {
    case Phase::command:
        return status | request | (fifo_used_ != 0 ? busy : u8{0});
    case Phase::result:
        return status | request | to_host | busy;
    case Phase::execution:
        status |= busy;
        if ((specified_[1] & floppy::without_dma) == 0)
            return status; // the host waits for the DMA controller
        status |= request | no_dma;
        return transfer_.job == Job::read ? status | to_host : status;
    }
    return status;
}

/// The selected drive's change line, while its motor runs.
u8 FloppyController::digital_input() const {
    const unsigned unit = output_ & drive_select;
    const bool motor = (output_ & motor_0 << unit) != 0;
    const FloppyDrive& drive = drives_[unit];
    return motor && (!drive.there || drive.changed) ? 0x80 : 0x00;
}

u32 FloppyController::read_port(Port port, Width) {
    switch (port.value - base.value) {
    case output:
        return output_;
    case tape:
        return tape_;
    case status_rate:
        return main_status();
    case fifo:
        return read_fifo();
    case input_control:
        return digital_input();
    default: // status registers A and B are not driven in AT mode
        return 0xff;
    }
}

void FloppyController::write_port(Port port, Width, u32 value) {
    const u8 byte = static_cast<u8>(value);
    switch (port.value - base.value) {
    case output:
        return write_output(byte);
    case tape:
        tape_ = byte & 0x03;
        return;
    case status_rate:
        rate_ = byte & 0x03;
        if ((byte & software_reset) != 0 && (output_ & not_reset) != 0) {
            clear();
            resets_to_sense_ = drive_count;
            raise(true);
        }
        return;
    case fifo:
        return write_fifo(byte);
    case input_control:
        rate_ = byte & 0x03;
        return;
    default:
        return;
    }
}

void FloppyController::write_output(u8 value) {
    const u8 before = output_;
    output_ = value;
    if ((value & not_reset) == 0) {
        clear();
    } else if ((before & not_reset) == 0) {
        // Polling finds every drive changed from not ready to ready.
        resets_to_sense_ = drive_count;
        raise(true);
    } else {
        raise(interrupt_);
    }
}

u8 FloppyController::read_fifo() {
    if (phase_ == Phase::execution && transfer_.job == Job::read &&
        (specified_[1] & floppy::without_dma) != 0) {
        const u8 value = static_cast<u8>(buffer_[transfer_.position++]);
        pump();
        return value;
    }
    if (phase_ != Phase::result)
        return 0xff;
    raise(false);
    const u8 value = fifo_[fifo_used_++];
    if (fifo_used_ == fifo_size_)
        idle();
    return value;
}

void FloppyController::write_fifo(u8 value) {
    if ((output_ & not_reset) == 0 || phase_ == Phase::result)
        return;
    if (phase_ == Phase::execution) {
        if (transfer_.job == Job::read || (specified_[1] & floppy::without_dma) == 0)
            return;
        buffer_[transfer_.position++] = static_cast<std::byte>(value);
        return pump();
    }
    if (fifo_used_ == 0)
        fifo_size_ = command_size(value);
    fifo_[fifo_used_++] = value;
    if (fifo_used_ == fifo_size_)
        run_command();
}

} // namespace vestige::devices
