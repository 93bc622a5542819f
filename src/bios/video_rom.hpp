// SPDX-License-Identifier: BSD-2-Clause
// The video BIOS's part of the ROM: fonts, parameters of modes, code for protected mode.
#pragma once

#include <cstddef>
#include <span>

namespace vestige::bios {

void put_video_rom(std::span<std::byte> rom);

} // namespace vestige::bios
