// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/parallel_port.hpp"

namespace vestige::devices {
namespace {

constexpr u8 strobe = 0x01, interrupt_enable = 0x10, control_bits = 0x1f, control_fixed = 0xe0;
/// Selected, no error, paper, no acknowledge; bit 7 is low while busy.
constexpr u8 status_idle = 0xdf, not_busy = 0x80;
constexpr u8 power_on_control = 0x0c;

} // namespace

void ParallelPort::reset() {
    data_ = 0;
    control_ = power_on_control;
    busy_ = false;
}

bool ParallelPort::attach(machine::PortBus& bus, Port base) {
    base_ = base;
    return bus.attach(base, 3, *this);
}

void ParallelPort::print() {
    busy_ = !paper_.try_write(unprinted_);
    if (!busy_ && (control_ & interrupt_enable) != 0)
        irq_.pulse();
}

u8 ParallelPort::read(u8 offset) {
    switch (offset) {
    case 0:
        return data_;
    case 1:
        if (busy_)
            print();
        return busy_ ? static_cast<u8>(status_idle & ~not_busy) : status_idle;
    default:
        return control_ | control_fixed;
    }
}

void ParallelPort::write(u8 offset, u8 value) {
    if (offset == 0)
        data_ = value;
    if (offset != 2)
        return;
    const bool rises = (value & ~control_ & strobe) != 0;
    control_ = value & control_bits;
    if (rises && !busy_) {
        unprinted_ = data_;
        print();
    }
}

u32 ParallelPort::read_port(Port port, Width) {
    return read(static_cast<u8>(port.value - base_.value));
}
void ParallelPort::write_port(Port port, Width, u32 value) {
    write(static_cast<u8>(port.value - base_.value), static_cast<u8>(value));
}

} // namespace vestige::devices
