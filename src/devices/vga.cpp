// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/vga.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

constexpr std::array<u8, 25> crtc_80x25{0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00,
                                        0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00, 0x9c, 0x8e,
                                        0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff};
constexpr std::array<u8, 21> attribute_text{0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14,
                                            0x07, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d,
                                            0x3e, 0x3f, 0x0c, 0x00, 0x0f, 0x08, 0x00};
constexpr machine::Nanoseconds frame_time = 14'268'000; ///< 70 Hz
constexpr machine::Nanoseconds line_time = 31'778;

/// The 64 colours of EGA as 6-bit DAC values: bits 0-2 are two thirds, bits 3-5 one third.
constexpr u8 ega_part(unsigned colour, unsigned strong_bit, unsigned weak_bit) {
    return static_cast<u8>(((colour >> strong_bit) & 1) * 0x2a + ((colour >> weak_bit) & 1) * 0x15);
}

} // namespace

void Vga::reset() {
    crtc_ = {};
    std::copy(crtc_80x25.begin(), crtc_80x25.end(), crtc_.begin());
    sequencer_ = {0x03, 0x00, 0x03, 0x00, 0x02};
    graphics_ = {0, 0, 0, 0, 0, 0x10, 0x0e, 0x0f, 0xff};
    attribute_ = {};
    std::copy(attribute_text.begin(), attribute_text.end(), attribute_.begin());
    dac_ = {};
    for (unsigned i = 0; i < 64; ++i)
        dac_[i] = {ega_part(i, 2, 5), ega_part(i, 1, 4), ega_part(i, 0, 3)};
    crtc_index_ = sequencer_index_ = graphics_index_ = 0;
    attribute_index_ = 0x20;
    attribute_data_ = dac_reading_ = false;
    misc_ = 0x67;
    feature_ = 0;
    pel_mask_ = 0xff;
    dac_read_ = dac_write_ = dac_part_ = 0;
}

bool Vga::attach(machine::PortBus& bus) {
    return bus.attach(Port{0x3b4}, 2, *this) && bus.attach(Port{0x3ba}, 1, *this) &&
           bus.attach(Port{0x3c0}, 16, *this) && bus.attach(Port{0x3d4}, 2, *this) &&
           bus.attach(Port{0x3da}, 1, *this);
}

TextLayout Vga::text_layout() const {
    TextLayout layout;
    layout.columns = static_cast<u16>(std::clamp(crtc_[0x01] + 1, 1, 132));
    const unsigned height = (crtc_[0x09] & 0x1fU) + 1;
    const unsigned lines =
        (crtc_[0x12] | (crtc_[0x07] & 0x02U) << 7 | (crtc_[0x07] & 0x40U) << 3) + 1U;
    layout.rows = static_cast<u16>(std::clamp(lines / height, 1U, 60U));
    layout.start = static_cast<u16>(crtc_[0x0c] << 8 | crtc_[0x0d]);
    layout.cursor = static_cast<u16>(crtc_[0x0e] << 8 | crtc_[0x0f]);
    layout.cursor_visible =
        (crtc_[0x0a] & 0x20) == 0 && (crtc_[0x0a] & 0x1f) <= (crtc_[0x0b] & 0x1f);
    return layout;
}

void Vga::set_attribute(u8 index, u8 value) { attribute_[index % attribute_.size()] = value; }

void Vga::set_dac(u8 index, u8 red, u8 green, u8 blue) {
    dac_[index] = {static_cast<u8>(red & 0x3f), static_cast<u8>(green & 0x3f),
                   static_cast<u8>(blue & 0x3f)};
}

/// Retrace bits from the clock: software waits for both edges of both.
u8 Vga::input_status() {
    attribute_data_ = false;
    const machine::Nanoseconds in_frame = clock_.now() % frame_time;
    const bool vertical = in_frame >= frame_time - 2 * line_time * 10;
    const bool blank = vertical || in_frame % line_time >= line_time * 4 / 5;
    return static_cast<u8>((vertical ? 0x08 : 0) | (blank ? 0x01 : 0));
}

