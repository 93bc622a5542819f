// SPDX-License-Identifier: BSD-2-Clause
// INT 10h AH=4Fh: what the display can do, for the functions of vbe.cpp.
#include "video_internal.hpp"

#include "vestige/bios/rom.hpp"

namespace vestige::bios {
namespace {

constexpr u16 works = 0x004f, failed = 0x014f, no_mode = 0x0100;
constexpr u16 version = 0x0300;
constexpr std::size_t information_size = 256, modes_at = 34;
constexpr std::size_t edid_size = 128;

// Mode attributes.
constexpr u16 supported = 0x01, more_information = 0x02, writes_text = 0x04, colour = 0x08,
              graphics = 0x10, not_vga = 0x20, has_linear = 0x80;

Outcome answer(Call& call, u16 ax) {
    call.set_ax(ax);
    return Outcome::done;
}

bool fits(const Call& call, const VideoMode& mode) {
    return mode.text() || u64{mode.width} * mode.height * ((mode.bits + 7U) / 8) <=
                              call.env.vga.storage().frame.size();
}

/// Sizes and places of red, green, blue and the rest in a pixel.
constexpr std::array<u8, 8> colour_fields(u8 bits) {
    switch (bits) {
    case 15:
        return {5, 10, 5, 5, 5, 0, 1, 15};
    case 16:
        return {5, 11, 6, 5, 5, 0, 0, 0};
    case 24:
        return {8, 16, 8, 8, 8, 0, 0, 0};
    case 32:
        return {8, 16, 8, 8, 8, 0, 8, 24};
    default:
        return {};
    }
}

constexpr u16 row_bytes(const VideoMode& mode) {
    if (mode.text())
        return static_cast<u16>(mode.width * 2);
    return static_cast<u16>(mode.model == MemoryModel::planar
                                ? mode.width / 8
                                : mode.width * ((mode.bits + 7) / 8));
}

u16 attributes_of(const VideoMode& mode) {
    constexpr u16 base = supported | more_information | colour;
    if (mode.text())
        return base | writes_text;
    return base | graphics | not_vga |
           (mode.model == MemoryModel::planar ? writes_text : has_linear);
}

/// VBE Core Functions Standard, "Function 01h - Return VBE Mode Information".
std::array<std::byte, information_size> describe(const Call& call, const VideoMode& mode) {
    std::array<std::byte, information_size> info{};
    const std::span<std::byte> out{info};
    const auto byte = [&](std::size_t at, unsigned value) {
        info[at] = static_cast<std::byte>(value);
    };
    const u16 pitch = row_bytes(mode);
    const bool is_planar = mode.model == MemoryModel::planar;
    store_le<u16>(out, 0, attributes_of(mode));
    byte(2, 0x07); // window A can be moved, read and written
    store_le<u16>(out, 4, mode.text() ? 32 : 64);
    store_le<u16>(out, 6, mode.text() ? 32 : 64);
    store_le<u16>(out, 8, mode.text() ? 0xb800 : 0xa000);
    store_le<u16>(out, 16, pitch);
    store_le<u16>(out, 18, mode.width);
    store_le<u16>(out, 20, mode.height);
    byte(22, mode.text() && mode.width != 132 ? 9 : 8);
    byte(23, mode.char_height);
    byte(24, mode.text() || is_planar ? 4 : 1);
    byte(25, mode.bits);
    byte(26, 1);
    byte(27, static_cast<unsigned>(mode.model));
    const u64 page = u64{pitch} * mode.height * (is_planar ? 4 : 1);
    const u64 pages = mode.text() ? mode.pages() : call.env.vga.storage().frame.size() / page;
    byte(29, static_cast<unsigned>(std::clamp<u64>(pages, 1, 256) - 1));
    byte(30, 1);
    const auto fields = colour_fields(mode.bits);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        byte(31 + i, fields[i]);
        byte(54 + i, fields[i]);
    }
    byte(39, mode.bits == 32 ? 2 : 0); // the byte that is no colour is the program's
    if (!mode.text() && !is_planar)
        store_le<u32>(out, 40, static_cast<u32>(devices::Vga::linear_start.value()));
    store_le<u16>(out, 50, pitch);
    return info;
}

/// VESA E-EDID 1.3: a display of 1600 by 1200 at most that likes 1024 by 768.
constexpr std::array<u8, edid_size> make_edid() {
    std::array<u8, edid_size> edid{
        0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00,
        0x5a, 0x74,                         // manufacturer: V S T
        0x01, 0x00, 0x01, 0x00, 0x00, 0x00, // product and serial number
        1,    36,                           // week and year of manufacture: 2026
        1,    3,                            // EDID 1.3
        0x08, 32, 24, 120,                  // analogue, 32 by 24 cm, gamma 2.2
        0x0a,                               // colour, first timing is the preferred one
        0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54, // sRGB chromaticity
        0x21, 0x08, 0x00, // 640x480, 800x600 and 1024x768 at 60 Hz
        0x31, 0x40, 0x45, 0x40, 0x61, 0x40, 0x81, 0x80, // 640x480, 800x600, 1024x768, 1280x1024
        0xa9, 0x40, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, // 1600x1200
        // 1024x768 at 60 Hz: 65 MHz, 320 blank of 1344, 38 blank of 806
        0x64, 0x19, 0x00, 0x40, 0x41, 0x00, 0x26, 0x30, 0x18, 0x88, 0x36, 0x00, 0x40, 0xf0, 0x10,
        0x00, 0x00, 0x18,
        // limits: 50 to 90 Hz, 30 to 100 kHz, 200 MHz
        0x00, 0x00, 0x00, 0xfd, 0x00, 50, 90, 30, 100, 20, 0x00, 0x0a, 0x20, 0x20, 0x20, 0x20,
        0x20, 0x20,
        // name
        0x00, 0x00, 0x00, 0xfc, 0x00, 'V', 'e', 's', 't', 'i', 'g', 'e', 0x0a, 0x20, 0x20, 0x20,
        0x20, 0x20,
        0x00, 0x00, 0x00, 0x10, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    u8 sum = 0;
    for (const u8 value : edid)
        sum = static_cast<u8>(sum + value);
    edid.back() = static_cast<u8>(0 - sum);
    return edid;
}
constexpr std::array<u8, edid_size> edid = make_edid();

} // namespace

/// The list of modes lies in the caller's own buffer.
Outcome vbe_controller(Call& call) {
    std::array<std::byte, 4> signature{};
    call.read(cpu::SegmentName::es, call.di(), signature);
    constexpr std::array vbe2{std::byte{'V'}, std::byte{'B'}, std::byte{'E'}, std::byte{'2'}};
    std::array<std::byte, 512> info{};
    const std::span<std::byte> out{info};
    store_le<u32>(out, 0, 0x41534556); // "VESA"
    store_le<u16>(out, 4, version);
    const u32 oem = u32{bios_segment} << 16 | rom_vbe_name;
    store_le<u32>(out, 6, oem);
    store_le<u32>(out, 10, 1); // the DAC can have 8 bits a part
    store_le<u16>(out, 14, static_cast<u16>(call.di() + modes_at));
    store_le<u16>(out, 16, call.selector(cpu::SegmentName::es));
    store_le<u16>(out, 18,
                  static_cast<u16>(call.env.vga.storage().frame.size() / (64 * kib)));
    store_le<u16>(out, 20, 0x0100); // of this software
    for (const std::size_t at : {22, 26, 30})
        store_le<u32>(out, at, oem);
    std::size_t at = modes_at;
    for (const VideoMode& mode : vbe_modes())
        if (fits(call, mode)) {
            store_le<u16>(out, at, mode.number);
            at += 2;
        }
    store_le<u16>(out, at, 0xffff);
    call.write(cpu::SegmentName::es, call.di(),
               out.first(signature == vbe2 ? info.size() : information_size));
    return answer(call, works);
}

Outcome vbe_mode_information(Call& call) {
    const VideoMode* const mode = find_mode(call.cx() & 0x1ff);
    if (mode == nullptr || mode->number < 0x100 || !fits(call, *mode))
        return answer(call, no_mode);
    call.write(cpu::SegmentName::es, call.di(), describe(call, *mode));
    return answer(call, works);
}

/// BL=00h: DDC2 and how long a block takes; 01h: block DX of the EDID to ES:DI.
Outcome vbe_display_data(Call& call) {
    if (call.bl() == 0) {
        call.set_bx(0x0103); // a second at most; DDC1 and DDC2
        return answer(call, works);
    }
    if (call.bl() != 1 || call.dx() != 0)
        return answer(call, failed);
    call.write(cpu::SegmentName::es, call.di(), std::as_bytes(std::span{edid}));
    return answer(call, works);
}

} // namespace vestige::bios
