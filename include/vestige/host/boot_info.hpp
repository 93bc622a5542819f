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
    Text<512> words;
};

struct BootInfo {
    static constexpr std::size_t most_modules = 32;

    unsigned multiboot_version = 0;
    Text<1024> command_line;
    Text<64> loader;
    StaticVector<MemoryRange, 128> memory;
    StaticVector<BootModule, most_modules> modules;
    unsigned modules_dropped = 0; ///< beyond most_modules
    Hpa rsdp;                     ///< copy inside the loader's information (multiboot 2), else 0
};

/// Physical memory below 4 GiB as a byte view; how parsers reach the loader's structures.
using PhysicalView = std::span<const std::byte>;

/// Reads the loader's information at address; an error says what is wrong with it.
[[nodiscard]] Result<Unit, const char*> parse_boot_info(u32 magic, u32 address,
                                                        PhysicalView memory, BootInfo& info);

} // namespace vestige::host
