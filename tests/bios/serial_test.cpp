// SPDX-License-Identifier: BSD-2-Clause
// INT 14h, with and without a FOSSIL driver, INT 17h and INT 05h.
#include "pc_fixture.hpp"

namespace vestige::bios {
namespace {

using cpu::Gpr;

class Serial : public test::Pc {
  protected:
    test::After ask(u16 function) {
        dx(0);
        cpu.regs.rflags ^= cpu::rflags::cf;
        return call(0x14, function);
    }
    void start_driver() {
        bx(0x4f50);
        EXPECT_EQ(ask(0x0400).regs.word(Gpr::rax), 0x1954);
    }
};

TEST_F(Serial, PortsThatAreNotThereAreErrors) {
    for (const u16 port : {1, 2, 3, 0xff, 0xffff})
        for (u16 function = 0; function < 0x20; ++function) {
            dx(static_cast<u16>(port));
            EXPECT_TRUE(call_with(0x14, static_cast<u16>(function << 8), false).carry());
        }
    for (const u16 function : {0x0700, 0x0d00, 0x1000, 0x1c00, 0xff00})
        EXPECT_TRUE(ask(static_cast<u16>(function)).carry());
}

TEST_F(Serial, TheDataAreaSaysWhichPortIsWhere) {
    memory.store<u16>(Gpa{0x400}, 0);
    memory.store<u16>(Gpa{0x402}, 0x3f8);
    EXPECT_TRUE(ask(0x0300).carry());
    dx(1);
    EXPECT_EQ(call(0x14, 0x0300).regs.high(Gpr::rax) & 0x61, 0x60);
}

TEST_F(Serial, BytesGoBothWays) {
    EXPECT_FALSE(ask(0x00e3).carry());
    EXPECT_EQ(com1.read(3), 3);
    EXPECT_FALSE(ask(0x0141).carry());
    EXPECT_EQ(com_out.text, "A");
    com_in.text = "z";
    const test::After got = ask(0x0200);
    EXPECT_EQ(got.regs.word(Gpr::rax), 0x007a);
    EXPECT_EQ(ask(0x0300).regs.high(Gpr::rax) & 0x61, 0x60);
}

TEST_F(Serial, AWaitEndsWithTheTimeOut) {
    const auto start = clock.time;
    EXPECT_EQ(ask(0x0200).regs.high(Gpr::rax) & 0x80, 0x80);
    EXPECT_GE(clock.time - start, machine::nanoseconds_per_second);
}

TEST_F(Serial, ExtendedFunctionsSetTheLine) {
    bx(0x0201);
    cx(0x0307);
    EXPECT_FALSE(ask(0x0400).carry());
    EXPECT_EQ(com1.read(3), 0x1f) << "even, 2 stop bits, 8 data bits";
    bx(0x000b);
    EXPECT_FALSE(ask(0x0501).carry());
    bx(0);
    EXPECT_FALSE(ask(0x0500).carry());
    EXPECT_EQ(cpu.regs.low(Gpr::rbx), 0x0b);
    EXPECT_TRUE(ask(0x0502).carry());
}

TEST_F(Serial, FossilFunctionsNeedTheDriver) {
    for (const u16 function : {0x06, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0f, 0x18, 0x19, 0x1a, 0x1b})
        EXPECT_TRUE(ask(static_cast<u16>(function << 8)).carry()) << function;
    start_driver();
    EXPECT_EQ(cpu.regs.low(Gpr::rbx), 0x1b);
    EXPECT_FALSE(ask(0x0c00).carry());
    EXPECT_FALSE(ask(0x0500).carry());
    EXPECT_TRUE(ask(0x0c00).carry());
}

TEST_F(Serial, AProgramWithoutTheSignatureFindsTheDriver) {
    bx(0x1234);
    EXPECT_EQ(ask(0x0400).regs.word(Gpr::rax), 0x1954);
}

TEST_F(Serial, FossilPeeksReadsAndPurges) {
    start_driver();
    EXPECT_EQ(ask(0x0c00).regs.word(Gpr::rax), 0xffff);
    com_in.text = "hello";
    EXPECT_EQ(ask(0x0c00).regs.word(Gpr::rax), 'h');
    EXPECT_EQ(ask(0x0300).regs.word(Gpr::rax) & 0x0108, 0x0108);
    cpu.load_real(cpu::SegmentName::es, 0x5000);
    set(Gpr::rdi, 0xfffe);
    cx(4);
    EXPECT_EQ(ask(0x1800).regs.word(Gpr::rax), 4);
    EXPECT_EQ(byte_at(0x5fffe), 'h');
    EXPECT_EQ(byte_at(0x50001), 'l') << "wraps in its segment";
    EXPECT_FALSE(ask(0x0a00).carry());
    EXPECT_EQ(ask(0x0c00).regs.word(Gpr::rax), 0xffff);
    cx(4);
    EXPECT_EQ(ask(0x1800).regs.word(Gpr::rax), 0);
}

TEST_F(Serial, FossilWritesWhatFindsRoom) {
    start_driver();
    cpu.load_real(cpu::SegmentName::es, 0x5000);
    set(Gpr::rdi, 0);
    for (u64 i = 0; i < 100; ++i)
        memory.store<u8>(Gpa{0x50000 + i}, static_cast<u8>('a' + i % 26));
    cx(5);
    EXPECT_EQ(ask(0x1900).regs.word(Gpr::rax), 5);
    EXPECT_EQ(com_out.text, "abcde");
    EXPECT_EQ(ask(0x0b7a).regs.word(Gpr::rax), 1);
    EXPECT_EQ(com_out.text, "abcdez");
    EXPECT_FALSE(ask(0x0800).carry());
    com_out.full = true;
    cx(100);
    const u16 taken = ask(0x1900).regs.word(Gpr::rax);
    EXPECT_LT(taken, 100);
    EXPECT_EQ(ask(0x0b7a).regs.word(Gpr::rax), 0);
    EXPECT_FALSE(ask(0x0900).carry());
    com_out.full = false;
    advance(1'000'000'000);
    EXPECT_EQ(com_out.text, "abcdez") << "what was purged does not leave";
}

TEST_F(Serial, FossilObeysXoff) {
    start_driver();
    EXPECT_FALSE(ask(0x0f01).carry());
    com_in.text = "\x13";
    EXPECT_EQ(ask(0x0b41).regs.word(Gpr::rax), 0);
    com_in.text = "\x11";
    EXPECT_EQ(ask(0x0b41).regs.word(Gpr::rax), 1);
    EXPECT_EQ(com_out.text, "A");
}

TEST_F(Serial, FossilDrivesDtrAndBreak) {
    start_driver();
    EXPECT_FALSE(ask(0x0600).carry());
    EXPECT_EQ(com1.read(4) & 1, 0);
    EXPECT_FALSE(ask(0x0601).carry());
    EXPECT_EQ(com1.read(4) & 1, 1);
    EXPECT_FALSE(ask(0x1a01).carry());
    EXPECT_EQ(com1.read(3) & 0x40, 0x40);
    EXPECT_FALSE(ask(0x1a00).carry());
    EXPECT_EQ(com1.read(3) & 0x40, 0);
}

TEST_F(Serial, FossilDescribesItself) {
    start_driver();
    cpu.load_real(cpu::SegmentName::es, 0x5000);
    set(Gpr::rdi, 0x10);
    cx(100);
    EXPECT_EQ(ask(0x1b00).regs.word(Gpr::rax), 19);
    EXPECT_EQ(word_at(0x50010), 19);
    EXPECT_EQ(byte_at(0x50012), 5);
    u64 at = (u64{word_at(0x50016)} << 4) + word_at(0x50014);
    std::string name;
    while (byte_at(at) != 0 && name.size() < 50)
        name.push_back(static_cast<char>(byte_at(at++)));
    EXPECT_EQ(name, "Vestige FOSSIL");
    EXPECT_EQ(byte_at(0x50020), 80);
    memory.store<u8>(Gpa{0x50014}, 0xee);
    cx(4);
    EXPECT_EQ(ask(0x1b00).regs.word(Gpr::rax), 4);
    EXPECT_EQ(byte_at(0x50014), 0xee);
}

TEST_F(Serial, ThePrinterPrints) {
    dx(0);
    EXPECT_EQ(call_with(0x17, 0x0100, true).regs.high(Gpr::rax), 0x90);
    const test::After after = call_with(0x17, 0x0041, true);
    EXPECT_FALSE(after.carry());
    EXPECT_EQ(after.regs.word(Gpr::rax), 0x9041);
    EXPECT_EQ(paper.text, "A");
    paper.full = true;
    call(0x17, 0x0042);
    EXPECT_EQ(call(0x17, 0x0043).regs.high(Gpr::rax) & 0x81, 0x01) << "busy";
    paper.full = false;
    EXPECT_EQ(call(0x17, 0x0200).regs.high(Gpr::rax), 0x90);
    EXPECT_EQ(paper.text, "AB");
    for (const u16 port : {1, 2, 0xffff}) {
        dx(static_cast<u16>(port));
        EXPECT_TRUE(call_with(0x17, 0x0200, false).carry());
        EXPECT_EQ(cpu.regs.word(Gpr::rax), 0x0200);
    }
    dx(0);
    EXPECT_TRUE(call_with(0x17, 0x0300, false).carry());
}

TEST_F(Serial, AScreenWithoutAPrinterIsAnError) {
    memory.store<u16>(Gpa{0x408}, 0);
    call(0x05);
    EXPECT_EQ(byte_at(0x500), 0xff);
    memory.store<u16>(Gpa{0x408}, 0x378);
    call(0x05);
    EXPECT_EQ(byte_at(0x500), 0);
    EXPECT_EQ(paper.text.size(), 2U + 25 * 82);
}

TEST_F(Serial, TheScreenIsPrintedByWhoeverServesThePrinter) {
    std::string printed;
    hook(0x17, {0x7000, 0}, [&] {
        printed.push_back(static_cast<char>(cpu.regs.low(Gpr::rax)));
        EXPECT_EQ(byte_at(0x500), 1);
        cpu.regs.set_word(Gpr::rcx, 0xbad);
        cpu.regs.set_high(Gpr::rax, 0x90);
    });
    set(Gpr::rax, 0x11223344);
    set(Gpr::rcx, 0x55667788);
    call(0x05);
    EXPECT_EQ(byte_at(0x500), 0);
    ASSERT_EQ(printed.size(), 2U + 25 * 82);
    EXPECT_EQ(printed.substr(0, 2), "\r\n");
    EXPECT_EQ(printed.substr(2, 12), "Vestige BIOS");
    EXPECT_EQ(printed.substr(82, 2), "\r\n");
    EXPECT_EQ(cpu.regs.dword(Gpr::rax), 0x11223344U);
    EXPECT_EQ(cpu.regs.dword(Gpr::rcx), 0x55667788U);
    memory.store<u8>(Gpa{0x500}, 1);
    printed.clear();
    call(0x05);
    EXPECT_TRUE(printed.empty()) << "one at a time";
}

} // namespace
} // namespace vestige::bios
