// SPDX-License-Identifier: BSD-2-Clause
// A VGA at register level (IBM VGA register reference) with the Bochs display interface for larger
// modes. Where its registers allow it, video memory is plain memory of the guest's.
#pragma once

#include "vestige/machine/clock.hpp"
#include "vestige/machine/mmio_bus.hpp"
#include "vestige/machine/port_bus.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>

namespace vestige::devices {

/// What is on the screen of a text mode, as the CRTC would show it.
struct TextLayout {
    u16 columns = 80;
    u16 rows = 25;
    u16 start = 0;  ///< first character cell, relative to the start of text memory
    u16 cursor = 0; ///< cursor's character cell, same base
    bool cursor_visible = true;
};

/// Host memory behind the display, made by whoever makes the VM.
struct VideoStorage {
    std::span<std::byte> text;  ///< 32 KiB: text memory, as the CPU sees it
    std::span<std::byte> frame; ///< video memory: at least 256 KiB, whole 64 KiB
};

/// A part of the address space that shows video memory as plain memory. Size 0: none.
struct VideoWindow {
    Gpa start;
    u64 size = 0;
    bool text = false; ///< into VideoStorage::text, else into frame
    u64 offset = 0;
    friend bool operator==(const VideoWindow&, const VideoWindow&) = default;
};

/// A mode of packed pixels, as the display interface has set it.
struct PackedMode {
    u16 width = 0;
    u16 height = 0;
    u8 bits = 0;   ///< of a pixel: 8, 15, 16, 24 or 32
    u32 pitch = 0; ///< bytes from row to row
    u64 start = 0; ///< the first pixel's byte in video memory
};

/// All registers of the VGA proper.
struct VgaRegisters {
    std::array<u8, 32> crtc{};
    std::array<u8, 8> sequencer{};
    std::array<u8, 16> graphics{};
    std::array<u8, 32> attribute{};
    u8 misc = 0;
    u8 feature = 0;
    u8 crtc_index = 0;
    u8 sequencer_index = 0;
    u8 graphics_index = 0;
    u8 attribute_index = 0; ///< bit 5: the screen is on
    u32 latches = 0;        ///< a byte a plane, plane 0 lowest
};

/// Index of the display interface's registers (Bochs VBE extension).
enum class Dispi : u8 {
    id,
    width,
    height,
    bits,
    enable,
    bank,
    virtual_width,
    virtual_height,
    x_offset,
    y_offset,
    memory
};

/// Ports 3B4h-3B5h, 3BAh, 3C0h-3CFh, 3D4h-3D5h, 3DAh and 1CEh-1D1h, memory at A0000h-BFFFFh.
/// Video memory keeps a byte of each plane side by side: plane p of offset n is at 4n + p, as in
/// chain-4 modes. Text memory is kept apart while the guest has it as plain memory.
class Vga final : public machine::PortDevice, public machine::MmioDevice {
  public:
    static constexpr Gpa legacy_start{0xa0000};
    static constexpr u64 legacy_size = 128 * kib;
    /// Where all of video memory is one linear frame buffer: between RAM and the ROM below 4 GiB.
    static constexpr Gpa linear_start{0xe0000000};
    static constexpr u64 text_size = 32 * kib;
    static constexpr u64 planes_size = 256 * kib;
    static constexpr u16 most_width = 2560, most_height = 1600;

    explicit Vga(const machine::Clock& clock, VideoStorage storage = {})
        : clock_{clock}, storage_{storage} {
        reset();
    }
    void reset();
    [[nodiscard]] bool attach(machine::PortBus& bus);
    [[nodiscard]] bool attach_memory(machine::MmioBus& bus) {
        return bus.attach(legacy_start, legacy_size, *this);
    }
    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;
    u64 read_mmio(u64 offset, Width width) override;
    void write_mmio(u64 offset, Width width, u64 value) override;

