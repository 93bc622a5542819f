// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/dma8237.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

constexpr Port first_base{0x00}, second_base{0xc0}, page_base{0x80};
constexpr u32 first_ports = 16, second_ports = 32, page_ports = 16;

/// Page register of each channel, as an offset from 80h.
constexpr std::array<u8, 8> page_of{0x7, 0x3, 0x1, 0x2, 0xf, 0xb, 0x9, 0xa};

// Mode register.
constexpr u8 direction_mask = 0x0c, to_memory_mode = 0x04, from_memory_mode = 0x08,
             auto_initialize = 0x10, decrement = 0x20;
constexpr u8 controller_disabled = 0x04;
/// Register numbers from 8 on.
constexpr unsigned status_command = 8, request = 9, single_mask = 10, mode = 11,
                   clear_flip_flop = 12, master_clear = 13, clear_mask = 14, all_mask = 15;

constexpr unsigned unit_size(unsigned channel) { return channel < 4 ? 1 : 2; }

} // namespace

/// A transfer in one of the two directions.
struct Dma8237::Move {
    std::span<const std::byte> data; ///< from the device
    std::span<std::byte> out;        ///< to the device
    u8 wanted = 0;                   ///< mode bits that really move bytes
    [[nodiscard]] std::size_t size() const { return data.size() + out.size(); }
};

void Dma8237::reset() {
    chips_ = {};
    channels_ = {};
    pages_ = {};
}

bool Dma8237::attach(machine::PortBus& bus) {
    return bus.attach(first_base, first_ports, *this) &&
           bus.attach(second_base, second_ports, *this) &&
           bus.attach(page_base, page_ports, *this);
}

bool Dma8237::runs(unsigned channel) const {
    return !channels_[channel].masked && (chips_[channel / 4].command & controller_disabled) == 0;
}

Gpa Dma8237::address_of(unsigned channel) const {
    const u32 page = pages_[page_of[channel]];
    const u32 address = channels_[channel].address;
    // Word channels count in words: the page's lowest bit is not used.
    return channel < 4 ? Gpa{page << 16 | address} : Gpa{(page & 0xfeU) << 16 | address << 1};
}

/// The address wraps within its page; after the last unit the count is FFFFh and the channel ends.
void Dma8237::step(unsigned number, u32 units) {
    DmaChannel& channel = channels_[number];
    const bool down = (channel.mode & decrement) != 0;
    channel.address = static_cast<u16>(down ? channel.address - units : channel.address + units);
    const bool ended = units > channel.count;
    channel.count = static_cast<u16>(channel.count - units);
    if (!ended)
        return;
    Chip& chip = chips_[number / 4];
    chip.status |= static_cast<u8>(1U << number % 4);
    if ((channel.mode & auto_initialize) != 0) {
        channel.address = channel.base_address;
        channel.count = channel.base_count;
    } else {
        channel.masked = true;
    }
}

DmaResult Dma8237::move(unsigned number, const Move& move) {
    DmaResult result;
    const unsigned unit = unit_size(number);
    while (runs(number) && !result.terminal_count && move.size() - result.moved >= unit) {
        const DmaChannel& channel = channels_[number];
        const bool down = (channel.mode & decrement) != 0;
        // A run within the page, or single units downwards.
        u32 units = static_cast<u32>((move.size() - result.moved) / unit);
        units = std::min({units, u32{channel.count} + 1, 0x10000U - channel.address,
                          down ? 1U : 0x10000U});
        const std::size_t size = std::size_t{units} * unit;
        if ((channel.mode & direction_mask) == move.wanted) {
            // What is no RAM takes nothing and gives all ones, as an empty bus.
            if (!move.data.empty())
                static_cast<void>(
                    memory_.write(address_of(number), move.data.subspan(result.moved, size)));
            else if (!memory_.read(address_of(number), move.out.subspan(result.moved, size)))
                std::fill_n(move.out.begin() + static_cast<std::ptrdiff_t>(result.moved), size,
                            std::byte{0xff});
        }
        result.terminal_count = units > channel.count;
        result.moved += size;
        step(number, units);
    }
    return result;
}

