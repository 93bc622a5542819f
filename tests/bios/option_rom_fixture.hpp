// SPDX-License-Identifier: BSD-2-Clause
// Option ROMs made here: headers, and entry points at which code of the test runs.
#pragma once

#include "table_fixture.hpp"

namespace vestige::test {

struct Rom {
    explicit Rom(std::size_t units = 4) : bytes(units * 512) {
        store_le<u16>(bytes, 0, 0xaa55);
        bytes[2] = static_cast<std::byte>(units);
    }
    Rom& display() {
        store_le<u16>(bytes, 0x18, 0x40);
        store_le<u32>(bytes, 0x40, 0x52494350); // "PCIR"
        bytes[0x4f] = std::byte{3};
        return *this;
    }
    Rom& plug_and_play(u16 connect, u16 boot) {
        store_le<u16>(bytes, 0x1a, 0x80);
        store_le<u32>(bytes, 0x80, 0x506e5024); // "$PnP"
        store_le<u16>(bytes, 0x96, connect);
        store_le<u16>(bytes, 0x9a, boot);
        return *this;
    }
    Rom& sealed() {
        bytes.back() = std::byte{0};
        u8 sum = 0;
        for (const std::byte each : bytes)
            sum = static_cast<u8>(sum + static_cast<u8>(each));
        bytes.back() = static_cast<std::byte>(u8{0} - sum);
        return *this;
    }
    std::vector<std::byte> bytes;
};

/// A PC with option ROMs whose entry points are code of the test.
class OptionRomPc : public TablePc {
  protected:
    static constexpr FarPtr nothing_boots{0xf000, bios::wait_stubs + 8 * 0x18};

    void SetUp() override {} // each test has its own ROMs
    void give(std::initializer_list<Rom> images) {
        roms = images;
        option_roms.clear();
        for (const Rom& each : roms)
            option_roms.emplace_back(each.bytes);
        unit.emplace(environment());
    }
    /// Code at a ROM's entry point: notes its name, does more, returns with RETF.
    void code(FarPtr at, const std::string& name, std::function<void()> more = [] {}) {
        handle(at, [this, name, more] {
            calls_made.push_back(name);
            more();
            const u16 ip = pop();
            go({pop(), ip});
        });
    }
    /// POST, and on to where nothing boots or to a place.
    bool power_on_to(FarPtr place) {
        go({0xf000, 0xe05b});
        return run_to(place);
    }
    std::vector<Rom> roms;
    std::vector<std::string> calls_made;
};

} // namespace vestige::test
