// SPDX-License-Identifier: BSD-2-Clause
// The VGA's memory: four planes behind the graphics controller, and the windows in which the guest
// has it as plain memory.
#include "vestige/devices/vga.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

// Graphics controller registers.
constexpr std::size_t set_reset = 0, enable_set_reset = 1, colour_compare = 2, rotate = 3,
                      read_map = 4, mode = 5, miscellaneous = 6, colour_care = 7, bit_mask = 8;
constexpr std::size_t map_mask = 2, memory_mode = 4; // sequencer
constexpr u8 chain_4 = 0x08, odd_even = 0x10, compares = 0x08, memory_enabled = 0x02;
constexpr u64 bank_size = 64 * kib;
constexpr u64 text_cells = Vga::text_size / 2;

/// A byte for each plane: all ones where its bit is set.
constexpr u32 spread(u8 planes) {
    return (planes & 1U) * 0xffU | (planes >> 1 & 1U) * 0xff00U | (planes >> 2 & 1U) * 0xff0000U |
           (planes >> 3 & 1U) * 0xff000000U;
}

constexpr u32 in_all_planes(u8 value) {
    return value * 0x01010101U;
}

/// The window that memory map select opens: its offset from A0000h and its size.
struct Aperture {
    u64 start;
    u64 size;
};
constexpr Aperture aperture(u8 misc) {
    constexpr std::array<Aperture, 4> all{
        {{0, 128 * kib}, {0, 64 * kib}, {0x10000, 32 * kib}, {0x18000, 32 * kib}}};
    return all[misc >> 2 & 3];
}

} // namespace

u8 Vga::plane(unsigned plane, u64 offset) const {
    if (window_.text && plane < 2 && offset < text_cells)
        return static_cast<u8>(storage_.text[2 * offset + plane]);
    const u64 at = 4 * offset + plane;
    return at < storage_.frame.size() ? static_cast<u8>(storage_.frame[at]) : u8{0xff};
}

void Vga::set_plane(unsigned plane, u64 offset, u8 value) {
    const u64 at = 4 * offset + plane;
    if (window_.text && plane < 2 && offset < text_cells)
        storage_.text[2 * offset + plane] = static_cast<std::byte>(value);
    else if (at < storage_.frame.size())
        storage_.frame[at] = static_cast<std::byte>(value);
}

u32 Vga::all_planes(u64 offset) const {
    u32 value = 0;
    for (unsigned i = 0; i < 4; ++i)
        value |= u32{plane(i, offset)} << (8 * i);
    return value;
}

/// Addresses of chain-4 and odd/even modes choose the plane by their low bits.
Vga::Place Vga::place(u64 offset) const {
    const VgaRegisters& r = registers_;
    const Aperture open = aperture(r.graphics[miscellaneous]);
    if ((r.misc & memory_enabled) == 0 || offset < open.start || offset - open.start >= open.size)
        return {};
    u64 at = offset - open.start;
    if (open.size == bank_size && dispi_on())
        at += dispi(Dispi::bank) * bank_size;
    const u8 written = r.sequencer[map_mask];
    if ((r.sequencer[memory_mode] & chain_4) != 0)
        return {at >> 2, static_cast<u8>(written & 1U << (at & 3)), static_cast<u8>(at & 3), true};
    if ((r.graphics[mode] & odd_even) != 0)
        return {at >> 1, static_cast<u8>(written & 5U << (at & 1)),
                static_cast<u8>((r.graphics[read_map] & 2U) | (at & 1)), true};
    return {at, written, r.graphics[read_map], true};
}

u8 Vga::read_byte(u64 offset) {
    const Place at = place(offset);
    if (!at.there)
        return 0xff;
    const auto& gc = registers_.graphics;
    registers_.latches = all_planes(at.offset);
    if ((gc[mode] & compares) == 0)
        return static_cast<u8>(registers_.latches >> (8 * at.read_plane));
    const u32 different =
        (registers_.latches ^ spread(gc[colour_compare])) & spread(gc[colour_care]);
    const u32 folded = different | different >> 16;
    return static_cast<u8>(~(folded | folded >> 8));
}

