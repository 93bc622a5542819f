// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/ide_channel.hpp"

#include "vestige/base/little_endian.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

// Offsets from the command ports' base, and bits of the control port.
constexpr unsigned data = 0, error_features = 1, count = 2, low = 3, mid = 4, high = 5, device = 6,
                   status_command = 7;
constexpr u32 command_ports = 8;
constexpr u8 no_interrupt = 0x02, soft_reset = 0x04, high_order = 0x80, device_bit = 0x10;
constexpr u8 diagnostic = 0x90;
/// A cable without drives: the lines float high but for data line 7, which the host pulls down.
constexpr u8 floating = 0x7f;

} // namespace

bool IdeChannel::attach(machine::PortBus& bus) {
    return bus.attach(command_base_, command_ports, *this, Width::dword) &&
           bus.attach(control_port_, 1, *this);
}

void IdeChannel::detach(machine::PortBus& bus) {
    bus.detach(command_base_, command_ports, *this);
    bus.detach(control_port_, 1, *this);
}

void IdeChannel::reset() {
    selected_ = 0;
    control_ = 0;
    for (IdeDrive* const drive : drives_)
        if (drive != nullptr)
            drive->power_on();
    update_line();
}

void IdeChannel::update_line() {
    const IdeDrive* const drive = selected();
    const bool level = drive != nullptr && drive->interrupt() && (control_ & no_interrupt) == 0;
    if (level && !level_ && listener_ != nullptr)
        listener_->interrupt_raised();
    level_ = level;
    line_.set(level);
}

/// A lone drive 0 answers for the missing drive 1 with an empty status.
u8 IdeChannel::read_status() const {
    if (empty())
        return floating;
    if (selected() == nullptr)
        return 0;
    // While SRST is set, a drive is busy resetting itself.
    return (control_ & soft_reset) != 0 ? ide_status::busy : selected()->status();
}

u8 IdeChannel::read_register(unsigned number) {
    if (empty())
        return floating;
    if (number == status_command) {
        if (IdeDrive* const drive = selected())
            drive->acknowledge();
        update_line();
        return read_status();
    }
    const IdeDrive* const drive = selected() != nullptr ? selected() : drives_[selected_ ^ 1];
    const TaskFile& task = drive->task;
    const auto value = [this](const TaskRegister& r) {
        return (control_ & high_order) != 0 ? r.before : r.now;
    };
    switch (number) {
    case error_features:
        return drive->error();
    case count:
        return value(task.count);
    case low:
        return value(task.low);
    case mid:
        return value(task.mid);
    case high:
        return value(task.high);
    default:
        return static_cast<u8>((task.device & ~device_bit) | 0xa0 | selected_ << 4);
    }
}

/// Writes reach both drives.
void IdeChannel::write_task(unsigned number, u8 value) {
    control_ &= static_cast<u8>(~high_order);
    for (IdeDrive* const drive : drives_) {
        if (drive == nullptr)
            continue;
        TaskFile& task = drive->task;
        switch (number) {
        case error_features:
            task.features.write(value);
            break;
        case count:
            task.count.write(value);
            break;
        case low:
            task.low.write(value);
            break;
        case mid:
            task.mid.write(value);
            break;
        case high:
            task.high.write(value);
            break;
        default:
            task.device = value;
            break;
        }
    }
}

void IdeChannel::write_command(u8 value) {
    control_ &= static_cast<u8>(~high_order);
    if (value == diagnostic) {
        selected_ = 0;
        for (IdeDrive* const drive : drives_)
            if (drive != nullptr)
                drive->diagnose(drive == drives_[0]);
    } else if (IdeDrive* const drive = selected()) {
        drive->execute(value);
    }
    update_line();
    if (listener_ != nullptr)
        listener_->command_written();
}

void IdeChannel::write_register(unsigned number, u8 value) {
    if (number == status_command)
        return write_command(value);
    write_task(number, value);
    if (number == device) {
        selected_ = (value & device_bit) != 0 ? 1 : 0;
        update_line();
    }
}

void IdeChannel::write_control(u8 value) {
    const bool reset_now = (value & soft_reset) != 0 && (control_ & soft_reset) == 0;
    control_ = value;
    if (reset_now) {
        selected_ = 0;
        for (IdeDrive* const drive : drives_)
            if (drive != nullptr)
                drive->soft_reset();
    }
    update_line();
}

u32 IdeChannel::read_port(Port port, Width width) {
    const unsigned number = u32{port.value} - command_base_.value;
    if (number > status_command)
        return read_status();
    std::array<std::byte, 4> raw{};
    if (number == data) {
        read_string(port, width, std::span{raw}.first(bytes(width)));
    } else {
        for (unsigned i = 0; i < bytes(width); ++i)
            raw[i] = static_cast<std::byte>(read_register((number + i) & 7));
    }
    return load_le<u32>(raw, 0);
}

void IdeChannel::write_port(Port port, Width width, u32 value) {
    const unsigned number = u32{port.value} - command_base_.value;
    if (number > status_command)
        return write_control(static_cast<u8>(value));
    std::array<std::byte, 4> raw{};
    store_le<u32>(raw, 0, value);
    if (number == data)
        return write_string(port, width, std::span{raw}.first(bytes(width)));
    for (unsigned i = 0; i < bytes(width); ++i)
        write_register((number + i) & 7, static_cast<u8>(raw[i]));
}

/// The data register: 16 bits wide, so that a byte access moves a word of which half is lost.
void IdeChannel::read_string(Port port, Width width, std::span<std::byte> out) {
    IdeDrive* const drive = selected();
    if (port != command_base_)
        return PortDevice::read_string(port, width, out);
    if (drive == nullptr)
        return std::fill(out.begin(), out.end(), std::byte{floating});
    if (width == Width::byte) {
        for (std::byte& value : out) {
            std::array<std::byte, 2> word{};
            drive->read_data(word);
            value = word[0];
        }
    } else {
        drive->read_data(out);
    }
    update_line();
}

void IdeChannel::write_string(Port port, Width width, std::span<const std::byte> from) {
    IdeDrive* const drive = selected();
    if (port != command_base_)
        return PortDevice::write_string(port, width, from);
    if (drive == nullptr)
        return;
    if (width == Width::byte) {
        for (const std::byte value : from)
            drive->write_data(std::array{value, std::byte{0}});
    } else {
        drive->write_data(from);
    }
    update_line();
    if (listener_ != nullptr)
        listener_->command_written(); // a packet may have asked for DMA
}

} // namespace vestige::devices
