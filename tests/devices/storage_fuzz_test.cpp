// SPDX-License-Identifier: BSD-2-Clause
// Storage devices under a guest that reads and writes anything. Memory around RAM is the
// sanitizers' business; media must keep their size. VESTIGE_FUZZ=10000000 for ten million inputs.
#include "vestige/devices/virtio_block.hpp"

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
        if (random.one_in(256))
            disk.bad = random.below(600); // half of the time there is no bad sector
        switch (random.below(9)) {
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
        case 7: { // what a driver would ask for, and the data of a write
            const std::array<u32, 6> task{static_cast<u32>(random.below(70)),
                                          1 + static_cast<u32>(random.below(4)),
                                          static_cast<u32>(random.below(256)),
                                          static_cast<u32>(random.below(2)), 0, 0xe0};
            for (u16 r = 0; r < task.size(); ++r)
                out(static_cast<u16>(base + 1 + r), task[r]);
            out(static_cast<u16>(base + 7), commands[random.below(commands.size())]);
            ports->write_string(Port{base}, Width::word, std::span{block}.first(512));
            break;
        }
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

TEST_F(StorageFuzz, FloppyAndDma) {
    FakeMedium medium{2880, 512};
    FakeMedium small{720, 512};
    floppy.plug(0, {.medium = &medium, .cylinders = 80, .heads = 2, .sectors = 18});
    floppy.plug(1, {.medium = &small, .cylinders = 40, .heads = 2, .sectors = 9});
    floppy.reset();
    out(0x3f2, 0x3c);
    constexpr std::array<u8, 20> commands{0xe6, 0x46, 0xc5, 0x45, 0x4d, 0x08, 0x08, 0x07, 0x0f, 0x4a,
                                          0x03, 0x0e, 0x13, 0x56, 0xd6, 0x94, 0x8f, 0x04, 0x42, 0x12};
    for (u64 i = 0; i < fuzz_inputs(); ++i) {
        if (random.one_in(256)) {
            medium.bad = random.below(72); // of the tracks that are read often
            medium.locked = random.one_in(4);
        }
        switch (random.below(6)) {
        case 0: { // a command with plausible parameters, of which any may be wrong
            out(0x3f5, commands[random.below(commands.size())]);
            const std::array<u32, 8> good{static_cast<u32>(random.below(2)), floppy.drive(0).cylinder,
                                          0, 1 + static_cast<u32>(random.below(9)), 2, 18, 27, 255};
            const u64 parameters = random.one_in(4) ? random.below(9) : good.size();
            for (u64 p = 0; p < parameters; ++p)
                out(0x3f5, random.one_in(32) ? value() : good[p]);
            break;
        }
        case 1:
            for (u64 n = random.below(600); n != 0; --n)
                if (random.one_in(2))
                    static_cast<void>(in(0x3f5));
                else
                    out(0x3f5, value());
            break;
        case 2:
            access(0x00, 16);
            break;
        case 3:
            access(random.one_in(2) ? 0x80 : 0xc0, random.one_in(2) ? 16 : 32);
            break;
        case 4:
            out(0x3f2, random.one_in(8) ? value() : 0x3c | static_cast<u32>(random.below(2)));
            out(0x3f7, random.one_in(4) ? value() : 0);
            break;
        default:
            out(0x0a, 0x02);
            out(0x0b, random.one_in(2) ? 0x46 : 0x4a);
            access(0x3f0, 8);
            break;
        }
        ASSERT_LT(floppy.drive(0).rotation, 19);
    }
    EXPECT_GT(medium.reads, 0U);
    EXPECT_EQ(medium.bytes.size(), 2880U * 512);
}

TEST_F(StorageFuzz, VirtioBlock) {
    FakeMedium medium{200, 512};
    struct Messages final : machine::MessageSink {
        void message(u64 address, u32) override {
            EXPECT_EQ(address >> 20, 0xfeeU);
            ++sent;
        }
        u64 sent = 0;
    } messages;
    devices::VirtioBlock disk{3, memory, &messages};
    disk.connect(medium, 2);
    ASSERT_TRUE(pci.add(disk));
    pci.reset();
    constexpr u32 at = 3 << 11;
    constexpr u64 registers = 0xe0000000, table = 0xe0010000;
    config(at + 0x10, 0xc100);
    config(at + 0x14, table);
    config(at + 0x20, registers);
    config(at + 4, 7);
    const auto restart = [this] { // a legacy driver with its rings at 1000h
        out(0xc112, 0);
        out(0xc104, random.one_in(2) ? 0xffffffff : 0, Width::dword);
        out(0xc10e, 0, Width::word);
        out(0xc108, random.one_in(8) ? static_cast<u32>(random.next()) : 1, Width::dword);
        memory.store<u16>(Gpa{0x1802}, 0);
    };
    restart();
    for (u64 i = 0; i < fuzz_inputs(); ++i) {
        switch (random.below(9)) {
        case 0:
            mmio.write(Gpa{registers + random.below(0x40)}, any_width(), value());
            break;
        case 8: // messages
            if (random.one_in(4))
                config(at + 0x98, random.one_in(2) ? 0x80000000 : static_cast<u32>(random.next()));
            else if (random.one_in(2))
                mmio.write(Gpa{table + 16 * random.below(3)}, Width::dword,
                           random.one_in(2) ? 0xfee00000 : value());
            else
                mmio.write(Gpa{table + random.below(0x40)}, any_width(),
                           random.one_in(2) ? 0 : value());
            break;
        case 1:
            static_cast<void>(mmio.read(Gpa{registers + random.below(0x4000)}, Width::qword));
            break;
        case 2:
            access(0xc100, 32);
            break;
        case 3:
            if ((disk.status() & 0x40) != 0 || random.one_in(64))
                restart();
            break;
        case 4: { // a descriptor
            const u64 where = 0x1000 + 16 * random.below(8);
            memory.store<u64>(Gpa{where}, random.one_in(16) ? random.next()
                                                            : 0x4000 + random.below(0x1000));
            memory.store<u32>(Gpa{where + 8},
                              random.one_in(16) ? static_cast<u32>(random.next())
                              : random.one_in(2) ? 16 * static_cast<u32>(random.below(40))
                                                 : 512);
            memory.store<u16>(Gpa{where + 12}, static_cast<u16>(random.below(8)));
            memory.store<u16>(Gpa{where + 14}, static_cast<u16>(random.below(9)));
            break;
        }
        case 5: { // a request that is right, of which later pieces are changed
            memory.store<u32>(Gpa{0x4000}, static_cast<u32>(random.below(10)));
            memory.store<u64>(Gpa{0x4008}, random.below(210));
            const u16 writes = random.one_in(2) ? 2 : 0;
            const std::array<std::array<u32, 4>, 3> chain{
                {{0x4000, 16, 1, 1}, {0x4100, 512, 1U | writes, 2}, {0x4400, 1, 2, 0}}};
            for (u64 n = 0; n < chain.size(); ++n) {
                memory.store<u64>(Gpa{0x1000 + 16 * n}, chain[n][0]);
                memory.store<u32>(Gpa{0x1008 + 16 * n}, chain[n][1]);
                memory.store<u32>(Gpa{0x100c + 16 * n}, chain[n][2] | chain[n][3] << 16);
            }
            break;
        }
        default: {
            const u16 index = memory.load<u16>(Gpa{0x1802});
            memory.store<u16>(Gpa{0x1804 + 2ULL * (index % 128)},
                              static_cast<u16>(random.below(9)));
            memory.store<u16>(Gpa{0x1802}, static_cast<u16>(index + random.below(3)));
            out(0xc110, 0, Width::word);
            break;
        }
        }
    }
    EXPECT_GT(disk.refusals(), 0U);
    EXPECT_GT(messages.sent, 0U);
    EXPECT_GT(medium.reads, 0U);
    EXPECT_EQ(medium.bytes.size(), 200U * 512);
    pci.remove(disk);
}

} // namespace
} // namespace vestige::test
