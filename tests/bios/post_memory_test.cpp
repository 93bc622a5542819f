// SPDX-License-Identifier: BSD-2-Clause
// The POST memory manager as an option ROM finds and calls it.
#include "option_rom_fixture.hpp"

#include <random>

namespace vestige::bios {
namespace {

constexpr u32 anonymous = 0xffffffff, refused = 0xffffffff;
constexpr u16 conventional = 1, extended = 2, either = 3, aligned = 4, permanent = 8;
constexpr u32 extended_end = 16 * mib - 64 * kib; // the ACPI tables
constexpr u32 all_conventional = 0x7000, all_extended = (extended_end - mib) / 16;
constexpr unsigned most_blocks = 32;

class PostMemory : public test::OptionRomPc {
  protected:
    /// Runs code in the initialisation of a ROM.
    void in_rom(const std::function<void()>& more) {
        give({test::Rom{4}.sealed()});
        code({0xc800, 3}, "init", more);
        EXPECT_TRUE(power_on_to(nothing_boots));
        EXPECT_EQ(calls_made, std::vector<std::string>{"init"});
    }
    FarPtr entry() const {
        const u64 at = find("$PMM");
        return {word_at(at + 9), word_at(at + 7)};
    }
    static u16 low_word(u32 value) { return static_cast<u16>(value); }
    static u16 high_word(u32 value) { return static_cast<u16>(value >> 16); }
    u32 far_call(FarPtr target, const std::vector<u16>& arguments) {
        const u16 sp = cpu.regs.word(cpu::Gpr::rsp);
        for (std::size_t i = arguments.size(); i != 0; --i)
            push(arguments[i - 1]);
        push(home.segment);
        push(home.offset);
        go(target);
        EXPECT_TRUE(run_to(home));
        EXPECT_EQ(cpu.regs.word(cpu::Gpr::rsp), sp - 2 * arguments.size());
        set(cpu::Gpr::rsp, sp);
        return u32{cpu.regs.word(cpu::Gpr::rdx)} << 16 | cpu.regs.word(cpu::Gpr::rax);
    }
    u32 allocate(u32 length, u32 handle, u16 flags) {
        return far_call(entry(), {0, low_word(length), high_word(length), low_word(handle),
                                  high_word(handle), flags});
    }
    u32 find_handle(u32 handle) {
        return far_call(entry(), {1, low_word(handle), high_word(handle)});
    }
    u32 deallocate(u32 buffer) {
        return far_call(entry(), {2, low_word(buffer), high_word(buffer)});
    }
    bool all_zero(u32 at, u32 size) const {
        const auto bytes = bytes_at(at, size);
        return std::all_of(bytes.begin(), bytes.end(),
                           [](std::byte each) { return each == std::byte{0}; });
    }
};

TEST_F(PostMemory, StructureIsAsSpecified) {
    in_rom([this] {
        const u64 at = find("$PMM");
        ASSERT_NE(at, 0U);
        EXPECT_EQ(byte_at(at + 4), 1) << "revision";
        EXPECT_EQ(byte_at(at + 5), 16);
        EXPECT_EQ(sum(bytes_at(at, 16)), 0);
        EXPECT_EQ(entry().segment, 0xf000);
        EXPECT_TRUE(all_zero(static_cast<u32>(at) + 11, 5));
        EXPECT_EQ(dword_at(entry().linear().value()), 0xcbc1010f);
    });
}

TEST_F(PostMemory, BlocksAreClearedAndOfTheirKind) {
    std::fill(low.begin() + 0x10000, low.begin() + 0x80000, std::byte{0x5a});
    std::fill(high.begin(), high.end(), std::byte{0x5a});
    in_rom([this] {
        const u32 below = allocate(0x123, anonymous, conventional);
        const u32 above = allocate(0x10001, anonymous, extended);
        EXPECT_EQ(below, 0x80000U - 0x1230);
        EXPECT_EQ(above, extended_end - 0x100010);
        EXPECT_TRUE(all_zero(below, 0x1230));
        EXPECT_TRUE(all_zero(above, 0x100010));
        EXPECT_EQ(byte_at(below - 1), 0x5a);
        EXPECT_EQ(byte_at(above - 1), 0x5a);
        EXPECT_EQ(byte_at(0x80000), 0);
        EXPECT_EQ(allocate(1, anonymous, either), below - 16);
    });
}

TEST_F(PostMemory, EitherKindIsExtendedWhenTheOtherIsUsedUp) {
    in_rom([this] {
        EXPECT_EQ(allocate(all_conventional, anonymous, conventional), 0x10000U);
        EXPECT_EQ(allocate(1, anonymous, conventional), 0U);
        EXPECT_EQ(allocate(1, anonymous, either), extended_end - 16);
    });
}

TEST_F(PostMemory, AlignmentIsTheLowestBitOfTheLength) {
    in_rom([this] {
        EXPECT_EQ(allocate(1, anonymous, conventional), 0x7fff0U);
        EXPECT_EQ(allocate(0x600, anonymous, conventional | aligned), 0x78000U);
        EXPECT_EQ(allocate(0x600, anonymous, conventional), 0x72000U);
        EXPECT_EQ(allocate(0x7ff, anonymous, conventional), 0x6a010U);
        EXPECT_EQ(allocate(0x1000, anonymous, conventional | aligned), 0x50000U);
        // The gaps that this left.
        EXPECT_EQ(allocate(0x1ff, anonymous, conventional), 0x7e000U);
        EXPECT_EQ(allocate(0x40000, anonymous, extended | aligned), 0x800000U);
        EXPECT_EQ(allocate(0x80000, anonymous, extended | aligned), 0U) << "no 8 MiB at 8 MiB";
    });
}

TEST_F(PostMemory, HandlesNameOneBlockEach) {
    in_rom([this] {
        const u32 first = allocate(4, 0x12345678, extended);
        const u32 second = allocate(4, 0, conventional);
        EXPECT_NE(first, 0U);
        EXPECT_NE(second, 0U);
        EXPECT_EQ(find_handle(0x12345678), first);
        EXPECT_EQ(find_handle(0), second);
        EXPECT_EQ(find_handle(0x5678), 0U);
        EXPECT_EQ(allocate(4, 0x12345678, conventional), 0U) << "in use";
        EXPECT_NE(allocate(4, anonymous, conventional), 0U);
        EXPECT_NE(allocate(4, anonymous, conventional), 0U);
        EXPECT_EQ(find_handle(anonymous), 0U);
        EXPECT_EQ(deallocate(first), 0U);
        EXPECT_EQ(find_handle(0x12345678), 0U);
        EXPECT_EQ(allocate(4, 0x12345678, extended), first);
    });
}

TEST_F(PostMemory, LargestBlockInParagraphs) {
    in_rom([this] {
        EXPECT_EQ(allocate(0, anonymous, conventional), all_conventional);
        EXPECT_EQ(allocate(0, anonymous, extended | aligned), all_extended);
        EXPECT_EQ(allocate(0, anonymous, either), all_extended);
        EXPECT_EQ(allocate(0, anonymous, 0), 0U);
        const u32 top = allocate(0x1000, anonymous, conventional);
        const u32 middle = allocate(0x4000, anonymous, conventional);
        EXPECT_EQ(allocate(0, anonymous, conventional), 0x2000U);
        EXPECT_EQ(allocate(0x2001, anonymous, conventional), 0U);
        EXPECT_EQ(deallocate(middle), 0U);
        EXPECT_NE(allocate(0x2000, anonymous, conventional), 0U);
        EXPECT_EQ(allocate(0, anonymous, conventional), 0x4000U);
        EXPECT_EQ(deallocate(top), 0U);
        EXPECT_EQ(allocate(0, anonymous, conventional), 0x4000U);
    });
}

TEST_F(PostMemory, BlocksAreCountedAndComeBack) {
    in_rom([this] {
        std::vector<u32> blocks;
        for (unsigned i = 0; i < most_blocks; ++i)
            blocks.push_back(allocate(1, i, extended));
        for (unsigned i = 0; i < most_blocks; ++i)
            EXPECT_EQ(find_handle(i), extended_end - 16 * (i + 1));
        EXPECT_EQ(allocate(1, anonymous, extended), 0U);
        EXPECT_EQ(allocate(0, anonymous, extended), 0U) << "there is none to be had";
        EXPECT_EQ(deallocate(blocks[7]), 0U);
        EXPECT_EQ(allocate(1, 100, extended), blocks[7]);
    });
}

TEST_F(PostMemory, WhatIsWrongIsRefused) {
    in_rom([this] {
        EXPECT_EQ(allocate(4, anonymous, 0), 0U);
        EXPECT_EQ(allocate(4, anonymous, aligned), 0U);
        EXPECT_EQ(allocate(4, anonymous, extended | permanent), 0U);
        EXPECT_EQ(allocate(all_extended + 1, anonymous, either), 0U);
        EXPECT_EQ(allocate(0xffffffff, anonymous, either | aligned), 0U);
        EXPECT_EQ(allocate(0x80000000, anonymous, either | aligned), 0U);
        const u32 block = allocate(4, 1, extended);
        for (const u32 wrong : {0U, block + 16, block - 16, block + 1, 0xffffffffU, 0xef810U})
            EXPECT_EQ(deallocate(wrong), refused) << wrong;
        EXPECT_EQ(find_handle(1), block);
        EXPECT_EQ(deallocate(block), 0U);
        EXPECT_EQ(deallocate(block), refused) << "twice";
        for (const u16 function : {u16{3}, u16{0x100}, u16{0xffff}})
            EXPECT_EQ(far_call(entry(), {function, 0, 0, 0, 0, extended}), refused);
    });
}

TEST_F(PostMemory, MemoryThatAnotherRomHasTakenIsLeftAlone) {
    in_rom([this] {
        memory.store<u16>(bda::base_memory, 300);
        EXPECT_EQ(allocate(0, anonymous, conventional), (300 * kib - 0x10000) / 16);
        EXPECT_EQ(allocate(1, anonymous, conventional), 300 * kib - 16);
        memory.store<u16>(bda::base_memory, 0);
        EXPECT_EQ(allocate(0, anonymous, conventional), 0U);
        EXPECT_EQ(allocate(1, anonymous, conventional), 0U);
        memory.store<u16>(bda::base_memory, 0xffff);
        EXPECT_EQ(allocate(1, anonymous, conventional), 0x7fff0U);
    });
}

TEST_F(PostMemory, RegistersAndFlagsStay) {
    in_rom([this] {
        for (const auto name : {cpu::Gpr::rax, cpu::Gpr::rbx, cpu::Gpr::rcx, cpu::Gpr::rdx,
                                cpu::Gpr::rsi, cpu::Gpr::rdi, cpu::Gpr::rbp})
            set(name, 0xaabb0000 + static_cast<u32>(name));
        cpu.regs.rflags |= 0x8d5; // SF, ZF, AF, PF, CF, OF
        const cpu::Registers before = cpu.regs;
        const u32 block = allocate(4, anonymous, extended);
        cpu::Registers expected = before;
        expected.set_word(cpu::Gpr::rax, low_word(block));
        expected.set_word(cpu::Gpr::rdx, high_word(block));
        EXPECT_EQ(cpu.regs.dword(cpu::Gpr::rax), expected.dword(cpu::Gpr::rax));
        EXPECT_EQ(cpu.regs.dword(cpu::Gpr::rdx), expected.dword(cpu::Gpr::rdx));
        EXPECT_EQ(cpu.regs.rflags, before.rflags);
        for (const auto name :
             {cpu::Gpr::rbx, cpu::Gpr::rcx, cpu::Gpr::rsi, cpu::Gpr::rdi, cpu::Gpr::rbp})
            EXPECT_EQ(cpu.regs.dword(name), before.dword(name));
    });
}

TEST_F(PostMemory, IsThereForConnectionVectorsAndGoneAtTheBoot) {
    FarPtr was;
    u32 block = 0;
    give({test::Rom{4}.plug_and_play(0x200, 0).sealed(), test::Rom{4}.sealed()});
    code({0xc800, 3}, "init", [&] {
        was = entry();
        block = allocate(4, 1, extended);
        memory.store<u32>(Gpa{block}, 0x12345678);
    });
    code({0xc880, 3}, "other", [&] { EXPECT_EQ(find_handle(1), block); });
    code({0xc800, 0x200}, "connect", [&] { EXPECT_EQ(find_handle(1), block); });
    ASSERT_TRUE(power_on_to(nothing_boots));
    EXPECT_EQ(calls_made, (std::vector<std::string>{"init", "other", "connect"}));
    EXPECT_EQ(find("$PMM"), 0U);
    EXPECT_TRUE(all_zero(0xef800, 0x800));
    EXPECT_EQ(dword_at(block), 0x12345678U) << "iPXE's image is still there when it is booted";
    EXPECT_EQ(far_call(was, {0, 4, 0, 2, 0, extended}), 0U);
    EXPECT_EQ(far_call(was, {1, 1, 0}), 0U);
    EXPECT_EQ(far_call(was, {2, low_word(block), high_word(block)}), refused);
    EXPECT_TRUE(all_zero(0xef800, 0x800));
}

TEST_F(PostMemory, IsNotThereWithoutRoms) {
    power_on();
    EXPECT_EQ(find("$PMM"), 0U);
}

TEST_F(PostMemory, RomsDoNotReachIt) {
    // From C8000h: two ROMs of 64 KiB and one that ends where the manager begins, or does not.
    static constexpr std::size_t last = (0xef800 - 0xe8000) / 512;
    give({test::Rom{128}.sealed(), test::Rom{128}.sealed(), test::Rom{last + 1}.sealed(),
          test::Rom{last}.sealed()});
    code({0xc800, 3}, "first");
    code({0xd800, 3}, "second");
    code({0xe800, 3}, "last", [this] {
        EXPECT_EQ(byte_at(0xe8002), last);
        EXPECT_NE(allocate(1, anonymous, extended), 0U);
    });
    ASSERT_TRUE(power_on_to(nothing_boots));
    EXPECT_EQ(calls_made, (std::vector<std::string>{"first", "second", "last"}));
}

TEST_F(PostMemory, WithLittleMemoryThereIsNoneAbove) {
    facts.memory_size = mib;
    build_rom(rom, facts);
    in_rom([this] {
        EXPECT_EQ(allocate(0, anonymous, extended), 0U);
        EXPECT_EQ(allocate(1, anonymous, extended), 0U);
        EXPECT_EQ(allocate(1, anonymous, either), 0x7fff0U);
    });
}

TEST_F(PostMemory, AListThatTheRomHasWrittenDoesNoHarm) {
    std::mt19937 random{1};
    in_rom([this, &random] {
        const u32 values[] = {0, 1, 0x10000, 0x7fff0, 0x80000, 0xef800, 0xf0000, mib,
                              extended_end - 16, extended_end, 0xffffffff, 0xfffffff0};
        for (unsigned round = 0; round < 200; ++round) {
            for (u64 at = 0xef810; at < 0xef810 + 12 * most_blocks; at += 4)
                memory.store<u32>(Gpa{at}, random() % 4 == 0 ? static_cast<u32>(random())
                                                             : values[random() % std::size(values)]);
            const u32 length = values[random() % std::size(values)] >> random() % 32;
            const u32 block = allocate(length, static_cast<u32>(random()), random() & 7);
            if (length != 0 && block != 0) {
                const u64 end = block + u64{length} * 16;
                EXPECT_TRUE((block >= 0x10000 && end <= 0x80000) ||
                            (block >= mib && end <= extended_end))
                    << block << ' ' << length;
            }
            deallocate(values[random() % std::size(values)]);
            const u32 found = find_handle(values[random() % std::size(values)]);
            EXPECT_TRUE(found == 0 || (found >= 0x10000 && found < extended_end));
        }
        memory.store<u8>(Gpa{find("$PMM") + 11}, 1);
        EXPECT_EQ(allocate(1, anonymous, extended), 0U) << "not our structure any more";
    });
}

TEST_F(PostMemory, ItsInterruptIsNotTheManager) {
    in_rom([this] {
        dx(0x5678);
        call(pmm_interrupt, 0x1234);
        EXPECT_EQ(cpu.regs.word(cpu::Gpr::rax), 0x1234);
        EXPECT_EQ(cpu.regs.word(cpu::Gpr::rdx), 0x5678);
    });
}

TEST_F(PostMemory, IsCalledFromRealMode) {
    EXPECT_TRUE(callable_from(cpu, Entry::real_far_call));
    cpu.cr0_value |= cpu::cr0::pe;
    cpu.at(cpu::SegmentName::cs) = {0x08, 0, 0xffff, 0x9b};
    EXPECT_FALSE(callable_from(cpu, Entry::real_far_call));
    cpu.at(cpu::SegmentName::cs) = {0x08, 0, 0xffffffff, 0xc09b};
    EXPECT_FALSE(callable_from(cpu, Entry::real_far_call));
}

} // namespace
} // namespace vestige::bios
