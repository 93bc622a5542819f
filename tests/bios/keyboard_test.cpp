// SPDX-License-Identifier: BSD-2-Clause
// INT 09h and INT 16h.
#include "pc_fixture.hpp"

namespace vestige::bios {
namespace {

using cpu::Gpr;

class Keys : public test::Pc {
  protected:
    /// The next key by AH=10h; 0 when none waits.
    u16 next() {
        if (call(0x16, 0x1100).zero())
            return 0;
        return call(0x16, 0x1000).regs.word(Gpr::rax);
    }
    void press(u8 code) { type({code, static_cast<u8>(code | 0x80)}); }
    void press_grey(u8 code) { type({0xe0, code, 0xe0, static_cast<u8>(code | 0x80)}); }
};

TEST_F(Keys, LettersFollowShiftAndCapsLock) {
    press(0x1e);
    EXPECT_EQ(next(), 0x1e61);
    type({0x2a, 0x1e, 0x9e, 0xaa});
    EXPECT_EQ(next(), 0x1e41);
    press(0x3a);
    EXPECT_EQ(byte_at(0x417), 0x40);
    press(0x1e);
    EXPECT_EQ(next(), 0x1e41);
    type({0x36, 0x1e, 0x9e, 0xb6});
    EXPECT_EQ(next(), 0x1e61);
    press(0x02);
    EXPECT_EQ(next(), 0x0231) << "Caps Lock is for letters";
    type({0x1d, 0x1e, 0x9e, 0x9d});
    EXPECT_EQ(next(), 0x1e01);
    type({0x38, 0x1e, 0x9e, 0xb8});
    EXPECT_EQ(next(), 0x1e00);
    EXPECT_EQ(next(), 0);
}

TEST_F(Keys, LocksToggleOncePerPressAndLightUp) {
    type({0x3a, 0x3a, 0x3a});
    EXPECT_EQ(byte_at(0x417) & 0x40, 0x40);
    EXPECT_EQ(byte_at(0x418) & 0x40, 0x40);
    EXPECT_EQ(keyboard.leds(), 4);
    EXPECT_EQ(byte_at(0x497) & 7, 4);
    type({0xba, 0x45, 0xc5, 0x46, 0xc6});
    EXPECT_EQ(byte_at(0x417) & 0x70, 0x70);
    EXPECT_EQ(byte_at(0x418) & 0x70, 0);
    EXPECT_EQ(keyboard.leds(), 7);
    press(0x3a);
    EXPECT_EQ(keyboard.leds(), 3);
    EXPECT_EQ(next(), 0) << "the keyboard's answers are no keys";
}

TEST_F(Keys, KeypadFollowsNumLock) {
    press(0x47);
    EXPECT_EQ(next(), 0x4700);
    type({0x2a, 0x47, 0xc7, 0xaa});
    EXPECT_EQ(next(), 0x4737);
    press(0x45);
    press(0x47);
    EXPECT_EQ(next(), 0x4737);
    type({0x2a, 0x47, 0xc7, 0xaa});
    EXPECT_EQ(next(), 0x4700);
}

TEST_F(Keys, GreyKeysHaveCodesOfTheirOwn) {
    press_grey(0x48);
    EXPECT_EQ(next(), 0x48e0);
    press_grey(0x1c);
    EXPECT_EQ(next(), 0xe00d);
    press_grey(0x35);
    EXPECT_EQ(next(), 0xe02f);
    type({0x1d, 0xe0, 0x4b, 0xe0, 0xcb, 0x9d});
    EXPECT_EQ(next(), 0x73e0);
    type({0x1d, 0xe0, 0x35, 0xe0, 0xb5, 0x9d});
    EXPECT_EQ(next(), 0x9500);
    type({0xe0, 0x38, 0xe0, 0x47, 0xe0, 0xc7, 0xe0, 0xb8});
    EXPECT_EQ(next(), 0x9700);
    type({0xe0, 0x2a, 0xe0, 0x53, 0xe0, 0xd3, 0xe0, 0xaa});
    EXPECT_EQ(next(), 0x53e0) << "filler codes are not Shift";
    EXPECT_EQ(byte_at(0x417), 0);
}

TEST_F(Keys, OldServicesHideOrTranslateNewKeys) {
    press_grey(0x48);
    EXPECT_EQ(call(0x16, 0x0000).regs.word(Gpr::rax), 0x4800);
    press_grey(0x1c);
    EXPECT_EQ(call(0x16, 0x0000).regs.word(Gpr::rax), 0x1c0d);
    press(0x57); // F11 is not hidden: SeaBIOS and rombios show it
    EXPECT_EQ(call(0x16, 0x0000).regs.word(Gpr::rax), 0x8500);
    type({0x38, 0x1a, 0x9a, 0xb8}); // Alt-[
    press(0x1e);
    EXPECT_FALSE(call(0x16, 0x0100).zero());
    EXPECT_EQ(cpu.regs.word(Gpr::rax), 0x1e61) << "Alt-[ is dropped";
    type({0x38, 0x1a, 0x9a, 0xb8});
    EXPECT_EQ(call(0x16, 0x1000).regs.word(Gpr::rax), 0x1e61);
    EXPECT_EQ(next(), 0x1a00);
}

TEST_F(Keys, PeekTellsByZeroFlagAndTakesNothing) {
    ax(0x1234);
    for (const bool preset : {false, true}) {
        EXPECT_TRUE(call_with(0x16, 0x0100, preset).zero());
        EXPECT_TRUE(call_with(0x16, 0x1100, preset).zero());
        EXPECT_EQ(cpu.regs.word(Gpr::rax), 0x1100) << "AX stays without a key";
    }
    press(0x20);
    for (const bool preset : {false, true}) {
        EXPECT_FALSE(call_with(0x16, 0x0100, preset).zero());
        EXPECT_EQ(cpu.regs.word(Gpr::rax), 0x2064);
    }
}

TEST_F(Keys, ReadSleepsUntilAKeyComes) {
    int slept = 0;
    on_idle = [&] {
        if (++slept == 3) {
            ASSERT_TRUE(keyboard.key(std::array<u8, 2>{0x10, 0x90}));
        }
    };
    const u32 ticks = dword_at(0x46c);
    EXPECT_EQ(call_with(0x16, 0x0000, true).regs.word(Gpr::rax), 0x1071);
    EXPECT_GE(slept, 3);
    EXPECT_GT(dword_at(0x46c), ticks) << "time goes on meanwhile";
}

TEST_F(Keys, ReadWaitsWithInterruptsOffInTheCaller) {
    on_idle = [&] {
        if (keyboard.queued() == 0) {
            ASSERT_TRUE(keyboard.key(std::array<u8, 1>{0x39}));
        }
    };
    cpu.regs.rflags &= ~cpu::rflags::interrupt;
    const test::After after = call(0x16, 0x1000);
    EXPECT_EQ(after.regs.word(Gpr::rax), 0x3920);
    EXPECT_EQ(after.flags & 0x200, 0) << "and keeps them off";
}

TEST_F(Keys, PollingWithInterruptsOffSeesKeysAndTime) {
    cpu.regs.rflags &= ~cpu::rflags::interrupt;
    const u32 ticks = dword_at(0x46c);
    ASSERT_TRUE(keyboard.key(std::array<u8, 2>{0x30, 0xb0}));
    bool seen = false;
    for (int i = 0; i < 1000 && !seen; ++i) {
        advance(1'000'000);
        seen = !call(0x16, 0x0100).zero();
    }
    EXPECT_TRUE(seen);
    for (int i = 0; i < 200; ++i) {
        advance(1'000'000);
        static_cast<void>(call(0x1a, 0x0000));
    }
    EXPECT_GE(dword_at(0x46c), ticks + 3);
}

TEST_F(Keys, BufferHoldsFifteenKeysAndWraps) {
    for (int i = 0; i < 20; ++i)
        press(0x1e);
    for (int i = 0; i < 15; ++i)
        EXPECT_EQ(next(), 0x1e61);
    EXPECT_EQ(next(), 0);
    cx(0x4142);
    for (int i = 0; i < 15; ++i)
        EXPECT_EQ(call(0x16, 0x0500).regs.low(Gpr::rax), 0);
    EXPECT_EQ(call(0x16, 0x0500).regs.low(Gpr::rax), 1);
    EXPECT_EQ(next(), 0x4142);
}

TEST_F(Keys, HostileBufferPointersEndInAnAnswer) {
    memory.store<u16>(Gpa{0x41a}, 0x1e);
    memory.store<u16>(Gpa{0x41c}, 0x1f); // never met by steps of two
    for (u64 at = 0x41e; at < 0x43e; at += 2)
        memory.store<u16>(Gpa{at}, 0x85f0);
    EXPECT_TRUE(call(0x16, 0x0100).zero());
    memory.store<u16>(Gpa{0x480}, 0xffff);
    memory.store<u16>(Gpa{0x482}, 0xffff);
    memory.store<u16>(Gpa{0x41c}, 0xfffe);
    cx(0x1234);
    static_cast<void>(call(0x16, 0x0500));
    static_cast<void>(call(0x16, 0x1000));
}

TEST_F(Keys, AltDigitsComposeACharacter) {
    type({0x38, 0x48, 0xc8, 0x4c, 0xcc, 0xb8}); // Alt 8 5
    EXPECT_EQ(next(), 0x0055);
    type({0x38, 0xb8});
    EXPECT_EQ(next(), 0);
}

TEST_F(Keys, ShiftFlagsAreTold) {
    type({0x2a, 0x1d, 0xe0, 0x38});
    EXPECT_EQ(call(0x16, 0x0200).regs.low(Gpr::rax), 0x0e);
    const u16 both = call(0x16, 0x1200).regs.word(Gpr::rax);
    EXPECT_EQ(both & 0xff, 0x0e);
    EXPECT_EQ(both >> 8, 0x09) << "left Ctrl, right Alt";
    type({0xaa, 0x9d, 0xe0, 0xb8});
    EXPECT_EQ(call(0x16, 0x0200).regs.low(Gpr::rax), 0);
}

TEST_F(Keys, InsertTogglesItsFlagButNotAsADigit) {
    press_grey(0x52);
    EXPECT_EQ(byte_at(0x417) & 0x80, 0x80);
    EXPECT_EQ(next(), 0x52e0);
    press(0x45);
    press(0x52);
    EXPECT_EQ(next(), 0x5230);
    EXPECT_EQ(byte_at(0x417) & 0x80, 0x80);
}

TEST_F(Keys, InterceptHookMaySwallowOrChangeAKey) {
    hook(0x15, {0x5000, 0}, [this] {
        EXPECT_EQ(cpu.regs.high(Gpr::rax), 0x4f);
        const u16 sp = cpu.regs.word(Gpr::rsp);
        const u64 flags = 0x30000 + sp + 4U;
        EXPECT_EQ(word_at(flags) & 1, 1) << "CF is set on entry";
        const u8 code = cpu.regs.low(Gpr::rax);
        if ((code & 0x7f) == 0x1e)
            memory.store<u16>(Gpa{flags}, static_cast<u16>(word_at(flags) & ~1));
        else
            cpu.regs.set_low(Gpr::rax, static_cast<u8>(code + 1));
        for (const Gpr name : {Gpr::rbx, Gpr::rcx, Gpr::rdx, Gpr::rsi, Gpr::rdi, Gpr::rbp})
            cpu.regs.set_word(name, 0xdead);
        cpu.load_real(cpu::SegmentName::ds, 0xdead);
    });
    bx(0x1111);
    press(0x1e);
    EXPECT_EQ(buffered_keys(), 0);
    press(0x1f);
    EXPECT_EQ(word_at(0x41e), 0x2064);
    EXPECT_EQ(cpu.regs.word(Gpr::rbx), 0x1111) << "the program's registers are its own";
    EXPECT_EQ(cpu.segment(cpu::SegmentName::ds).selector, home.segment);
    EXPECT_EQ(pic.chip(0).isr, 0);
}

TEST_F(Keys, AHookMayReadTheCodeBeforeItChains) {
    const std::array<u8, 1> code{0x1e};
    ASSERT_TRUE(keyboard.key(code));
    EXPECT_EQ(keyboard.read_port(Port{0x60}, Width::byte), 0x1eU);
    go(home);
    interrupt(0x09);
    ASSERT_TRUE(run_to(home));
    EXPECT_EQ(next(), 0x1e61);
}

TEST_F(Keys, ControlBreakEmptiesTheBufferAndCallsItsHook) {
    int broken = 0;
    hook(0x1b, {0x5000, 0}, [&] { ++broken; });
    press(0x1e);
    type({0x1d, 0xe0, 0x46, 0xe0, 0xc6, 0x9d});
    EXPECT_EQ(broken, 1);
    EXPECT_EQ(byte_at(0x471), 0x80);
    EXPECT_EQ(call(0x16, 0x1000).regs.word(Gpr::rax), 0);
    EXPECT_EQ(next(), 0);
    EXPECT_EQ(pic.chip(0).isr, 0);
}

TEST_F(Keys, PrintScreenAndSysReqCallTheirInterrupts) {
    int printed = 0;
    hook(0x05, {0x5000, 0}, [&] { ++printed; });
    type({0xe0, 0x2a, 0xe0, 0x37, 0xe0, 0xb7, 0xe0, 0xaa});
    EXPECT_EQ(printed, 1);
    std::vector<u16> requests;
    hook(0x15, {0x5000, 0x10}, [&] {
        if (cpu.regs.high(Gpr::rax) == 0x85)
            requests.push_back(cpu.regs.word(Gpr::rax));
    });
    ax(0x7777);
    type({0x38, 0x54, 0xd4, 0xb8});
    EXPECT_EQ(requests, (std::vector<u16>{0x8500, 0x8501}));
    EXPECT_EQ(cpu.regs.word(Gpr::rax), 0x7777);
    EXPECT_EQ(pic.chip(0).isr, 0);
}

TEST_F(Keys, ControlAltDeleteResets) {
    type({0x1d, 0x38, 0x53});
    EXPECT_EQ(power.resets, 1);
    EXPECT_EQ(word_at(0x472), 0x1234);
}

TEST_F(Keys, PauseStandsStillUntilAnotherKey) {
    int slept = 0;
    on_idle = [&] {
        if (++slept == 10) {
            ASSERT_TRUE(keyboard.key(std::array<u8, 2>{0x1e, 0x9e}));
        }
    };
    type({0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5});
    EXPECT_GE(slept, 10);
    EXPECT_EQ(byte_at(0x418) & 8, 0);
    EXPECT_EQ(next(), 0) << "the key that ends it is lost";
    EXPECT_EQ(byte_at(0x417) & 0x24, 0) << "neither Num Lock nor Ctrl";
}

TEST_F(Keys, OtherFunctions) {
    EXPECT_EQ(call_with(0x16, 0x0900, true).regs.low(Gpr::rax), 0x30);
    EXPECT_EQ(call_with(0x16, 0x0a00, true).regs.word(Gpr::rbx), 0x41ab);
    EXPECT_EQ(call_with(0x16, 0x9200, true).regs.high(Gpr::rax), 0x80);
    EXPECT_EQ(call_with(0x16, 0x55ff, true).regs.word(Gpr::rax), 0x55ff);
    EXPECT_EQ(call_with(0x16, 0x7abc, true).regs.word(Gpr::rax), 0x7abc);
    EXPECT_TRUE(call_with(0x16, 0x7abc, true).carry()) << "flags stay";
}

TEST_F(Keys, TypematicIsSetAndTold) {
    const auto told = [this] { return call(0x16, 0x0306).regs.word(Gpr::rbx); };
    EXPECT_EQ(told(), 0x010b);
    bx(0x031f);
    EXPECT_EQ(call_with(0x16, 0x0305, true).regs.word(Gpr::rax), 0x0305);
    EXPECT_EQ(told(), 0x031f);
    for (const u16 bad : {0x0400, 0x0020, 0xffff}) {
        bx(static_cast<u16>(bad));
        call(0x16, 0x0305);
        EXPECT_EQ(told(), 0x031f);
    }
    call(0x16, 0x0300);
    EXPECT_EQ(told(), 0x010b);
    EXPECT_EQ(keyboard.queued(), 0U) << "the answers are the BIOS's, not the guest's";
}

TEST_F(Keys, AKeyHeldDownIsEnteredAgainAndAgain) {
    bx(0x0000); // 250 ms, 30 a second
    call(0x16, 0x0305);
    type({0x1e});
    EXPECT_EQ(buffered_keys(), 2);
    const auto run = [this](unsigned milliseconds) {
        go(home);
        for (unsigned i = 0; i < milliseconds; ++i) {
            advance(1'000'000);
            while (pic.interrupt_pending()) {
                interrupt(pic.acknowledge().value);
                ASSERT_TRUE(run_to(home));
            }
        }
    };
    run(200);
    EXPECT_EQ(buffered_keys(), 2);
    run(150);
    EXPECT_GE(buffered_keys(), 2 * 3);
    type({0x9e});
    const u16 count = buffered_keys();
    run(500);
    EXPECT_EQ(buffered_keys(), count);
}

class GermanKeys : public Keys {
  protected:
    void SetUp() override {
        layout = KeyLayout::de;
        Keys::SetUp();
    }
};

TEST_F(GermanKeys, LettersAndSignsAreWhereGermansHaveThem) {
    press(0x15);
    EXPECT_EQ(next(), 0x157a);
    press(0x2c);
    EXPECT_EQ(next(), 0x2c79);
    type({0x2a, 0x08, 0x88, 0xaa});
    EXPECT_EQ(next(), 0x082f);
    type({0x1d, 0x2c, 0xac, 0x9d});
    EXPECT_EQ(next(), 0x2c19) << "Ctrl-Y";
    press(0x28);
    EXPECT_EQ(next(), 0x2884);
    press(0x3a);
    press(0x28);
    EXPECT_EQ(next(), 0x288e) << "Caps Lock is for umlauts as well";
}

TEST_F(GermanKeys, TheRightAltKeyHasThirdCharacters) {
    type({0xe0, 0x38, 0x10, 0x90, 0xe0, 0xb8});
    EXPECT_EQ(next(), 0x1040);
    type({0xe0, 0x38, 0x1e, 0x9e, 0xe0, 0xb8});
    EXPECT_EQ(next(), 0x1e00) << "as Alt where there is none";
    type({0x38, 0x10, 0x90, 0xb8});
    EXPECT_EQ(next(), 0x1000) << "not with the left one";
    type({0xe0, 0x35, 0xe0, 0xb5});
    EXPECT_EQ(next(), 0xe02f) << "the keypad's slash stays";
}

} // namespace
} // namespace vestige::bios
