// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vmx/ept_table.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <vector>

namespace vestige::vmx {
namespace {

constexpr EptLimits all_sizes{true, true, true, true};
constexpr EptLimits careful{true, true, true, false};
constexpr EptLimits small_only{false, false, false, false};
constexpr vcpu::Access rwx{true, true, true};
constexpr vcpu::Access rw{true, true, false};
constexpr vcpu::Access rx{true, false, true};

/// Pages at made-up host addresses, full of junk when handed out; as many as allowed.
class FakePages final : public PageSource {
  public:
    explicit FakePages(std::size_t limit = 100000) : limit_{limit} {}
    std::optional<Hpa> allocate_page() override {
        if (pages_.size() == limit_)
            return {};
        pages_.push_back(std::make_unique<Page>());
        pages_.back()->fill(0xa5a5a5a5a5a5a5a7);
        return Hpa{base + (pages_.size() - 1) * page_size};
    }
    void* view(Hpa page) const override {
        return pages_.at((page.value() - base) / page_size)->data();
    }

  private:
    using Page = std::array<u64, 512>;
    static constexpr u64 base = 0x7'0000'0000;
    std::vector<std::unique_ptr<Page>> pages_;
    std::size_t limit_;
};

struct Leaves final : EptVisitor {
    void leaf(const EptLeaf& leaf) override { all.push_back(leaf); }
    std::vector<EptLeaf> all;
};

std::vector<EptLeaf> leaves_of(const EptTable& table) {
    Leaves leaves;
    table.visit(leaves);
    return leaves.all;
}

TEST(EptTable, PointerHasWriteBackAndFourLevels) {
    FakePages pages;
    EptTable table{pages, all_sizes};
    EXPECT_EQ(table.pointer().value() & 0xfff, 0x1eu);
    EXPECT_FALSE(table.find(Gpa{0}).has_value());
    EXPECT_TRUE(leaves_of(table).empty());
}

TEST(EptTable, EntryBitsAreTheManuals) {
    FakePages pages;
    EptTable table{pages, all_sizes};
    ASSERT_TRUE(table.map(Gpa{0}, Hpa{0x1234000}, page_size, rx));
    ASSERT_TRUE(table.map(Gpa{2 * mib}, Hpa{4 * mib}, 2 * mib, rw));
    u64 entry = table.pointer().value();
    for (int level = 0; level < 2; ++level)
        entry = static_cast<u64*>(pages.view(EptEntry::address(entry)))[0];
    const u64* directory = static_cast<u64*>(pages.view(EptEntry::address(entry)));
    EXPECT_EQ(directory[1], 4 * mib | 0x80 | 6 << 3 | 3);
    EXPECT_EQ(directory[0] & 0xfff, 7u);
    EXPECT_EQ(static_cast<u64*>(pages.view(EptEntry::address(directory[0])))[0],
              0x1234000u | 6 << 3 | 5);
}

TEST(EptTable, TakesTheLargestPagesThatFit) {
    FakePages pages;
    EptTable table{pages, all_sizes};
    // 1 GiB - 2 MiB - 4 KiB up to 2 GiB + 2 MiB + 4 KiB, host in step.
    const u64 start = gib - 2 * mib - page_size;
    ASSERT_TRUE(table.map(Gpa{start}, Hpa{8 * gib + start}, gib + 4 * mib + 2 * page_size, rwx));
    const auto leaves = leaves_of(table);
    ASSERT_EQ(leaves.size(), 5u);
    const u64 sizes[] = {page_size, 2 * mib, gib, 2 * mib, page_size};
    u64 at = start;
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(leaves[i].size, sizes[i]);
        EXPECT_EQ(leaves[i].guest, Gpa{at});
        EXPECT_EQ(leaves[i].host, Hpa{8 * gib + at});
        at += sizes[i];
    }
}

TEST(EptTable, MisalignedHostMeansSmallPages) {
    FakePages pages;
    EptTable table{pages, all_sizes};
    ASSERT_TRUE(table.map(Gpa{0}, Hpa{gib + page_size}, 4 * mib, rwx));
    EXPECT_EQ(leaves_of(table).size(), 1024u);
}

TEST(EptTable, ExecutableStaysSmallUnlessTheCpuIsSafe) {
    FakePages pages;
    EptTable table{pages, careful};
    ASSERT_TRUE(table.map(Gpa{0}, Hpa{0}, 2 * mib, rwx));
    EXPECT_EQ(leaves_of(table).size(), 512u);
    ASSERT_TRUE(table.map(Gpa{2 * mib}, Hpa{2 * mib}, 2 * mib, rw));
    EXPECT_EQ(leaves_of(table).size(), 513u);
    for (const EptLeaf& leaf : leaves_of(table))
        EXPECT_TRUE(leaf.size == page_size || !leaf.access.execute);
}

TEST(EptTable, SplitsWhenAPartChanges) {
    FakePages pages;
    EptTable table{pages, all_sizes};
    ASSERT_TRUE(table.map(Gpa{0}, Hpa{gib}, gib, rwx));
    ASSERT_TRUE(table.unmap(Gpa{0xa0000}, 0x20000));
    EXPECT_FALSE(table.find(Gpa{0xa0000}).has_value());
    EXPECT_FALSE(table.find(Gpa{0xbffff}).has_value());
    EXPECT_EQ(table.find(Gpa{0x9ffff})->host, Hpa{gib + 0x9f000});
    EXPECT_EQ(table.find(Gpa{0xc0000})->host, Hpa{gib + 0xc0000});
    const EptLeaf rest = table.find(Gpa{512 * mib + 5}).value();
    EXPECT_EQ(rest.size, 2 * mib);
    EXPECT_EQ(rest.host, Hpa{gib + 512 * mib});
    EXPECT_EQ(rest.access.execute, true);
}

TEST(EptTable, FreedTablesAreUsedAgainAfterRecycle) {
    FakePages pages;
    EptTable table{pages, small_only};
    ASSERT_TRUE(table.map(Gpa{0}, Hpa{0}, 8 * mib, rwx));
    const std::size_t used = table.pages_used();
    for (int round = 0; round < 10; ++round) {
        ASSERT_TRUE(table.unmap(Gpa{0}, 256 * gib));
        table.recycle();
        ASSERT_TRUE(table.map(Gpa{gib}, Hpa{0}, 8 * mib, rwx));
        ASSERT_TRUE(table.unmap(Gpa{0}, 256 * gib));
        table.recycle();
        ASSERT_TRUE(table.map(Gpa{0}, Hpa{0}, 8 * mib, rwx));
    }
    EXPECT_EQ(table.pages_used(), used);
    // Not before recycle(): a CPU may still walk the old ones.
    ASSERT_TRUE(table.unmap(Gpa{0}, 256 * gib));
    ASSERT_TRUE(table.map(Gpa{0}, Hpa{0}, 8 * mib, rwx));
    EXPECT_GT(table.pages_used(), used);
}

TEST(EptTable, RefusesWhatTheCpuWouldRefuse) {
    FakePages pages;
    EptTable table{pages, small_only};
    EXPECT_FALSE(table.map(Gpa{0}, Hpa{0}, page_size, {false, true, false}));
    EXPECT_FALSE(table.map(Gpa{0}, Hpa{0}, page_size, {false, false, true}));
    EXPECT_FALSE(table.map(Gpa{1}, Hpa{0}, page_size, rwx));
    EXPECT_FALSE(table.map(Gpa{0}, Hpa{1}, page_size, rwx));
    EXPECT_FALSE(table.map(Gpa{0}, Hpa{0}, page_size + 1, rwx));
    EXPECT_FALSE(table.map(Gpa{u64{1} << 48}, Hpa{0}, page_size, rwx));
    EXPECT_FALSE(table.map(Gpa{(u64{1} << 48) - page_size}, Hpa{0}, 2 * page_size, rwx));
    EXPECT_FALSE(table.map(Gpa{~u64{0xfff}}, Hpa{0}, 2 * page_size, rwx));
    EXPECT_TRUE(leaves_of(table).empty());
    EXPECT_TRUE(table.map(Gpa{(u64{1} << 48) - page_size}, Hpa{0}, page_size, rwx));
    EXPECT_TRUE(EptTable(pages, all_sizes).map(Gpa{0}, Hpa{0}, page_size, {false, false, true}));
}

TEST(EptTable, RunningOutOfPagesIsAnErrorAndUnmapStaysSafe) {
    FakePages pages{4};
    EptTable table{pages, all_sizes};
    ASSERT_TRUE(table.map(Gpa{0}, Hpa{0}, gib, rw)); // root and one directory pointer table
    ASSERT_TRUE(table.map(Gpa{gib}, Hpa{gib}, gib, rw));
    ASSERT_TRUE(table.unmap(Gpa{0}, page_size)); // directory, table: all four used
    EXPECT_FALSE(table.unmap(Gpa{gib}, page_size));
    EXPECT_FALSE(table.find(Gpa{gib}).has_value());
    EXPECT_FALSE(table.map(Gpa{gib}, Hpa{0}, page_size, rw));
}

TEST(EptTable, SelfCheckSeesEveryLeafOutside) {
    FakePages pages;
    EptTable table{pages, all_sizes};
    ASSERT_TRUE(table.map(Gpa{0}, Hpa{16 * mib}, 4 * mib, rwx));
    const HpaRange exact[] = {{Hpa{16 * mib}, 4 * mib}};
    const HpaRange pieces[] = {{Hpa{18 * mib}, 2 * mib}, {Hpa{16 * mib}, 2 * mib}};
    const HpaRange shorter[] = {{Hpa{16 * mib}, 4 * mib - page_size}};
    const HpaRange later[] = {{Hpa{16 * mib + page_size}, 4 * mib}};
    EXPECT_TRUE(table.maps_only(exact));
    EXPECT_TRUE(table.maps_only(pieces));
    EXPECT_FALSE(table.maps_only(shorter));
    EXPECT_FALSE(table.maps_only(later));
    EXPECT_FALSE(table.maps_only({}));
}

/// Reference: one entry per page.
struct PageState {
    u64 host;
    vcpu::Access access;
};

class EptRandom : public testing::TestWithParam<EptLimits> {};

TEST_P(EptRandom, AgreesWithAPageByPageModel) {
    std::mt19937_64 random{20240607};
    FakePages pages;
    EptTable table{pages, GetParam()};
    std::map<u64, PageState> model;
    constexpr u64 window_start = gib - 8 * mib; // crosses a 1 GiB edge
    constexpr u64 window_pages = 16 * mib / page_size;
    for (int step = 0; step < 400; ++step) {
        u64 first = random() % window_pages;
        u64 count = 1 + random() % (step % 4 == 0 ? window_pages : 700);
        if (random() % 3 == 0) { // large-page shapes
            first &= ~u64{511};
            count = 512 * (1 + random() % 3);
        }
        count = std::min(count, window_pages - first);
        const u64 start = window_start + first * page_size;
        const u64 host = 4 * gib + (random() % 2 == 0 ? start : (random() % 8192) * page_size);
        if (random() % 4 == 0) {
            ASSERT_TRUE(table.unmap(Gpa{start}, count * page_size));
            for (u64 i = 0; i < count; ++i)
                model.erase(start + i * page_size);
        } else {
            const vcpu::Access access = random() % 2 == 0 ? rwx : random() % 2 == 0 ? rw : rx;
            ASSERT_TRUE(table.map(Gpa{start}, Hpa{host}, count * page_size, access));
            for (u64 i = 0; i < count; ++i)
                model[start + i * page_size] = {host + i * page_size, access};
        }
        if (step % 7 == 0)
            table.recycle();
        if (step % 10 != 0)
            continue;
        std::map<u64, PageState> seen;
        for (const EptLeaf& leaf : leaves_of(table)) {
            EXPECT_EQ(leaf.guest.value() % leaf.size, 0u);
            EXPECT_EQ(leaf.host.value() % leaf.size, 0u);
            for (u64 offset = 0; offset < leaf.size; offset += page_size)
                seen[leaf.guest.value() + offset] = {leaf.host.value() + offset, leaf.access};
        }
        ASSERT_EQ(seen.size(), model.size());
        for (auto mine = model.begin(), theirs = seen.begin(); mine != model.end();
             ++mine, ++theirs) {
            ASSERT_EQ(mine->first, theirs->first);
            ASSERT_EQ(mine->second.host, theirs->second.host);
            ASSERT_EQ(mine->second.access.write, theirs->second.access.write);
            ASSERT_EQ(mine->second.access.execute, theirs->second.access.execute);
        }
    }
    // Never more tables than the window needs: freed ones come back.
    EXPECT_LT(table.pages_used(), 60u);
}

INSTANTIATE_TEST_SUITE_P(Limits, EptRandom, testing::Values(all_sizes, careful, small_only));

} // namespace
} // namespace vestige::vmx
