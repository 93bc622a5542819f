// SPDX-License-Identifier: BSD-2-Clause
// The text screen of a VM, read from its text memory and its CRTC.
#pragma once

#include "vestige/devices/vga.hpp"
#include "vestige/monitor/screen_snapshot.hpp"

namespace vestige::monitor {

class GuestTextScreen final : public TextScreen {
  public:
    /// text_memory: the 32 KiB of guest memory at B8000h, aligned to 8 bytes.
    GuestTextScreen(const devices::Vga& vga, std::span<const std::byte> text_memory)
        : vga_{vga}, memory_{text_memory} {}
    bool snapshot(ScreenSnapshot& out) const override;
    [[nodiscard]] PictureSize picture_size() const override;

  private:
    template <class T> [[nodiscard]] T load(std::size_t offset) const;
    [[nodiscard]] bool copy(std::size_t first, std::span<Cell> out) const;
    [[nodiscard]] bool copy_aligned(std::size_t first, std::span<Cell> out) const;

    const devices::Vga& vga_;
    std::span<const std::byte> memory_;
};

} // namespace vestige::monitor
