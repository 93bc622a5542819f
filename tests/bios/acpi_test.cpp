// SPDX-License-Identifier: BSD-2-Clause
// The ACPI tables as a system finds them in memory, and as ACPI's own tools read them.
#include "table_fixture.hpp"

#include "vestige/bios/memory_map.hpp"
#include "vestige/devices/acpi_pm.hpp"
#include "vestige/devices/pci_wiring.hpp"

#include <regex>

namespace vestige::bios {
namespace {

struct Table {
    std::string signature;
    u64 at = 0;
    std::vector<std::byte> bytes;
    template <class T> T field(std::size_t offset) const { return load_le<T>(bytes, offset); }
};

class Acpi : public test::TablePc {
  protected:
    Table table_at(u64 at) const {
        return {text_at(at, 4), at, bytes_at(at, dword_at(at + 4))};
    }
    std::map<std::string, Table> tables() const {
        std::map<std::string, Table> found;
        const auto take = [&found](Table table) { found[table.signature] = std::move(table); };
        const Table roots = table_at(memory.load<u64>(Gpa{find("RSD PTR ") + 24}));
        take(roots);
        for (std::size_t i = 36; i < roots.bytes.size(); i += 8)
            take(table_at(roots.field<u64>(i)));
        take(table_at(found.at("FACP").field<u64>(140)));
        return found;
    }
    void power_on_full() {
        power_on_with({.memory_size = memory_size, .board = full_board, .cpu = {}});
    }
};

TEST_F(Acpi, RootPointerLeadsToBothListsAndTheyAgree) {
    power_on_full();
    const u64 root = find("RSD PTR ");
    ASSERT_NE(root, 0U);
    EXPECT_EQ(sum(bytes_at(root, 20)), 0);
    EXPECT_EQ(sum(bytes_at(root, 36)), 0);
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
    power_on_full();
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
    power_on_full();
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
    const u64 list = memory.load<u64>(Gpa{find("RSD PTR ") + 24});
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
        if (!test::ToolFolder::has("iasl acpiexec"))
            GTEST_SKIP() << "acpica-tools are not installed";
        power_on_full();
        for (const auto& [signature, table] : tables())
            folder.write(signature + ".dat", table.bytes);
    }
    /// What ACPICA says from where it names the object.
    std::string execute(const std::string& command, const std::string& path) const {
        const std::string log =
            folder.run("acpiexec -b '" + command + " " + path + "' DSDT.dat FACP.dat");
        return log.substr(std::min(log.size(), log.find(path)));
    }
    std::string evaluate(const std::string& path) const { return execute("evaluate", path); }

    test::ToolFolder folder;
};

TEST_F(AcpiTools, DisassembleEveryTable) {
    for (const std::string name : {"FACP", "APIC", "HPET", "XSDT"}) {
        const std::string log = folder.run("iasl -d " + name + ".dat && cat " + name + ".dsl");
        EXPECT_EQ(log.find("Invalid"), std::string::npos) << log;
        EXPECT_EQ(log.find("rror"), std::string::npos) << log;
        EXPECT_EQ(log.find("Unknown"), std::string::npos) << log;
        EXPECT_EQ(log.find("incorrect"), std::string::npos) << log;
    }
}

/// Every slot and pin as the board has them, by the names of links and by inputs of the I/O APIC.
TEST_F(AcpiTools, RoutesAreTheWiresOfTheBoard) {
    namespace pci = devices::pci;
    const auto rows = [](const std::string& log) {
        static const std::regex row{R"(= 0000000000([0-9A-F]{2})FFFF\s+\[Integer\] = 0*(\d)\s+)"
                                    R"((?:\[Obj.*LNK([A-D]) Device|\[Integer\] = 0{16})\s+)"
                                    R"(\[Integer\] = 0{14}([0-9A-F]{2}))"};
        return std::vector<std::smatch>(std::sregex_iterator{log.begin(), log.end(), row}, {});
    };
    const std::string by_link = evaluate("\\_SB.PCI0._PRT");
    const std::string by_input = execute("execute \\_PIC 1;evaluate", "\\_SB.PCI0._PRT");
    const auto link_rows = rows(by_link);
    const auto input_rows = rows(by_input);
    ASSERT_EQ(link_rows.size(), 6U * 4) << by_link;
    ASSERT_EQ(input_rows.size(), 6U * 4) << by_input;
    for (unsigned i = 0; i < 6 * 4; ++i) {
        const unsigned link = pci::link_of(1 + i / 4, i % 4);
        for (const std::smatch& row : {link_rows[i], input_rows[i]}) {
            EXPECT_EQ(std::stoul(row.str(1), nullptr, 16), 1 + i / 4);
            EXPECT_EQ(std::stoul(row.str(2)), i % 4);
        }
        EXPECT_EQ(link_rows[i].str(3), std::string(1, static_cast<char>('A' + link)));
        EXPECT_EQ(std::stoul(link_rows[i].str(4), nullptr, 16), 0U);
        EXPECT_EQ(input_rows[i].str(3), "");
        EXPECT_EQ(std::stoul(input_rows[i].str(4), nullptr, 16), pci::first_apic_input + link);
    }
}

TEST_F(AcpiTools, RunTheCodeOfTheDsdt) {
    const std::string s5 = evaluate("\\_S5");
    EXPECT_NE(s5.find("Package"), std::string::npos) << s5;
    for (const std::string method : {"\\_SB.LNKA._PRS", "\\_SB.LNKD._CRS", "\\_SB.PCI0.ISA.KBD._CRS",
                                     "\\_SB.PCI0.ISA.COM1._STA", "\\_SB.HPET._STA"}) {
        const std::string log = evaluate(method);
        EXPECT_NE(log.find("returned object"), std::string::npos) << log;
        EXPECT_EQ(log.find("AE_"), std::string::npos) << log;
    }
}

} // namespace
} // namespace vestige::bios
