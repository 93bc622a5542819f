// SPDX-License-Identifier: BSD-2-Clause
#include "canvas.hpp"

namespace vestige::bios {
namespace {

constexpr u64 planes = 4;
constexpr u64 window = 64 * kib; ///< of the CPU's, in which addresses wrap
constexpr u64 odd_lines = 0x2000; ///< of the CGA, in its memory

/// Widths of red, green and blue in a pixel of so many bits.
struct Layout {
    unsigned red, green, blue;
};
constexpr Layout layout(u8 bits) {
    return bits == 15 ? Layout{5, 5, 5} : bits == 16 ? Layout{5, 6, 5} : Layout{8, 8, 8};
}

/// Thirds of full light in so many bits.
constexpr u32 thirds(unsigned count, unsigned bits) {
    return (((1U << bits) - 1) * count + 1) / 3;
}
constexpr unsigned in_thirds(u32 value, unsigned bits) {
    const u32 full = (1U << bits) - 1;
    return ((value & full) * 3 + full / 2) / full;
}

} // namespace

Canvas::Canvas(Call& call, const VideoMode& mode, u8 page) : vga_{call.env.vga}, mode_{mode} {
    const u64 offset = page < mode.pages() ? u64{call.bda<u16>(bda::page_size)} * page : 0;
    switch (mode.model) {
    case MemoryModel::cga:
        pitch_ = mode.width / 8U * mode.bits * (mode.bits == 1 ? planes : 1);
        break;
    case MemoryModel::planar:
        pitch_ = planes * 2 * vga_.crtc(0x13);
        start_ = offset * planes;
        break;
    default:
        pitch_ = standard() ? mode.width : vga_.pitch();
        break;
    }
    if (const auto shown = vga_.packed_mode())
        start_ = shown->start;
}

Canvas::Place Canvas::place_of(u16 x, u16 y) const {
    const u8 dot = x % 8;
    const u16 column = x / 8;
    if (!standard() || column < columns())
        return {y, column, dot};
    // The next line in memory is the next but one of a CGA.
    const unsigned lines = column / columns() * (mode_.model == MemoryModel::cga ? 2U : 1U);
    return {static_cast<u16>(y + lines), static_cast<u16>(column % columns()), dot};
}

std::size_t Canvas::cell_size() const {
    switch (mode_.model) {
    case MemoryModel::cga:
        return mode_.bits == 1 ? planes : 2;
    case MemoryModel::planar:
        return planes;
    default:
        return (mode_.bits + 7U) / 8 * 8;
    }
}

/// The bytes of cells; none when they are not all there. The CGA's four colours are text memory to
/// the CPU, its two colours are in plane 0.
std::span<std::byte> Canvas::cells(u16 y, u16 column, u16 count) const {
    if ((y >= mode_.height && !standard()) || column + count > columns())
        return {};
    const bool as_text = mode_.model == MemoryModel::cga && mode_.bits == 2;
    if (as_text && !vga_.window().text)
        return {};
    const std::span<std::byte> memory = as_text ? vga_.storage().text : vga_.storage().frame;
    u64 at = start_ + y * pitch_;
    if (mode_.model == MemoryModel::cga)
        at = y / 2U * pitch_ + (y & 1U) * odd_lines * (as_text ? 1 : planes);
    at += column * cell_size();
    if (standard() && mode_.model != MemoryModel::cga)
        at %= mode_.model == MemoryModel::planar ? planes * window : window;
    const u64 size = count * cell_size();
    return at + size <= memory.size() ? memory.subspan(at, size) : std::span<std::byte>{};
}

u8 Canvas::clip(u8 colour) const {
    return mode_.bits >= 8 ? colour : static_cast<u8>(colour & ((1U << mode_.bits) - 1));
}

u32 Canvas::direct_colour(u8 colour) const {
    const auto [red, green, blue] = layout(mode_.bits);
    const unsigned strong = colour >> 3 & 1U;
    const unsigned green_part = (colour & 15) == 6 ? 1 : (colour & 2U) + strong; // brown
    const u32 r = thirds((colour >> 1 & 2U) + strong, red);
    const u32 g = thirds(green_part, green);
    const u32 b = thirds((colour << 1 & 2U) + strong, blue);
    return (r << green | g) << blue | b;
}

u8 Canvas::nearest_colour(u32 value) const {
    const auto [red, green, blue] = layout(mode_.bits);
    const unsigned r = in_thirds(value >> (green + blue), red);
    const unsigned g = in_thirds(value >> blue, green);
    const unsigned b = in_thirds(value, blue);
    const bool strong = r != 0 && g != 0 && b != 0 && (r != 2 || g != 2 || b != 2);
    const unsigned base = strong ? 1 : 0;
    return static_cast<u8>(base << 3 | (r > base ? 4U : 0U) | (g > base ? 2U : 0U) |
                           (b > base ? 1U : 0U));
}

Canvas::Pixels Canvas::load(u16 y, u16 column) const {
    const std::span<const std::byte> cell = cells(y, column, 1);
    Pixels pixels{};
    if (cell.empty())
        return pixels;
    const auto byte = [&](std::size_t i) { return static_cast<u8>(cell[i]); };
    for (unsigned i = 0; i < 8; ++i) {
        const unsigned bit = 7 - i;
        if (mode_.model == MemoryModel::planar) {
            for (unsigned p = 0; p < planes; ++p)
                pixels[i] = static_cast<u8>(pixels[i] | (byte(p) >> bit & 1) << p);
        } else if (mode_.model == MemoryModel::cga) {
            pixels[i] = static_cast<u8>(mode_.bits == 1 ? byte(0) >> bit & 1
                                                        : byte(i / 4) >> (bit % 4 * 2) & 3);
        } else if (mode_.model == MemoryModel::packed) {
            pixels[i] = byte(i);
        } else {
            const std::size_t size = cell.size() / 8;
            u32 value = 0;
            for (std::size_t k = 0; k < size; ++k)
                value |= u32{byte(i * size + k)} << (8 * k);
            pixels[i] = nearest_colour(value);
        }
    }
    return pixels;
}

void Canvas::encode(std::span<std::byte> cell, const Pixels& pixels) const {
    std::array<u8, 4> bits{};
    for (unsigned i = 0; i < 8; ++i) {
        const unsigned bit = 7 - i;
        if (mode_.model == MemoryModel::packed) {
            cell[i] = static_cast<std::byte>(pixels[i]);
        } else if (mode_.model == MemoryModel::direct) {
            const std::size_t size = cell.size() / 8;
            const u32 value = direct_colour(pixels[i]);
            for (std::size_t k = 0; k < size; ++k)
                cell[i * size + k] = static_cast<std::byte>(value >> (8 * k));
        } else if (mode_.model == MemoryModel::planar) {
            for (unsigned p = 0; p < planes; ++p)
                bits[p] = static_cast<u8>(bits[p] | (pixels[i] >> p & 1) << bit);
        } else if (mode_.bits == 1) {
            bits[0] = static_cast<u8>(bits[0] | (pixels[i] & 1) << bit);
        } else {
            bits[i / 4] = static_cast<u8>(bits[i / 4] | (pixels[i] & 3) << (bit % 4 * 2));
        }
    }
    if (mode_.model == MemoryModel::planar || mode_.model == MemoryModel::cga) {
        const std::size_t used = mode_.bits == 1 && mode_.model == MemoryModel::cga ? 1 : cell.size();
        for (std::size_t i = 0; i < used; ++i)
            cell[i] = static_cast<std::byte>(bits[i]);
    }
}

void Canvas::store(u16 y, u16 column, const Pixels& pixels) {
    if (const std::span<std::byte> cell = cells(y, column, 1); !cell.empty())
        encode(cell, pixels);
}

void Canvas::copy(u16 to_y, u16 from_y, u16 column, u16 count) {
    const std::span<std::byte> from = cells(from_y, column, count);
    const std::span<std::byte> to = cells(to_y, column, count);
    if (from.size() == to.size())
        std::copy(from.begin(), from.end(), to.begin());
}

void Canvas::fill(u16 y, u16 column, u16 count, u8 colour) {
    Pixels pixels;
    pixels.fill(colour);
    for (u16 i = 0; i < count; ++i)
        store(y, static_cast<u16>(column + i), pixels);
}

} // namespace vestige::bios