    // For the VM.
    /// What of A0000h-BFFFFh is plain memory now; all else there comes to read_mmio().
    [[nodiscard]] const VideoWindow& window() const { return window_; }
    /// Changes whenever window() does.
    [[nodiscard]] u32 window_version() const { return window_version_; }
    [[nodiscard]] const VideoStorage& storage() const { return storage_; }

    // What is shown.
    [[nodiscard]] TextLayout text_layout() const;
    [[nodiscard]] bool text_mode() const {
        return !packed_mode() && (registers_.graphics[6] & 1) == 0;
    }
    [[nodiscard]] std::optional<PackedMode> packed_mode() const;
    [[nodiscard]] const VgaRegisters& registers() const { return registers_; }
    [[nodiscard]] bool wide_dac() const { return wide_dac_; }
    /// A byte of a plane, wherever it is kept.
    [[nodiscard]] u8 plane(unsigned plane, u64 offset) const;

    // For the video BIOS.
    void set_plane(unsigned plane, u64 offset, u8 value);
    void set_registers(const VgaRegisters& registers);
    [[nodiscard]] u8 crtc(u8 index) const { return registers_.crtc[index % 32]; }
    void set_crtc(u8 index, u8 value) { registers_.crtc[index % 32] = value; }
    [[nodiscard]] u8 attribute(u8 index) const { return registers_.attribute[index % 32]; }
    void set_attribute(u8 index, u8 value);
    [[nodiscard]] u8 sequencer(u8 index) const { return registers_.sequencer[index % 8]; }
    void set_sequencer(u8 index, u8 value);
    void set_misc(u8 value);
    /// The DAC's parts as they are kept: 6 bits, or 8 with wide_dac().
    [[nodiscard]] u8 dac(u8 index, unsigned part) const { return dac_[index][part % 3]; }
    void set_dac(u8 index, u8 red, u8 green, u8 blue);
    [[nodiscard]] u8 pel_mask() const { return pel_mask_; }
    void set_pel_mask(u8 value) { pel_mask_ = value; }
    [[nodiscard]] u16 dispi(Dispi index) const { return dispi_[static_cast<std::size_t>(index)]; }
    void set_dispi(Dispi index, u16 value);
    /// Bytes from row to row of a mode of the display interface.
    [[nodiscard]] u32 pitch() const;

  private:
    [[nodiscard]] u8 input_status();
    u8 read_dac_data();
    void write_dac_data(u8 value);
    void write_attribute(u8 value);
    void write_crtc(u8 value);
    void write_vga(u16 port, u8 value);
    u8 read_vga(u16 port);
    [[nodiscard]] bool answers(u16 port) const;

    u16 read_dispi() const;
    void enable_dispi(u16 value);
    void fit_dispi();
    void program_for_dispi();
    [[nodiscard]] bool dispi_on() const { return (dispi(Dispi::enable) & 1) != 0; }

    struct Place { ///< where a CPU address leads
        u64 offset = 0;
        u8 planes = 0; ///< a bit for each plane that a write reaches
        u8 read_plane = 0;
        bool there = false;
    };
    [[nodiscard]] Place place(u64 offset) const;
    [[nodiscard]] u8 read_byte(u64 offset);
    void write_byte(u64 offset, u8 value);
    [[nodiscard]] u32 all_planes(u64 offset) const;
    [[nodiscard]] u32 combine(u32 value) const;
    [[nodiscard]] VideoWindow find_window() const;
    void update_window();
    void gather_text();
    void scatter_text();

    const machine::Clock& clock_;
    VideoStorage storage_;
    VgaRegisters registers_;
    std::array<std::array<u8, 3>, 256> dac_{};
    bool attribute_data_ = false; ///< the flip-flop: next write to 3C0h is data
    u8 pel_mask_ = 0xff;
    u8 dac_read_ = 0;
    u8 dac_write_ = 0;
    u8 dac_part_ = 0;
    bool dac_reading_ = false;
    bool wide_dac_ = false;
    std::array<u16, 11> dispi_{};
    u16 dispi_index_ = 0;
    VideoWindow window_;
    u32 window_version_ = 0;
};

} // namespace vestige::devices
