// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/pic8259.hpp"

#include "vestige/base/bit_field.hpp"

namespace vestige::devices {
namespace {

constexpr u8 mask_of(unsigned line) { return static_cast<u8>(1U << line); }

// Lines that cannot be level-triggered on a PC: timer, keyboard, cascade; RTC and FPU on the slave.
constexpr std::array<u8, 2> always_edge{0x07, 0x21};

} // namespace

unsigned PicChip::highest_in_service() const {
    for (unsigned i = 1; i <= 8; ++i)
        if (const unsigned line = (lowest + i) & 7; (isr & mask_of(line)) != 0)
            return line;
    return 8;
}

std::optional<unsigned> PicChip::best() const {
    const u8 requests = static_cast<u8>(irr & ~imr);
    for (unsigned i = 1; i <= 8; ++i) {
        const unsigned line = (lowest + i) & 7;
        const bool in_service = (isr & mask_of(line)) != 0;
        if ((requests & mask_of(line)) != 0 && (!in_service || special_nested))
            return line;
        // A service in progress blocks its own priority and below, except in special mask mode.
        if (in_service && !special_mask)
            return {};
    }
    return {};
}

void PicChip::set_line(unsigned line, bool high) {
    const u8 mask = mask_of(line);
    const bool was_high = (lines & mask) != 0;
    lines = static_cast<u8>(high ? lines | mask : lines & ~mask);
    if ((level & mask) != 0)
        irr = static_cast<u8>(high ? irr | mask : irr & ~mask);
    else if (high && !was_high)
        irr |= mask;
    else if (!high)
        irr = static_cast<u8>(irr & ~mask);
}

void PicChip::enter_service(unsigned line) {
    const u8 mask = mask_of(line);
    if ((level & mask) == 0)
        irr = static_cast<u8>(irr & ~mask);
    if (!auto_eoi)
        isr |= mask;
    else if (rotate_on_auto_eoi)
        lowest = static_cast<u8>(line);
}

void PicChip::end(std::optional<unsigned> line, bool rotate) {
    const unsigned ended = line ? *line : highest_in_service();
    if (ended > 7)
        return;
    isr = static_cast<u8>(isr & ~mask_of(ended));
    if (rotate)
        lowest = static_cast<u8>(ended);
}

void PicChip::write_even(u8 value) {
    if ((value & 0x10) != 0) {
        // ICW1. Its level-trigger bit is the ELCR's business on a PC.
        const u8 kept_lines = lines;
        const u8 kept_level = level;
        *this = PicChip{};
        lines = kept_lines;
        level = kept_level;
        irr = static_cast<u8>(lines & level);
        next_icw = 2;
        single = (value & 2) != 0;
        needs_icw4 = (value & 1) != 0;
        return;
    }
    if ((value & 0x08) != 0) { // OCW3
        if ((value & 0x40) != 0)
            special_mask = (value & 0x20) != 0;
        poll = (value & 0x04) != 0;
        if ((value & 0x02) != 0)
            read_isr = (value & 0x01) != 0;
        return;
    }
    // OCW2: rotate, specific, EOI and a line number.
    const unsigned line = value & 7;
    switch (value >> 5) {
    case 0:
    case 4:
        rotate_on_auto_eoi = (value >> 5) == 4;
        break;
    case 1:
    case 5:
        end({}, (value >> 5) == 5);
        break;
    case 3:
    case 7:
        end(line, (value >> 5) == 7);
        break;
    case 6:
        lowest = static_cast<u8>(line);
        break;
    default:
        break;
    }
}

void PicChip::write_odd(u8 value) {
    switch (next_icw) {
    case 2:
        vector_base = value & 0xf8;
        next_icw = single ? (needs_icw4 ? 4 : 0) : 3;
        break;
    case 3:
        next_icw = needs_icw4 ? 4 : 0;
        break;
    case 4:
        special_nested = (value & 0x10) != 0;
        auto_eoi = (value & 0x02) != 0;
        next_icw = 0;
        break;
    default:
        imr = value;
        break;
    }
}

void Pic8259::reset() {
    chips_ = {};
    update();
}

bool Pic8259::attach(machine::PortBus& bus) {
    return bus.attach(Port{0x20}, 2, *this) && bus.attach(Port{0xa0}, 2, *this) &&
           bus.attach(Port{0x4d0}, 2, *this);
}

void Pic8259::update() {
    chips_[0].set_line(cascade, chips_[1].best().has_value());
    const bool pending = chips_[0].best().has_value();
    if (pending == pending_)
        return;
    pending_ = pending;
    output_.set(pending);
}

void Pic8259::set_line(unsigned line, bool level) {
    if (line >= 16)
        return;
    chips_[line / 8].set_line(line % 8, level);
    update();
}

Vector Pic8259::acknowledge() {
    PicChip& master = chips_[0];
    const auto line = master.best();
    if (!line)
        return Vector{static_cast<u8>(master.vector_base + 7)};
    master.enter_service(*line);
    u8 vector = static_cast<u8>(master.vector_base + *line);
    if (*line == cascade) {
        PicChip& slave = chips_[1];
        const auto slave_line = slave.best();
        vector = static_cast<u8>(slave.vector_base + slave_line.value_or(7));
        if (slave_line)
            slave.enter_service(*slave_line);
        // The slave's output drops for a moment, so that its next request is a new edge.
        master.set_line(cascade, false);
    }
    update();
    return Vector{vector};
}

void Pic8259::end_of_interrupt(unsigned line) {
    if (line >= 8)
        chips_[1].end({}, false);
    chips_[0].end({}, false);
    update();
}

u16 Pic8259::mask() const { return static_cast<u16>(chips_[0].imr | chips_[1].imr << 8); }

u8 Pic8259::poll(unsigned number) {
    PicChip& chip = chips_[number];
    chip.poll = false;
    const auto line = chip.best();
    if (!line)
        return 0;
    chip.enter_service(*line);
    update();
    return static_cast<u8>(0x80 | *line);
}

u32 Pic8259::read_port(Port port, Width) {
    if (port.value >= 0x4d0)
        return chips_[port.value - 0x4d0U].level;
    const unsigned number = port.value >= 0xa0 ? 1 : 0;
    PicChip& chip = chips_[number];
    if (chip.poll)
        return poll(number);
    if ((port.value & 1) != 0)
        return chip.imr;
    return chip.read_isr ? chip.isr : chip.irr;
}

void Pic8259::write_port(Port port, Width, u32 value) {
    const u8 byte = static_cast<u8>(value);
    if (port.value >= 0x4d0) {
        const unsigned number = port.value - 0x4d0U;
        chips_[number].level = static_cast<u8>(byte & ~always_edge[number]);
    } else {
        PicChip& chip = chips_[port.value >= 0xa0 ? 1 : 0];
        if ((port.value & 1) != 0)
            chip.write_odd(byte);
        else
            chip.write_even(byte);
    }
    // The slave may have a request that the master has not seen as an edge yet.
    chips_[0].set_line(cascade, false);
    update();
}

} // namespace vestige::devices
