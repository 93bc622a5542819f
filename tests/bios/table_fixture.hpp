// SPDX-License-Identifier: BSD-2-Clause
// A PC whose ROM and low memory are scanned as systems scan them, and Debian's tools to read them.
#pragma once

#include "pc_fixture.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace vestige::test {

class TablePc : public Pc {
  protected:
    static constexpr bios::BoardFacts full_board{.apic = true,
                                                 .hpet = 0x8086a201,
                                                 .floppy_controller = true,
                                                 .parallel_port = true,
                                                 .mouse = true,
                                                 .serial_ports = 0x3};

    void power_on_with(const bios::MachineFacts& machine) {
        facts = machine;
        bios::build_rom(rom, facts);
        power_on();
    }
    std::vector<std::byte> bytes_at(u64 at, u64 size) const {
        std::vector<std::byte> bytes(size);
        memory.read(Gpa{at}, bytes);
        return bytes;
    }
    std::string text_at(u64 at, u64 size) const {
        std::string text;
        for (u64 i = 0; i < size; ++i)
            text.push_back(static_cast<char>(byte_at(at + i)));
        return text;
    }
    static u8 sum(std::span<const std::byte> bytes) {
        u8 total = 0;
        for (const std::byte each : bytes)
            total = static_cast<u8>(total + static_cast<u8>(each));
        return total;
    }
    /// The paragraph of E0000h-FFFFFh that begins with a signature; 0 when none does.
    u64 find(std::string_view signature) const {
        for (u64 at = 0xe0000; at < 0x100000; at += 16)
            if (text_at(at, signature.size()) == signature)
                return at;
        return 0;
    }
};

/// A folder for a test's files and the programs that read them.
class ToolFolder {
  public:
    ToolFolder() {
        const auto* const info = ::testing::UnitTest::GetInstance()->current_test_info();
        std::string name = std::filesystem::temp_directory_path() /
                           (std::string{"vestige-"} + info->name() + "-XXXXXX");
        path_ = mkdtemp(name.data());
    }
    ~ToolFolder() { std::filesystem::remove_all(path_); }
    ToolFolder(const ToolFolder&) = delete;
    ToolFolder& operator=(const ToolFolder&) = delete;

    static bool has(const std::string& programs) {
        return std::system(("PATH=$PATH:/usr/sbin command -v " + programs + " > /dev/null").c_str()) == 0;
    }
    void write(const std::string& name, std::span<const std::byte> bytes) const {
        std::ofstream file{path_ / name, std::ios::binary};
        file.write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
    }
    /// What a command says, which must succeed.
    std::string run(const std::string& command) const {
        const int status = std::system(("cd " + path_.string() + " && PATH=$PATH:/usr/sbin; " +
                                        command + " > log 2>&1")
                                           .c_str());
        std::stringstream text;
        text << std::ifstream{path_ / "log"}.rdbuf();
        EXPECT_EQ(status, 0) << text.str();
        return text.str();
    }

  private:
    std::filesystem::path path_;
};

} // namespace vestige::test
