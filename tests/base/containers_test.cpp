// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/base/bit_field.hpp"
#include "vestige/base/result.hpp"
#include "vestige/base/spsc_ring.hpp"
#include "vestige/base/static_vector.hpp"

#include <gtest/gtest.h>

namespace vestige {
namespace {

static_assert(BitField<7, 4>::get(0xa5) == 0xa);
static_assert(BitField<7, 4>::set(0xa5, 0x1c) == 0xc5);
static_assert(BitField<63, 0>::mask == ~std::uint64_t{0});

TEST(StaticVector, RefusesMoreThanItsCapacity) {
    StaticVector<int, 2> v;
    EXPECT_TRUE(v.push_back(1));
    EXPECT_TRUE(v.push_back(2));
    EXPECT_FALSE(v.push_back(3));
    EXPECT_EQ(v.size(), 2U);
    EXPECT_EQ(v.back(), 2);
}

TEST(StaticVectorDeath, IndexBeyondTheSizeIsCaught) {
    StaticVector<int, 4> v;
    EXPECT_DEATH(v[0] = 1, "");
}

TEST(SpscRing, KeepsOrderAndRefusesWhenFull) {
    SpscRing<int, 4> ring;
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 4; ++i)
            EXPECT_TRUE(ring.push(i));
        EXPECT_FALSE(ring.push(9));
        int value = -1;
        for (int i = 0; i < 4; ++i) {
            EXPECT_TRUE(ring.pop(value));
            EXPECT_EQ(value, i);
        }
        EXPECT_FALSE(ring.pop(value));
    }
}

TEST(ResultDeath, WrongSidePanics) {
    const Result<int, char> good{1};
    const Result<int, char> bad{Error{'x'}};
    EXPECT_EQ(good.value(), 1);
    EXPECT_EQ(bad.error(), 'x');
    EXPECT_EQ(bad.value_or(7), 7);
    EXPECT_DEATH((void)bad.value(), "value of an error");
    EXPECT_DEATH((void)good.error(), "error of a value");
}

} // namespace
} // namespace vestige
