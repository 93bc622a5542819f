// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/page_table.hpp"

#include <gtest/gtest.h>

#include <sys/mman.h>

namespace vestige::host {
namespace {

/// Memory below 4 GiB whose address is what the code under test takes for a physical one.
class LowArena {
  public:
    static constexpr std::size_t size = 4 * mib;
    LowArena()
        : start_{mmap(nullptr, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0)} {}
    ~LowArena() { munmap(start_, size); }
    LowArena(const LowArena&) = delete;
    LowArena& operator=(const LowArena&) = delete;
    [[nodiscard]] bool ok() const { return start_ != MAP_FAILED; }
    [[nodiscard]] Hpa start() const { return Hpa{reinterpret_cast<u64>(start_)}; }

  private:
    void* start_;
};

constexpr u64 data = pte::writable | pte::no_execute;

struct PageTableTest : testing::Test {
    LowArena arena;
    PageAllocator pages;
    PageTable table;

    void SetUp() override {
        ASSERT_TRUE(arena.ok());
        pages.add(arena.start(), LowArena::size);
        table.create(pages);
    }
};

TEST_F(PageTableTest, StartsEmpty) {
    EXPECT_EQ(table.find(0), 0U);
    EXPECT_EQ(table.find(0x7fff'ffff'f000), 0U);
    EXPECT_EQ(table.root() % page_size, 0U);
}

TEST_F(PageTableTest, UsesLargePagesWhereTheyFit) {
    table.map(0x1ff000, 0x601000, data);
    EXPECT_EQ(table.find(0x1fe000), 0U);
    EXPECT_EQ(table.find(0x1ff000), 0x1ff000 | data | pte::present);
    EXPECT_EQ(table.find(0x200000), 0x200000 | data | pte::present | pte::large);
    EXPECT_EQ(table.find(0x5ff000), 0x400000 | data | pte::present | pte::large);
    EXPECT_EQ(table.find(0x600000), 0x600000 | data | pte::present);
    EXPECT_EQ(table.find(0x601000), 0U);
}

TEST_F(PageTableTest, MapsAbove4GiB) {
    constexpr u64 high = u64{1} << 40;
    table.map(high, high + 2 * mib, data);
    EXPECT_EQ(table.find(high + 0x12345), high | data | pte::present | pte::large);
    EXPECT_EQ(table.find(0x12345), 0U);
}

TEST_F(PageTableTest, SplittingKeepsTheNeighboursAndTheirFlags) {
    constexpr u64 uncached = data | pte::cache_disable | pte::write_through;
    table.map(0, 4 * mib, uncached);
    table.unmap_page(0x203000);
    EXPECT_EQ(table.find(0x203000), 0U);
    for (const u64 at : {0x200000ULL, 0x202000ULL, 0x204000ULL, 0x3ff000ULL})
        EXPECT_EQ(table.find(at), at | uncached | pte::present);
    EXPECT_EQ(table.find(0x1ff000), uncached | pte::present | pte::large);
}

TEST_F(PageTableTest, ProtectsOnePage) {
    table.map(0, 2 * mib, data);
    table.protect_page(0x9e000, 0);
    EXPECT_EQ(table.find(0x9e000), 0x9e000 | pte::present);
    EXPECT_EQ(table.find(0x9f000), 0x9f000 | data | pte::present);
    table.protect_page(0x9e000, data);
    EXPECT_EQ(table.find(0x9e000), 0x9e000 | data | pte::present);
}

TEST_F(PageTableTest, RightsFindPagesThatAreBoth) {
    table.map(0, 8 * mib, data);
    table.map(2 * mib, 2 * mib + 0x5000, 0);
    table.unmap_page(7 * mib);
    PageTable::Rights rights = table.rights(8 * mib);
    EXPECT_EQ(rights.executable, 0x5000U);
    EXPECT_EQ(rights.writable, 8 * mib - 0x6000);
    EXPECT_EQ(rights.writable_and_executable, 0U);
    table.protect_page(0x3000, pte::writable);
    rights = table.rights(8 * mib);
    EXPECT_EQ(rights.writable_and_executable, 0x1000U);
}

TEST(PageTableDeath, NoMemoryForTables) {
    EXPECT_DEATH(
        {
            PageAllocator none;
            PageTable table;
            table.create(none);
        },
        "no memory for page tables");
}

} // namespace
} // namespace vestige::host
