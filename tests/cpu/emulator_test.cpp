// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/emulator.hpp"

#include "guest_fixture.hpp"
#include "memory_bus_fake.hpp"

#include <random>

namespace vestige::cpu {
namespace {

class EmulatorTest : public test::GuestFixture {
  protected:
    /// Puts code at CS:RIP and emulates one instruction.
    Emulation run(std::initializer_list<unsigned> code) {
        put(linear_rip(cpu).value(), code);
        return emulate_instruction(access, bus, cache, features);
    }
    void expect_done(std::initializer_list<unsigned> code, bool finished = true) {
        const u64 rip = cpu.regs.rip;
        const Emulation result = run(code);
        const auto* done = std::get_if<Emulated>(&result);
        ASSERT_NE(done, nullptr);
        EXPECT_EQ(done->finished, finished);
        if (!finished) {
            EXPECT_EQ(cpu.regs.rip, rip);
        }
    }
    void expect_event(std::initializer_list<unsigned> code, const Event& event) {
        const u64 rip = cpu.regs.rip;
        const Emulation result = run(code);
        const auto* raised = std::get_if<Event>(&result);
        ASSERT_NE(raised, nullptr);
        EXPECT_EQ(*raised, event);
        EXPECT_EQ(cpu.regs.rip, rip);
    }
    void run_real() { cpu.run_at({0x1000, 0x100}, {0x2000, 0x1000}); }

