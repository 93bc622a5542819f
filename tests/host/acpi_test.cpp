// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/acpi.hpp"

#include "memory_image.hpp"

#include <gtest/gtest.h>

#include <array>

namespace vestige::host {
namespace {

constexpr u64 rsdp_at = 0xf5000, rsdt_at = 0x110000, xsdt_at = 0x111000, madt_at = 0x112000,
              fadt_at = 0x113000;

/// A machine with ACPI 1.0 tables: two CPUs 4 and 5, one I/O APIC, the usual ports.
struct AcpiTest : testing::Test {
    MemoryImage memory;
    u64 madt_end = madt_at + 44;

    AcpiTest() {
        memory.put_bytes(rsdp_at, "RSD PTR ").put(rsdp_at + 16, u32{rsdt_at});
        seal_rsdp();
        memory.put(rsdt_at + 36, u32{fadt_at}).put(rsdt_at + 40, u32{madt_at});
        seal_table(rsdt_at, "RSDT", 44);
        memory.put(fadt_at + 76, u32{0x608}).put(fadt_at + 112, u32{1U << 10});
        memory.put(fadt_at + 116, u8{1}).put(fadt_at + 120, u64{0xcf9});
        memory.put(fadt_at + 128, u8{0x0f});
        seal_table(fadt_at, "FACP", 132);
        add_local_apic(4, 1);
        add_local_apic(5, 1);
        memory.put(madt_end, u8{1}).put(madt_end + 1, u8{12});
        memory.put(madt_end + 4, u32{0xfec00000});
        madt_end += 12;
        seal_madt();
    }
    void seal_rsdp() { memory.seal(rsdp_at, 20, rsdp_at + 8); }
    void seal_table(u64 at, std::string_view signature, u32 size) {
        memory.put_bytes(at, signature).put(at + 4, size).seal(at, size, at + 9);
    }
    void seal_madt() { seal_table(madt_at, "APIC", static_cast<u32>(madt_end - madt_at)); }
    void add_local_apic(u8 id, u32 flags) {
        memory.put(madt_end, u8{0}).put(madt_end + 1, u8{8});
        memory.put(madt_end + 3, id).put(madt_end + 4, flags);
        madt_end += 8;
    }
    void add_local_x2apic(u32 id, u32 flags) {
        memory.put(madt_end, u8{9}).put(madt_end + 1, u8{16});
        memory.put(madt_end + 4, id).put(madt_end + 8, flags);
        madt_end += 16;
    }
    [[nodiscard]] Hardware find(std::span<const std::byte> rsdp = {}, u32 boot = 4) const {
        return find_hardware(memory.view(), rsdp, boot);
    }
    static std::vector<u32> ids(const Hardware& hardware) {
        const auto span = hardware.cpus.apic_ids.span();
        return {span.begin(), span.end()};
    }
};

using Ids = std::vector<u32>;

TEST_F(AcpiTest, FindsEverything) {
    const Hardware hardware = find();
    EXPECT_STREQ(hardware.cpus.source, "ACPI MADT");
    EXPECT_EQ(ids(hardware), (Ids{4, 5}));
    ASSERT_EQ(hardware.io_apics.size(), 1U);
    EXPECT_EQ(hardware.io_apics[0], Hpa{0xfec00000});
    EXPECT_EQ(hardware.pm_timer, Port{0x608});
    ASSERT_TRUE(hardware.reset);
    EXPECT_EQ(hardware.reset->port, Port{0xcf9});
    EXPECT_EQ(hardware.reset->value, 0x0f);
}

TEST_F(AcpiTest, BootCpuIsFirst) {
    EXPECT_EQ(ids(find({}, 5)), (Ids{5, 4}));
}

TEST_F(AcpiTest, DisabledCpusAreLeftOut) {
    add_local_apic(6, 0);
    add_local_apic(7, 2); // may be switched on later, by a hot-plug that we do not do
    add_local_apic(0xff, 1);
    seal_madt();
    EXPECT_EQ(ids(find()), (Ids{4, 5}));
}

TEST_F(AcpiTest, X2ApicEntriesAndDuplicates) {
    add_local_x2apic(300, 1);
    add_local_x2apic(5, 1);
    add_local_x2apic(301, 0);
    seal_madt();
    EXPECT_EQ(ids(find()), (Ids{4, 5, 300}));
}

TEST_F(AcpiTest, MoreThan64CpusAreCounted) {
    for (u8 id = 6; id < 100; ++id)
        add_local_apic(id, 1);
    seal_madt();
    const Hardware hardware = find();
    EXPECT_EQ(hardware.cpus.apic_ids.size(), most_cpus);
    EXPECT_EQ(hardware.cpus.dropped, 96 - most_cpus);
}

TEST_F(AcpiTest, UnknownEntriesAreSkipped) {
    memory.put(madt_end, u8{0x7f}).put(madt_end + 1, u8{5});
    madt_end += 5;
    add_local_apic(9, 1);
    seal_madt();
    EXPECT_EQ(ids(find()), (Ids{4, 5, 9}));
}

TEST_F(AcpiTest, EntryWithoutSizeMakesTheTableCountAsAbsent) {
    memory.put(madt_end, u8{2}).put(madt_end + 1, u8{0});
    madt_end += 8;
    seal_madt();
    const Hardware hardware = find();
    EXPECT_EQ(ids(hardware), (Ids{4}));
    EXPECT_EQ(hardware.io_apics.size(), 0U);
    EXPECT_STREQ(hardware.cpus.source, "this CPU only");
}

TEST_F(AcpiTest, EntryBeyondTheEndMakesTheTableCountAsAbsent) {
    memory.put(madt_end, u8{2}).put(madt_end + 1, u8{200});
    madt_end += 8;
    seal_madt();
    EXPECT_EQ(ids(find()), (Ids{4}));
}

TEST_F(AcpiTest, WrongChecksumsCountAsAbsent) {
    memory.put(madt_at + 20, u8{1});
    EXPECT_EQ(ids(find()), (Ids{4}));
    EXPECT_TRUE(find().pm_timer);
    memory.put(fadt_at + 20, u8{1});
    EXPECT_FALSE(find().pm_timer);
}

TEST_F(AcpiTest, TablesOfImpossibleSizeCountAsAbsent) {
    for (const u32 size : {0U, 35U, 0xffffffffU, 0x00fff000U}) {
        memory.put(madt_at + 4, size);
        EXPECT_EQ(ids(find()), (Ids{4}));
    }
}

TEST_F(AcpiTest, RootPointerWithWrongChecksumIsNotTaken) {
    memory.put(rsdp_at + 9, u8{0x55});
    EXPECT_STREQ(find().cpus.source, "this CPU only");
}

TEST_F(AcpiTest, RootPointerInTheExtendedBiosDataArea) {
    memory.put(rsdp_at, u64{0}).put(u64{0x40e}, u16{0x9800});
    memory.put_bytes(0x98010, "RSD PTR ")
        .put(u64{0x98020}, u32{rsdt_at})
        .seal(0x98010, 20, 0x98018);
    EXPECT_EQ(ids(find()), (Ids{4, 5}));
}

struct ExtendedRootTest : AcpiTest {
    std::array<std::byte, 36> rsdp{};

