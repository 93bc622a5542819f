// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/base/format.hpp"

#include <gtest/gtest.h>

namespace vestige {
namespace {

template <class... Arguments>
std::string formatted(std::string_view format, const Arguments&... arguments) {
    char storage[256];
    return std::string{format_in(storage, format, arguments...)};
}

TEST(Format, NumbersInBothBases) {
    EXPECT_EQ(formatted("{} {x} {X}", 42, 0xbeefU, 0xbeefU), "42 beef BEEF");
    EXPECT_EQ(formatted("{}", -5), "-5");
    EXPECT_EQ(formatted("{}", ~u64{0}), "18446744073709551615");
    EXPECT_EQ(formatted("{}", std::int64_t{-9223372036854775807LL - 1}), "-9223372036854775808");
}

TEST(Format, PaddingAndAlignment) {
    EXPECT_EQ(formatted("{04x}", 0x2a), "002a");
    EXPECT_EQ(formatted("[{5}]", 42), "[   42]");
    EXPECT_EQ(formatted("[{-5}]", "ab"), "[ab   ]");
    EXPECT_EQ(formatted("{016x}", 1), "0000000000000001");
}

TEST(Format, StrongTypesPrintAsTheirValue) {
    EXPECT_EQ(formatted("{x} {}", Gpa{0x7c00}, FarPtr{0xf000, 0xfff0}), "7c00 f000:fff0");
    EXPECT_EQ(formatted("{02x}", Vector{0x13}), "13");
}

TEST(Format, BracesMissingArgumentsAndUnfinishedFields) {
    EXPECT_EQ(formatted("{{}"), "{}");
    EXPECT_EQ(formatted("{} {}", 1), "1 {?}");
    EXPECT_EQ(formatted("{", 1), "1");
}

TEST(Format, CutsOffAtTheEndOfTheBuffer) {
    char storage[4];
    TextBuffer buffer{storage};
    print(buffer, "{}", "abcdef");
    EXPECT_EQ(buffer.view(), "abcd");
    EXPECT_TRUE(buffer.truncated());
}

} // namespace
} // namespace vestige
