// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/disk/el_torito.hpp"

#include "vestige/base/little_endian.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace vestige::disk {
namespace {

constexpr u32 cd_sector = 2048;
using Sector = std::array<std::byte, cd_sector>;

bool is_boot_record(const Sector& sector) {
    constexpr std::string_view identifier = "EL TORITO SPECIFICATION";
    return sector[0] == std::byte{0} && std::memcmp(&sector[1], "CD001", 5) == 0 &&
           std::memcmp(&sector[7], identifier.data(), identifier.size()) == 0;
}

bool is_valid_catalogue(const Sector& sector) {
    u16 sum = 0;
    for (std::size_t at = 0; at < 32; at += 2)
        sum = static_cast<u16>(sum + load_le<u16>(sector, at));
    return sector[0] == std::byte{1} && sum == 0 && load_le<u16>(sector, 30) == 0xaa55;
}

} // namespace

Result<BootEntry, const char*> find_boot_entry(machine::BlockDevice& cd) {
    Sector sector{};
    constexpr Lba boot_record{17};
    if (!cd.read(boot_record, sector) || !is_boot_record(sector))
        return Error{"the CD has no El Torito boot record"};
    BootEntry entry;
    entry.catalogue = load_le<u32>(sector, 0x47);
    if (!cd.read(Lba{entry.catalogue}, sector) || !is_valid_catalogue(sector))
        return Error{"the CD's boot catalogue is not valid"};
    constexpr std::size_t initial = 32;
    if (sector[initial] != std::byte{0x88})
        return Error{"the CD's boot entry is not marked bootable"};
    entry.media = static_cast<u8>(sector[initial + 1]) & 0x0f;
    if (entry.media > 4)
        return Error{"the CD's boot entry has an unknown media type"};
    const u16 segment = load_le<u16>(sector, initial + 2);
    entry.load_segment = segment == 0 ? u16{0x7c0} : segment;
    entry.sector_count = std::max<u16>(load_le<u16>(sector, initial + 6), 1);
    entry.image = load_le<u32>(sector, initial + 8);
    return entry;
}

Result<Unit, machine::BlockError> CdImage::read(Lba first, std::span<std::byte> out) {
    const u64 count = out.size() / 512;
    if (first.value > sectors_ || count > sectors_ - first.value)
        return Error{machine::BlockError::out_of_range};
    for (u64 at = first.value; !out.empty();) {
        const u64 offset = at % 4 * 512;
        const u64 piece = std::min<u64>(out.size(), cd_sector - offset);
        if (const auto got = cd_->read(Lba{u64{first_} + at / 4}, sector_); !got)
            return got;
        std::memcpy(out.data(), &sector_[offset], piece);
        out = out.subspan(piece);
        at += piece / 512;
    }
    return Unit{};
}

} // namespace vestige::disk
