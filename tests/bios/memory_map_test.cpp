// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/bios/memory_map.hpp"

#include "pc_fixture.hpp"

namespace vestige::bios {
namespace {

constexpr std::array sizes{1 * mib,       2 * mib, 16 * mib,      17 * mib, 64 * mib,
                           3 * gib - mib, 3 * gib, 3 * gib + mib, 4 * gib,  64 * gib};

u64 total(const MemoryMap& map, u32 type) {
    u64 sum = 0;
    for (const MapEntry& each : map.entries)
        sum += each.type == type ? each.size : 0;
    return sum;
}

TEST(MemoryMap, EntriesAreInOrderAndApart) {
    for (const u64 size : sizes) {
        const MemoryMap map = memory_map(size);
        for (std::size_t i = 1; i < map.entries.size(); ++i)
            EXPECT_GE(map.entries[i].start, map.entries[i - 1].start + map.entries[i - 1].size)
                << size << " entry " << i;
        for (const MapEntry& each : map.entries)
            EXPECT_NE(each.size, 0U) << size;
    }
}

TEST(MemoryMap, AllRamIsToldExceptWhatThePcHides) {
    constexpr u64 hidden = 384 * kib; // A0000h to FFFFFh
    for (const u64 size : sizes) {
        const MemoryMap map = memory_map(size);
        const u64 told = total(map, memory_type::usable) + total(map, memory_type::acpi_tables) +
                         total(map, memory_type::acpi_nvs) + kib; // and the EBDA
        EXPECT_EQ(told, size - hidden) << size;
    }
}

TEST(MemoryMap, NothingIsInThePciHole) {
    MemoryMap map = memory_map(64 * gib);
    for (const MapEntry& each : map.entries)
        EXPECT_TRUE(each.start + each.size <= Gpa{pci_hole_start} || each.start >= Gpa{0xfec00000})
            << each.start.value();
    EXPECT_EQ(map.entries.back().start, Gpa{4 * gib});
    EXPECT_EQ(map.entries.back().size, 61 * gib);
}

TEST(MemoryMap, AcpiIsAtTheEndOfLowMemory) {
    EXPECT_EQ(memory_map(64 * mib).acpi_tables, Gpa{64 * mib - 64 * kib});
    EXPECT_EQ(memory_map(64 * mib).acpi_nvs(), Gpa{64 * mib - 4 * kib});
    EXPECT_EQ(memory_map(8 * gib).acpi_tables, Gpa{3 * gib - 64 * kib});
    EXPECT_FALSE(memory_map(mib).has_acpi());
    EXPECT_EQ(memory_map(mib).extended, 0U);
}

/// The services, CMOS and the ACPI root of a PC with each of the sizes.
class ToldMap : public test::Pc, public ::testing::WithParamInterface<u64> {
  protected:
    ToldMap() {
        facts.memory_size = GetParam();
        build_rom(rom, facts);
    }
    const MemoryMap map = memory_map(GetParam());
    u64 cmos(u8 at) { return rtc.read(at) | u64{rtc.read(static_cast<u8>(at + 1))} << 8; }
};

std::string size_name(const ::testing::TestParamInfo<u64>& info) {
    return std::to_string(info.param / mib) + "MiB";
}
INSTANTIATE_TEST_SUITE_P(Sizes, ToldMap, ::testing::ValuesIn(sizes), size_name);

TEST_P(ToldMap, E820ReturnsEveryEntry) {
    u32 next = 0;
    for (const MapEntry& entry : map.entries) {
        set(cpu::Gpr::rbx, next);
        set(cpu::Gpr::rcx, 20);
        set(cpu::Gpr::rdx, 0x534d4150);
        cpu.load_real(cpu::SegmentName::es, 0x5000);
        set(cpu::Gpr::rdi, 0);
        EXPECT_FALSE(call(0x15, 0xe820).carry());
        EXPECT_EQ(memory.load<u64>(Gpa{0x50000}), entry.start.value());
        EXPECT_EQ(memory.load<u64>(Gpa{0x50008}), entry.size);
        EXPECT_EQ(dword_at(0x50010), entry.type);
        next = cpu.regs.dword(cpu::Gpr::rbx);
    }
    EXPECT_EQ(next, 0U);
}

TEST_P(ToldMap, SizesAgree) {
    call(0x15, 0xe801);
    const u64 below = cpu.regs.word(cpu::Gpr::rax), above = cpu.regs.word(cpu::Gpr::rbx);
    EXPECT_EQ(cpu.regs.word(cpu::Gpr::rcx), below);
    EXPECT_EQ(cpu.regs.word(cpu::Gpr::rdx), above);
    EXPECT_EQ(below * kib + above * 64 * kib, map.extended);
    EXPECT_EQ(cmos(0x34), above);
    call(0x15, 0xe881);
    EXPECT_EQ(cpu.regs.dword(cpu::Gpr::rax), below);
    EXPECT_EQ(cpu.regs.dword(cpu::Gpr::rbx), above);
    const u64 word_of_kib = std::min<u64>(map.extended / kib, 0xffff);
    EXPECT_LE(call(0x15, 0x8800).regs.word(cpu::Gpr::rax), word_of_kib);
    EXPECT_GE(cpu.regs.word(cpu::Gpr::rax), std::min<u64>(word_of_kib, 0xfc00));
    EXPECT_EQ(cmos(0x30), word_of_kib);
    EXPECT_EQ(cmos(0x17), word_of_kib);
    EXPECT_EQ((cmos(0x5b) | u64{rtc.read(0x5d)} << 16) * 64 * kib, map.above_4g);
    EXPECT_EQ(cmos(0x15), 640U);
    EXPECT_EQ(call(0x12).regs.word(cpu::Gpr::rax), 639U);
}

TEST_P(ToldMap, AcpiRootIsThereWhenThereIsRoom) {
    EXPECT_EQ(dword_at(0xfa000) == 0x20445352, map.has_acpi()); // "RSD "
    if (map.has_acpi()) {
        EXPECT_EQ(Gpa{dword_at(0xfa010)}, map.acpi_tables);
    }
}

} // namespace
} // namespace vestige::bios
