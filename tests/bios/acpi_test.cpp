// SPDX-License-Identifier: BSD-2-Clause
// The ACPI tables as a system finds them in memory, and as ACPI's own tools read them.
#include "pc_fixture.hpp"

#include "vestige/bios/memory_map.hpp"
#include "vestige/devices/acpi_pm.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace vestige::bios {
namespace {

struct Table {
    std::string signature;
    u64 at = 0;
    std::vector<std::byte> bytes;
    template <class T> T field(std::size_t offset) const { return load_le<T>(bytes, offset); }
};

class Acpi : public test::Pc {
  protected:
    std::vector<std::byte> read(u64 at, u64 size) const {
        std::vector<std::byte> bytes(size);
        memory.read(Gpa{at}, bytes);
        return bytes;
    }
    static u8 sum(std::span<const std::byte> bytes) {
        u8 total = 0;
        for (const std::byte each : bytes)
            total = static_cast<u8>(total + static_cast<u8>(each));
        return total;
    }
    u64 find_root() const {
        for (u64 at = 0xe0000; at < 0x100000; at += 16)
            if (memory.load<u64>(Gpa{at}) == 0x2052545020445352) // "RSD PTR "
                return at;
        return 0;
    }
    Table table_at(u64 at) const {
        Table table{"", at, read(at, dword_at(at + 4))};
        for (std::size_t i = 0; i < 4; ++i)
            table.signature.push_back(static_cast<char>(table.bytes[i]));
        return table;
    }
    std::map<std::string, Table> tables() const {
        std::map<std::string, Table> found;
        const auto take = [&found](Table table) { found[table.signature] = std::move(table); };
        const Table roots = table_at(memory.load<u64>(Gpa{find_root() + 24}));
        take(roots);
        for (std::size_t i = 36; i < roots.bytes.size(); i += 8)
            take(table_at(roots.field<u64>(i)));
        take(table_at(found.at("FACP").field<u64>(140)));
        return found;
    }
    void power_on_with(const BoardFacts& board) {
        facts.board = board;
        build_rom(rom, facts);
        power_on();
    }
};

constexpr BoardFacts full_board{.apic = true,
                                .hpet = 0x8086a201,
                                .floppy_controller = true,
                                .parallel_port = true,
                                .mouse = true,
                                .serial_ports = 0x3};

TEST_F(Acpi, RootPointerLeadsToBothListsAndTheyAgree) {
    power_on_with(full_board);
    const u64 root = find_root();
    ASSERT_NE(root, 0U);
    EXPECT_EQ(sum(read(root, 20)), 0);
    EXPECT_EQ(sum(read(root, 36)), 0);
    EXPECT_EQ(byte_at(root + 15), 2);
    const Table narrow = table_at(dword_at(root + 16));
    const Table wide = table_at(memory.load<u64>(Gpa{root + 24}));
    EXPECT_EQ(narrow.signature, "RSDT");
    EXPECT_EQ(wide.signature, "XSDT");
    ASSERT_EQ((narrow.bytes.size() - 36) * 2, wide.bytes.size() - 36);
    for (std::size_t i = 0; i < (narrow.bytes.size() - 36) / 4; ++i)
        EXPECT_EQ(narrow.field<u32>(36 + 4 * i), wide.field<u64>(36 + 8 * i));
    EXPECT_EQ(sum(narrow.bytes), 0);
}

TEST_F(Acpi, TablesAreWholeAndInTheMemoryThatIsKeptForThem) {
    power_on_with(full_board);
    const MemoryMap map = memory_map(memory_size);
    for (const auto& [signature, table] : tables()) {
        EXPECT_EQ(sum(table.bytes), 0) << signature;
        EXPECT_GE(table.at, map.acpi_tables.value()) << signature;
        EXPECT_LE(table.at + table.bytes.size(), map.acpi_nvs().value()) << signature;
    }
    const Table facs = table_at(tables().at("FACP").field<u32>(36));
    EXPECT_EQ(facs.signature, "FACS");
    EXPECT_EQ(Gpa{facs.at}, map.acpi_nvs());
    EXPECT_EQ(facs.bytes.size(), 64U);
}

TEST_F(Acpi, NamesOnlyDevicesThatAreThere) {
    EXPECT_EQ(tables().count("APIC"), 0U);
    EXPECT_EQ(tables().count("HPET"), 0U);
    power_on_with(full_board);
    EXPECT_EQ(tables().at("HPET").field<u32>(36), full_board.hpet);
    EXPECT_EQ(tables().at("HPET").field<u64>(44), 0xfed00000);
    const Table madt = tables().at("APIC");
    EXPECT_EQ(madt.field<u32>(36), 0xfee00000);
    std::map<u8, unsigned> kinds;
    std::size_t at = 44;
    while (at < madt.bytes.size()) {
        ++kinds[madt.field<u8>(at)];
        ASSERT_NE(madt.field<u8>(at + 1), 0);
        at += madt.field<u8>(at + 1);
    }
    EXPECT_EQ(at, madt.bytes.size());
    EXPECT_EQ(kinds, (std::map<u8, unsigned>{{0, 1}, {1, 1}, {2, 5}, {4, 1}}));
}

TEST_F(Acpi, FixedHardwareIsWhereTheDeviceIs) {
    const Table fadt = tables().at("FACP");
    EXPECT_EQ(fadt.field<u32>(56), devices::AcpiPm::event_block.value);
    EXPECT_EQ(fadt.field<u32>(64), devices::AcpiPm::control_block.value);
    EXPECT_EQ(fadt.field<u32>(76), devices::AcpiPm::timer_block.value);
    EXPECT_EQ(fadt.field<u16>(46), devices::AcpiPm::sci_line);
    EXPECT_EQ(fadt.field<u32>(48), 0U); // no SMI command port: in ACPI mode all the time
    EXPECT_EQ(fadt.field<u64>(120), 0xcf9U);
    EXPECT_EQ(fadt.field<u8>(128), 6);
}

TEST_F(Acpi, ResetWritesThemAnew) {
    const u64 list = memory.load<u64>(Gpa{find_root() + 24});
    memory.store<u32>(Gpa{list}, 0);
    power_on();
    EXPECT_EQ(sum(table_at(list).bytes), 0);
    EXPECT_EQ(table_at(list).signature, "XSDT");
}

/// The tables in files, for the tools of ACPICA.
class AcpiTools : public Acpi {
  protected:
    void SetUp() override {
        Acpi::SetUp();
        if (std::system("command -v iasl acpiexec > /dev/null") != 0)
            GTEST_SKIP() << "acpica-tools are not installed";
        folder = std::filesystem::temp_directory_path() /
                 ("vestige-acpi-" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) +
                  ::testing::UnitTest::GetInstance()->current_test_info()->name());
        std::filesystem::create_directories(folder);
    }
    void TearDown() override {
        if (!folder.empty())
            std::filesystem::remove_all(folder);
    }
    void write_tables() {
        for (const auto& [signature, table] : tables()) {
            std::ofstream file{folder / (signature + ".dat"), std::ios::binary};
            file.write(reinterpret_cast<const char*>(table.bytes.data()),
                       static_cast<std::streamsize>(table.bytes.size()));
        }
    }
    std::string run(const std::string& command) {
        const std::string log = folder / "log";
        const int status =
            std::system(("cd " + folder.string() + " && " + command + " > log 2>&1").c_str());
        std::stringstream text;
        text << std::ifstream{log}.rdbuf();
        EXPECT_EQ(status, 0) << text.str();
        return text.str();
    }
    /// What ACPICA says from where it names the object.
    std::string execute(const std::string& command, const std::string& path) {
        const std::string log =
            run("acpiexec -b '" + command + " " + path + "' DSDT.dat FACP.dat");
        return log.substr(std::min(log.size(), log.find(path)));
    }
    std::string evaluate(const std::string& path) { return execute("evaluate", path); }

