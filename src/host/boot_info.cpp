// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/boot_info.hpp"

#include "vestige/base/little_endian.hpp"

#include <algorithm>
#include <array>

namespace vestige::host {
namespace {

/// Bytes of memory, or nothing when they are not all there.
PhysicalView slice(PhysicalView memory, u64 start, u64 size) {
    if (start > memory.size() || size > memory.size() - start)
        return {};
    return memory.subspan(start, size);
}

/// The NUL-ended text at start, at most limit characters.
std::string_view text_at(PhysicalView memory, u64 start, u64 limit) {
    if (start == 0 || start >= memory.size())
        return {};
    const u64 room = std::min<u64>(limit, memory.size() - start);
    // Text is bytes; a view of char over them is what the standard allows.
    const char* const text = reinterpret_cast<const char*>(&memory[start]);
    std::size_t length = 0;
    while (length < room && text[length] != '\0')
        ++length;
    return {text, length};
}

/// Takes the first word off text and returns it.
std::string_view take_word(std::string_view& text) {
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(' ')));
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(' ')));
    return word;
}

/// QEMU and some other loaders put the file's name in front of the words, GRUB does not.
bool passes_file_names(const BootInfo& info, std::string_view first_word) {
    return info.loader.view().starts_with("qemu") ||
           (first_word.find('/') != first_word.npos && first_word.find('=') == first_word.npos);
}

/// The file's name at the front of text, taken off, or nothing.
std::string_view take_file_name(const BootInfo& info, std::string_view& text) {
    std::string_view rest = text;
    const std::string_view first = take_word(rest);
    if (!passes_file_names(info, first))
        return {};
    text = rest;
    return first;
}

void name_files(BootInfo& info) {
    std::string_view words = info.command_line.view();
    static_cast<void>(take_file_name(info, words));
    info.command_line = Text<1024>{words};
    for (BootModule& module : info.modules) {
        words = module.words.view();
        module.file.assign(take_file_name(info, words));
        module.words = Text<512>{words};
    }
}

void add_module(BootInfo& info, u64 start, u64 end, std::string_view words) {
    BootModule module;
    module.start = Hpa{start};
    module.size = end > start ? end - start : 0;
    module.words.assign(words);
    if (!info.modules.push_back(module))
        ++info.modules_dropped;
}

void add_memory(BootInfo& info, u64 start, u64 size, u32 type) {
    if (size == 0 || start + size <= start)
        return;
    if (!info.memory.push_back({Hpa{start}, size, type == 1}))
        ++info.memory_dropped;
}

/// The layout of these 22 bytes is the same in both multiboots.
Framebuffer framebuffer_from(PhysicalView bytes) {
    Framebuffer screen;
    const u8 kind = static_cast<u8>(bytes[21]);
    constexpr std::array kinds{Framebuffer::Kind::indexed, Framebuffer::Kind::rgb,
                               Framebuffer::Kind::text};
    if (kind >= kinds.size())
        return screen;
    screen.kind = kinds[kind];
    screen.start = Hpa{load_le<u64>(bytes, 0)};
    screen.pitch = load_le<u32>(bytes, 8);
    screen.width = load_le<u32>(bytes, 12);
    screen.height = load_le<u32>(bytes, 16);
    screen.bits_per_pixel = static_cast<u8>(bytes[20]);
    return screen;
}

// Multiboot 1 information, by byte offset.
namespace mb1 {
constexpr u32 has_memory = 1U << 0, has_command_line = 1U << 2, has_modules = 1U << 3,
              has_map = 1U << 6, has_loader = 1U << 9, has_framebuffer = 1U << 12;
constexpr std::size_t size = 88, framebuffer = 88, framebuffer_size = 22, mem_upper = 8,
                      command_line = 16, module_count = 20, modules = 24, map_length = 44, map = 48,
                      loader = 64;
} // namespace mb1

Result<Unit, const char*> parse1_memory(PhysicalView header, PhysicalView memory, BootInfo& info) {
    const auto word = [&](std::size_t at) { return load_le<u32>(header, at); };
    const u32 flags = word(0);
    if ((flags & mb1::has_map) != 0) {
        const PhysicalView map = slice(memory, word(mb1::map), word(mb1::map_length));
        for (std::size_t at = 0; at + 24 <= map.size();) {
            const u64 step = u64{load_le<u32>(map, at)} + 4;
            if (step < 24)
                return Error{"multiboot 1 memory map entry is too short"};
            add_memory(info, load_le<u64>(map, at + 4), load_le<u64>(map, at + 12),
                       load_le<u32>(map, at + 20));
            at += step;
        }
    } else if ((flags & mb1::has_memory) != 0) {
        add_memory(info, 0, 640 * kib, 1);
        add_memory(info, mib, u64{word(mb1::mem_upper)} * kib, 1);
    }
    return Unit{};
}

