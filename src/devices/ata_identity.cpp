// SPDX-License-Identifier: BSD-2-Clause
// ATA/ATAPI-6, "IDENTIFY DEVICE" and "IDENTIFY PACKET DEVICE".
#include "ata_identity.hpp"

#include "vestige/base/format.hpp"
#include "vestige/base/little_endian.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

class Words {
  public:
    explicit Words(std::span<std::byte> out) : out_{out} {
        std::fill(out.begin(), out.end(), std::byte{0});
    }
    void set(std::size_t word, u64 value) { store_le<u16>(out_, 2 * word, static_cast<u16>(value)); }
    void set_long(std::size_t word, u64 value) {
        set(word, value);
        set(word + 1, value >> 16);
    }
    /// ATA strings: two characters a word, the first in the high byte, filled up with spaces.
    void text(std::size_t first, std::size_t words, std::string_view text) {
        for (std::size_t i = 0; i < 2 * words; ++i)
            out_[2 * first + (i ^ 1)] = static_cast<std::byte>(i < text.size() ? text[i] : ' ');
    }
    /// Word 255: signature and checksum.
    void seal() {
        out_[510] = std::byte{0xa5};
        u8 sum = 0;
        for (const std::byte value : out_.first(511))
            sum = static_cast<u8>(sum + static_cast<u8>(value));
        out_[511] = static_cast<std::byte>(u8{0} - sum);
    }

  private:
    std::span<std::byte> out_;
};

void identity(Words& words, std::string_view model, std::string_view kind, unsigned number) {
    char text[20];
    words.text(10, 10, format_in(text, "VG{}{04}", kind, number));
    words.text(23, 4, "1.0");
    words.text(27, 20, model);
}

/// Words that say how fast the drive moves data: 62 to 68 and 88.
void transfer_modes(Words& words, const AtaSettings& settings) {
    const auto chosen = [](u8 mode) { return mode == AtaSettings::none ? 0U : 0x100U << mode; };
    words.set(63, 0x07 | chosen(settings.multiword_mode));
    words.set(64, 0x03); // PIO modes 3 and 4
    for (std::size_t cycle_time = 65; cycle_time <= 68; ++cycle_time)
        words.set(cycle_time, 120);
    words.set(88, 0x3f | chosen(settings.ultra_mode));
}

} // namespace

u32 ata_cylinders(u64 sectors, u32 heads, u32 sectors_per_track) {
    const u64 cylinders = sectors / std::max(u64{1}, u64{heads} * sectors_per_track);
    return static_cast<u32>(std::clamp<u64>(cylinders, 1, 16383));
}

void identify_disk(std::span<std::byte> out, const AtaSettings& settings, u64 sectors,
                   unsigned number) {
    Words words{out};
    words.set(0, 0x0040); // fixed drive
    words.set(1, ata_cylinders(sectors, 16, 63));
    words.set(3, 16);
    words.set(6, 63);
    identity(words, "Vestige hard disk", "HD", number);
    words.set(47, 0x8000 | most_multiple);
    words.set(49, 0x0f00); // DMA, LBA, IORDY
    words.set(50, 0x4000);
    words.set(51, 0x0200);
    words.set(52, 0x0200);
    words.set(53, 0x0007); // words 54-58, 64-70 and 88 count
    const AtaGeometry& g = settings.geometry;
    words.set(54, g.cylinders);
    words.set(55, g.heads);
    words.set(56, g.sectors);
    words.set_long(57, u64{g.cylinders} * g.heads * g.sectors);
    words.set(59, settings.multiple != 0 ? 0x0100U | settings.multiple : 0U);
    words.set_long(60, std::min<u64>(sectors, 0x0fffffff));
    transfer_modes(words, settings);
    words.set(80, 0x007e); // ATA-1 to ATA/ATAPI-6
    words.set(82, 0x7068); // NOP, buffers, look-ahead, write cache, power management
    words.set(83, 0x7400); // FLUSH CACHE (EXT), 48-bit addresses
    words.set(84, 0x4000);
    words.set(85, 0x7008U | (settings.write_cache ? 0x20U : 0U) |
                      (settings.read_ahead ? 0x40U : 0U));
    words.set(86, 0x3400);
    words.set(87, 0x4000);
    words.set(93, 0x600b);
    words.set_long(100, sectors);
    words.set_long(102, sectors >> 32);
    words.seal();
}

void identify_packet_device(std::span<std::byte> out, const AtaSettings& settings,
                            unsigned number) {
    Words words{out};
    words.set(0, 0x85c0); // packet device, CD-ROM, removable, DRQ within 50 us, 12-byte packets
    identity(words, "Vestige CD-ROM", "CD", number);
    words.set(49, 0x0f00);
    words.set(50, 0x4000);
    words.set(51, 0x0200);
    words.set(53, 0x0006);
    transfer_modes(words, settings);
    words.set(80, 0x007e);
    words.set(82, 0x4218); // NOP, DEVICE RESET, PACKET, power management
    words.set(83, 0x4000);
    words.set(84, 0x4000);
    words.set(85, 0x4218);
    words.set(87, 0x4000);
    words.set(93, 0x600b);
    words.seal();
}

} // namespace vestige::devices
