// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vm/symbol_table.hpp"

#include "vestige/base/little_endian.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace vestige::vm {
namespace {

SymbolTable table(const std::string& text) { return SymbolTable{std::as_bytes(std::span{text})}; }

std::string name(const SymbolTable& symbols, u64 address) {
    char storage[120];
    TextBuffer out{storage};
    print_symbol(out, symbols, address);
    return std::string{out.view()};
}

const std::string lines = "00007c00 start\r\n"
                          "# a comment\n"
                          "7c20 T loop\n"
                          "0x8000 second_stage\n"
                          "nonsense\n";

TEST(SymbolLines, AreFoundBothWays) {
    const SymbolTable symbols = table(lines);
    EXPECT_EQ(symbols.count(), 3U);
    EXPECT_EQ(symbols.lookup("loop"), 0x7c20U);
    EXPECT_EQ(symbols.lookup("second_stage"), 0x8000U);
    EXPECT_FALSE(symbols.lookup("nowhere"));
    EXPECT_EQ(name(symbols, 0x7c00), " <start>");
    EXPECT_EQ(name(symbols, 0x7c25), " <loop+5h>");
}

TEST(SymbolLines, FarAwayIsNoSymbol) {
    const SymbolTable symbols = table(lines);
    EXPECT_EQ(name(symbols, 0x7bff), "");
    EXPECT_EQ(name(symbols, 0x8000 + 0x10001), "");
    EXPECT_EQ(name(SymbolTable{}, 0x7c00), "");
}

/// A 32-bit ELF with a null section, a symbol table and its strings.
std::vector<std::byte> small_elf() {
    std::vector<std::byte> file(52 + 3 * 40 + 2 * 16 + 8);
    const std::span<std::byte> f{file};
    store_le<u32>(f, 0, 0x464c457f);
    file[4] = std::byte{1};
    store_le<u32>(f, 0x20, 52);
    store_le<u16>(f, 0x2e, 40);
    store_le<u16>(f, 0x30, 3);
    const std::size_t symtab = 52 + 40, strtab = 52 + 80, symbols = 52 + 120, strings = symbols + 32;
    store_le<u32>(f, symtab + 4, 2);
    store_le<u32>(f, symtab + 0x10, static_cast<u32>(symbols));
    store_le<u32>(f, symtab + 0x14, 32);
    store_le<u32>(f, symtab + 0x18, 2);
    store_le<u32>(f, strtab + 4, 3);
    store_le<u32>(f, strtab + 0x10, static_cast<u32>(strings));
    store_le<u32>(f, strtab + 0x14, 8);
    store_le<u32>(f, symbols + 16, 1);
    store_le<u32>(f, symbols + 20, 0x9000);
    file[symbols + 16 + 12] = std::byte{0x12};
    store_le<u16>(f, symbols + 16 + 14, 1);
    for (int i = 0; i < 4; ++i)
        file[strings + 1 + static_cast<std::size_t>(i)] = static_cast<std::byte>("main"[i]);
    return file;
}

TEST(SymbolElf, FunctionsAreFound) {
    const std::vector<std::byte> file = small_elf();
    const SymbolTable symbols{file};
    EXPECT_EQ(symbols.lookup("main"), 0x9000U);
    EXPECT_EQ(name(symbols, 0x9010), " <main+10h>");
}

TEST(SymbolElf, BrokenFilesDoNoHarm) {
    for (unsigned seed = 0; seed < 2000; ++seed) {
        std::vector<std::byte> file = small_elf();
        u32 state = seed * 2654435761U + 1;
        for (int i = 0; i < 6; ++i) {
            state = state * 1664525 + 1013904223;
            const std::size_t at = 4 + (state >> 8) % (file.size() - 4);
            file[at] = static_cast<std::byte>(state >> 24);
        }
        file.resize(file.size() - seed % 60);
        const SymbolTable symbols{file};
        static_cast<void>(symbols.lookup("main"));
        static_cast<void>(name(symbols, 0x9010));
    }
}

} // namespace
} // namespace vestige::vm
