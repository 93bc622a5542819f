// SPDX-License-Identifier: BSD-2-Clause
// What the modes put into the VGA's registers and its DAC: the IBM VGA's values.
#include "video_mode.hpp"

#include <array>

namespace vestige::bios {
namespace {

using Crtc = std::array<u8, 25>;
using Attributes = std::array<u8, 20>;
using Sequencer = std::array<u8, 4>; ///< from the clocking mode on

constexpr Crtc crtc_text40{0x2d, 0x27, 0x28, 0x90, 0x2b, 0xa0, 0xbf, 0x1f, 0x00,
                           0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00, 0x9c, 0x8e,
                           0x8f, 0x14, 0x1f, 0x96, 0xb9, 0xa3, 0xff};
constexpr Crtc crtc_text80{0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00,
                           0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00, 0x9c, 0x8e,
                           0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff};
constexpr Crtc crtc_320{0x2d, 0x27, 0x28, 0x90, 0x2b, 0x80, 0xbf, 0x1f, 0x00,
                        0xc1, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x9c, 0x8e,
                        0x8f, 0x14, 0x00, 0x96, 0xb9, 0xa2, 0xff};
constexpr Crtc crtc_640{0x5f, 0x4f, 0x50, 0x82, 0x54, 0x80, 0xbf, 0x1f, 0x00,
                        0xc1, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x9c, 0x8e,
                        0x8f, 0x28, 0x00, 0x96, 0xb9, 0xc2, 0xff};

/// Vertical registers 06h, 07h, 10h, 11h, 12h, 15h and 16h.
struct Vertical {
    u8 total, overflow, retrace, retrace_end, shown, blank, blank_end;
};
constexpr Vertical vertical_350{0xbf, 0x1f, 0x83, 0x85, 0x5d, 0x63, 0xba};
constexpr Vertical vertical_400{0xbf, 0x1f, 0x9c, 0x8e, 0x8f, 0x96, 0xb9};
constexpr Vertical vertical_480{0x0b, 0x3e, 0xea, 0x8c, 0xdf, 0xe7, 0x04};

constexpr Attributes attributes_text{0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39,
                                     0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x0c, 0x00, 0x0f, 0x08};
constexpr Attributes attributes_mono_text{0x00, 0x08, 0x08, 0x08, 0x08, 0x08, 0x08,
                                          0x08, 0x10, 0x18, 0x18, 0x18, 0x18, 0x18,
                                          0x18, 0x18, 0x0e, 0x00, 0x0f, 0x08};
constexpr Attributes attributes_cga{0x00, 0x13, 0x15, 0x17, 0x02, 0x04, 0x06, 0x07, 0x10, 0x11,
                                    0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x01, 0x00, 0x03, 0x00};
constexpr Attributes attributes_cga_mono{0x00, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17,
                                         0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17,
                                         0x17, 0x17, 0x01, 0x00, 0x01, 0x00};
constexpr Attributes attributes_200{0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x10, 0x11,
                                    0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x01, 0x00, 0x0f, 0x00};
constexpr Attributes attributes_350_mono{0x00, 0x08, 0x00, 0x00, 0x18, 0x18, 0x00,
                                         0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x18,
                                         0x00, 0x00, 0x01, 0x00, 0x01, 0x00};
constexpr Attributes attributes_16{0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39,
                                   0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x01, 0x00, 0x0f, 0x00};
constexpr Attributes attributes_480_mono{0x00, 0x3f, 0x00, 0x3f, 0x00, 0x3f, 0x00,
                                         0x3f, 0x00, 0x3f, 0x00, 0x3f, 0x00, 0x3f,
                                         0x00, 0x3f, 0x01, 0x00, 0x0f, 0x00};
constexpr Attributes attributes_256{0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09,
                                    0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x41, 0x00, 0x0f, 0x00};

constexpr u8 screen_on = 0x20;

void apply(devices::VgaRegisters& r, const Vertical& v) {
    r.crtc[0x06] = v.total;
    r.crtc[0x07] = v.overflow;
    r.crtc[0x10] = v.retrace;
    r.crtc[0x11] = v.retrace_end;
    r.crtc[0x12] = v.shown;
    r.crtc[0x15] = v.blank;
    r.crtc[0x16] = v.blank_end;
}

void base(devices::VgaRegisters& r, const Sequencer& sequencer, u8 misc, const Crtc& crtc,
          const Attributes& attributes, u8 graphics_mode, u8 graphics_misc) {
    r.sequencer[0] = 0x03;
    std::ranges::copy(sequencer, r.sequencer.begin() + 1);
    r.misc = misc;
    std::ranges::copy(crtc, r.crtc.begin());
    std::ranges::copy(attributes, r.attribute.begin());
    r.graphics = {0, 0, 0, 0, 0, graphics_mode, graphics_misc, 0x0f, 0xff};
    r.attribute_index = screen_on;
}

void set_char_height(devices::VgaRegisters& r, u8 height) {
    r.crtc[0x09] = static_cast<u8>((r.crtc[0x09] & 0xe0) | (height - 1));
    r.crtc[0x14] = static_cast<u8>(height - 1);
    r.crtc[0x0a] = static_cast<u8>(height <= 8 ? 6 : height - 3);
    r.crtc[0x0b] = static_cast<u8>(height <= 8 ? 7 : height - 2);
}

/// 132 columns of 8 dots; a dot clock of 40 MHz.
void widen(devices::VgaRegisters& r) {
    constexpr std::array<u8, 6> horizontal{0xa0, 0x83, 0x84, 0x82, 0x8a, 0x9e};
    std::ranges::copy(horizontal, r.crtc.begin());
    r.crtc[0x13] = 66;
    r.sequencer[1] |= 1;
}

void text_registers(devices::VgaRegisters& r, const VideoMode& mode, ScanLines lines) {
    const bool mono = mode.number == mono_text_mode;
    if (mode.width == 40)
        base(r, {0x08, 0x03, 0x00, 0x02}, 0x67, crtc_text40, attributes_text, 0x10, 0x0e);
    else
        base(r, {0x00, 0x03, 0x00, 0x02}, mono ? 0x66 : 0x67, crtc_text80,
             mono ? attributes_mono_text : attributes_text, 0x10, mono ? 0x0a : 0x0e);
    if (mode.number >= 0x100) {
        if (mode.width == 132)
            widen(r);
        if (mode.height == 60)
            apply(r, vertical_480);
        else if (mode.height == 43)
            apply(r, vertical_350);
        set_char_height(r, mode.char_height);
    } else if (lines == ScanLines::lines_350) {
        apply(r, vertical_350);
        r.misc = static_cast<u8>((r.misc & 0x3f) | 0x80);
        set_char_height(r, 14);
    } else if (lines == ScanLines::lines_200 && !mono) {
        r.crtc[0x09] |= 0x80;
        r.sequencer[1] |= 1;
        r.misc = 0x63;
        set_char_height(r, 8);
    }
}

/// Modes 0Dh to 12h.
void planar_registers(devices::VgaRegisters& r, const VideoMode& mode) {
    const bool narrow = mode.width == 320;
    const Attributes& attributes = mode.height == 200     ? attributes_200
                                   : mode.number == 0x0f ? attributes_350_mono
                                   : mode.number == 0x11 ? attributes_480_mono
                                                         : attributes_16;
    const u8 misc = mode.height == 200 ? 0x63 : mode.height == 350 ? 0xa3 : 0xe3;
    base(r, {static_cast<u8>(narrow ? 0x09 : 0x01), 0x0f, 0x00, 0x06}, misc,
         narrow ? crtc_320 : crtc_640, attributes, 0x00, 0x05);
    r.crtc[0x09] = mode.height == 200 ? 0xc0 : 0x40;
    r.crtc[0x17] = 0xe3;
    if (mode.height == 350) {
        apply(r, vertical_350);
        r.crtc[0x14] = 0x0f;
    } else if (mode.height == 480) {
        apply(r, vertical_480);
    }
}

constexpr u8 cga_part(unsigned colour, unsigned part) {
    if (colour == 6)
        return part == 0 ? 0x2a : part == 1 ? 0x15 : 0; // brown
    const unsigned bit = colour >> (2 - part) & 1;
    return static_cast<u8>(0x2a * bit + 0x15 * (colour >> 3));
}

constexpr u8 ega_part(unsigned colour, unsigned part) {
    return static_cast<u8>(0x2a * (colour >> (2 - part) & 1) + 0x15 * (colour >> (5 - part) & 1));
}

/// Mode 13h: 16 colours, 16 greys, and 24 hues in three intensities by three saturations.
u8 part_of_256(u8 index, unsigned part) {
    constexpr std::array<u8, 16> greys{0x00, 0x05, 0x08, 0x0b, 0x0e, 0x11, 0x14, 0x18,
                                       0x1c, 0x20, 0x24, 0x28, 0x2d, 0x32, 0x38, 0x3f};
    constexpr std::array<std::array<u8, 5>, 9> levels{{{0x00, 0x10, 0x1f, 0x2f, 0x3f},
                                                       {0x1f, 0x27, 0x2f, 0x37, 0x3f},
                                                       {0x2d, 0x31, 0x36, 0x3a, 0x3f},
                                                       {0x00, 0x07, 0x0e, 0x15, 0x1c},
                                                       {0x0e, 0x11, 0x15, 0x18, 0x1c},
                                                       {0x14, 0x16, 0x18, 0x1a, 0x1c},
                                                       {0x00, 0x04, 0x08, 0x0c, 0x10},
                                                       {0x08, 0x0a, 0x0c, 0x0e, 0x10},
                                                       {0x0b, 0x0c, 0x0d, 0x0f, 0x10}}};
    constexpr unsigned hues = 24;
    if (index < 16)
        return cga_part(index, part);
    if (index < 32)
        return greys[index - 16U];
    const unsigned group = (index - 32U) / hues;
    if (group >= levels.size())
        return 0;
    // Red climbs from blue on, green follows a third later, blue another third.
    const unsigned hue = ((index - 32U) % hues + hues - 8 * part) % hues;
    const unsigned level = hue < 4 ? hue : hue < 12 ? 4 : hue < 16 ? 16 - hue : 0;
    return levels[group][level];
}

} // namespace

devices::VgaRegisters mode_registers(const VideoMode& mode, ScanLines lines) {
    devices::VgaRegisters r;
    if (mode.model == MemoryModel::text)
        text_registers(r, mode, lines);
    else if (mode.number == 0x06)
        base(r, {0x01, 0x01, 0x00, 0x06}, 0x63, crtc_640, attributes_cga_mono, 0x00, 0x0d);
    else if (mode.model == MemoryModel::cga)
        base(r, {0x09, 0x03, 0x00, 0x02}, 0x63, crtc_320, attributes_cga, 0x30, 0x0f);
    else if (mode.model == MemoryModel::planar)
        planar_registers(r, mode);
    else {
        base(r, {0x01, 0x0f, 0x00, 0x0e}, 0x63, crtc_640, attributes_256, 0x40, 0x05);
        r.crtc[0x09] = 0x41;
        r.crtc[0x14] = 0x40;
        r.crtc[0x17] = 0xa3;
    }
    return r;
}

u8 mode_colour(const VideoMode& mode, u8 index, unsigned part) {
    if (mode.model == MemoryModel::packed)
        return part_of_256(index, part);
    if (mode.number == mono_text_mode || mode.number == 0x0f) {
        constexpr std::array<u8, 4> greys{0x00, 0x2a, 0x2a, 0x3f};
        return greys[index >> 3 & 3];
    }
    if (mode.model == MemoryModel::cga || mode.height == 200)
        return cga_part((index & 7U) | (index >> 1 & 8U), part);
    return ega_part(index & 63, part);
}

unsigned mode_colours(const VideoMode& mode) {
    return mode.model == MemoryModel::packed ? 256 : 64;
}

} // namespace vestige::bios
