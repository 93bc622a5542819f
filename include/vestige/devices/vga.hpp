// SPDX-License-Identifier: BSD-2-Clause
// The VGA's registers for text modes (IBM VGA register reference). Text memory is guest RAM at B8000h.
#pragma once

#include "vestige/machine/clock.hpp"
#include "vestige/machine/port_bus.hpp"

#include <array>

namespace vestige::devices {

/// What is on the screen of a text mode, as the CRTC would show it.
struct TextLayout {
    u16 columns = 80;
    u16 rows = 25;
    u16 start = 0;           ///< first character cell, relative to B8000h
    u16 cursor = 0;          ///< cursor's character cell, same base
    bool cursor_visible = true;
};

/// Ports 3B4h-3B5h, 3BAh, 3C0h-3CFh, 3D4h-3D5h and 3DAh.
class Vga final : public machine::PortDevice {
  public:
    explicit Vga(const machine::Clock& clock) : clock_{clock} { reset(); }
    void reset();
    [[nodiscard]] bool attach(machine::PortBus& bus);
    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;

    [[nodiscard]] TextLayout text_layout() const;

    // For the video BIOS.
    [[nodiscard]] u8 crtc(u8 index) const { return crtc_[index % crtc_.size()]; }
    void set_crtc(u8 index, u8 value) { crtc_[index % crtc_.size()] = value; }
    [[nodiscard]] u8 attribute(u8 index) const { return attribute_[index % attribute_.size()]; }
    void set_attribute(u8 index, u8 value);
    [[nodiscard]] u8 sequencer(u8 index) const { return sequencer_[index % sequencer_.size()]; }
    void set_sequencer(u8 index, u8 value) { sequencer_[index % sequencer_.size()] = value; }
    [[nodiscard]] u8 dac(u8 index, unsigned part) const { return dac_[index][part % 3]; }
    void set_dac(u8 index, u8 red, u8 green, u8 blue);
    [[nodiscard]] u8 pel_mask() const { return pel_mask_; }
    void set_pel_mask(u8 value) { pel_mask_ = value; }

  private:
    [[nodiscard]] u8 input_status();
    u8 read_dac_data();
    void write_dac_data(u8 value);
    void write_attribute(u8 value);

    const machine::Clock& clock_;
    std::array<u8, 32> crtc_{};
    std::array<u8, 8> sequencer_{};
    std::array<u8, 16> graphics_{};
    std::array<u8, 32> attribute_{};
    std::array<std::array<u8, 3>, 256> dac_{};
    u8 crtc_index_ = 0;
    u8 sequencer_index_ = 0;
    u8 graphics_index_ = 0;
    u8 attribute_index_ = 0;
    bool attribute_data_ = false; ///< the flip-flop: next write to 3C0h is data
    u8 misc_ = 0x67;
    u8 feature_ = 0;
    u8 pel_mask_ = 0xff;
    u8 dac_read_ = 0;
    u8 dac_write_ = 0;
    u8 dac_part_ = 0;
    bool dac_reading_ = false;
};

} // namespace vestige::devices
