// SPDX-License-Identifier: BSD-2-Clause
// The VGA's ports.
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
/// Bits that exist.
constexpr std::array<u8, 8> sequencer_bits{0x03, 0x3d, 0x0f, 0x3f, 0x0e, 0, 0, 0xff};
constexpr std::array<u8, 16> graphics_bits{0x0f, 0x0f, 0x0f, 0x1f, 0x03, 0x7b, 0x0f, 0x0f, 0xff};
constexpr std::array<u8, 5> attribute_bits{0xef, 0xff, 0x3f, 0x0f, 0x0f}; ///< from 10h on
constexpr u8 screen_on = 0x20, last_attribute = 0x14;
constexpr u8 overflow_register = 7, line_compare_8 = 0x10, protects = 0x80;

/// The 64 colours of EGA as 6-bit DAC values: bits 0-2 are two thirds, bits 3-5 one third.
constexpr u8 ega_part(unsigned colour, unsigned strong_bit, unsigned weak_bit) {
    return static_cast<u8>(((colour >> strong_bit) & 1) * 0x2a + ((colour >> weak_bit) & 1) * 0x15);
}

} // namespace

void Vga::reset() {
    registers_ = {};
    std::copy(crtc_80x25.begin(), crtc_80x25.end(), registers_.crtc.begin());
    registers_.sequencer = {0x03, 0x00, 0x03, 0x00, 0x02};
    registers_.graphics = {0, 0, 0, 0, 0, 0x10, 0x0e, 0x0f, 0xff};
    std::copy(attribute_text.begin(), attribute_text.end(), registers_.attribute.begin());
    registers_.attribute_index = screen_on;
    registers_.misc = 0x67;
    dac_ = {};
    for (unsigned i = 0; i < 64; ++i)
        dac_[i] = {ega_part(i, 2, 5), ega_part(i, 1, 4), ega_part(i, 0, 3)};
    attribute_data_ = dac_reading_ = wide_dac_ = false;
    pel_mask_ = 0xff;
    dac_read_ = dac_write_ = dac_part_ = 0;
    dispi_ = {};
    dispi_[static_cast<std::size_t>(Dispi::id)] = 0xb0c5;
    dispi_[static_cast<std::size_t>(Dispi::memory)] =
        static_cast<u16>(storage_.frame.size() / (64 * kib));
    dispi_index_ = 0;
    update_window();
}

bool Vga::attach(machine::PortBus& bus) {
    return bus.attach(Port{0x1ce}, 4, *this, Width::word) && bus.attach(Port{0x3b4}, 2, *this) &&
           bus.attach(Port{0x3ba}, 1, *this) && bus.attach(Port{0x3c0}, 16, *this) &&
           bus.attach(Port{0x3d4}, 2, *this) && bus.attach(Port{0x3da}, 1, *this);
}

TextLayout Vga::text_layout() const {
    const auto& crtc = registers_.crtc;
    TextLayout layout;
    layout.columns = static_cast<u16>(std::clamp(crtc[0x01] + 1, 1, 132));
    const unsigned height = (crtc[0x09] & 0x1fU) + 1;
    const unsigned doubled = crtc[0x09] >> 7;
    const unsigned lines =
        (crtc[0x12] | (crtc[0x07] & 0x02U) << 7 | (crtc[0x07] & 0x40U) << 3) + 1U;
    layout.rows = static_cast<u16>(std::clamp((lines >> doubled) / height, 1U, 60U));
    layout.start = static_cast<u16>(crtc[0x0c] << 8 | crtc[0x0d]);
    layout.cursor = static_cast<u16>(crtc[0x0e] << 8 | crtc[0x0f]);
    layout.cursor_visible = (crtc[0x0a] & 0x20) == 0 && (crtc[0x0a] & 0x1f) <= (crtc[0x0b] & 0x1f);
    return layout;
}

void Vga::set_attribute(u8 index, u8 value) {
    if (index < 0x10)
        registers_.attribute[index] = value & 0x3f;
    else if (index <= last_attribute)
        registers_.attribute[index] = value & attribute_bits[index - 0x10U];
}

void Vga::set_sequencer(u8 index, u8 value) {
    registers_.sequencer[index % 8] = value & sequencer_bits[index % 8];
    update_window();
}

void Vga::set_misc(u8 value) {
    registers_.misc = value;
    update_window();
}

void Vga::set_registers(const VgaRegisters& registers) {
    registers_ = registers;
    for (u8 i = 0; i < registers_.sequencer.size(); ++i)
        registers_.sequencer[i] &= sequencer_bits[i];
    for (u8 i = 0; i < registers_.graphics.size(); ++i)
        registers_.graphics[i] &= graphics_bits[i];
    for (u8 i = 0; i < registers_.attribute.size(); ++i)
        set_attribute(i, registers.attribute[i]);
    attribute_data_ = false;
    update_window();
}

void Vga::set_dac(u8 index, u8 red, u8 green, u8 blue) {
    const u8 bits = wide_dac_ ? 0xff : 0x3f;
    dac_[index] = {static_cast<u8>(red & bits), static_cast<u8>(green & bits),
                   static_cast<u8>(blue & bits)};
}