Result<Unit, const char*> parse1(u32 address, PhysicalView memory, BootInfo& info) {
    const PhysicalView header = slice(memory, address, mb1::size);
    if (header.empty())
        return Error{"multiboot 1 information lies outside memory"};
    const auto word = [&](std::size_t at) { return load_le<u32>(header, at); };
    const u32 flags = word(0);
    info.multiboot_version = 1;
    if ((flags & mb1::has_command_line) != 0)
        info.command_line.assign(text_at(memory, word(mb1::command_line), 1024));
    if ((flags & mb1::has_loader) != 0)
        info.loader.assign(text_at(memory, word(mb1::loader), 64));
    if ((flags & mb1::has_modules) != 0) {
        const u32 count = std::min(word(mb1::module_count), 1024U);
        const PhysicalView list = slice(memory, word(mb1::modules), u64{count} * 16);
        for (std::size_t at = 0; at + 16 <= list.size(); at += 16)
            add_module(info, load_le<u32>(list, at), load_le<u32>(list, at + 4),
                       text_at(memory, load_le<u32>(list, at + 8), 512));
    }
    if ((flags & mb1::has_framebuffer) != 0) {
        const PhysicalView screen =
            slice(memory, u64{address} + mb1::framebuffer, mb1::framebuffer_size);
        if (!screen.empty())
            info.framebuffer = framebuffer_from(screen);
    }
    return parse1_memory(header, memory, info);
}

void copy_rsdp(PhysicalView bytes, BootInfo& info) {
    info.rsdp.clear();
    for (const std::byte b : bytes.first(std::min(bytes.size(), info.rsdp.capacity())))
        static_cast<void>(info.rsdp.push_back(b));
}

void parse2_tag(u32 type, PhysicalView tag, u64 address, PhysicalView memory, BootInfo& info) {
    constexpr u32 command_line = 1, loader = 2, module = 3, memory_map = 6, framebuffer = 8,
                  efi32 = 11, efi64 = 12, rsdp1 = 14, rsdp2 = 15, efi_map = 17;
    if (type == command_line)
        info.command_line.assign(text_at(memory, address + 8, tag.size() - 8));
    else if (type == loader)
        info.loader.assign(text_at(memory, address + 8, tag.size() - 8));
    else if (type == module && tag.size() >= 16)
        add_module(info, load_le<u32>(tag, 8), load_le<u32>(tag, 12),
                   text_at(memory, address + 16, tag.size() - 16));
    else if (type == rsdp2 || (type == rsdp1 && info.rsdp.empty()))
        copy_rsdp(tag.subspan(8), info);
    else if (type == efi32 || type == efi64 || type == efi_map)
        info.efi = true;
    else if (type == framebuffer && tag.size() >= 8 + 22)
        info.framebuffer = framebuffer_from(tag.subspan(8));
    else if (type == memory_map && tag.size() >= 16) {
        const u32 step = load_le<u32>(tag, 8);
        for (std::size_t at = 16; step >= 24 && at + step <= tag.size(); at += step)
            add_memory(info, load_le<u64>(tag, at), load_le<u64>(tag, at + 8),
                       load_le<u32>(tag, at + 16));
    }
}

Result<Unit, const char*> parse2(u32 address, PhysicalView memory, BootInfo& info) {
    const PhysicalView head = slice(memory, address, 8);
    if (head.empty())
        return Error{"multiboot 2 information lies outside memory"};
    const PhysicalView all = slice(memory, address, load_le<u32>(head, 0));
    info.multiboot_version = 2;
    for (std::size_t at = 8; at + 8 <= all.size();) {
        const u32 type = load_le<u32>(all, at);
        const u32 size = load_le<u32>(all, at + 4);
        if (type == 0)
            return Unit{};
        if (size < 8 || size > all.size() - at)
            return Error{"multiboot 2 tag has a wrong size"};
        parse2_tag(type, all.subspan(at, size), address + at, memory, info);
        at += (u64{size} + 7) & ~u64{7};
    }
    return Error{"multiboot 2 information has no end tag"};
}

} // namespace

Result<Unit, const char*> parse_boot_info(u32 magic, u32 address, PhysicalView memory,
                                          BootInfo& info) {
    if (magic != multiboot1_magic && magic != multiboot2_magic)
        return Error{"not started by a multiboot loader"};
    const auto parsed =
        magic == multiboot1_magic ? parse1(address, memory, info) : parse2(address, memory, info);
    name_files(info);
    return parsed;
}

} // namespace vestige::host