u8 Vga::read_dac_data() {
    const u8 value = dac_[dac_read_][dac_part_];
    dac_part_ = static_cast<u8>((dac_part_ + 1) % 3);
    if (dac_part_ == 0)
        ++dac_read_;
    return value;
}

void Vga::write_dac_data(u8 value) {
    dac_[dac_write_][dac_part_] = value & 0x3f;
    dac_part_ = static_cast<u8>((dac_part_ + 1) % 3);
    if (dac_part_ == 0)
        ++dac_write_;
}

void Vga::write_attribute(u8 value) {
    if (!attribute_data_)
        attribute_index_ = value & 0x3f;
    else if ((attribute_index_ & 0x1f) < 0x15)
        attribute_[attribute_index_ & 0x1f] = value;
    attribute_data_ = !attribute_data_;
}

u32 Vga::read_port(Port port, Width) {
    const bool colour = (misc_ & 1) != 0;
    // The CRTC answers at 3Dxh or 3Bxh, never at both.
    const bool mono_port = port.value < 0x3c0;
    if ((mono_port || port.value >= 0x3d0) && mono_port == colour)
        return 0xff;
    switch (port.value) {
    case 0x3b4:
    case 0x3d4:
        return crtc_index_;
    case 0x3b5:
    case 0x3d5:
        return crtc_[crtc_index_];
    case 0x3ba:
    case 0x3da:
        return input_status();
    case 0x3c0:
        return attribute_index_;
    case 0x3c1:
        return attribute_[attribute_index_ & 0x1f];
    case 0x3c2:
        return 0x10; // colour display sensed
    case 0x3c4:
        return sequencer_index_;
    case 0x3c5:
        return sequencer_[sequencer_index_];
    case 0x3c6:
        return pel_mask_;
    case 0x3c7:
        return dac_reading_ ? 3 : 0;
    case 0x3c8:
        return dac_write_;
    case 0x3c9:
        return read_dac_data();
    case 0x3ca:
        return feature_;
    case 0x3cc:
        return misc_;
    case 0x3ce:
        return graphics_index_;
    case 0x3cf:
        return graphics_[graphics_index_];
    default:
        return 0xff;
    }
}

void Vga::write_port(Port port, Width, u32 value) {
    const u8 byte = static_cast<u8>(value);
    const bool colour = (misc_ & 1) != 0;
    const bool mono_port = port.value < 0x3c0;
    if ((mono_port || port.value >= 0x3d0) && mono_port == colour)
        return;
    switch (port.value) {
    case 0x3b4:
    case 0x3d4:
        crtc_index_ = byte & 0x1f;
        break;
    case 0x3b5:
    case 0x3d5:
        // Register 11h bit 7 protects 00h-07h.
        if (crtc_index_ > 7 || (crtc_[0x11] & 0x80) == 0)
            crtc_[crtc_index_] = byte;
        break;
    case 0x3ba:
    case 0x3da:
        feature_ = byte;
        break;
    case 0x3c0:
        write_attribute(byte);
        break;
    case 0x3c2:
        misc_ = byte;
        break;
    case 0x3c4:
        sequencer_index_ = byte & 7;
        break;
    case 0x3c5:
        sequencer_[sequencer_index_] = byte;
        break;
    case 0x3c6:
        pel_mask_ = byte;
        break;
    case 0x3c7:
        dac_read_ = byte;
        dac_part_ = 0;
        dac_reading_ = true;
        break;
    case 0x3c8:
        dac_write_ = byte;
        dac_part_ = 0;
        dac_reading_ = false;
        break;
    case 0x3c9:
        write_dac_data(byte);
        break;
    case 0x3ce:
        graphics_index_ = byte & 15;
        break;
    case 0x3cf:
        graphics_[graphics_index_] = byte;
        break;
    default:
        break;
    }
}

} // namespace vestige::devices
