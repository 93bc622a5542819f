// SPDX-License-Identifier: BSD-2-Clause
// What a module's bytes are: recognised from their content and size.
#pragma once

#include "vestige/base/result.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace vestige::disk {

enum class ImageKind : unsigned char { floppy, disk, cdrom, rom, raw };

[[nodiscard]] std::string_view name_of(ImageKind kind);
/// A CD with a volume descriptor, a boot ROM, a floppy by its exact size, a hard disk by its
/// signature and size, else raw code.
[[nodiscard]] ImageKind recognise(std::span<const std::byte> image);
/// Whether image can be used as kind; the error says what was expected.
[[nodiscard]] Result<Unit, const char*> check_image(ImageKind kind,
                                                    std::span<const std::byte> image);

} // namespace vestige::disk
