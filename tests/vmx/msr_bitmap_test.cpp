// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vmx/msr_bitmap.hpp"

#include "vestige/vmx/msr_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace vestige::vmx {
namespace {

/// Every MSR that the bitmap covers and lets through, by a full scan.
std::vector<u32> open_msrs(const MsrBitmap& bitmap, bool write) {
    std::vector<u32> open;
    for (const u32 base : {0u, 0xc0000000u}) {
        for (u32 msr = base; msr < base + 0x2000; ++msr) {
            if (!(write ? bitmap.intercepts_write(msr) : bitmap.intercepts_read(msr)))
                open.push_back(msr);
        }
    }
    return open;
}

TEST(MsrBitmap, InterceptsAllAtFirst) {
    MsrBitmap bitmap;
    bitmap.intercept_all();
    EXPECT_TRUE(open_msrs(bitmap, false).empty());
    EXPECT_TRUE(open_msrs(bitmap, true).empty());
    EXPECT_TRUE(bitmap.intercepts_read(0x40000000));
}

TEST(MsrBitmap, ReadAndWriteAreSeparate) {
    MsrBitmap bitmap;
    bitmap.intercept_all();
    EXPECT_TRUE(bitmap.allow_read(0x10));
    EXPECT_TRUE(bitmap.allow_write(0xc0001fff));
    EXPECT_EQ(open_msrs(bitmap, false), std::vector<u32>{0x10});
    EXPECT_EQ(open_msrs(bitmap, true), std::vector<u32>{0xc0001fff});
    EXPECT_FALSE(bitmap.allow_read(0x2000));
    EXPECT_FALSE(bitmap.allow_write(0xbfffffff));
    EXPECT_TRUE(bitmap.intercepts_write(0x2000));
}

TEST(MsrBitmap, LayoutIsTheManuals) {
    alignas(page_size) MsrBitmap bitmap;
    bitmap.intercept_all();
    bitmap.allow_read(0x9);
    bitmap.allow_read(0xc0000080);
    bitmap.allow_write(0x9);
    bitmap.allow_write(0xc0000080);
    const auto* bytes = reinterpret_cast<const u8*>(&bitmap);
    EXPECT_EQ(bytes[1], 0xfd);
    EXPECT_EQ(bytes[1024 + 16], 0xfe);
    EXPECT_EQ(bytes[2048 + 1], 0xfd);
    EXPECT_EQ(bytes[3072 + 16], 0xfe);
    EXPECT_EQ(std::count_if(bytes, bytes + page_size, [](u8 b) { return b != 0xff; }), 4);
}

TEST(MsrBitmap, StateMsrsAreExactlyTheListed) {
    MsrBitmap bitmap;
    bitmap.intercept_all();
    allow_state_msrs(bitmap, false);
    const std::vector<u32> expected{0x174,      0x175,      0x176,      0xc0000081, 0xc0000082,
                                    0xc0000083, 0xc0000084, 0xc0000100, 0xc0000101, 0xc0000102};
    EXPECT_EQ(open_msrs(bitmap, false), expected);
    EXPECT_EQ(open_msrs(bitmap, true), expected);
    allow_state_msrs(bitmap, true);
    EXPECT_FALSE(bitmap.intercepts_write(msr::ia32_tsc_aux));
    EXPECT_TRUE(bitmap.intercepts_write(msr::ia32_efer));
    EXPECT_TRUE(bitmap.intercepts_write(msr::ia32_debugctl));
}

} // namespace
} // namespace vestige::vmx
