// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/machine/guest_memory.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace vestige::machine {
namespace {

class GuestMemoryTest : public ::testing::Test {
  protected:
    void SetUp() override {
        ASSERT_TRUE(memory.add({Gpa{0}, low, RegionKind::ram}));
        ASSERT_TRUE(memory.add({Gpa{0x2000}, rom, RegionKind::rom}));
    }
    std::vector<std::byte> low{0x1000, std::byte{0}};
    std::vector<std::byte> rom{0x1000, std::byte{0xcf}};
    GuestMemory memory;
};

TEST_F(GuestMemoryTest, OverlapAndEmptyRegionsAreRefused) {
    std::vector<std::byte> other(0x1000);
    EXPECT_FALSE(memory.add({Gpa{0xfff}, other}));
    EXPECT_FALSE(memory.add({Gpa{0x8000}, std::span<std::byte>{}}));
    EXPECT_FALSE(memory.add({Gpa{~u64{0} - 10}, other}));
}

TEST_F(GuestMemoryTest, AbsentBytesReadAsOnesAndIgnoreWrites) {
    EXPECT_EQ(memory.load<u32>(Gpa{0x1800}), 0xffffffffU);
    memory.store<u32>(Gpa{0x1800}, 0);
    EXPECT_EQ(memory.load<u32>(Gpa{0x1800}), 0xffffffffU);
    EXPECT_EQ(memory.load<u16>(Gpa{~u64{0}}), 0xff00U | 0xffU);
}

TEST_F(GuestMemoryTest, AccessesAcrossRegionsAreSplit) {
    memory.store<u32>(Gpa{0xffe}, 0x11223344);
    EXPECT_EQ(memory.load<u32>(Gpa{0xffe}), 0xffff3344U);
    EXPECT_EQ(memory.load<u32>(Gpa{0x1ffe}), 0xcfcfffffU);
}

TEST_F(GuestMemoryTest, RomIgnoresWrites) {
    memory.store<u8>(Gpa{0x2000}, 0);
    EXPECT_EQ(memory.load<u8>(Gpa{0x2000}), 0xcf);
    EXPECT_TRUE(memory.ram(Gpa{0x2000}, 1).empty());
    EXPECT_EQ(memory.view(Gpa{0x2000}, 0x1000).size(), 0x1000U);
}

TEST_F(GuestMemoryTest, DirectViewsStayInsideOneRegion) {
    EXPECT_EQ(memory.ram(Gpa{0xff0}, 16).size(), 16U);
    EXPECT_TRUE(memory.ram(Gpa{0xff0}, 17).empty());
    EXPECT_TRUE(memory.ram(Gpa{0xff0}, ~u64{0}).empty());
    EXPECT_TRUE(memory.is_ram(Gpa{0}, 0x1000));
    EXPECT_FALSE(memory.is_ram(Gpa{0}, 0x1001));
}

} // namespace
} // namespace vestige::machine
