// SPDX-License-Identifier: BSD-2-Clause
#include "option_rom_fixture.hpp"

namespace vestige::bios {
namespace {

using test::Rom;
using OptionRoms = test::OptionRomPc;

TEST_F(OptionRoms, AreInitialisedInOrderAtTwoKibSteps) {
    give({Rom{5}.sealed(), Rom{1}.sealed()});
    code({0xc800, 3}, "first", [this] {
        const u64 installation = cpu.segment(cpu::SegmentName::es).base + cpu.regs.word(cpu::Gpr::rdi);
        EXPECT_EQ(installation, find("$PnP"));
        EXPECT_NE(cpu.regs.rflags & cpu::rflags::interrupt, 0U);
    });
    code({0xc900, 3}, "second");
    ASSERT_TRUE(power_on_to(nothing_boots));
    EXPECT_EQ(calls_made, (std::vector<std::string>{"first", "second"}));
}

TEST_F(OptionRoms, DisplaysComeFirstAndToTheirOwnPlace) {
    give({Rom{4}.sealed(), Rom{64}.display().sealed()});
    code({0xc000, 3}, "display");
    code({0xc800, 3}, "other");
    ASSERT_TRUE(power_on_to(nothing_boots));
    EXPECT_EQ(calls_made, (std::vector<std::string>{"display", "other"}));
}

TEST_F(OptionRoms, WithoutADisplayThereIsARomWithItsName) {
    power_on();
    EXPECT_EQ(memory.load<u16>(Gpa{0xc0000}), 0xaa55);
    EXPECT_EQ(memory.load<u8>(Gpa{0xc0002}), 1);
    EXPECT_EQ(memory.load<u8>(Gpa{0xc0003}), 0xcb) << "RETF";
    EXPECT_EQ(memory.load<u16>(Gpa{0xc001e}), 0x4249) << "IBM";
    u8 sum = 0;
    for (u64 i = 0; i < 512; ++i)
        sum = static_cast<u8>(sum + memory.load<u8>(Gpa{0xc0000 + i}));
    EXPECT_EQ(sum, 0);
}

TEST_F(OptionRoms, TheNextOneTakesTheRoomThatOneGivesUp) {
    give({Rom{64}.sealed(), Rom{64}.sealed(), Rom{4}.sealed()});
    code({0xc800, 3}, "shrinks", [this] { memory.store<u8>(Gpa{0xc8002}, 4); });
    code({0xc880, 3}, "goes", [this] { memory.store<u16>(Gpa{0xc8800}, 0); });
    // The third is put where the second was; its code is the same handler's place.
    ASSERT_TRUE(power_on_to(nothing_boots));
    EXPECT_EQ(calls_made, (std::vector<std::string>{"shrinks", "goes", "goes"}));
}

TEST_F(OptionRoms, BrokenImagesAreLeftOut) {
    Rom bad_sum = Rom{4}.sealed(), no_signature = Rom{4}.sealed(), cut = Rom{4}.sealed(),
        empty = Rom{4}.sealed();
    bad_sum.bytes[100] = std::byte{1};
    no_signature.bytes[0] = std::byte{0};
    cut.bytes.resize(1000);
    empty.bytes[2] = std::byte{0};
    give({bad_sum, no_signature, cut, empty, Rom{4}.sealed()});
    code({0xc800, 3}, "good");
    ASSERT_TRUE(power_on_to(nothing_boots));
    EXPECT_EQ(calls_made, (std::vector<std::string>{"good"}));
}

TEST_F(OptionRoms, ConnectionVectorsAreCalledOnceBeforeTheBoot) {
    give({Rom{4}.plug_and_play(0x200, 0).sealed(), Rom{4}.sealed(),
          Rom{4}.plug_and_play(0x300, 0).sealed()});
    for (const u16 segment : {0xc800, 0xc880, 0xc900})
        code({segment, 3}, "init");
    code({0xc800, 0x200}, "connect 1");
    code({0xc900, 0x300}, "connect 3");
    ASSERT_TRUE(power_on_to(nothing_boots));
    EXPECT_EQ(calls_made,
              (std::vector<std::string>{"init", "init", "init", "connect 1", "connect 3"}));
}

TEST_F(OptionRoms, TheirDataSegmentsReachAllMemoryUntilTheBoot) {
    using enum cpu::SegmentName;
    std::vector<u32> limits;
    const auto note = [&] {
        for (const auto name : {ds, es, fs, gs})
            limits.push_back(cpu.segment(name).limit);
    };
    give({Rom{4}.sealed()});
    code({0xc800, 3}, "init", note);
    ASSERT_TRUE(power_on_to(nothing_boots));
    EXPECT_EQ(limits, std::vector<u32>(4, 0xffffffff));
    limits.clear();
    note();
    EXPECT_EQ(limits, std::vector<u32>(4, 0xffff));
}

TEST_F(OptionRoms, BootstrapVectorIsInTheBootOrder) {
    boot_order = "acdn";
    give({Rom{4}.plug_and_play(0, 0x200).sealed()});
    code({0xc800, 3}, "init");
    ASSERT_TRUE(power_on_to({0xc800, 0x200}));
    EXPECT_EQ(calls_made, (std::vector<std::string>{"init"}));
    code({0xc800, 0x200}, "boot"); // comes back without having booted
    ASSERT_TRUE(run_to(nothing_boots));
    EXPECT_EQ(calls_made, (std::vector<std::string>{"init", "boot"}));
}

TEST_F(OptionRoms, WithoutAPlaceInTheBootOrderNobodyBootsIt) {
    boot_order = "acd";
    give({Rom{4}.plug_and_play(0, 0x200).sealed()});
    code({0xc800, 3}, "init");
    code({0xc800, 0x200}, "boot");
    ASSERT_TRUE(power_on_to(nothing_boots));
    EXPECT_EQ(calls_made, (std::vector<std::string>{"init"}));
}

TEST_F(OptionRoms, TheBootGoesThroughAHookedVector) {
    give({Rom{4}.sealed()});
    code({0xc800, 3}, "init", [this] { memory.store<u32>(Gpa{0x19 * 4}, 0xc8000200); });
    EXPECT_TRUE(power_on_to({0xc800, 0x200}));
}

TEST_F(OptionRoms, ASpoiltStackLeadsNowhereElse) {
    give({Rom{4}.sealed(), Rom{4}.sealed()});
    code({0xc800, 3}, "init", [this] {
        const u64 stack = cpu.regs.word(cpu::Gpr::rsp);
        for (u64 i = 2; i < 6; ++i)
            memory.store<u16>(Gpa{stack + 2 * i}, 0xffff);
    });
    EXPECT_TRUE(power_on_to(nothing_boots));
    EXPECT_EQ(calls_made, (std::vector<std::string>{"init"}));
}

} // namespace
} // namespace vestige::bios
