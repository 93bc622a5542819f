// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/bios/rom.hpp"

#include "pc_fixture.hpp"

#include <numeric>

namespace vestige::bios {
namespace {

using Rom = test::Pc;

TEST_F(Rom, IdentifiesEveryStubByItsAddressAndNothingElse) {
    unsigned found = 0;
    for (u64 at = rom_base.value(); at < rom_base.value() + rom_size; ++at) {
        const auto stub = identify(Linear{at});
        if (!stub)
            continue;
        ++found;
        if (at == 0xf0000 + video_door)
            continue; // an OUT: door_test.cpp
        EXPECT_EQ(byte_at(at), 0x0f);
        EXPECT_EQ(word_at(at + 1), 0xc101);
        EXPECT_EQ(byte_at(at + 3), ends_with_retf(stub->entry) ? 0xcb : 0xcf);
        EXPECT_EQ(identify(Linear{at + 0xfff00000})->interrupt, stub->interrupt);
    }
    EXPECT_EQ(found, 4U * 256 + 4);
    EXPECT_EQ(identify(Linear{0xf0000 + call_stubs + 4 * 0x13})->interrupt, 0x13);
    for (const u64 elsewhere : {u64{0}, u64{0x400}, u64{0xe8000}, u64{0x100000 + call_stubs},
                                u64{0xffffffff}, u64{0x1000f8000}})
        EXPECT_FALSE(identify(Linear{elsewhere})) << elsewhere;
}

TEST_F(Rom, EveryVmcallInTheRomIsAStub) {
    for (u64 at = rom_base.value(); at < rom_base.value() + rom_size - 2; ++at)
        if (byte_at(at) == 0x0f && word_at(at + 1) == 0xc101) {
            EXPECT_TRUE(identify(Linear{at})) << std::hex << at;
        }
}

TEST_F(Rom, FixedEntryPointsReachTheirServices) {
    const std::map<u16, u8> expected{
        {0xe2c3, 0x02}, {0xe3fe, 0x13},          {0xe6f2, 0x19}, {0xe739, 0x14}, {0xe82e, 0x16},
        {0xe987, 0x09}, {0xec59, 0x40},          {0xef57, 0x0e}, {0xefd2, 0x17}, {0xf065, 0x10},
        {0xf841, 0x12}, {0xf84d, 0x11},          {0xf859, 0x15}, {0xfe6e, 0x1a}, {0xfea5, 0x08},
        {0xff54, 0x05}, {0xe05b, post_interrupt}};
    for (const auto& [offset, interrupt] : expected) {
        cpu.regs.rflags &= ~cpu::rflags::interrupt;
        go({0xf000, offset});
        ASSERT_TRUE(step());
        EXPECT_EQ(identify(Linear{cpu::linear_rip(cpu)})->interrupt, interrupt) << offset;
    }
}

TEST_F(Rom, BytesThatProgramsLookAt) {
    EXPECT_EQ(byte_at(0xfff53), 0xcf);
    EXPECT_EQ(byte_at(0xffffe), 0xfc);
    EXPECT_EQ(dword_at(0xffff1), 0xf000e05b); // jmp F000:E05B
    EXPECT_EQ(byte_at(0xffff0), 0xea);
    EXPECT_EQ(byte_at(0xffff7), '/');
    EXPECT_EQ(byte_at(0xffffa), '/');
    u8 sum = 0;
    for (const std::byte b : rom)
        sum = static_cast<u8>(sum + static_cast<u8>(b));
    EXPECT_EQ(sum, 0);
    EXPECT_EQ(byte_at(0xfefc7 + 3), 2);  // 512-byte sectors
    EXPECT_EQ(byte_at(0xfefc7 + 4), 18); // per track
    EXPECT_EQ(word_at(0xfe729), 1047);   // 110 baud
    EXPECT_EQ(byte_at(0xff0a4 + 16), 0x71);
    EXPECT_EQ(word_at(0xffef3), 0xfea5); // INT 08h
}

TEST_F(Rom, TableOfThePreviousEntryPointIsIntact) {
    // INT 19h has three bytes before the configuration table.
    EXPECT_EQ(byte_at(0xfe6f2), 0xe9);
    EXPECT_EQ(word_at(0xfe6f5), 8);
    EXPECT_EQ(byte_at(0xfe6f7), 0xfc);
}

TEST_F(Rom, VectorsPointIntoTheRomOrNowhere) {
    for (unsigned i = 0; i < 256; ++i) {
        const FarPtr vector = default_vector(static_cast<u8>(i));
        const bool none = (i >= 0x60 && i <= 0x67) || i == 0x79;
        EXPECT_EQ(vector == FarPtr{}, none) << i;
        if (!none) {
            EXPECT_EQ(vector.segment, 0xf000) << i;
        }
    }
}

TEST_F(Rom, GuestsCannotChangeIt) {
    memory.store<u32>(Gpa{0xf8000}, 0);
    EXPECT_EQ(word_at(0xf8000), 0x010f);
}

} // namespace
} // namespace vestige::bios
