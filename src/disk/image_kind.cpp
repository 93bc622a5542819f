// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/disk/image_kind.hpp"

#include "vestige/base/address.hpp"
#include "vestige/base/little_endian.hpp"
#include "vestige/disk/geometry.hpp"

#include <cstring>

namespace vestige::disk {
namespace {

using Image = std::span<const std::byte>;

constexpr u64 smallest_rom = 64 * kib, largest_rom = 8 * mib;
constexpr u64 largest_raw = 576 * kib;

bool has_volume_descriptor(Image image) {
    constexpr std::size_t descriptor = 16 * 2048;
    return image.size() >= descriptor + 2048 &&
           std::memcmp(&image[descriptor + 1], "CD001", 5) == 0;
}

bool has_boot_signature(Image image) {
    return image.size() >= 512 && load_le<u16>(image, 510) == 0xaa55;
}

bool rom_sized(Image image) {
    return image.size() >= smallest_rom && image.size() <= largest_rom &&
           image.size() % page_size == 0;
}

/// A boot ROM's last 16 bytes begin with a jump: near, short or far.
bool has_reset_jump(Image image) {
    const u8 opcode = static_cast<u8>(image[image.size() - 16]);
    return opcode == 0xea || opcode == 0xe9 || opcode == 0xeb;
}

} // namespace

std::string_view name_of(ImageKind kind) {
    switch (kind) {
    case ImageKind::floppy:
        return "floppy";
    case ImageKind::disk:
        return "disk";
    case ImageKind::cdrom:
        return "cdrom";
    case ImageKind::rom:
        return "rom";
    case ImageKind::raw:
        return "raw";
    }
    return "";
}

ImageKind recognise(Image image) {
    if (has_volume_descriptor(image))
        return ImageKind::cdrom;
    if (floppy_format(image.size()))
        return ImageKind::floppy;
    if (has_boot_signature(image) && image.size() > 512)
        return ImageKind::disk;
    if (rom_sized(image) && has_reset_jump(image))
        return ImageKind::rom;
    return image.size() > largest_raw ? ImageKind::disk : ImageKind::raw;
}

Result<Unit, const char*> check_image(ImageKind kind, Image image) {
    if (image.empty())
        return Error{"is empty"};
    switch (kind) {
    case ImageKind::floppy:
        if (!floppy_format(image.size()))
            return Error{"is no floppy: expected 160, 180, 320, 360, 720, 1200, 1440, 1680 or "
                         "2880 KiB (try kind disk)"};
        break;
    case ImageKind::disk:
        if (image.size() < 512)
            return Error{"is no disk: expected at least one sector of 512 bytes (try kind raw)"};
        break;
    case ImageKind::cdrom:
        if (!has_volume_descriptor(image))
            return Error{"is no CD: expected an ISO 9660 volume descriptor at sector 16"};
        break;
    case ImageKind::rom:
        if (!rom_sized(image))
            return Error{"is no boot ROM: expected 64 KiB to 8 MiB in whole 4 KiB pages"};
        break;
    case ImageKind::raw:
        if (image.size() > largest_raw)
            return Error{"is too large for raw code: expected at most 576 KiB (try kind disk)"};
        break;
    }
    return Unit{};
}

} // namespace vestige::disk