    void build(u64 xsdt) {
        MemoryImage image{64};
        image.put_bytes(0, "RSD PTR ").put(15, u8{2}).put(16, u32{rsdt_at});
        image.put(20, u32{36}).put(24, xsdt);
        image.seal(0, 20, 8).seal(0, 36, 32);
        std::copy_n(image.view().begin(), 36, rsdp.begin());
        memory.put(rsdp_at, u64{0}); // nothing to find by scanning
    }
};

TEST_F(ExtendedRootTest, LoadersCopyLeadsToTheXsdt) {
    build(xsdt_at);
    memory.put(xsdt_at + 36, u64{madt_at});
    seal_table(xsdt_at, "XSDT", 44);
    memory.put(rsdt_at, u32{0});
    EXPECT_EQ(ids(find(rsdp)), (Ids{4, 5}));
}

TEST_F(ExtendedRootTest, BrokenXsdtFallsBackToTheRsdt) {
    build(xsdt_at);
    EXPECT_EQ(ids(find(rsdp)), (Ids{4, 5}));
    build(u64{1} << 40);
    EXPECT_EQ(ids(find(rsdp)), (Ids{4, 5}));
}

TEST_F(ExtendedRootTest, BrokenCopyIsNotTaken) {
    build(xsdt_at);
    rsdp[9] ^= std::byte{1};
    EXPECT_STREQ(find(rsdp).cpus.source, "this CPU only");
}

TEST_F(ExtendedRootTest, ShortCopyIsReadAsVersion1) {
    build(xsdt_at);
    EXPECT_EQ(ids(find(std::span{rsdp}.first(20))), (Ids{4, 5}));
}

TEST_F(AcpiTest, AncientFadtHasNoResetPort) {
    seal_table(fadt_at, "FACP", 116);
    const Hardware hardware = find();
    EXPECT_TRUE(hardware.pm_timer);
    EXPECT_FALSE(hardware.reset);
}

TEST_F(AcpiTest, ResetRegisterOutsidePortsIsNotUsed) {
    memory.put(fadt_at + 116, u8{0});
    seal_table(fadt_at, "FACP", 132);
    EXPECT_FALSE(find().reset);
}

TEST(FindHardware, TinyMemoryIsSearchedSafely) {
    const MemoryImage memory{64};
    const Hardware hardware = find_hardware(memory.view(), {}, 7);
    EXPECT_EQ(hardware.cpus.apic_ids.size(), 1U);
    EXPECT_EQ(hardware.cpus.apic_ids[0], 7U);
}

/// A machine with an MP table only: CPUs 0 and 3, 2 unusable, one I/O APIC.
struct MpTableTest : testing::Test {
    static constexpr u64 pointer = 0xf6000, table = 0x9f000;
    MemoryImage memory;

