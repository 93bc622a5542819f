// SPDX-License-Identifier: BSD-2-Clause
// What the boot loader handed over, multiboot 1 or 2, copied into one plain struct.
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/base/format.hpp"
#include "vestige/base/number.hpp"
#include "vestige/base/result.hpp"
#include "vestige/base/static_vector.hpp"

#include <span>
#include <string_view>

namespace vestige::host {

inline constexpr u32 multiboot1_magic = 0x2badb002;
inline constexpr u32 multiboot2_magic = 0x36d76289;

/// A range of the machine's physical memory.
struct MemoryRange {
    Hpa start;
    u64 size = 0;
    bool usable = false;
};

/// A file that the loader put into memory.
struct BootModule {
    Hpa start;
    u64 size = 0;
    Text<128> file;  ///< the file's name where the loader passes it (QEMU), else empty
    Text<512> words; ///< the words after it
};

/// The screen as the loader left it.
struct Framebuffer {
    enum class Kind : u8 { unknown, indexed, rgb, text };
    Kind kind = Kind::unknown;
    u8 bits_per_pixel = 0;
    Hpa start;
    u32 pitch = 0; ///< bytes per row
    u32 width = 0;
    u32 height = 0;
};

struct BootInfo {
    static constexpr std::size_t most_modules = 32;

    unsigned multiboot_version = 0;
    Text<1024> command_line; ///< words only: a loader's leading file name is taken off
    Text<64> loader;
    StaticVector<MemoryRange, 128> memory;
    StaticVector<BootModule, most_modules> modules;
    unsigned modules_dropped = 0;     ///< beyond most_modules
    unsigned memory_dropped = 0;      ///< map entries beyond what memory holds
    StaticVector<std::byte, 36> rsdp; ///< the loader's copy (multiboot 2), else empty
    Framebuffer framebuffer;
    bool efi = false; ///< the firmware is UEFI (multiboot 2 only)

    /// Whether there is a VGA text page at B8000h to write to.
    [[nodiscard]] bool has_text_screen() const {
        return framebuffer.kind == Framebuffer::Kind::text ||
               (framebuffer.kind == Framebuffer::Kind::unknown && !efi);
    }
};

/// Physical memory below 4 GiB as a byte view; how parsers reach the loader's structures.
using PhysicalView = std::span<const std::byte>;

/// Reads the loader's information at address; an error says what is wrong with it. Nothing in info
/// refers to the loader's memory afterwards, apart from the modules' contents.
[[nodiscard]] Result<Unit, const char*> parse_boot_info(u32 magic, u32 address, PhysicalView memory,
                                                        BootInfo& info);

} // namespace vestige::host
