// SPDX-License-Identifier: BSD-2-Clause
// Storage devices under a guest that reads and writes anything. Memory around RAM is the
// sanitizers' business; media must keep their size. VESTIGE_FUZZ=10000000 for ten million inputs.
#include "storage_fixture.hpp"

#include "../support/random_bytes.hpp"

#include <gtest/gtest.h>

namespace vestige::test {
namespace {

struct StorageFuzz : testing::Test, StoragePc {
    RandomBytes random{0xd15c};

    Width any_width() { return static_cast<Width>(1U << random.below(3)); }
    /// Values that mean something often, anything else at times.
    u32 value() {
        if (random.one_in(4))
            return static_cast<u32>(random.next());
        return static_cast<u32>(random.below(256));
    }
    void access(u16 first, u16 count) {
        const u16 port = static_cast<u16>(first + random.below(count));
        const Width width = random.one_in(8) ? any_width() : Width::byte;
        if (random.one_in(2))
            out(port, value(), width);
        else
            static_cast<void>(in(port, width));
    }
    void scribble() {
        const Gpa at{random.below(0x4000) & ~3ULL};
        memory.store<u32>(at, random.one_in(4) ? static_cast<u32>(random.next())
                                               : static_cast<u32>(random.below(1 << 17)));
    }
};

TEST_F(StorageFuzz, Ide) {
    FakeMedium disk{300, 512};
    FakeMedium cd{40, 2048};
    ide.plug_disk(0, disk);
    ide.plug_cd(1, cd);
    ide.plug_cd(2, cd);
    power_on();
    constexpr std::array<u8, 24> commands{0x20, 0x24, 0x25, 0x29, 0x30, 0x34, 0x35, 0x39,
                                          0x40, 0x91, 0xa0, 0xa1, 0xc4, 0xc5, 0xc6, 0xc8,
                                          0xca, 0xe4, 0xe8, 0xec, 0xef, 0x08, 0x90, 0xa0};
    constexpr std::array<u8, 16> packets{0x00, 0x03, 0x12, 0x1b, 0x25, 0x28, 0x28, 0x43,
                                         0x46, 0x4a, 0x5a, 0xa8, 0xbd, 0xbe, 0x51, 0x1e};
    std::vector<std::byte> block(2048);
    for (u64 i = 0; i < fuzz_inputs(); ++i) {
        const u16 base = random.one_in(2) ? 0x1f0 : 0x170;
        switch (random.below(8)) {
        case 0:
            out(base + 7, commands[random.below(commands.size())]);
            break;
        case 1: {
            for (std::byte& byte : std::span{block}.first(12))
                byte = static_cast<std::byte>(random.one_in(3) ? random.next() : 0);
            block[0] = static_cast<std::byte>(packets[random.below(packets.size())]);
            ports->write_string(Port{base}, Width::word, std::span{block}.first(12));
            break;
        }
        case 2:
            ports->read_string(Port{base}, Width::dword,
                               std::span{block}.first(4 * random.below(512)));
            break;
        case 3:
            access(0xc000, 16);
            break;
        case 4:
            scribble();
            out(static_cast<u16>(0xc004 + 8 * random.below(2)),
                static_cast<u32>(random.below(0x4000)), Width::dword);
            out(static_cast<u16>(0xc000 + 8 * random.below(2)), random.one_in(2) ? 9 : 1);
            break;
        case 5:
            out(random.one_in(2) ? 0x3f6 : 0x376,
                random.one_in(8) ? value() : static_cast<u32>(random.below(4)));
            break;
        default:
            access(base, 8);
            break;
        }
    }
    EXPECT_EQ(disk.bytes.size(), 300U * 512);
    EXPECT_GT(disk.reads + cd.reads, 0U);
    EXPECT_GT(ide.refusals(), 0U);
}

TEST_F(StorageFuzz, Pci) {
    power_on();
    for (u64 i = 0; i < fuzz_inputs(); ++i) {
        out(0xcf8, 0x80000000 | static_cast<u32>(random.below(0x1000)), Width::dword);
        access(0xcf8, 8);
        if (random.one_in(2))
            pci.set_pin(static_cast<unsigned>(random.below(32)),
                        static_cast<unsigned>(random.below(4)), random.one_in(2));
        static_cast<void>(mmio.read(Gpa{random.next()}, Width::qword));
        access(static_cast<u16>(random.next()), 1);
    }
    pci.reset();
    EXPECT_EQ(config(0x0900), 0x70108086U);
}

} // namespace
} // namespace vestige::test