    EmulatorFeatures features;
    test::FakeBus bus{memory};
    DecodeCache cache;
};

TEST_F(EmulatorTest, RealModeStores) {
    run_real();
    cpu.load_real(SegmentName::es, 0xb800);
    cpu.regs.set_word(Gpr::rax, 0x0741);
    cpu.regs.set_word(Gpr::rdi, 0xfffe);
    expect_done({0x26, 0x89, 0x05}); // MOV ES:[DI],AX
    EXPECT_EQ(cpu.regs.rip, 0x103U);
    EXPECT_EQ(bus.log, (std::vector<test::FakeBus::Access>{{0xc7ffe, 2, true}}));
    EXPECT_EQ(memory.load<u16>(Gpa{0xc7ffe}), 0x0741);
}

TEST_F(EmulatorTest, SixteenBitAddressesWrap) {
    run_real();
    cpu.load_real(SegmentName::ds, 0x3000);
    cpu.regs.set_word(Gpr::rbx, 0xfff0);
    cpu.regs.set_word(Gpr::rsi, 0x0020);
    memory.store<u8>(Gpa{0x3000e}, 0x5a);
    expect_done({0x8a, 0x40, 0xfe}); // MOV AL,[BX+SI-2]
    EXPECT_EQ(cpu.regs.low(Gpr::rax), 0x5a);
    cpu.regs.set_word(Gpr::rbp, 0x10);
    memory.store<u16>(Gpa{0x20012}, 0x1234);
    expect_done({0x8b, 0x46, 0x02}); // MOV AX,[BP+2] by SS
    EXPECT_EQ(cpu.regs.word(Gpr::rax), 0x1234);
}

TEST_F(EmulatorTest, OperandsBeyondTheLimitFault) {
    run_real();
    expect_event({0xa1, 0xff, 0xff}, general_protection()); // MOV AX,[FFFF]
    expect_event({0x36, 0xa1, 0xff, 0xff}, fault(exception::ss, 0));
    expect_event({0x67, 0xa1, 0x00, 0x00, 0x01, 0x00}, general_protection());
    EXPECT_EQ(bus.count, 0U);
    cpu.at(SegmentName::ds).limit = 0xffffffff;
    memory.store<u16>(Gpa{0xb8000}, 0x0720);
    expect_done({0x67, 0xa1, 0x00, 0x80, 0x0b, 0x00});
    EXPECT_EQ(cpu.regs.word(Gpr::rax), 0x0720);
}

TEST_F(EmulatorTest, MemoryOffsetsInEveryMode) {
    enter_protected();
    memory.store<u32>(Gpa{0x3000}, 0x89abcdef);
    expect_done({0xa1, 0x00, 0x30, 0x00, 0x00});
    EXPECT_EQ(cpu.regs.get(Gpr::rax), 0x89abcdefU);
    expect_done({0xa2, 0x04, 0x30, 0x00, 0x00});
    EXPECT_EQ(memory.load<u8>(Gpa{0x3004}), 0xef);
    enter_long();
    memory.store<u64>(Gpa{0x3008}, 0x1122334455667788);
    expect_done({0x48, 0xa1, 0x08, 0x30, 0, 0, 0, 0, 0, 0});
    EXPECT_EQ(cpu.regs.get(Gpr::rax), 0x1122334455667788U);
    memory.store<u32>(Gpa{linear_rip(cpu).value() + 0x106}, 0x77);
    expect_done({0x8b, 0x0d, 0x00, 0x01, 0x00, 0x00}); // MOV ECX,[RIP+100h]
    EXPECT_EQ(cpu.regs.get(Gpr::rcx), 0x77U);
}

TEST_F(EmulatorTest, SegmentRegistersAreStored) {
    run_real();
    cpu.regs.set_word(Gpr::rbx, 0x40);
    cpu.load_real(SegmentName::fs, 0x1234);
    expect_done({0x8c, 0x27}); // MOV [BX],FS
    EXPECT_EQ(memory.load<u16>(Gpa{0x40}), 0x1234);
    const Emulation load = run({0x8e, 0x07}); // MOV ES,[BX]
    ASSERT_TRUE(std::holds_alternative<CannotEmulate>(load));
    EXPECT_EQ(std::get<CannotEmulate>(load).text.view(), "mov es, [bx]");
}

TEST_F(EmulatorTest, AccessesAcrossPagesAreSplitAndAllOrNothing) {
    enter_protected(3);
    cpu.cr0_value |= cr0::pg;
    cpu.cr3_value = 0x10000;
    memory.store<u32>(Gpa{0x10000}, 0x11007);
    memory.store<u32>(Gpa{0x11000 + 4 * 8}, 0x8007);
    memory.store<u32>(Gpa{0x11000 + 4 * 3}, 0x33007);
    cpu.regs.set(Gpr::rax, 0x44332211);
    cpu.regs.set(Gpr::rbx, 0x3ffe);
    expect_event({0x89, 0x03}, fault(exception::pf, 6));
    EXPECT_EQ(cpu.cr2_value, 0x4000U);
    EXPECT_EQ(bus.count, 0U);
    memory.store<u32>(Gpa{0x11000 + 4 * 4}, 0x55007);
    expect_done({0x89, 0x03});
    EXPECT_EQ(memory.load<u16>(Gpa{0x33ffe}), 0x2211);
    EXPECT_EQ(memory.load<u16>(Gpa{0x55000}), 0x4433);
    EXPECT_EQ(bus.count, 4U);
}

TEST_F(EmulatorTest, ReadModifyWriteNeedsAWritablePage) {
    enter_protected(3);
    cpu.cr0_value |= cr0::pg;
    cpu.cr3_value = 0x10000;
    memory.store<u32>(Gpa{0x10000}, 0x11007);
    memory.store<u32>(Gpa{0x11000 + 4 * 8}, 0x8007);
    memory.store<u32>(Gpa{0x11000 + 4 * 3}, 0x33005);
    cpu.regs.set(Gpr::rbx, 0x3000);
    for (const unsigned opcode : {0x01U, 0x87U})
        expect_event({opcode, 0x03}, fault(exception::pf, 7));
    expect_event({0x0f, 0xba, 0x2b, 0x01}, fault(exception::pf, 7));
    EXPECT_EQ(bus.count, 0U);
    expect_done({0x39, 0x03});
}

TEST_F(EmulatorTest, StackInstructions) {
    run_real();
    cpu.regs.set_word(Gpr::rbx, 0x40);
    memory.store<u32>(Gpa{0x40}, 0x80001234);
    expect_done({0xff, 0x37}); // PUSH [BX]
    EXPECT_EQ(cpu.regs.word(Gpr::rsp), 0xffe);
    EXPECT_EQ(memory.load<u16>(Gpa{0x20ffe}), 0x1234);
    expect_done({0x66, 0xff, 0x37});
    EXPECT_EQ(memory.load<u32>(Gpa{0x20ffa}), 0x80001234U);
    expect_done({0x6a, 0xfe}); // PUSH -2
    EXPECT_EQ(memory.load<u16>(Gpa{0x20ff8}), 0xfffe);
    cpu.regs.set_word(Gpr::rbx, 0x50);
    expect_done({0x8f, 0x07}); // POP [BX]
    EXPECT_EQ(memory.load<u16>(Gpa{0x50}), 0xfffe);
    EXPECT_EQ(cpu.regs.word(Gpr::rsp), 0xffa);
    cpu.load_real(SegmentName::es, 0xabcd);
    expect_done({0x06}); // PUSH ES
    EXPECT_EQ(memory.load<u16>(Gpa{0x20ff8}), 0xabcd);
    expect_done({0x58});
    EXPECT_EQ(cpu.regs.word(Gpr::rax), 0xabcd);
}

TEST_F(EmulatorTest, StackPointersWrapAndFault) {
    run_real();
    cpu.regs.set(Gpr::rsp, 0x55550000);
    expect_done({0x50});
    EXPECT_EQ(cpu.regs.get(Gpr::rsp), 0x5555fffeU);
    cpu.regs.set(Gpr::rsp, 1);
    expect_event({0x50}, fault(exception::ss, 0));
    EXPECT_EQ(cpu.regs.get(Gpr::rsp), 1U);
    cpu.regs.set(Gpr::rsp, 0x1000);
    cpu.regs.set_word(Gpr::rbx, 0xffff);
    expect_event({0x8f, 0x07}, general_protection());
    EXPECT_EQ(cpu.regs.get(Gpr::rsp), 0x1000U);
}

TEST_F(EmulatorTest, PopAddressesByTheNewStackPointer) {
    enter_protected();
    memory.store<u32>(Gpa{0x7000}, 0xcafe);
    expect_done({0x8f, 0x04, 0x24}); // POP [ESP]
    EXPECT_EQ(memory.load<u32>(Gpa{0x7004}), 0xcafeU);
    memory.store<u32>(Gpa{0x7004}, 0x6000);
    expect_done({0x5c}); // POP ESP
    EXPECT_EQ(cpu.regs.get(Gpr::rsp), 0x6000U);
}

TEST_F(EmulatorTest, BranchesThroughMemory) {
    run_real();
    cpu.regs.set_word(Gpr::rbx, 0x40);
    memory.store<u16>(Gpa{0x40}, 0x4321);
    expect_done({0xff, 0x17}); // CALL [BX]
    EXPECT_EQ(cpu.regs.rip, 0x4321U);
    EXPECT_EQ(memory.load<u16>(Gpa{0x20ffe}), 0x102);
    expect_done({0xff, 0x27}); // JMP [BX]
    EXPECT_EQ(cpu.regs.rip, 0x4321U);
    expect_done({0xe8, 0xfd, 0xff}); // CALL $
    EXPECT_EQ(cpu.regs.rip, 0x4321U);
    EXPECT_EQ(memory.load<u16>(Gpa{0x20ffc}), 0x4324);
    expect_done({0xc2, 0x02, 0x00}); // RET 2
    EXPECT_EQ(cpu.regs.rip, 0x4324U);
    EXPECT_EQ(cpu.regs.word(Gpr::rsp), 0x1000);
    memory.store<u32>(Gpa{0x40}, 0x10000);
    expect_event({0x66, 0xff, 0x27}, general_protection());
    const Emulation far_jump = run({0xff, 0x2f});
    EXPECT_TRUE(std::holds_alternative<CannotEmulate>(far_jump));
    enter_long();
    cpu.regs.set(Gpr::rbx, 0x40);
    memory.store<u64>(Gpa{0x40}, u64{1} << 60);
    expect_event({0xff, 0x13}, general_protection());
    EXPECT_EQ(cpu.regs.get(Gpr::rsp), 0x7000U);
}

TEST_F(EmulatorTest, RepetitionsComeInChunks) {
    features.most_repetitions = 16;
    run_real();
    cpu.load_real(SegmentName::es, 0x3000);
    cpu.regs.set(Gpr::rcx, 0xaaaa0000 | 40);
    cpu.regs.set_word(Gpr::rdi, 0x10);
    cpu.regs.set_word(Gpr::rax, 0x2020);
    expect_done({0xf3, 0xab}, false);
    EXPECT_EQ(cpu.regs.get(Gpr::rcx), 0xaaaa0000U | 24);
    EXPECT_NE(cpu.regs.rflags & rflags::rf, 0U);
    expect_done({0xf3, 0xab}, false);
    expect_done({0xf3, 0xab}, true);
    EXPECT_EQ(cpu.regs.get(Gpr::rcx), 0xaaaa0000U);
    EXPECT_EQ(cpu.regs.word(Gpr::rdi), 0x60);
    EXPECT_EQ(cpu.regs.rip, 0x102U);
    EXPECT_EQ(cpu.regs.rflags & rflags::rf, 0U);
    EXPECT_EQ(memory.load<u16>(Gpa{0x3005e}), 0x2020);
    EXPECT_EQ(memory.load<u16>(Gpa{0x30060}), 0);
    EXPECT_EQ(bus.count, 40U);
}

TEST_F(EmulatorTest, RepetitionsStopAtTheFault) {
    run_real();
    cpu.load_real(SegmentName::es, 0x3000);
    cpu.regs.set_word(Gpr::rcx, 4);
    cpu.regs.set_word(Gpr::rdi, 0xfffb);
    expect_event({0xf3, 0xab}, general_protection());
    EXPECT_EQ(cpu.regs.word(Gpr::rcx), 2);
    EXPECT_EQ(cpu.regs.word(Gpr::rdi), 0xffff);
}

TEST_F(EmulatorTest, SourcesOfStringsMayBeOverridden) {
    run_real();
    cpu.load_real(SegmentName::fs, 0x3000);
    cpu.load_real(SegmentName::es, 0x4000);
    memory.store<u8>(Gpa{0x30005}, 0x99);
    cpu.regs.set_word(Gpr::rsi, 5);
    cpu.regs.set_word(Gpr::rdi, 0xffff);
    expect_done({0x64, 0xa4}); // MOVS FS
    EXPECT_EQ(memory.load<u8>(Gpa{0x4ffff}), 0x99);
    EXPECT_EQ(cpu.regs.word(Gpr::rdi), 0);
    cpu.regs.set_word(Gpr::rsi, 5);
    expect_done({0x64, 0xac}); // LODS FS
    EXPECT_EQ(cpu.regs.low(Gpr::rax), 0x99);
}

TEST_F(EmulatorTest, SingleStepsEveryRepetition) {
    run_real();
    cpu.load_real(SegmentName::es, 0x3000);
    cpu.regs.rflags |= rflags::tf;
    cpu.regs.set_word(Gpr::rcx, 2);
    cpu.regs.set_word(Gpr::rdi, 0);
    const Emulation first = run({0xf3, 0xaa});
    ASSERT_TRUE(std::holds_alternative<Emulated>(first));
    EXPECT_FALSE(std::get<Emulated>(first).finished);
    EXPECT_TRUE(std::get<Emulated>(first).single_step);
    EXPECT_EQ(cpu.regs.word(Gpr::rcx), 1);
    const Emulation second = run({0xf3, 0xaa});
    EXPECT_TRUE(std::get<Emulated>(second).finished);
    EXPECT_TRUE(std::get<Emulated>(second).single_step);
}

TEST_F(EmulatorTest, CodeThatIsNoCodeOrTooLong) {
    run_real();
    expect_event({0xff, 0xff}, undefined_opcode());
    expect_event({0x0f, 0x0b}, undefined_opcode());
    put(linear_rip(cpu).value(), {0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                  0x66, 0x66, 0x66, 0x66, 0x66});
    expect_event({0x66}, general_protection());
    EXPECT_EQ(bus.count, 0U);
}

TEST_F(EmulatorTest, FetchingBeyondTheSegmentOrFromAbsentPages) {
    run_real();
    cpu.regs.rip = 0xffff;
    expect_event({0x89}, general_protection());
    cpu.load_real(SegmentName::cs, 0x1000);
    cpu.at(SegmentName::cs).base = 0x80000000;
    cpu.regs.rip = 0;
    expect_event({}, undefined_opcode());
    enter_protected();
    cpu.cr0_value |= cr0::pg;
    cpu.cr3_value = 0x10000;
    memory.store<u32>(Gpa{0x10000}, 0x11007);
    memory.store<u32>(Gpa{0x11000 + 4 * 8}, 0x8007);
    cpu.regs.rip = 0x8fff;
    expect_event({0x89}, fault(exception::pf, 0));
    EXPECT_EQ(cpu.cr2_value, 0x9000U);
    memory.store<u32>(Gpa{0x11000 + 4 * 9}, 0x20007);
    memory.store<u8>(Gpa{0x20000}, 0xd8); // MOV EAX,EBX
    cpu.regs.set(Gpr::rbx, 0x1357);
    expect_done({0x89});
    EXPECT_EQ(cpu.regs.get(Gpr::rax), 0x1357U);
    EXPECT_EQ(cpu.regs.rip, 0x9001U);
}

TEST_F(EmulatorTest, MovbeOnlyWhenOffered) {
    enter_protected();
    cpu.regs.set(Gpr::rbx, 0x40);
    memory.store<u32>(Gpa{0x40}, 0x11223344);
    expect_event({0x0f, 0x38, 0xf0, 0x03}, undefined_opcode());
    features.movbe = true;
    expect_done({0x0f, 0x38, 0xf0, 0x03});
    EXPECT_EQ(cpu.regs.get(Gpr::rax), 0x44332211U);
}

TEST_F(EmulatorTest, OtherInstructionsAreNamed) {
    enter_protected();
    const Emulation result = run({0x0f, 0x28, 0x03}); // MOVAPS
    ASSERT_TRUE(std::holds_alternative<CannotEmulate>(result));
    EXPECT_EQ(std::get<CannotEmulate>(result).text.view(), "movaps xmm0, [ebx]");
}

TEST_F(EmulatorTest, CompatibilityAndSixteenBitProtectedCode) {
    enter_long();
    cpu.at(SegmentName::cs).access_rights = 0xc09b;
    cpu.regs.set(Gpr::rbx, 0xffffffff00000040);
    memory.store<u32>(Gpa{0x40}, 0x12345678);
    expect_done({0x8b, 0x03});
    EXPECT_EQ(cpu.regs.get(Gpr::rax), 0x12345678U);
    cpu.at(SegmentName::cs).access_rights = 0x809b;
    expect_done({0x8b, 0x07}); // MOV AX,[BX]
    EXPECT_EQ(cpu.regs.get(Gpr::rax), 0x12345678U);
    EXPECT_EQ(cpu.regs.rip, 0x8004U);
}

/// Random code in every mode on a machine with random page tables: nothing but the checks of the
/// classes involved (bus, containers, sanitizers) and bounds on the work done.
TEST_F(EmulatorTest, RandomCodeStaysWithinBounds) {
    std::mt19937_64 random{7};
    features = {.movbe = true, .most_repetitions = 64};
    unsigned executed = 0;
    for (int round = 0; round < 60000; ++round) {
        cpu = test::FakeCpu{};
        switch (round % 5) {
        case 0:
            run_real();
            break;
        case 1:
            enter_protected(round % 2 != 0 ? 3 : 0);
            break;
        case 2:
            enter_protected(0, false);
            break;
        case 3:
            enter_long(round % 2 != 0 ? 3 : 0);
            break;
        default:
            enter_protected(3);
            cpu.cr0_value |= cr0::pg;
            cpu.cr3_value = random() & 0x3fffff;
            break;
        }
        for (u64& each : cpu.regs.gpr)
            each = random() >> random() % 64;
        if (round % 3 == 0)
            cpu.regs.rip = random() >> random() % 64;
        cpu.regs.rflags = 2 | (random() & 0xcd5);
        std::byte code[15];
        for (std::byte& each : code)
            each = static_cast<std::byte>(random());
        memory.write(Gpa{linear_rip(cpu).value() & 0x3fffff}, code);
        bus.count = 0;
        const u64 rip = cpu.regs.rip;
        const Emulation result = emulate_instruction(access, bus, cache, features);
        EXPECT_LE(bus.count, 2U * 8 * 64);
        if (std::holds_alternative<Emulated>(result))
            ++executed;
        else
            EXPECT_EQ(cpu.regs.rip, rip);
    }
    EXPECT_GT(executed, 5000U);
}

} // namespace
} // namespace vestige::cpu