DmaResult Dma8237::to_memory(unsigned channel, std::span<const std::byte> data) {
    return move(channel, {.data = data, .out = {}, .wanted = to_memory_mode});
}

DmaResult Dma8237::from_memory(unsigned channel, std::span<std::byte> out) {
    return move(channel, {.data = {}, .out = out, .wanted = from_memory_mode});
}

void Dma8237::clear(unsigned chip) {
    chips_[chip] = {};
    for (unsigned i = 0; i < 4; ++i)
        channels_[4 * chip + i].masked = true;
}

/// Tells the devices whose channels run now.
void Dma8237::wake(unsigned chip) {
    for (unsigned i = 4 * chip; i < 4 * chip + 4; ++i)
        if (devices_[i] != nullptr && runs(i))
            devices_[i]->dma_ready();
}

u8 Dma8237::read_register(unsigned number, unsigned reg) {
    Chip& chip = chips_[number];
    if (reg < 8) {
        const DmaChannel& channel = channels_[4 * number + reg / 2];
        const u16 value = (reg & 1) != 0 ? channel.count : channel.address;
        chip.high_byte = !chip.high_byte;
        return static_cast<u8>(chip.high_byte ? value : value >> 8);
    }
    u8 mask = 0;
    switch (reg) {
    case status_command: {
        const u8 status = chip.status;
        chip.status &= 0xf0; // what has ended is told once
        return status;
    }
    case all_mask:
        for (unsigned i = 0; i < 4; ++i)
            mask = static_cast<u8>(mask | (channels_[4 * number + i].masked ? 1U << i : 0U));
        return static_cast<u8>(0xf0 | mask);
    case master_clear: // the temporary register of transfers from memory to memory
        return 0;
    default:
        return 0xff;
    }
}

void Dma8237::write_word(unsigned number, unsigned reg, u8 value) {
    Chip& chip = chips_[number];
    DmaChannel& channel = channels_[4 * number + reg / 2];
    u16& base = (reg & 1) != 0 ? channel.base_count : channel.base_address;
    base = chip.high_byte ? static_cast<u16>((base & 0x00ff) | value << 8)
                          : static_cast<u16>((base & 0xff00) | value);
    ((reg & 1) != 0 ? channel.count : channel.address) = base;
    chip.high_byte = !chip.high_byte;
}

void Dma8237::write_register(unsigned number, unsigned reg, u8 value) {
    Chip& chip = chips_[number];
    DmaChannel* const channels = &channels_[std::size_t{4} * number];
    if (reg < 8)
        return write_word(number, reg, value);
    switch (reg) {
    case status_command:
        chip.command = value;
        break;
    case request: { // software requests: shown, but no device moves data for them
        const u8 bit = static_cast<u8>(0x10U << (value & 3));
        chip.status = static_cast<u8>((value & 4) != 0 ? chip.status | bit : chip.status & ~bit);
        break;
    }
    case single_mask:
        channels[value & 3].masked = (value & 4) != 0;
        break;
    case mode:
        channels[value & 3].mode = value;
        break;
    case clear_flip_flop:
        chip.high_byte = false;
        break;
    case master_clear:
        clear(number);
        break;
    default: // clear_mask or all_mask
        for (unsigned i = 0; i < 4; ++i)
            channels[i].masked = reg == all_mask && (value >> i & 1) != 0;
        break;
    }
    wake(number);
}

u32 Dma8237::read_port(Port port, Width) {
    if (port >= second_base)
        return read_register(1, (port.value - second_base.value) / 2U);
    if (port >= page_base)
        return pages_[port.value - page_base.value];
    return read_register(0, port.value);
}

void Dma8237::write_port(Port port, Width, u32 value) {
    const u8 byte = static_cast<u8>(value);
    if (port >= second_base)
        write_register(1, (port.value - second_base.value) / 2U, byte);
    else if (port >= page_base)
        pages_[port.value - page_base.value] = byte;
    else
        write_register(0, port.value, byte);
}

} // namespace vestige::devices
