// SPDX-License-Identifier: BSD-2-Clause
// INT 15h AH=C2h and INT 74h.
#include "pc_fixture.hpp"

namespace vestige::bios {
namespace {

using cpu::Gpr;
using cpu::SegmentName;

class Mouse : public test::Pc {
  protected:
    static constexpr FarPtr driver{0x7000, 0x20};
    struct Packet {
        u16 status, x, y, z;
    };

    u8 ask(u16 function, u8 bh) {
        cpu.regs.set_high(Gpr::rbx, bh);
        cpu.regs.rflags ^= cpu::rflags::cf;
        const test::After after = call(0x15, function);
        EXPECT_EQ(after.carry(), after.regs.high(Gpr::rax) != 0) << std::hex << function;
        return after.regs.high(Gpr::rax);
    }
    /// A driver's routine: four words behind the return address; returns with RETF.
    void install() {
        handle(driver, [this] {
            const u64 at = cpu.segment(SegmentName::ss).base + cpu.regs.word(Gpr::rsp);
            packets.push_back({word_at(at + 10), word_at(at + 8), word_at(at + 6), word_at(at + 4)});
            EXPECT_NE(cpu.regs.rflags & cpu::rflags::interrupt, 0U);
            cpu.regs.set_word(Gpr::rbp, 0xdead); // drivers keep little
            const u16 ip = pop();
            go({pop(), ip});
        });
        cpu.load_real(SegmentName::es, driver.segment);
        bx(driver.offset);
        EXPECT_FALSE(call(0x15, 0xc207).carry());
    }
    void run_mouse() {
        go(home);
        for (int i = 0; i < 50; ++i) {
            if (pic.interrupt_pending()) {
                interrupt(pic.acknowledge().value);
                ASSERT_TRUE(run_to(home));
            } else {
                advance(2'000'000);
            }
        }
    }
    std::vector<Packet> packets;
};

TEST_F(Mouse, IsInTheEquipmentList) {
    EXPECT_NE(call(0x11).regs.word(Gpr::rax) & 4, 0);
}

TEST_F(Mouse, AnswersAResetAndItsId) {
    EXPECT_EQ(ask(0xc201, 0), 0);
    EXPECT_EQ(cpu.regs.word(Gpr::rbx), 0x00aa);
    EXPECT_EQ(ask(0xc204, 0xff), 0);
    EXPECT_EQ(cpu.regs.high(Gpr::rbx), 0);
    EXPECT_EQ(ask(0xc205, 3), 0);
    EXPECT_EQ(cpu.regs.word(Gpr::rbx), 0x00aa);
}

TEST_F(Mouse, TakesRateResolutionAndScaling) {
    EXPECT_EQ(ask(0xc202, 6), 0);
    EXPECT_EQ(ask(0xc203, 3), 0);
    EXPECT_EQ(ask(0xc206, 2), 0);
    EXPECT_EQ(ask(0xc206, 0), 0);
    EXPECT_EQ(cpu.regs.low(Gpr::rbx), 0x10);
    EXPECT_EQ(cpu.regs.low(Gpr::rcx), 3);
    EXPECT_EQ(cpu.regs.low(Gpr::rdx), 200);
    EXPECT_EQ(ask(0xc206, 1), 0);
    EXPECT_EQ(ask(0xc206, 0), 0);
    EXPECT_EQ(cpu.regs.low(Gpr::rbx), 0);
}

TEST_F(Mouse, BadInputIsRefused) {
    EXPECT_EQ(ask(0xc200, 2), 1);
    EXPECT_EQ(ask(0xc202, 7), 2);
    EXPECT_EQ(ask(0xc203, 4), 2);
    for (const u8 size : {0, 1, 2, 4, 8, 255})
        EXPECT_EQ(ask(0xc205, size), 2);
    EXPECT_EQ(ask(0xc206, 3), 1);
    EXPECT_EQ(ask(0xc208, 0), 1);
    EXPECT_EQ(ask(0xc2ff, 0), 1);
    EXPECT_EQ(ask(0xc200, 1), 5) << "no routine has been set";
    EXPECT_EQ(ask(0xc200, 0), 0);
}

TEST_F(Mouse, MovementsReachTheDriver) {
    EXPECT_EQ(ask(0xc205, 3), 0);
    install();
    EXPECT_EQ(ask(0xc200, 1), 0);
    set(Gpr::rbp, 0x1234);
    keyboard.move_mouse(5, -3, 0, 1);
    run_mouse();
    ASSERT_EQ(packets.size(), 1U);
    EXPECT_EQ(packets[0].status, 0x29);
    EXPECT_EQ(packets[0].x, 5);
    EXPECT_EQ(packets[0].y, 0xfd);
    EXPECT_EQ(packets[0].z, 0);
    EXPECT_EQ(cpu.regs.word(Gpr::rbp), 0x1234);
    EXPECT_EQ(cpu.regs.word(Gpr::rsp), stack.offset);
    EXPECT_EQ(pic.chip(0).isr, 0);
    EXPECT_EQ(pic.chip(1).isr, 0);
    keyboard.move_mouse(0, 0, 0, 0);
    run_mouse();
    ASSERT_EQ(packets.size(), 2U);
    EXPECT_EQ(packets[1].status, 0x08);
}

TEST_F(Mouse, NothingComesOnceTheRoutineIsGone) {
    EXPECT_EQ(ask(0xc205, 3), 0);
    install();
    EXPECT_EQ(ask(0xc200, 1), 0);
    cpu.load_real(SegmentName::es, 0);
    EXPECT_EQ(ask(0xc207, 0), 0);
    bx(0);
    EXPECT_FALSE(call(0x15, 0xc207).carry());
    keyboard.move_mouse(5, 5, 0, 0);
    run_mouse();
    EXPECT_TRUE(packets.empty());
    EXPECT_EQ(ask(0xc200, 1), 5);
}

} // namespace
} // namespace vestige::bios
