// SPDX-License-Identifier: BSD-2-Clause
// The structures of the ROM that systems without ACPI look for.
#include "table_fixture.hpp"

#include "vestige/bios/bios.hpp"
#include "vestige/devices/pci_wiring.hpp"

namespace vestige::bios {
namespace {

namespace pci = devices::pci;

class RomTables : public test::TablePc {
  protected:
    static CpuFacts some_cpu() {
        CpuFacts cpu;
        cpu.signature = 0x306c3;
        cpu.features = 0x0fabfbff;
        cpu.vendor.assign("GenuineIntel");
        cpu.brand.assign("Test CPU @ 3.00GHz");
        return cpu;
    }
    void SetUp() override {
        power_on_with({.memory_size = memory_size, .board = full_board, .cpu = some_cpu()});
    }
};

TEST_F(RomTables, PlugAndPlayAnswersThatItHasNoFunctions) {
    const u64 at = find("$PnP");
    ASSERT_NE(at, 0U);
    EXPECT_EQ(byte_at(at + 5), 33);
    EXPECT_EQ(sum(bytes_at(at, 33)), 0);
    const FarPtr real_entry{word_at(at + 15), word_at(at + 13)};
    EXPECT_EQ(real_entry.segment, 0xf000);
    EXPECT_EQ(dword_at(real_entry.linear().value()), 0xcb0082b8); // mov ax, 82h; retf
    EXPECT_EQ(dword_at(at + 19) + word_at(at + 17), real_entry.linear().value());
}

TEST_F(RomTables, DirectoryPointsIntoTheRom) {
    const u64 at = find("_32_");
    ASSERT_NE(at, 0U);
    EXPECT_EQ(sum(bytes_at(at, 16)), 0);
    EXPECT_EQ(byte_at(at + 9), 1);
    EXPECT_EQ(byte_at(dword_at(at + 4)), 0x84); // test bl, bl
}

TEST_F(RomTables, RoutingTableHasTheWiresOfTheBoard) {
    const u64 at = find("$PIR");
    ASSERT_NE(at, 0U);
    const u16 size = word_at(at + 6);
    EXPECT_EQ(size, 32 + 6 * 16);
    EXPECT_EQ(sum(bytes_at(at, size)), 0);
    EXPECT_EQ(byte_at(at + 9), 1 << 3);
    for (u64 row = at + 32; row < at + size; row += 16)
        for (u8 pin = 0; pin < 4; ++pin) {
            EXPECT_EQ(byte_at(row + 2 + 3 * pin),
                      pci::first_route_register + pci::link_of(byte_at(row + 1) >> 3, pin));
            EXPECT_EQ(word_at(row + 3 + 3 * pin), pci::free_interrupts);
        }
}

TEST_F(RomTables, RoutingOptionsAreTheRowsOfTheTable) {
    constexpr u16 size = 6 * 16;
    cpu.load_real(cpu::SegmentName::es, 0x4000);
    set(cpu::Gpr::rdi, 0x10);
    set(cpu::Gpr::rbx, 0);
    memory.store<u16>(Gpa{0x40010}, size - 1);
    memory.store<u32>(Gpa{0x40012}, 0x50000020);
    EXPECT_TRUE(call(0x1a, 0xb10e).carry());
    EXPECT_EQ(cpu.regs.high(cpu::Gpr::rax), 0x89);
    EXPECT_EQ(word_at(0x40010), size);
    EXPECT_FALSE(call(0x1a, 0xb10e).carry());
    EXPECT_EQ(cpu.regs.high(cpu::Gpr::rax), 0);
    EXPECT_EQ(bytes_at(0x50020, size), bytes_at(find("$PIR") + 32, size));
    cpu.cr0_value |= cpu::cr0::pe;
    set(cpu::Gpr::rax, 0xb10e);
    EXPECT_EQ(unit->call({Entry::far_call, 0x1a}), Outcome::done);
    EXPECT_EQ(cpu.regs.high(cpu::Gpr::rax), 0x81);
}

TEST_F(RomTables, MultiprocessorTableIsOneProcessorWithAllWires) {
    const u64 pointer = find("_MP_");
    ASSERT_NE(pointer, 0U);
    EXPECT_EQ(sum(bytes_at(pointer, 16)), 0);
    const u64 table = dword_at(pointer + 4);
    EXPECT_EQ(text_at(table, 4), "PCMP");
    EXPECT_EQ(sum(bytes_at(table, word_at(table + 4))), 0);
    constexpr std::array<u8, 5> sizes{20, 8, 8, 8, 8};
    std::array<unsigned, 5> count{};
    u64 at = table + 44;
    for (unsigned i = 0; i < word_at(table + 34); ++i) {
        ASSERT_LT(byte_at(at), sizes.size());
        ++count[byte_at(at)];
        constexpr u8 io_interrupt = 3, pci_bus = 0;
        if (byte_at(at) == io_interrupt && byte_at(at + 4) == pci_bus) {
            const u8 source = byte_at(at + 5);
            EXPECT_EQ(byte_at(at + 7),
                      pci::first_apic_input + pci::link_of(source >> 2, source & 3));
        }
        at += sizes[byte_at(at)];
    }
    EXPECT_EQ(at, table + word_at(table + 4));
    EXPECT_EQ(count, (std::array<unsigned, 5>{1, 2, 1, 15 + 6 * 4, 2}));
    EXPECT_EQ(dword_at(table + 44 + 4), 0x306c3U);
}

TEST_F(RomTables, NoMultiprocessorTableWithoutAnApic) {
    power_on_with({.memory_size = memory_size, .board = {}, .cpu = {}});
    EXPECT_EQ(find("_MP_"), 0U);
}

TEST_F(RomTables, NothingOverlaps) {
    // Each of them would break the checksum of the other.
    for (const auto& [signature, size] : std::map<std::string, u64>{
             {"RSD PTR ", 36}, {"_32_", 16}, {"$PnP", 33}, {"_SM_", 31}, {"_SM3_", 24}}) {
        ASSERT_NE(find(signature), 0U) << signature;
        EXPECT_EQ(sum(bytes_at(find(signature), size)), 0) << signature;
    }
}

/// The PCI BIOS entry of 32-bit code.
class FarCall : public RomTables {
  protected:
    static constexpr Stub stub{Entry::far_call, 0x1a};
    void SetUp() override {
        RomTables::SetUp();
        cpu.cr0_value |= cpu::cr0::pe;
        cpu.at(cpu::SegmentName::cs) = {0x08, 0, 0xffffffff, 0xc09b};
        cpu.at(cpu::SegmentName::ss) = {0x10, 0, 0xffffffff, 0xc093};
        cpu.regs.rip = 0xf0000 + pci_entry;
        set(cpu::Gpr::rsp, 0x70000);
    }
};

TEST_F(FarCall, EntryIsAVmcallAndAFarReturn) {
    EXPECT_EQ(dword_at(cpu.regs.rip), 0xcbc1010f);
    EXPECT_EQ(identify(Linear{cpu.regs.rip})->entry, Entry::far_call);
}

TEST_F(FarCall, IsForProtectedModeOnly) {
    EXPECT_TRUE(callable_from(cpu, Entry::far_call));
    EXPECT_FALSE(callable_from(cpu, Entry::call));
    cpu.cr0_value &= ~cpu::cr0::pe;
    EXPECT_FALSE(callable_from(cpu, Entry::far_call));
    EXPECT_TRUE(callable_from(cpu, Entry::call));
}

TEST_F(FarCall, AnswersInTheLiveFlags) {
    cpu.regs.rflags |= cpu::rflags::cf;
    set(cpu::Gpr::rax, 0xb101);
    EXPECT_EQ(unit->call(stub), Outcome::done);
    EXPECT_EQ(cpu.regs.rflags & cpu::rflags::cf, 0U);
    EXPECT_EQ(cpu.regs.dword(cpu::Gpr::rdx), 0x20494350U);
    set(cpu::Gpr::rax, 0xb103);
    set(cpu::Gpr::rcx, 0xffeedd);
    set(cpu::Gpr::rsi, 0);
    EXPECT_EQ(unit->call(stub), Outcome::done);
    EXPECT_NE(cpu.regs.rflags & cpu::rflags::cf, 0U);
    EXPECT_EQ(cpu.regs.high(cpu::Gpr::rax), 0x86);
}

TEST_F(FarCall, OtherServicesAreNotForProtectedMode) {
    const u32 ticks = dword_at(0x46c);
    set(cpu::Gpr::rax, 0x0100); // set the tick count
    set(cpu::Gpr::rcx, 0);
    set(cpu::Gpr::rdx, 0);
    EXPECT_EQ(unit->call(stub), Outcome::done);
    EXPECT_EQ(dword_at(0x46c), ticks);
}

struct Structure {
    u8 type = 0;
    u64 at = 0;
    std::vector<std::string> strings;
};

class Smbios : public RomTables {
  protected:
    std::vector<Structure> structures() const {
        std::vector<Structure> found;
        const u64 entry = find("_SM_");
        u64 at = dword_at(entry + 24);
        for (u16 i = 0; i < word_at(entry + 28); ++i) {
            Structure each{byte_at(at), at, {}};
            at += byte_at(at + 1);
            while (byte_at(at) != 0) {
                std::string text;
                while (byte_at(at) != 0)
                    text.push_back(static_cast<char>(byte_at(at++)));
                ++at;
                each.strings.push_back(text);
            }
            at += each.strings.empty() ? 2 : 1;
            found.push_back(each);
        }
        EXPECT_EQ(at, dword_at(entry + 24) + word_at(entry + 22));
        return found;
    }
    const Structure& only(const std::vector<Structure>& all, u8 type) const {
        const auto at = std::find_if(all.begin(), all.end(),
                                     [type](const Structure& s) { return s.type == type; });
        EXPECT_NE(at, all.end()) << unsigned{type};
        return *at;
    }
};

TEST_F(Smbios, BothEntryPointsLeadToTheSameStructures) {
    const u64 entry = find("_SM_"), entry3 = find("_SM3_");
    EXPECT_EQ(sum(bytes_at(entry + 16, 15)), 0);
    EXPECT_EQ(text_at(entry + 16, 5), "_DMI_");
    EXPECT_EQ(memory.load<u64>(Gpa{entry3 + 16}), dword_at(entry + 24));
    EXPECT_GE(dword_at(entry3 + 12), word_at(entry + 22));
}

TEST_F(Smbios, DescribesTheMachine) {
    const auto all = structures();
    std::vector<u8> types;
    for (const Structure& each : all)
        types.push_back(each.type);
    EXPECT_EQ(types, (std::vector<u8>{0, 1, 3, 4, 16, 17, 19, 32, 127}));
    const Structure& processor = only(all, 4);
    EXPECT_EQ(processor.strings, (std::vector<std::string>{"CPU 0", "GenuineIntel",
                                                           "Test CPU @ 3.00GHz"}));
    EXPECT_EQ(dword_at(processor.at + 8), 0x306c3U);
    EXPECT_EQ(dword_at(only(all, 16).at + 7), memory_size / kib);
    EXPECT_EQ(word_at(only(all, 17).at + 12), memory_size / mib);
    EXPECT_EQ(dword_at(only(all, 19).at + 8), memory_size / kib - 1);
}

TEST_F(Smbios, LargeMemoriesUseTheExtendedFields) {
    power_on_with({.memory_size = 64 * gib, .board = full_board, .cpu = some_cpu()});
    const auto all = structures();
    EXPECT_EQ(word_at(only(all, 17).at + 12), 0x7fff);
    EXPECT_EQ(dword_at(only(all, 17).at + 28), 64U * 1024);
    EXPECT_EQ(all.size(), 10U); // two ranges of addresses
    EXPECT_EQ(dword_at(only(all, 19).at + 8), pci_hole_start / kib - 1);
}

TEST_F(Smbios, DmidecodeReadsIt) {
    if (!test::ToolFolder::has("dmidecode"))
        GTEST_SKIP() << "dmidecode is not installed";
    const test::ToolFolder folder;
    const u64 entry = find("_SM_");
    // The dump's format: the entry point, then the structures at 20h.
    std::vector<std::byte> dump = bytes_at(entry, 31);
    store_le<u32>(dump, 24, 0x20);
    dump[21] = std::byte{0};
    dump[21] = static_cast<std::byte>(u8{0} - sum(std::span{dump}.subspan(16)));
    dump[4] = std::byte{0};
    dump[4] = static_cast<std::byte>(u8{0} - sum(dump));
    dump.resize(0x20);
    const auto table = bytes_at(dword_at(entry + 24), word_at(entry + 22));
    dump.insert(dump.end(), table.begin(), table.end());
    folder.write("dump", dump);
    const std::string text = folder.run("dmidecode --from-dump dump");
    for (const char* const expected :
         {"SMBIOS 2.8 present", "9 structures", "Vendor: Vestige", "Product Name: Vestige VM",
          "Version: Test CPU @ 3.00GHz", "Size: 16 MB", "Range Size: 16 MB",
          "Maximum Capacity: 16 MB", "No errors detected", "End Of Table"})
        EXPECT_NE(text.find(expected), std::string::npos) << expected << " is not in\n" << text;
    for (const char* const wrong : {"OUT OF SPEC", "TRUNCATED", "BAD INDEX", "Wrong", "checksum"})
        EXPECT_EQ(text.find(wrong), std::string::npos) << wrong << " is in\n" << text;
}

} // namespace
} // namespace vestige::bios