/// The function select of the rotate register, on latches, under the bit mask.
u32 Vga::combine(u32 value) const {
    const auto& gc = registers_.graphics;
    const u32 latches = registers_.latches;
    const u8 function = gc[rotate] >> 3 & 3;
    if (function == 1)
        value &= latches;
    else if (function == 2)
        value |= latches;
    else if (function == 3)
        value ^= latches;
    const u32 mask = in_all_planes(gc[bit_mask]);
    return (value & mask) | (latches & ~mask);
}

/// IBM VGA register reference, "Graphics Mode Register": the four write modes.
void Vga::write_byte(u64 offset, u8 value) {
    const Place at = place(offset);
    if (!at.there)
        return;
    const auto& gc = registers_.graphics;
    const unsigned count = gc[rotate] & 7U;
    const u8 rotated = static_cast<u8>(value >> count | value << (8 - count));
    u32 result = 0;
    switch (gc[mode] & 3) {
    case 0: {
        const u32 forced = spread(gc[enable_set_reset]);
        result = combine((in_all_planes(rotated) & ~forced) | (spread(gc[set_reset]) & forced));
        break;
    }
    case 1:
        result = registers_.latches;
        break;
    case 2:
        result = combine(spread(value & 15));
        break;
    default: {
        const u32 mask = in_all_planes(rotated & gc[bit_mask]);
        result = (spread(gc[set_reset]) & mask) | (registers_.latches & ~mask);
        break;
    }
    }
    for (unsigned i = 0; i < 4; ++i)
        if ((at.planes >> i & 1) != 0)
            set_plane(i, at.offset, static_cast<u8>(result >> (8 * i)));
}

u64 Vga::read_mmio(u64 offset, Width width) {
    u64 value = 0;
    for (unsigned i = 0; i < bytes(width); ++i)
        value |= u64{read_byte(offset + i)} << (8 * i);
    return value;
}

void Vga::write_mmio(u64 offset, Width width, u64 value) {
    for (unsigned i = 0; i < bytes(width); ++i)
        write_byte(offset + i, static_cast<u8>(value >> (8 * i)));
}

/// Plain memory needs registers that neither change nor hide a byte on its way.
VideoWindow Vga::find_window() const {
    const VgaRegisters& r = registers_;
    const auto& gc = r.graphics;
    const bool untouched = (gc[mode] & 3) == 0 && (gc[mode] & compares) == 0 &&
                           gc[enable_set_reset] == 0 && gc[rotate] == 0 && gc[bit_mask] == 0xff;
    if (!untouched || (r.misc & memory_enabled) == 0 || storage_.frame.empty())
        return {};
    const Aperture open = aperture(gc[miscellaneous]);
    VideoWindow found{legacy_start + open.start, open.size, false, 0};
    if ((r.sequencer[memory_mode] & chain_4) != 0) {
        if (open.size == bank_size && dispi_on())
            found.offset = dispi(Dispi::bank) * bank_size;
        const bool fits = found.offset + open.size <= storage_.frame.size();
        return r.sequencer[map_mask] == 0x0f && fits ? found : VideoWindow{};
    }
    found.text = true;
    return (gc[mode] & odd_even) != 0 && r.sequencer[map_mask] == 3 && (gc[read_map] & 2) == 0 &&
                   open.size == text_size
               ? found
               : VideoWindow{};
}

void Vga::update_window() {
    const VideoWindow found = find_window();
    if (found == window_)
        return;
    const bool had_text = window_.text;
    if (had_text && !found.text)
        scatter_text();
    if (!had_text && found.text)
        gather_text();
    window_ = found;
    ++window_version_;
}

/// Text memory from planes 0 and 1.
void Vga::gather_text() {
    for (u64 i = 0; i < text_cells; ++i) {
        storage_.text[2 * i] = storage_.frame[4 * i];
        storage_.text[2 * i + 1] = storage_.frame[4 * i + 1];
    }
}

/// Planes 0 and 1 from text memory.
void Vga::scatter_text() {
    for (u64 i = 0; i < text_cells; ++i) {
        storage_.frame[4 * i] = storage_.text[2 * i];
        storage_.frame[4 * i + 1] = storage_.text[2 * i + 1];
    }
}

} // namespace vestige::devices
