// SPDX-License-Identifier: BSD-2-Clause
// System V ABI, "Symbol Table": Elf32_Sym and Elf64_Sym.
#include "vestige/vm/symbol_table.hpp"

#include "vestige/base/little_endian.hpp"
#include "vestige/config/words.hpp"

#include <algorithm>

namespace vestige::vm {
namespace {

constexpr u64 farthest = 64 * kib;
constexpr u32 elf_magic = 0x464c457f;
constexpr u32 section_symbols = 2; ///< SHT_SYMTAB

std::string_view characters(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A part of the file that lies in it whole; else empty.
std::span<const std::byte> inside(std::span<const std::byte> file, u64 start, u64 size) {
    if (start > file.size() || size > file.size() - start)
        return {};
    return file.subspan(start, size);
}

/// Where the fields of the two ELF classes are.
struct ElfLayout {
    unsigned section_offset, section_size, section_count; ///< in the file's header
    unsigned data, data_size, link;                       ///< in a section's header
    unsigned header_bytes;
    unsigned symbol_bytes, value, info, section;          ///< in a symbol
    bool wide;
};
constexpr ElfLayout elf32{0x20, 0x2e, 0x30, 0x10, 0x14, 0x18, 40, 16, 4, 12, 14, false};
constexpr ElfLayout elf64{0x28, 0x3a, 0x3c, 0x18, 0x20, 0x28, 64, 24, 8, 4, 6, true};

u64 word(std::span<const std::byte> bytes, std::size_t at, bool wide) {
    return wide ? load_le<u64>(bytes, at) : load_le<u32>(bytes, at);
}

std::string_view name_at(std::span<const std::byte> strings, u32 offset) {
    if (offset >= strings.size())
        return {};
    const std::string_view rest = characters(strings.subspan(offset));
    return config::part(rest, 0, rest.find('\0'));
}

} // namespace

template <class Take> void SymbolTable::each_elf(Take take) const {
    const ElfLayout& layout = static_cast<u8>(file_[4]) == 2 ? elf64 : elf32;
    const u64 table = word(file_, layout.section_offset, layout.wide);
    const unsigned count = load_le<u16>(file_, layout.section_count);
    const auto headers = inside(file_, table, u64{count} * layout.header_bytes);
    const auto header = [&](u64 number) {
        return inside(headers, number * layout.header_bytes, layout.header_bytes);
    };
    const auto contents = [&](std::span<const std::byte> section) {
        return inside(file_, word(section, layout.data, layout.wide),
                      word(section, layout.data_size, layout.wide));
    };
    for (unsigned i = 0; i < count; ++i) {
        const auto section = header(i);
        if (section.empty() || load_le<u32>(section, 4) != section_symbols)
            continue;
        const auto link = header(load_le<u32>(section, layout.link));
        const auto symbols = contents(section);
        const auto strings = link.empty() ? link : contents(link);
        for (std::size_t at = 0; at + layout.symbol_bytes <= symbols.size();
             at += layout.symbol_bytes) {
            const auto symbol = symbols.subspan(at, layout.symbol_bytes);
            const unsigned type = static_cast<u8>(symbol[layout.info]) & 0xf;
            const bool defined = load_le<u16>(symbol, layout.section) != 0;
            // Objects, functions and labels; no sections and files.
            if (defined && type <= 2)
                take(name_at(strings, load_le<u32>(symbol, 0)),
                     word(symbol, layout.value, layout.wide));
        }
    }
}

/// "00007c00 start", as nm writes it with or without a letter between, 0x and # comments allowed.
template <class Take> void SymbolTable::each_line(Take take) const {
    std::string_view rest = characters(file_);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = config::part(rest, 0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        const std::size_t blank = line.find_first_of(" \t");
        if (blank == std::string_view::npos || line.starts_with('#'))
            continue;
        std::string_view number = config::part(line, 0, blank);
        if (number.starts_with("0x"))
            number.remove_prefix(2);
        const std::string_view name = config::part(line, line.find_last_of(" \t") + 1);
        if (const auto address = config::parse_digits(number, 16); address && !name.empty())
            take(name, *address);
    }
}

template <class Take> void SymbolTable::each(Take take) const {
    constexpr std::size_t smallest_elf = 64;
    if (file_.size() >= smallest_elf && load_le<u32>(file_, 0) == elf_magic)
        each_elf(take);
    else
        each_line(take);
}

std::optional<SymbolTable::Hit> SymbolTable::find(u64 address) const {
    std::optional<Hit> best;
    each([&](std::string_view name, u64 value) {
        if (name.empty() || value > address || address - value > farthest)
            return;
        if (!best || address - value < best->offset)
            best = Hit{name, address - value};
    });
    return best;
}

std::optional<u64> SymbolTable::lookup(std::string_view name) const {
    std::optional<u64> found;
    each([&](std::string_view candidate, u64 value) {
        if (candidate == name && !found)
            found = value;
    });
    return found;
}

std::size_t SymbolTable::count() const {
    std::size_t number = 0;
    each([&](std::string_view, u64) { ++number; });
    return number;
}

void print_symbol(TextSink& out, const SymbolTable& symbols, u64 address) {
    if (symbols.empty())
        return;
    const auto hit = symbols.find(address);
    if (!hit)
        return;
    out.write(" <");
    for (const char c : config::part(hit->name, 0, 60)) {
        const char printable = c < ' ' || c > '~' ? '.' : c;
        out.write({&printable, 1});
    }
    if (hit->offset != 0)
        print(out, "+{x}h", hit->offset);
    out.write(">");
}

} // namespace vestige::vm