    std::filesystem::path folder;
};

TEST_F(AcpiTools, DisassembleEveryTable) {
    power_on_with(full_board);
    write_tables();
    for (const std::string name : {"FACP", "APIC", "HPET", "XSDT"}) {
        const std::string log = run("iasl -d " + name + ".dat && cat " + name + ".dsl");
        EXPECT_EQ(log.find("Invalid"), std::string::npos) << log;
        EXPECT_EQ(log.find("rror"), std::string::npos) << log;
        EXPECT_EQ(log.find("Unknown"), std::string::npos) << log;
        EXPECT_EQ(log.find("incorrect"), std::string::npos) << log;
    }
}

TEST_F(AcpiTools, RunTheCodeOfTheDsdt) {
    power_on_with(full_board);
    write_tables();
    const std::string s5 = evaluate("\\_S5");
    EXPECT_NE(s5.find("Package"), std::string::npos) << s5;
    const std::string routes = execute("dump", "\\_SB.PCI0._PRT");
    EXPECT_NE(routes.find("Contains 124 Elements"), std::string::npos) << routes;
    for (const std::string method : {"\\_SB.LNKA._PRS", "\\_SB.LNKD._CRS", "\\_SB.PCI0.ISA.KBD._CRS",
                                     "\\_SB.PCI0.ISA.COM1._STA", "\\_SB.HPET._STA"}) {
        const std::string log = evaluate(method);
        EXPECT_NE(log.find("returned object"), std::string::npos) << log;
        EXPECT_EQ(log.find("AE_"), std::string::npos) << log;
    }
}

} // namespace
} // namespace vestige::bios
