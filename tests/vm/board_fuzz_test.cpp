// SPDX-License-Identifier: BSD-2-Clause
// A guest that reads and writes every port and every device register of memory at random, takes
// interrupts or does not, while time runs. VESTIGE_FUZZ=10000000 makes ten million accesses.
#include "board_fixture.hpp"

#include "../devices/storage_fixture.hpp"
#include "../support/random_bytes.hpp"

#include <gtest/gtest.h>

namespace vestige::test {
namespace {

struct BoardFuzz : ::testing::Test, BoardFixture {
    RandomBytes random{0xb0a2d};
    std::vector<std::byte> ram = std::vector<std::byte>(0x20000);
    FakeMedium floppy{2880, 512}, cd{40, 2048};
    std::array<FakeMedium, 3> disks{FakeMedium{300, 512}, FakeMedium{300, 512}, FakeMedium{300, 512}};

    BoardFuzz() {
        // RAM with nothing behind it: a device that writes past its end is seen by the sanitizer.
        EXPECT_TRUE(board->memory.add({Gpa{0}, ram, machine::RegionKind::ram}));
        EXPECT_TRUE(board->drives.add(floppy, disk::DriveType::floppy, {}));
        EXPECT_TRUE(board->drives.add(cd, disk::DriveType::cdrom, {}));
        for (FakeMedium& medium : disks)
            EXPECT_TRUE(board->drives.add(medium, disk::DriveType::disk, {}));
        reset();
    }
    void reset() {
        board->reset();
        board->lapic.enter_virtual_wire_mode();
        // As the BIOS leaves them: the ports of IDE's bus master and of virtio.
        constexpr u32 ide_function = 1 << 3 | 1;
        configure(ide_function, 0x20, 0xc000);
        configure(devices::pci::first_virtio_slot << 3, 0x10, 0xc040);
    }
    void configure(u32 function, u32 address_register, u32 base) {
        constexpr u32 decode_and_master = 7;
        out(0xcf8, 0x80000000 | function << 8 | address_register, Width::dword);
        out(0xcfc, base, Width::dword);
        out(0xcf8, 0x80000000 | function << 8 | 4, Width::dword);
        out(0xcfc, decode_and_master, Width::dword);
    }
    /// What devices find in memory: descriptors and rings that point anywhere, near mostly.
    void scribble() {
        const u64 at = random.below(0x4000) & ~3ULL;
        store_le<u32>(ram, at, random.one_in(4) ? static_cast<u32>(random.next())
                                                : static_cast<u32>(random.below(ram.size())));
    }
    template <class T, std::size_t n> T pick(const T (&choices)[n]) {
        return choices[random.below(n)];
    }
    u16 any_port() {
        // Where devices are, mostly; anywhere now and then.
        static constexpr u16 starts[] = {0x00,  0x20,  0x40,  0x60,  0x70,  0x80,  0xa0,  0xc0,
                                         0x92,  0x170, 0x1f0, 0x370, 0x3b0, 0x3c0, 0x3d0, 0x3f0,
                                         0x3f8, 0x4d0, 0x600, 0xcf8, 0x1ce, 0xc000,
                                         0xc040, 0xc050};
        if (random.one_in(20))
            return static_cast<u16>(random.next());
        return static_cast<u16>(pick(starts) + random.below(16));
    }
    Gpa any_address() {
        static constexpr u64 starts[] = {0xfee00000, 0xfec00000, 0xfed00000, 0xa0000,
                                         0xb8000,    0xc0000000, 0xfebf0000};
        if (random.one_in(20))
            return Gpa{random.next() & 0xffffffffff};
        const u64 offset = random.one_in(4) ? random.below(0x1000) : random.below(0x40) * 16;
        return Gpa{pick(starts) + offset};
    }
    void access() {
        const Width width = static_cast<Width>(1U << random.below(3));
        const u32 value = static_cast<u32>(random.next()) >> (8 * random.below(4));
        switch (random.below(4)) {
        case 0:
            return out(any_port(), value, width);
        case 1:
            static_cast<void>(in(any_port(), width));
            return;
        case 2:
            return store(any_address(), random.one_in(2) ? random.next() : value,
                         random.one_in(8) ? Width::qword : width);
        default:
            static_cast<void>(load(any_address(), random.one_in(8) ? Width::qword : width));
        }
    }
    void msr() {
        u64 value = 0;
        const u32 index = random.one_in(8) ? 0x1b : random.one_in(8) ? 0x6e0 : 0x800;
        const u32 at = index == 0x800 ? index + static_cast<u32>(random.below(0x100)) : index;
        if (random.one_in(2))
            static_cast<void>(board->lapic.read_msr(at, value));
        else
            static_cast<void>(board->lapic.write_msr(
                at, at == 0x1b ? 0xfee00100 | random.below(4) << 10 : random.next() >> 32));
    }
    void interrupts() {
        if (board->lapic.nmi_pending() && random.one_in(2))
            board->lapic.take_nmi();
        if (board->lapic.interrupt_pending() && random.one_in(2))
            static_cast<void>(board->acknowledge());
        if (random.one_in(64))
            board->lapic.message(0xfee00000 | (random.next() & 0xfffff),
                                 static_cast<u32>(random.next()));
        if (random.one_in(16))
            store(devices::LocalApic::base + 0xb0, 0);
    }
    void pass_time() {
        constexpr u64 second = machine::nanoseconds_per_second;
        const u64 step = random.one_in(1000)  ? u64{86400} * 366 * second
                         : random.one_in(100) ? 10 * second
                                              : 1'000'000;
        if (clock.time > u64{100} * 366 * 86400 * second) {
            clock.time = 0;
            reset();
        }
        clock.time += random.below(step);
        board->expire(clock.time);
        // What is due is done: a VM makes progress whatever its guest asked for.
        ASSERT_GT(board->next_deadline(), clock.time);
    }
};

TEST_F(BoardFuzz, AnyPortAnyRegister) {
    for (u64 i = 0; i < fuzz_inputs(); ++i) {
        if (random.one_in(16))
            msr();
        else
            access();
        if (random.one_in(4))
            scribble();
        interrupts();
        if (random.one_in(8))
            pass_time();
        com1_out.got.clear();
        debug_out.got.clear();
        power.statuses.clear();
        if (random.one_in(8) && com1_in.bytes.size() < 64)
            com1_in.bytes.push_back(static_cast<u8>(random.next()));
        if (random.one_in(20'000))
            reset();
        ASSERT_EQ(board->lapic.wants_cpu(),
                  board->lapic.nmi_pending() || board->lapic.interrupt_pending());
    }
    for (const FakeMedium& medium : disks)
        EXPECT_EQ(medium.bytes.size(), 300U * 512);
}

} // namespace
} // namespace vestige::test
