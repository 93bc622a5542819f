// SPDX-License-Identifier: BSD-2-Clause
// INT 10h: colours. Attribute controller and DAC.
#include "video_internal.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

constexpr u8 mode_control = 0x10, overscan = 0x11, colour_select = 0x14;
constexpr u8 last_attribute = 0x14;
constexpr u8 blinks = 0x08, sixteen_pages = 0x80;
constexpr u8 palette_size = 17; ///< sixteen registers and the overscan colour

/// The palette of AX=1002h and 1009h: the overscan register comes behind the sixteen.
constexpr u8 palette_register(u8 place) {
    return place == 16 ? overscan : place;
}

/// AH=0Bh BH=00h: the background, and the intensity of the three other colours of CGA modes.
void set_background(Call& call) {
    devices::Vga& vga = call.env.vga;
    const u8 colour = call.bl();
    u8 value = colour & 0x0f;
    if ((value & 8) != 0)
        value = static_cast<u8>(value + 8); // intensity is bit 4
    vga.set_attribute(0, value);
    const u8 intensity = colour & 0x10;
    for (u8 i = 1; i < 4; ++i)
        vga.set_attribute(i, static_cast<u8>((vga.attribute(i) & ~0x10U) | intensity));
}

/// AH=0Bh BH=01h: green, red and brown, or cyan, magenta and white.
void set_cga_palette(Call& call) {
    devices::Vga& vga = call.env.vga;
    for (u8 i = 1; i < 4; ++i)
        vga.set_attribute(i, static_cast<u8>((vga.attribute(i) & ~1U) | (call.bl() & 1U)));
}

void select_dac_page(Call& call) {
    devices::Vga& vga = call.env.vga;
    const bool sixteen = (vga.attribute(mode_control) & sixteen_pages) != 0;
    if ((call.bl() & 1) == 0)
        vga.set_attribute(mode_control, static_cast<u8>((vga.attribute(mode_control) & 0x7f) |
                                                        (call.bh() & 1U) << 7));
    else
        vga.set_attribute(colour_select, static_cast<u8>(sixteen ? call.bh() & 15U
                                                                 : (call.bh() & 3U) << 2));
}

void get_dac_page(Call& call) {
    const devices::Vga& vga = call.env.vga;
    const bool sixteen = (vga.attribute(mode_control) & sixteen_pages) != 0;
    const u8 select = vga.attribute(colour_select) & 15;
    call.set_bl(sixteen ? 1 : 0);
    call.set_bh(sixteen ? select : static_cast<u8>(select >> 2));
}

void set_dac_block(Call& call, u8 first, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
        std::array<std::byte, 3> rgb{};
        call.read(cpu::SegmentName::es, static_cast<u16>(call.dx() + 3 * i), rgb);
        call.env.vga.set_dac(static_cast<u8>(first + i), static_cast<u8>(rgb[0]),
                             static_cast<u8>(rgb[1]), static_cast<u8>(rgb[2]));
    }
}

} // namespace

void sum_to_greys(devices::Vga& vga, u8 first, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
        const u8 index = static_cast<u8>(first + i);
        // 30, 59 and 11 percent, rounded.
        const unsigned sum = 77U * vga.dac(index, 0) + 151U * vga.dac(index, 1) +
                             28U * vga.dac(index, 2) + 128U;
        const u8 grey = static_cast<u8>(std::min(sum >> 8, vga.wide_dac() ? 255U : 63U));
        vga.set_dac(index, grey, grey, grey);
    }
}

Outcome set_colours(Call& call) {
    if (call.bh() == 0)
        set_background(call);
    else if (call.bh() == 1)
        set_cga_palette(call);
    return Outcome::done;
}

Outcome attribute_registers(Call& call) {
    devices::Vga& vga = call.env.vga;
    switch (call.al()) {
    case 0x00:
        vga.set_attribute(call.bl(), call.bh());
        break;
    case 0x01:
        vga.set_attribute(overscan, call.bh());
        break;
    case 0x02:
        for (u8 i = 0; i < palette_size; ++i)
            vga.set_attribute(palette_register(i),
                              call.load<u8>(cpu::SegmentName::es, static_cast<u16>(call.dx() + i)));
        break;
    case 0x03:
        vga.set_attribute(mode_control, static_cast<u8>((vga.attribute(mode_control) & ~blinks) |
                                                        ((call.bl() & 1) != 0 ? blinks : 0)));
        break;
    case 0x07:
        if (call.bl() <= last_attribute)
            call.set_bh(vga.attribute(call.bl()));
        break;
    case 0x08:
        call.set_bh(vga.attribute(overscan));
        break;
    case 0x09:
        for (u8 i = 0; i < palette_size; ++i)
            call.store<u8>(cpu::SegmentName::es, static_cast<u16>(call.dx() + i),
                           vga.attribute(palette_register(i)));
        break;
    default:
        break;
    }
    return Outcome::done;
}

Outcome dac_registers(Call& call) {
    devices::Vga& vga = call.env.vga;
    const u8 index = call.bl();
    const unsigned count = call.cx(); // goes on at colour 0 behind the last one
    switch (call.al()) {
    case 0x10:
        vga.set_dac(index, call.dh(), call.ch(), call.cl());
        break;
    case 0x12:
        set_dac_block(call, index, count);
        break;
    case 0x13:
        select_dac_page(call);
        break;
    case 0x15:
        call.set_dh(vga.dac(index, 0));
        call.set_ch(vga.dac(index, 1));
        call.set_cl(vga.dac(index, 2));
        break;
    case 0x17:
        for (unsigned i = 0; i < 3 * count; ++i)
            call.store<u8>(cpu::SegmentName::es, static_cast<u16>(call.dx() + i),
                           vga.dac(static_cast<u8>(index + i / 3), i % 3));
        break;
    case 0x18:
        vga.set_pel_mask(call.bl());
        break;
    case 0x19:
        call.set_bl(vga.pel_mask());
        break;
    case 0x1a:
        get_dac_page(call);
        break;
    case 0x1b:
        sum_to_greys(vga, index, count);
        break;
    default:
        break;
    }
    return Outcome::done;
}

} // namespace vestige::bios
