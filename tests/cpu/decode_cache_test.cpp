// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/decode_cache.hpp"

#include <gtest/gtest.h>

namespace vestige::cpu {
namespace {

using Code = std::array<std::byte, longest_instruction>;

Code bytes_of(std::initializer_list<unsigned> values) {
    Code code{};
    std::size_t i = 0;
    for (const unsigned value : values)
        code[i++] = static_cast<std::byte>(value);
    return code;
}

const Code load_al = bytes_of({0x8a, 0x07, 0x90});  // mov al, [bx] or [edi]
const Code store_al = bytes_of({0x88, 0x07, 0x90}); // mov [bx], al

TEST(DecodeCache, DecodesOnceWhateverFollows) {
    DecodeCache cache;
    ASSERT_TRUE(cache.decode(0x100, load_al, Mode::real, CodeSize::bits16));
    Code other = load_al;
    other[2] = std::byte{0xcc};
    const auto again = cache.decode(0x100, other, Mode::real, CodeSize::bits16);
    ASSERT_TRUE(again);
    EXPECT_EQ(again.value().length, 2);
    EXPECT_EQ(again.value().operation, Operation::mov);
    EXPECT_EQ(cache.misses(), 1U);
}

TEST(DecodeCache, SeesThatCodeChanged) {
    DecodeCache cache;
    ASSERT_TRUE(cache.decode(0x100, load_al, Mode::real, CodeSize::bits16));
    const auto changed = cache.decode(0x100, store_al, Mode::real, CodeSize::bits16);
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed.value().operands[0].kind, Operand::Kind::memory);
    EXPECT_EQ(cache.misses(), 2U);
}

TEST(DecodeCache, TellsModesAndSizesApart) {
    DecodeCache cache;
    const auto narrow = cache.decode(0x100, load_al, Mode::real, CodeSize::bits16);
    const auto wide = cache.decode(0x100, load_al, Mode::protected32, CodeSize::bits32);
    ASSERT_TRUE(narrow && wide);
    EXPECT_EQ(narrow.value().operands[1].base, Gpr::rbx);
    EXPECT_EQ(wide.value().operands[1].base, Gpr::rdi);
    EXPECT_EQ(cache.misses(), 2U);
}

TEST(DecodeCache, NeedsTheWholeInstruction) {
    DecodeCache cache;
    const Code immediate = bytes_of({0xc6, 0x07, 0x12}); // mov byte [bx], 12h
    ASSERT_TRUE(cache.decode(0x100, immediate, Mode::real, CodeSize::bits16));
    const auto cut = cache.decode(0x100, std::span{immediate}.first(2), Mode::real,
                                  CodeSize::bits16);
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error(), DecodeError::incomplete);
}

} // namespace
} // namespace vestige::cpu