    MpTableTest() {
        memory.put_bytes(pointer, "_MP_").put(pointer + 4, u32{table}).put(pointer + 8, u8{1});
        memory.seal(pointer, 16, pointer + 10);
        memory.put(table + 34, u16{5});
        u64 at = table + 44;
        for (const auto& [id, flags] : {std::pair{0, 3}, std::pair{2, 0}, std::pair{3, 1}}) {
            memory.put(at, u8{0}).put(at + 1, static_cast<u8>(id));
            memory.put(at + 3, static_cast<u8>(flags));
            at += 20;
        }
        memory.put(at, u8{1}); // a bus
        memory.put(at + 8, u8{2}).put(at + 11, u8{1}).put(at + 12, u32{0xfec00000});
        seal(static_cast<u16>(at + 16 - table));
    }
    void seal(u16 size) {
        memory.put_bytes(table, "PCMP").put(table + 4, size).seal(table, size, table + 7);
    }
};

TEST_F(MpTableTest, ListsUsableCpusAndIoApics) {
    const Hardware hardware = find_hardware(memory.view(), {}, 0);
    EXPECT_STREQ(hardware.cpus.source, "MP table");
    ASSERT_EQ(hardware.cpus.apic_ids.size(), 2U);
    EXPECT_EQ(hardware.cpus.apic_ids[1], 3U);
    ASSERT_EQ(hardware.io_apics.size(), 1U);
    EXPECT_EQ(hardware.io_apics[0], Hpa{0xfec00000});
}

TEST_F(MpTableTest, CountBeyondTheTableEnds) {
    memory.put(table + 34, u16{0xffff});
    seal(44 + 3 * 20 + 2 * 8);
    EXPECT_EQ(find_hardware(memory.view(), {}, 0).cpus.apic_ids.size(), 2U);
}

TEST_F(MpTableTest, EntryCutOffAtTheEndIsNotRead) {
    seal(44 + 20 + 20 + 19);
    EXPECT_EQ(find_hardware(memory.view(), {}, 0).cpus.apic_ids.size(), 1U);
}

TEST_F(MpTableTest, BrokenTablesCountAsAbsent) {
    memory.put(table + 45, u8{9});
    EXPECT_STREQ(find_hardware(memory.view(), {}, 0).cpus.source, "this CPU only");
    seal(20);
    EXPECT_STREQ(find_hardware(memory.view(), {}, 0).cpus.source, "this CPU only");
}

} // namespace
} // namespace vestige::host
