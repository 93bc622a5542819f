// SPDX-License-Identifier: BSD-2-Clause
// docs/bios-services.md is written from the dispatch tables; this test writes it and compares.
#include "pc_fixture.hpp"
#include "service_matrix.hpp"
#include "service_rows.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <sstream>

namespace vestige::bios {
namespace {

using cpu::Gpr;
using test::MatrixRow;

class CoverageDocument : public test::Pc {
  protected:
    /// What a guest gets that asks for what is not there.
    std::string refusal(const test::ServiceRow& row) {
        const u16 asked = row.service->selector;
        if (!row.function)
            return "not there";
        cpu.regs.set_low(Gpr::rbx, static_cast<u8>(asked));
        dx(0);
        cx(0);
        const test::After after = call_with(row.interrupt, asked, false);
        const u16 ax_after = after.regs.word(Gpr::rax);
        std::ostringstream text;
        text << "refused: ";
        if (after.carry())
            text << "CF=1";
        if (ax_after != asked)
            text << (after.carry() ? ", " : "") << "AH=" << std::hex << std::uppercase
                 << std::setw(2) << std::setfill('0') << (ax_after >> 8) << 'h';
        else if (!after.carry())
            text << "AX unchanged";
        return text.str();
    }
    std::string answer(const test::ServiceRow& row) {
        switch (row.service->state) {
        case State::served:
            return "served";
        case State::returns:
            return "served: a hook that returns";
        case State::table:
            return "in memory";
        case State::refused:
            break;
        }
        return refusal(row);
    }
    static std::string_view needed(test::Tier tier) {
        return tier == test::Tier::must ? "must" : tier == test::Tier::useful ? "useful" : "";
    }
    static std::string_view title(char group) {
        switch (group) {
        case 'A': return "Interrupts of the hardware, hooks and vectors";
        case 'B': return "INT 10h: video";
        case 'C': return "INT 11h and INT 12h";
        case 'D': return "INT 13h: disks";
        case 'E': return "INT 14h: serial port";
        case 'F': return "INT 15h: system";
        case 'G': return "INT 16h: keyboard";
        case 'H': return "INT 17h: printer";
        case 'I': return "INT 1Ah: time and PCI";
        default: return "Tables and structures";
        }
    }
    std::string written() {
        const auto rows = test::rows_by_id();
        std::ostringstream body;
        unsigned served = 0, seabios = 0, rombios = 0;
        for (char group = 'A'; group <= 'J'; ++group) {
            body << "\n## " << title(group)
                 << "\n\n| row | service | loaders | SeaBIOS | rombios | Vestige |\n"
                    "|---|---|---|---|---|---|\n";
            for (const MatrixRow& each : test::service_matrix) {
                if (each.group != group)
                    continue;
                const auto& row = rows.at(each.id);
                served += row.service->state != State::refused;
                seabios += each.seabios == 'I';
                rombios += each.rombios == 'I';
                body << "| " << each.id << " | " << each.service << " | " << needed(each.tier)
                     << " | " << each.seabios << " | " << each.rombios << " | " << answer(row);
                const std::string_view why = test::why_refused(each.id);
                if (row.service->state == State::refused && !why.empty())
                    body << " (" << why << ')';
                body << " |\n";
            }
        }
        std::ostringstream text;
        text << introduction << "\nOf " << test::service_matrix.size() << " rows Vestige serves "
             << served << ", SeaBIOS " << seabios << ", rombios " << rombios << ".\n"
             << body.str();
        return text.str();
    }
    static std::filesystem::path document() {
        const char* const source = std::getenv("srcdir");
        for (const char* const place : {source != nullptr ? source : ".", ".", ".."})
            if (std::filesystem::exists(std::filesystem::path{place} / "docs/memory.md"))
                return std::filesystem::path{place} / "docs/bios-services.md";
        return {};
    }

    static constexpr std::string_view introduction =
        "# BIOS services\n"
        "\n"
        "Every service that SeaBIOS, Bochs' rombios or an older emulator has, and what a guest of\n"
        "Vestige gets. This file is written from the dispatch tables (`src/bios`) by a test, which\n"
        "fails when the two disagree. After a change of the tables, in the build directory:\n"
        "\n"
        "    make tests/bios_test && VESTIGE_WRITE_DOCS=1 tests/bios_test "
        "--gtest_filter='CoverageDocument.*'\n"
        "\n"
        "*must*: a boot loader needs it; *useful*: one calls it and can do without. SeaBIOS and\n"
        "rombios: I implemented, P in part, E refused, n nothing happens, X the machine stops,\n"
        ". not there. What is refused shows the answer that a call gets.\n";
};

TEST_F(CoverageDocument, IsWhatTheTablesSay) {
    const std::filesystem::path path = document();
    ASSERT_FALSE(path.empty()) << "docs/ is not found from here";
    const std::string text = written();
    if (std::getenv("VESTIGE_WRITE_DOCS") != nullptr)
        std::ofstream{path} << text;
    std::stringstream there;
    there << std::ifstream{path}.rdbuf();
    EXPECT_EQ(there.str(), text) << "its second paragraph tells how to write it anew";
}

} // namespace
} // namespace vestige::bios
