// SPDX-License-Identifier: BSD-2-Clause
// The answers to IDENTIFY DEVICE and IDENTIFY PACKET DEVICE.
#pragma once

#include "vestige/devices/ata_disk.hpp"

#include <string_view>

namespace vestige::devices {

/// Sectors that READ MULTIPLE moves at most in a block.
inline constexpr u8 most_multiple = 16;

/// The 256 words of an answer, little-endian; out has 512 bytes.
void identify_disk(std::span<std::byte> out, const AtaSettings& settings, u64 sectors,
                   unsigned number);
void identify_packet_device(std::span<std::byte> out, const AtaSettings& settings,
                            unsigned number);

/// Cylinders of a disk of this many sectors under a translation, as IDENTIFY DEVICE limits them.
[[nodiscard]] u32 ata_cylinders(u64 sectors, u32 heads, u32 sectors_per_track);

} // namespace vestige::devices
