// SPDX-License-Identifier: BSD-2-Clause
// What POST leaves in low memory and in the devices.
#include "pc_fixture.hpp"

namespace vestige::bios {
namespace {

class Post : public test::Pc {
  protected:
    FarPtr vector(unsigned number) const { return {word_at(number * 4 + 2), word_at(number * 4)}; }
};

TEST_F(Post, VectorsAreThoseOfTheRom) {
    for (unsigned i = 0; i < 256; ++i)
        EXPECT_EQ(vector(i), default_vector(static_cast<u8>(i))) << i;
    EXPECT_EQ(vector(0x08), (FarPtr{0xf000, 0xfea5}));
    EXPECT_EQ(vector(0x13), (FarPtr{0xf000, 0xe3fe}));
    EXPECT_EQ(vector(0x1e), (FarPtr{0xf000, 0xefc7}));
    for (const unsigned user : {0x60U, 0x61U, 0x62U, 0x63U, 0x64U, 0x65U, 0x66U, 0x79U})
        EXPECT_EQ(vector(user), FarPtr{}) << user;
}

TEST_F(Post, ExceptionsThatNobodyHandlesReturn) {
    for (const u8 number : {0x00, 0x01, 0x03, 0x04, 0x06, 0x1c, 0x78, 0xf0})
        EXPECT_EQ(call(number, 0x1234).regs.word(cpu::Gpr::rax), 0x1234) << unsigned{number};
}

TEST_F(Post, DataAreaDescribesTheMachine) {
    EXPECT_EQ(word_at(0x400), 0x3f8); // COM1
    EXPECT_EQ(word_at(0x408), 0x378); // LPT1
    EXPECT_EQ(word_at(0x40e), 0x9fc0);
    EXPECT_EQ(word_at(0x410) & 0x0231, 0x0220); // no floppy, 80x25 colour, one serial port
    EXPECT_EQ(word_at(0x413), 639);
    EXPECT_EQ(word_at(0x41a), word_at(0x41c));
    EXPECT_EQ(word_at(0x480), 0x1e);
    EXPECT_EQ(word_at(0x482), 0x3e);
    EXPECT_EQ(byte_at(0x449), 3);
    EXPECT_EQ(word_at(0x44a), 80);
    EXPECT_EQ(word_at(0x463), 0x3d4);
    EXPECT_EQ(byte_at(0x484), 24);
    EXPECT_EQ(word_at(0x485), 16);
    EXPECT_EQ(byte_at(0x475), 0); // hard disks
    EXPECT_EQ(byte_at(0x496) & 0x10, 0x10);
    EXPECT_EQ(byte_at(0x471), 0);
}

TEST_F(Post, TicksStartAtTheTimeOfDay) {
    // 22:13:20 in 1800B0h ticks a day.
    const u64 seconds = 22 * 3600 + 13 * 60 + 20;
    EXPECT_NEAR(static_cast<double>(dword_at(0x46c)), static_cast<double>(seconds) * 18.2065, 20);
    EXPECT_EQ(byte_at(0x470), 0);
}

TEST_F(Post, ExtendedDataAreaEndsAtTheBaseMemory) {
    const u64 ebda = u64{word_at(0x40e)} << 4;
    EXPECT_EQ(ebda, u64{word_at(0x413)} * kib);
    EXPECT_EQ(ebda + byte_at(ebda) * kib, 640 * kib);
}

TEST_F(Post, InterruptControllersAreAtTheirVectorsWithTheirLinesOpen) {
    EXPECT_EQ(pic.chip(0).vector_base, 0x08);
    EXPECT_EQ(pic.chip(1).vector_base, 0x70);
    EXPECT_EQ(pic.mask() & 0x0107, 0); // timer, keyboard, cascade, RTC
}

TEST_F(Post, LeavesADiskTableForEachOfTheFirstDisks) {
    std::vector<std::byte> image(20 * 16 * 63 * 512);
    disk::RamDisk disk{image, {}, {}, 512};
    ASSERT_TRUE(drives.add(disk, disk::DriveType::disk, {}));
    power_on();
    EXPECT_EQ(byte_at(0x475), 1);
    const FarPtr table = vector(0x41);
    EXPECT_EQ(table.segment, word_at(0x40e));
    const u64 at = table.linear().value();
    const disk::Geometry& g = drives.find(0x80)->geometry;
    EXPECT_EQ(word_at(at), g.cylinders);
    EXPECT_EQ(byte_at(at + 2), g.heads);
    EXPECT_EQ(byte_at(at + 14), g.sectors);
    EXPECT_EQ(vector(0x46), (FarPtr{0xf000, no_disk_table}));
}

TEST_F(Post, CoprocessorErrorsAreMaskedAndLeadToInterrupt2) {
    EXPECT_TRUE(cpu.fpu_initialized);
    pic.write_port(Port{0x21}, Width::byte, 0xfb); // nothing but the second controller
    unsigned seen = 0;
    hook(0x02, {0x1000, 0}, [&] { ++seen; });
    for (const unsigned times : {1U, 2U}) { // the line comes down and the interrupt is ended
        coprocessor.report();
        ASSERT_TRUE(pic.interrupt_pending());
        ASSERT_EQ(pic.acknowledge(), Vector{0x75});
        call(0x75);
        EXPECT_EQ(seen, times);
    }
}

TEST_F(Post, GoesOnAtTheVectorOfTheShutdownByte) {
    memory.store<u32>(Gpa{0x467}, 0x40001234);
    rtc.write(devices::cmos::shutdown, 0x0a);
    memory.store<u16>(Gpa{0x410}, 0xbeef);
    EXPECT_EQ(unit->call({Entry::call, post_interrupt}), Outcome::redirected);
    EXPECT_EQ(here(), (FarPtr{0x4000, 0x1234}));
    EXPECT_EQ(word_at(0x410), 0xbeef); // memory is as it was
    EXPECT_EQ(rtc.read(devices::cmos::shutdown), 0);
}

} // namespace
} // namespace vestige::bios
