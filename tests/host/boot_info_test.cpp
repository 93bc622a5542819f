// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/boot_info.hpp"

#include "memory_image.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace vestige::host {
namespace {

constexpr u32 info_at = 0x9000;

struct BootInfoTest : testing::Test {
    MemoryImage memory;
    std::unique_ptr<BootInfo> info = std::make_unique<BootInfo>();

    bool parse(u32 magic, u32 address = info_at) {
        return parse_boot_info(magic, address, memory.view(), *info).ok();
    }
    /// Multiboot 1 information with the fields that flags announces left to the test.
    void begin1(u32 flags) { memory.put(info_at, flags); }
    void put_map_entry(u64 at, u32 size, u64 start, u64 length, u32 type) {
        memory.put(at, size).put(at + 4, start).put(at + 12, length).put(at + 20, type);
    }
};

/// Multiboot 2 information, tag by tag.
struct Multiboot2Test : BootInfoTest {
    u64 end = info_at + 8;

    u64 tag(u32 type, u32 size) {
        const u64 at = end;
        memory.put(at, type).put(at + 4, size);
        end += (size + 7U) & ~7U;
        return at;
    }
    void finish() {
        tag(0, 8);
        memory.put(info_at, static_cast<u32>(end - info_at));
    }
};

TEST_F(BootInfoTest, UnknownMagicIsAnError) {
    EXPECT_FALSE(parse(0x12345678));
}

TEST_F(BootInfoTest, Multiboot1WordsModulesAndMap) {
    begin1(0x24c | 0x200);
    memory.put(info_at + 16, u32{0x8000}).put_text(0x8000, "loglevel=debug strict");
    memory.put(info_at + 64, u32{0x8100}).put_text(0x8100, "GRUB 2.06");
    memory.put(info_at + 20, u32{1}).put(info_at + 24, u32{0x8200});
    memory.put(0x8200, u32{0x100000}).put(0x8204, u32{0x101234}).put(0x8208, u32{0x8300});
    memory.put_text(0x8300, "disk vm=a");
    memory.put(info_at + 44, u32{48}).put(info_at + 48, u32{0x8400});
    put_map_entry(0x8400, 20, 0, 0x9fc00, 1);
    put_map_entry(0x8418, 20, 0xfffc0000, 0x40000, 2);
    ASSERT_TRUE(parse(multiboot1_magic));
    EXPECT_EQ(info->multiboot_version, 1U);
    EXPECT_EQ(info->command_line.view(), "loglevel=debug strict");
    EXPECT_EQ(info->loader.view(), "GRUB 2.06");
    ASSERT_EQ(info->modules.size(), 1U);
    EXPECT_EQ(info->modules[0].start, Hpa{0x100000});
    EXPECT_EQ(info->modules[0].size, 0x1234U);
    EXPECT_EQ(info->modules[0].words.view(), "disk vm=a");
    EXPECT_EQ(info->modules[0].file.view(), "");
    ASSERT_EQ(info->memory.size(), 2U);
    EXPECT_TRUE(info->memory[0].usable);
    EXPECT_EQ(info->memory[1].start, Hpa{0xfffc0000});
    EXPECT_FALSE(info->memory[1].usable);
    EXPECT_TRUE(info->has_text_screen());
}

TEST_F(BootInfoTest, QemuPassesFileNamesFirst) {
    begin1(0x20c);
    memory.put(info_at + 16, u32{0x8000}).put_text(0x8000, "vestige.elf  a=b c");
    memory.put(info_at + 64, u32{0x8100}).put_text(0x8100, "qemu");
    memory.put(info_at + 20, u32{1}).put(info_at + 24, u32{0x8200});
    memory.put(0x8200, u32{0x100000}).put(0x8204, u32{0x100200}).put(0x8208, u32{0x8300});
    memory.put_text(0x8300, "boot.img raw vm=a");
    ASSERT_TRUE(parse(multiboot1_magic));
    EXPECT_EQ(info->command_line.view(), "a=b c");
    EXPECT_EQ(info->modules[0].file.view(), "boot.img");
    EXPECT_EQ(info->modules[0].words.view(), "raw vm=a");
}

TEST_F(BootInfoTest, PathInFrontIsNoWordWhoeverTheLoaderIs) {
    begin1(0x4);
    memory.put(info_at + 16, u32{0x8000}).put_text(0x8000, "/boot/vestige.elf help");
    ASSERT_TRUE(parse(multiboot1_magic));
    EXPECT_EQ(info->command_line.view(), "help");
}

TEST_F(BootInfoTest, ValueWithSlashStays) {
    begin1(0x4);
    memory.put(info_at + 16, u32{0x8000}).put_text(0x8000, "vm.a.name=x/y help");
    ASSERT_TRUE(parse(multiboot1_magic));
    EXPECT_EQ(info->command_line.view(), "vm.a.name=x/y help");
}

TEST_F(BootInfoTest, Multiboot1WithoutMapUsesTheTwoSizes) {
    begin1(0x1);
    memory.put(info_at + 8, u32{63 * 1024});
    ASSERT_TRUE(parse(multiboot1_magic));
    ASSERT_EQ(info->memory.size(), 2U);
    EXPECT_EQ(info->memory[1].start, Hpa{mib});
    EXPECT_EQ(info->memory[1].size, 63 * mib);
}

TEST_F(BootInfoTest, InformationOutsideMemoryIsAnError) {
    EXPECT_FALSE(parse(multiboot1_magic, 0x7fffff00));
    EXPECT_FALSE(parse(multiboot2_magic, 0xfffffffc));
}

TEST_F(BootInfoTest, PointersOutsideMemoryReadAsNothing) {
    begin1(0x24c);
    for (const unsigned field : {16U, 64U, 24U, 48U})
        memory.put(info_at + field, u32{0xfffffff0});
    memory.put(info_at + 20, ~u32{0}).put(info_at + 44, ~u32{0});
    ASSERT_TRUE(parse(multiboot1_magic));
    EXPECT_EQ(info->command_line.view(), "");
    EXPECT_EQ(info->modules.size(), 0U);
    EXPECT_EQ(info->memory.size(), 0U);
}

TEST_F(BootInfoTest, MapEntryThatDoesNotAdvanceIsAnError) {
    begin1(0x40);
    memory.put(info_at + 44, u32{48}).put(info_at + 48, u32{0x8400});
    put_map_entry(0x8400, 0, 0, 0x9fc00, 1);
    EXPECT_FALSE(parse(multiboot1_magic));
}

TEST_F(BootInfoTest, OddMemoryAndModulesAreHarmless) {
    begin1(0x48);
    memory.put(info_at + 44, u32{48}).put(info_at + 48, u32{0x8400});
    put_map_entry(0x8400, 20, ~u64{0} - 5, 100, 1); // wraps
    put_map_entry(0x8418, 20, 0x1000, 0, 1);        // empty
    memory.put(info_at + 20, u32{40}).put(info_at + 24, u32{0xa000});
    for (u64 i = 0; i < 40; ++i)
        memory.put(0xa000 + 16 * i, u32{0x3000}).put(0xa004 + 16 * i, u32{0x2000});
    ASSERT_TRUE(parse(multiboot1_magic));
    EXPECT_EQ(info->memory.size(), 0U);
    EXPECT_EQ(info->modules.size(), BootInfo::most_modules);
    EXPECT_EQ(info->modules_dropped, 40 - BootInfo::most_modules);
    EXPECT_EQ(info->modules[0].size, 0U);
}

TEST_F(BootInfoTest, MapThatIsTooLongIsCounted) {
    begin1(0x40);
    memory.put(info_at + 44, u32{200 * 24}).put(info_at + 48, u32{0x10000});
    for (u64 i = 0; i < 200; ++i)
        put_map_entry(0x10000 + 24 * i, 20, i * 0x10000, 0x1000, 1);
    ASSERT_TRUE(parse(multiboot1_magic));
    EXPECT_EQ(info->memory.size(), 128U);
    EXPECT_EQ(info->memory_dropped, 72U);
}

TEST_F(Multiboot2Test, AllTags) {
    memory.put_text(tag(1, 8 + 4) + 8, "a=b");
    memory.put_text(tag(2, 8 + 10) + 8, "GRUB 2.06");
    const u64 module = tag(3, 16 + 7);
    memory.put(module + 8, u32{0x100000}).put(module + 12, u32{0x180000});
    memory.put_text(module + 16, "floppy");
    const u64 map = tag(6, 16 + 24);
    memory.put(map + 8, u32{24}).put(map + 16, u64{mib}).put(map + 24, u64{31 * mib});
    memory.put(map + 32, u32{1});
    const u64 screen = tag(8, 32);
    memory.put(screen + 8, u64{0xc0000000}).put(screen + 16, u32{3200});
    memory.put(screen + 20, u32{800}).put(screen + 24, u32{600});
    memory.put(screen + 28, u8{32}).put(screen + 29, u8{1});
    tag(12, 16);
    memory.put_bytes(tag(14, 8 + 20) + 8, "RSD PTR 1");
    memory.put_bytes(tag(15, 8 + 36) + 8, "RSD PTR 2");
    finish();
    ASSERT_TRUE(parse(multiboot2_magic));
    EXPECT_EQ(info->multiboot_version, 2U);
    EXPECT_EQ(info->command_line.view(), "a=b");
    EXPECT_EQ(info->loader.view(), "GRUB 2.06");
    ASSERT_EQ(info->modules.size(), 1U);
    EXPECT_EQ(info->modules[0].size, 0x80000U);
    EXPECT_EQ(info->modules[0].words.view(), "floppy");
    ASSERT_EQ(info->memory.size(), 1U);
    EXPECT_EQ(info->memory[0].size, 31 * mib);
    EXPECT_EQ(info->framebuffer.kind, Framebuffer::Kind::rgb);
    EXPECT_EQ(info->framebuffer.width, 800U);
    EXPECT_EQ(info->framebuffer.bits_per_pixel, 32U);
    EXPECT_FALSE(info->has_text_screen());
    EXPECT_TRUE(info->efi);
    ASSERT_EQ(info->rsdp.size(), 36U);
    EXPECT_EQ(info->rsdp[8], std::byte{'2'});
}

TEST_F(Multiboot2Test, NewerRootPointerWinsInEitherOrder) {
    memory.put_bytes(tag(15, 8 + 36) + 8, "RSD PTR 2");
    memory.put_bytes(tag(14, 8 + 20) + 8, "RSD PTR 1");
    finish();
    ASSERT_TRUE(parse(multiboot2_magic));
    EXPECT_EQ(info->rsdp.size(), 36U);
}

TEST_F(Multiboot2Test, EfiWithoutFramebufferHasNoTextScreen) {
    tag(17, 16);
    finish();
    ASSERT_TRUE(parse(multiboot2_magic));
    EXPECT_FALSE(info->has_text_screen());
}

TEST_F(Multiboot2Test, TagThatDoesNotAdvanceIsAnError) {
    tag(1, 8);
    memory.put(info_at + 12, u32{0});
    finish();
    EXPECT_FALSE(parse(multiboot2_magic));
}

TEST_F(Multiboot2Test, TagBeyondTheEndIsAnError) {
    tag(1, 8);
    finish();
    memory.put(info_at + 12, u32{0x1000});
    EXPECT_FALSE(parse(multiboot2_magic));
}

TEST_F(Multiboot2Test, MissingEndTagIsAnError) {
    tag(1, 8);
    memory.put(info_at, static_cast<u32>(end - info_at));
    EXPECT_FALSE(parse(multiboot2_magic));
}

TEST_F(Multiboot2Test, ShortTagsSayNothing) {
    for (const u32 type : {3U, 6U, 8U, 14U})
        tag(type, 8);
    finish();
    ASSERT_TRUE(parse(multiboot2_magic));
    EXPECT_EQ(info->modules.size(), 0U);
    EXPECT_EQ(info->memory.size(), 0U);
    EXPECT_EQ(info->rsdp.size(), 0U);
    EXPECT_EQ(info->framebuffer.kind, Framebuffer::Kind::unknown);
}

TEST_F(Multiboot2Test, MapWithEntrySizeZeroEnds) {
    tag(6, 16 + 24);
    finish();
    ASSERT_TRUE(parse(multiboot2_magic));
    EXPECT_EQ(info->memory.size(), 0U);
}

} // namespace
} // namespace vestige::host
