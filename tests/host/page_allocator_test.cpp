// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/page_allocator.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <set>

namespace vestige::host {
namespace {

TEST(PageAllocator, RoundsInwards) {
    PageAllocator pages;
    pages.add(Hpa{0x1001}, 0x2fff);
    EXPECT_EQ(pages.free_bytes(), 0x2000U);
    pages.add(Hpa{0x10800}, 0x7ff);
    EXPECT_EQ(pages.free_bytes(), 0x2000U);
}

TEST(PageAllocator, OverlapsCountOnceAndNeighboursJoin) {
    PageAllocator pages;
    pages.add(Hpa{0x4000}, 0x2000);
    pages.add(Hpa{0x1000}, 0x2000);
    pages.add(Hpa{0x2000}, 0x3000);
    EXPECT_EQ(pages.free_bytes(), 0x5000U);
    EXPECT_EQ(pages.largest_range(), 0x5000U);
}

TEST(PageAllocator, ReserveRoundsOutwards) {
    PageAllocator pages;
    pages.add(Hpa{0}, 0x10000);
    pages.reserve(Hpa{0x4fff}, 2);
    EXPECT_EQ(pages.free_bytes(), 0xe000U);
    EXPECT_EQ(pages.largest_range(), 0xa000U);
}

TEST(PageAllocator, ReserveAcrossSeveralRanges) {
    PageAllocator pages;
    for (const u64 start : {0x0ULL, 0x4000ULL, 0x8000ULL, 0xc000ULL})
        pages.add(Hpa{start}, 0x2000);
    pages.reserve(Hpa{0x1000}, 0xb800);
    EXPECT_EQ(pages.free_bytes(), 0x2000U);
    EXPECT_EQ(pages.allocate(page_size), Hpa{0xd000});
    EXPECT_EQ(pages.allocate(page_size), Hpa{0});
    EXPECT_FALSE(pages.allocate(page_size));
}

TEST(PageAllocator, TakesFromTheTop) {
    PageAllocator pages;
    pages.add(Hpa{0x1000}, 0x8000);
    pages.add(Hpa{0x100000}, 0x2000);
    EXPECT_EQ(pages.allocate(1), Hpa{0x101000});
    EXPECT_EQ(pages.allocate(0x2000), Hpa{0x7000});
    EXPECT_EQ(pages.allocate(1), Hpa{0x100000});
}

TEST(PageAllocator, HonoursAlignmentAndLimit) {
    PageAllocator pages;
    pages.add(Hpa{0x3000}, 16 * mib);
    EXPECT_EQ(pages.allocate(page_size, 2 * mib), Hpa{16 * mib});
    EXPECT_EQ(pages.allocate(3 * mib, 2 * mib, Hpa{8 * mib}), Hpa{4 * mib});
    EXPECT_EQ(pages.allocate(page_size, page_size, Hpa{0xa0000}), Hpa{0x9f000});
    EXPECT_FALSE(pages.allocate(page_size, page_size, Hpa{0x3fff}));
}

TEST(PageAllocator, RefusesWhatCannotBe) {
    PageAllocator pages;
    pages.add(Hpa{0x1000}, mib);
    EXPECT_FALSE(pages.allocate(0));
    EXPECT_FALSE(pages.allocate(~u64{0}));
    EXPECT_FALSE(pages.allocate(2 * mib));
    EXPECT_FALSE(pages.allocate(page_size, 3000));
    EXPECT_FALSE(pages.allocate(page_size, 0));
    EXPECT_EQ(pages.free_bytes(), mib);
}

TEST(PageAllocator, AddressesAtTheEndOfTheWorldDoNotWrap) {
    PageAllocator pages;
    pages.add(Hpa{~u64{0} - 0x1800}, 0x1000);
    EXPECT_EQ(pages.free_bytes(), 0U);
    pages.add(Hpa{0x1000}, ~u64{0});
    const u64 all = pages.free_bytes();
    EXPECT_EQ(all, (u64{1} << 52) - 0x1000);
    pages.reserve(Hpa{~u64{0} - 5}, 3);
    EXPECT_EQ(pages.free_bytes(), all);
    pages.reserve(Hpa{mib}, ~u64{0});
    EXPECT_EQ(pages.free_bytes(), mib - 0x1000);
}

TEST(PageAllocator, ManyHolesLoseMemoryButNeverGiveItTwice) {
    auto pages = std::make_unique<PageAllocator>();
    pages->add(Hpa{0}, 600 * 2 * page_size);
    for (u64 i = 0; i < 600; ++i)
        pages->reserve(Hpa{i * 2 * page_size}, page_size);
    while (const auto page = pages->allocate(page_size))
        EXPECT_EQ(page->value() / page_size % 2, 1U);
}

TEST(PageAllocator, AgreesWithASetOfPages) {
    std::mt19937 random{1};
    for (int round = 0; round < 200; ++round) {
        PageAllocator pages;
        std::set<u64> model;
        for (int step = 0; step < 40; ++step) {
            const u64 start = random() % 64;
            const u64 count = random() % 12 + 1;
            if (random() % 2 == 0) {
                pages.add(Hpa{start * page_size}, count * page_size);
                for (u64 i = 0; i < count; ++i)
                    model.insert(start + i);
            } else {
                pages.reserve(Hpa{start * page_size}, count * page_size);
                for (u64 i = 0; i < count; ++i)
                    model.erase(start + i);
            }
            ASSERT_EQ(pages.free_bytes(), model.size() * page_size);
        }
        while (const auto page = pages.allocate(page_size)) {
            ASSERT_EQ(page->value(), *model.rbegin() * page_size);
            model.erase(std::prev(model.end()));
        }
        EXPECT_TRUE(model.empty());
    }
}

TEST(CollectFreeMemory, LeavesOutWhatIsTaken) {
    auto info = std::make_unique<BootInfo>();
    ASSERT_TRUE(info->memory.push_back({Hpa{0}, 0xa0000, true}));
    ASSERT_TRUE(info->memory.push_back({Hpa{mib}, 15 * mib, true}));
    ASSERT_TRUE(info->memory.push_back({Hpa{0x9fc00}, 0x400, false}));
    BootModule module;
    module.start = Hpa{8 * mib};
    module.size = mib + 1;
    ASSERT_TRUE(info->modules.push_back(module));
    PageAllocator pages;
    collect_free_memory(*info, Hpa{2 * mib}, 0x1234, pages);
    EXPECT_EQ(pages.free_bytes(), 0x9f000U - 0x1000 + 15 * mib - 0x2000 - mib - 0x1000);
    EXPECT_EQ(pages.allocate(page_size, page_size, Hpa{mib}), Hpa{0x9e000});
    while (const auto page = pages.allocate(page_size)) {
        EXPECT_NE(*page, Hpa{0});
        EXPECT_FALSE(*page >= Hpa{2 * mib} && *page < Hpa{2 * mib + 0x2000});
        EXPECT_FALSE(*page >= Hpa{8 * mib} && *page < Hpa{9 * mib + 0x1000});
        EXPECT_FALSE(*page >= Hpa{0x9f000} && *page < Hpa{mib});
    }
}

} // namespace
} // namespace vestige::host
