// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/disk/image_kind.hpp"

#include "vestige/base/address.hpp"

#include "../support/cd_image.hpp"

#include <gtest/gtest.h>

namespace vestige::disk {
namespace {

using Image = std::vector<std::byte>;

Image signed_image(std::size_t size) {
    Image image(size);
    image[510] = std::byte{0x55};
    image[511] = std::byte{0xaa};
    return image;
}

TEST(ImageKind, IsRecognisedFromContentAndSize) {
    EXPECT_EQ(recognise(test::CdBuilder{0}.bytes()), ImageKind::cdrom);
    EXPECT_EQ(recognise(Image(1440 * kib)), ImageKind::floppy);
    EXPECT_EQ(recognise(signed_image(1440 * kib)), ImageKind::floppy);
    EXPECT_EQ(recognise(signed_image(1440 * kib + 512)), ImageKind::disk);
    EXPECT_EQ(recognise(signed_image(512)), ImageKind::raw);
    EXPECT_EQ(recognise(signed_image(1024)), ImageKind::disk);
    EXPECT_EQ(recognise(Image(100)), ImageKind::raw);
    EXPECT_EQ(recognise(Image{}), ImageKind::raw);
    EXPECT_EQ(recognise(Image(4 * mib)), ImageKind::disk);
    Image rom(128 * kib);
    rom[rom.size() - 16] = std::byte{0xea};
    EXPECT_EQ(recognise(rom), ImageKind::rom);
    rom[rom.size() - 16] = std::byte{0x90};
    EXPECT_EQ(recognise(rom), ImageKind::raw);
}

TEST(ImageKind, CheckedAgainstWhatWasSaid) {
    for (const ImageKind kind : {ImageKind::floppy, ImageKind::disk, ImageKind::cdrom,
                                 ImageKind::rom, ImageKind::raw}) {
        EXPECT_FALSE(check_image(kind, Image{})) << name_of(kind);
        EXPECT_FALSE(name_of(kind).empty());
    }
    EXPECT_TRUE(check_image(ImageKind::floppy, Image(360 * kib)));
    EXPECT_FALSE(check_image(ImageKind::floppy, Image(361 * kib)));
    EXPECT_TRUE(check_image(ImageKind::disk, Image(512)));
    EXPECT_FALSE(check_image(ImageKind::disk, Image(511)));
    EXPECT_TRUE(check_image(ImageKind::cdrom, test::CdBuilder{0}.bytes()));
    EXPECT_FALSE(check_image(ImageKind::cdrom, Image(1 * mib)));
    EXPECT_TRUE(check_image(ImageKind::rom, Image(64 * kib)));
    EXPECT_FALSE(check_image(ImageKind::rom, Image(64 * kib + 1)));
    EXPECT_FALSE(check_image(ImageKind::rom, Image(8 * mib + 4096)));
    EXPECT_TRUE(check_image(ImageKind::raw, Image(576 * kib)));
    EXPECT_FALSE(check_image(ImageKind::raw, Image(576 * kib + 1)));
}

} // namespace
} // namespace vestige::disk
