// SPDX-License-Identifier: BSD-2-Clause
// The display interface of Bochs and QEMU: modes with packed pixels, set by number of pixels.
#include "vestige/devices/vga.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

constexpr u16 enabled = 0x01, get_capabilities = 0x02, wide_dac_bit = 0x20, keep_memory = 0x80;
constexpr u16 oldest_id = 0xb0c0, newest_id = 0xb0c5;
constexpr u16 most_bits = 32;

constexpr bool possible_bits(u16 bits) {
    return bits == 4 || bits == 8 || bits == 15 || bits == 16 || bits == 24 || bits == 32;
}
constexpr u32 bits_of_memory(u16 bits) {
    return bits == 15 ? 16 : bits;
}

} // namespace

u32 Vga::pitch() const {
    return dispi(Dispi::virtual_width) * bits_of_memory(dispi(Dispi::bits)) / 8;
}

std::optional<PackedMode> Vga::packed_mode() const {
    const u16 bits = dispi(Dispi::bits);
    if (!dispi_on() || bits < 8)
        return {};
    const u64 start =
        u64{dispi(Dispi::y_offset)} * pitch() + dispi(Dispi::x_offset) * (bits_of_memory(bits) / 8);
    return PackedMode{dispi(Dispi::width), dispi(Dispi::height), static_cast<u8>(bits), pitch(),
                      start};
}

u16 Vga::read_dispi() const {
    if (dispi_index_ >= dispi_.size())
        return 0;
    const Dispi index = static_cast<Dispi>(dispi_index_);
    if ((dispi(Dispi::enable) & get_capabilities) != 0) {
        if (index == Dispi::width)
            return most_width;
        if (index == Dispi::height)
            return most_height;
        if (index == Dispi::bits)
            return most_bits;
    }
    return dispi(index);
}

void Vga::set_dispi(Dispi index, u16 value) {
    u16& stored = dispi_[static_cast<std::size_t>(index)];
    switch (index) {
    case Dispi::id:
        if (value >= oldest_id && value <= newest_id)
            stored = value;
        break;
    case Dispi::width:
    case Dispi::height:
    case Dispi::bits:
        if (!dispi_on())
            stored = value;
        break;
    case Dispi::enable:
        enable_dispi(value);
        break;
    case Dispi::bank: {
        const u64 banks = std::max<u64>(storage_.frame.size() / (64 * kib), 1);
        if (value < banks)
            stored = value;
        update_window();
        break;
    }
    case Dispi::virtual_width:
    case Dispi::x_offset:
    case Dispi::y_offset:
        stored = value;
        if (dispi_on())
            fit_dispi();
        break;
    case Dispi::virtual_height:
    case Dispi::memory:
        break;
    }
}

/// Whatever was asked for, the picture lies inside video memory.
void Vga::fit_dispi() {
    const auto reg = [this](Dispi index) -> u16& {
        return dispi_[static_cast<std::size_t>(index)];
    };
    if (!possible_bits(reg(Dispi::bits)))
        reg(Dispi::bits) = 8;
    const u32 bits = bits_of_memory(reg(Dispi::bits));
    const u64 memory = storage_.frame.size();
    u16& width = reg(Dispi::width);
    u16& across = reg(Dispi::virtual_width);
    width = static_cast<u16>(std::clamp<u16>(width, 8, most_width) & ~7U);
    across = static_cast<u16>(std::max(across, width) & ~7U);
    u64 rows = memory * 8 / (u64{across} * bits);
    if (rows == 0) {
        across = width;
        rows = memory * 8 / (u64{across} * bits);
    }
    rows = std::min<u64>(rows, 0xffff);
    u16& height = reg(Dispi::height);
    height = static_cast<u16>(std::clamp<u64>(height, 1, std::min<u64>(most_height, rows)));
    reg(Dispi::virtual_height) = static_cast<u16>(rows);
    u16& x = reg(Dispi::x_offset);
    u16& y = reg(Dispi::y_offset);
    x = std::min<u16>(x, static_cast<u16>(across - 1));
    y = static_cast<u16>(std::min<u64>(y, rows - height));
    if (x > across - width && y == rows - height) // rows that end behind the right edge
        x = static_cast<u16>(across - width);
}

void Vga::enable_dispi(u16 value) {
    if (storage_.frame.empty())
        return;
    const bool was_on = dispi_on();
    dispi_[static_cast<std::size_t>(Dispi::enable)] = value;
    wide_dac_ = (value & wide_dac_bit) != 0;
    if ((value & enabled) != 0 && !was_on) {
        dispi_[static_cast<std::size_t>(Dispi::virtual_width)] = dispi(Dispi::width);
        dispi_[static_cast<std::size_t>(Dispi::x_offset)] = 0;
        dispi_[static_cast<std::size_t>(Dispi::y_offset)] = 0;
        dispi_[static_cast<std::size_t>(Dispi::bank)] = 0;
        fit_dispi();
        program_for_dispi();
        update_window();
        if ((value & keep_memory) == 0) {
            const u64 size = u64{pitch()} * dispi(Dispi::height);
            const auto shown = storage_.frame.first(std::min<u64>(size, storage_.frame.size()));
            std::fill(shown.begin(), shown.end(), std::byte{});
        }
    } else if ((value & enabled) == 0) {
        dispi_[static_cast<std::size_t>(Dispi::bank)] = 0;
        update_window();
    }
}

/// The VGA's own registers follow, so that windows and what software reads back agree.
void Vga::program_for_dispi() {
    VgaRegisters& r = registers_;
    const unsigned lines = dispi(Dispi::height) - 1U;
    const bool packed = dispi(Dispi::bits) != 4;
    r.graphics[6] = static_cast<u8>((r.graphics[6] & ~0x0cU) | 0x05); // graphics at A0000h
    r.graphics[5] = static_cast<u8>((r.graphics[5] & ~0x70U) | (packed ? 0x40 : 0));
    r.sequencer[1] = static_cast<u8>((r.sequencer[1] & ~0x08U) | 0x01);
    r.sequencer[2] |= 0x0f;
    r.sequencer[4] = static_cast<u8>(packed ? r.sequencer[4] | 0x0e : (r.sequencer[4] | 6) & ~8U);
    r.crtc[0x17] |= 3;
    r.crtc[0x13] = static_cast<u8>(pitch() >> 3);
    r.crtc[0x01] = static_cast<u8>((dispi(Dispi::width) >> 3) - 1U);
    r.crtc[0x12] = static_cast<u8>(lines);
    r.crtc[0x07] =
        static_cast<u8>((r.crtc[0x07] & ~0x42U) | (lines >> 7 & 0x02) | (lines >> 3 & 0x40) | 0x10);
    r.crtc[0x18] = 0xff;
    r.crtc[0x09] = static_cast<u8>((r.crtc[0x09] & ~0x9fU) | 0x40);
    r.attribute[0x13] = 0;
}

} // namespace vestige::devices
