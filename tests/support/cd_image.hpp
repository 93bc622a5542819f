// SPDX-License-Identifier: BSD-2-Clause
// Bootable CD images, made up for tests.
#pragma once

#include "vestige/base/little_endian.hpp"

#include <cstring>
#include <vector>

namespace vestige::test {

/// A CD with a boot record at sector 17, its catalogue at 19 and a boot image from 20 on.
class CdBuilder {
  public:
    static constexpr u32 catalogue = 19, image_start = 20;

    explicit CdBuilder(u8 media, u32 sectors = 64) : bytes_(u64{sectors} * 2048) {
        std::memcpy(at(16) + 1, "CD001", 5);
        std::memcpy(at(17) + 1, "CD001\1EL TORITO SPECIFICATION", 29);
        store_le<u32>(bytes_, 17 * 2048 + 0x47, catalogue);
        bytes_[19 * 2048] = std::byte{1};
        store_le<u16>(bytes_, 19 * 2048 + 30, 0xaa55);
        bytes_[19 * 2048 + 32] = std::byte{0x88};
        bytes_[19 * 2048 + 33] = std::byte{media};
        store_le<u16>(bytes_, 19 * 2048 + 38, 4);
        store_le<u32>(bytes_, 19 * 2048 + 40, image_start);
        balance();
    }
    /// First 512-byte sector of the image, counted from the image's start.
    std::byte* image_sector(u64 number) {
        return bytes_.data() + u64{image_start} * 2048 + number * 512;
    }
    std::byte* at(u64 sector) { return bytes_.data() + sector * 2048; }
    void set_load_segment(u16 segment) {
        store_le<u16>(bytes_, 19 * 2048 + 34, segment);
    }
    void set_sector_count(u16 count) { store_le<u16>(bytes_, 19 * 2048 + 38, count); }
    /// Makes the validation entry's words add up to zero.
    void balance() {
        store_le<u16>(bytes_, 19 * 2048 + 28, 0);
        u16 sum = 0;
        for (std::size_t i = 0; i < 32; i += 2)
            sum = static_cast<u16>(sum + load_le<u16>(bytes_, 19 * 2048 + i));
        store_le<u16>(bytes_, 19 * 2048 + 28, static_cast<u16>(-sum));
    }
    std::vector<std::byte>& bytes() { return bytes_; }

  private:
    std::vector<std::byte> bytes_;
};

} // namespace vestige::test
