// SPDX-License-Identifier: BSD-2-Clause
// What a CD-ROM drive answers to commands that ask about itself and its medium (MMC-3). Each
// function fills out, which has room for any answer, and gives the answer's full size.
#pragma once

#include "vestige/devices/atapi_cd.hpp"

#include <optional>

namespace vestige::devices {

using CdAnswer = std::span<std::byte>;

[[nodiscard]] std::size_t cd_inquiry(CdAnswer out);
[[nodiscard]] std::size_t cd_request_sense(CdAnswer out, const CdSense& sense);
[[nodiscard]] std::size_t cd_capacity(CdAnswer out, u64 sectors);
/// Nothing for a format or track that the medium does not have.
[[nodiscard]] std::optional<std::size_t> cd_toc(CdAnswer out, u64 sectors, u8 format, u8 track,
                                                bool msf);
/// Nothing for pages that a CD-ROM drive does not have.
[[nodiscard]] std::optional<std::size_t> cd_mode_sense(CdAnswer out, u8 page, const CdTray& tray);
[[nodiscard]] std::size_t cd_configuration(CdAnswer out, u8 request, u16 first, bool medium);
[[nodiscard]] std::size_t cd_event_status(CdAnswer out, u8 classes, const CdTray& tray);
[[nodiscard]] std::size_t cd_mechanism_status(CdAnswer out);
[[nodiscard]] std::size_t cd_disc_information(CdAnswer out);

} // namespace vestige::devices