/// Retrace bits from the clock and the CRTC's timing: software waits for both edges of both.
u8 Vga::input_status() {
    attribute_data_ = false;
    const auto& crtc = registers_.crtc;
    const u8 clocking = registers_.sequencer[1];
    const u64 dots = (crtc[0] + 5U) * u64{(clocking & 1) != 0 ? 8U : 9U} << (clocking >> 3 & 1);
    const u64 kilohertz = (registers_.misc >> 2 & 3) == 1 ? 28'322 : 25'175;
    const u64 line_time = dots * 1'000'000 / kilohertz;
    const u8 high = crtc[overflow_register];
    const u64 lines = (crtc[0x06] | (high & 0x01U) << 8 | (high & 0x20U) << 4) + 2U;
    const u64 shown = (crtc[0x12] | (high & 0x02U) << 7 | (high & 0x40U) << 3) + 1U;
    u64 retrace = crtc[0x10] | (high & 0x04U) << 6 | (high & 0x80U) << 2;
    if (retrace >= lines) // out of range: a retrace comes all the same
        retrace = lines - 1;
    const u64 length = (crtc[0x11] - retrace) & 15;
    const machine::Nanoseconds in_frame = clock_.now() % (line_time * lines);
    const u64 line = in_frame / line_time;
    const bool vertical = line >= retrace && line - retrace < (length == 0 ? 16 : length);
    const u64 shown_part = line_time * (crtc[1] + 1U) / (crtc[0] + 5U);
    const bool blank = vertical || line >= shown || in_frame % line_time >= shown_part;
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
    dac_[dac_write_][dac_part_] = wide_dac_ ? value : value & 0x3f;
    dac_part_ = static_cast<u8>((dac_part_ + 1) % 3);
    if (dac_part_ == 0)
        ++dac_write_;
}

void Vga::write_attribute(u8 value) {
    if (!attribute_data_)
        registers_.attribute_index = value & 0x3f;
    else
        set_attribute(registers_.attribute_index & 0x1f, value);
    attribute_data_ = !attribute_data_;
}

/// Register 11h bit 7 protects 00h-07h, but for the line compare bit in 07h.
void Vga::write_crtc(u8 value) {
    auto& crtc = registers_.crtc;
    const u8 index = registers_.crtc_index;
    if (index > overflow_register || (crtc[0x11] & protects) == 0)
        crtc[index] = value;
    else if (index == overflow_register)
        crtc[index] = static_cast<u8>((crtc[index] & ~line_compare_8) | (value & line_compare_8));
}

/// The CRTC and the status answer at 3Dxh or at 3Bxh, never at both.
bool Vga::answers(u16 port) const {
    const bool colour = (registers_.misc & 1) != 0;
    return port >= 0x3d0 ? colour : port >= 0x3c0 || !colour;
}

u8 Vga::read_vga(u16 port) {
    const VgaRegisters& r = registers_;
    switch (port) {
    case 0x3b4:
    case 0x3d4:
        return r.crtc_index;
    case 0x3b5:
    case 0x3d5:
        return r.crtc[r.crtc_index];
    case 0x3ba:
    case 0x3da:
        return input_status();
    case 0x3c0:
        return attribute_data_ ? 0 : r.attribute_index;
    case 0x3c1:
        return r.attribute[r.attribute_index & 0x1f];
    case 0x3c2:
        return 0x10; // colour display sensed
    case 0x3c4:
        return r.sequencer_index;
    case 0x3c5:
        return r.sequencer[r.sequencer_index];
    case 0x3c6:
        return pel_mask_;
    case 0x3c7:
        return dac_reading_ ? 3 : 0;
    case 0x3c8:
        return dac_write_;
    case 0x3c9:
        return read_dac_data();
    case 0x3ca:
        return r.feature;
    case 0x3cc:
        return r.misc;
    case 0x3ce:
        return r.graphics_index;
    case 0x3cf:
        return r.graphics[r.graphics_index];
    default:
        return 0xff;
    }
}

void Vga::write_vga(u16 port, u8 value) {
    VgaRegisters& r = registers_;
    switch (port) {
    case 0x3b4:
    case 0x3d4:
        r.crtc_index = value & 0x1f;
        break;
    case 0x3b5:
    case 0x3d5:
        write_crtc(value);
        break;
    case 0x3ba:
    case 0x3da:
        r.feature = value & 0x10;
        break;
    case 0x3c0:
        write_attribute(value);
        break;
    case 0x3c2:
        set_misc(value & 0xef);
        break;
    case 0x3c4:
        r.sequencer_index = value & 7;
        break;
    case 0x3c5:
        set_sequencer(r.sequencer_index, value);
        break;
    case 0x3c6:
        pel_mask_ = value;
        break;
    case 0x3c7:
        dac_read_ = value;
        dac_part_ = 0;
        dac_reading_ = true;
        break;
    case 0x3c8:
        dac_write_ = value;
        dac_part_ = 0;
        dac_reading_ = false;
        break;
    case 0x3c9:
        write_dac_data(value);
        break;
    case 0x3ce:
        r.graphics_index = value & 15;
        break;
    case 0x3cf:
        r.graphics[r.graphics_index] = value & graphics_bits[r.graphics_index];
        update_window();
        break;
    default:
        break;
    }
}

u32 Vga::read_port(Port port, Width width) {
    constexpr u16 index_port = 0x1ce;
    if (port.value < 0x3b4) {
        if (width != Width::word || port.value == index_port + 3)
            return static_cast<u32>(all_ones(width));
        return port.value == index_port ? dispi_index_ : read_dispi();
    }
    return answers(port.value) ? read_vga(port.value) : 0xffU;
}

void Vga::write_port(Port port, Width width, u32 value) {
    constexpr u16 index_port = 0x1ce;
    if (port.value < 0x3b4) {
        if (width != Width::word || port.value == index_port + 3)
            return;
        if (port.value == index_port)
            dispi_index_ = static_cast<u16>(value);
        else if (dispi_index_ < dispi_.size())
            set_dispi(static_cast<Dispi>(dispi_index_), static_cast<u16>(value));
        return;
    }
    if (answers(port.value))
        write_vga(port.value, static_cast<u8>(value));
}

} // namespace vestige::devices
