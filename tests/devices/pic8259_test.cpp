// SPDX-License-Identifier: BSD-2-Clause
// Intel 8259A data sheet: priorities, rotation, masks, end of interrupt, poll.
#include "vestige/devices/pic8259.hpp"

#include "device_fixture.hpp"

#include <gtest/gtest.h>

namespace vestige::test {
namespace {

constexpr unsigned master = 0x20, slave = 0xa0;
constexpr unsigned eoi = 0x20, rotate_eoi = 0xa0, rotate_auto = 0x80, stop_rotate_auto = 0x00;
constexpr unsigned read_irr = 0x0a, read_isr = 0x0b, poll = 0x0c;

struct Pic : ::testing::Test, Ports {
    devices::Pic8259 pic;

    Pic() {
        EXPECT_TRUE(pic.attach(*bus));
        pic.reset();
        start();
    }
    /// The initialization that a PC's BIOS does, with vectors 8 and 70h.
    void start(unsigned icw4_master = 1, unsigned icw4_slave = 1) {
        out(master, 0x11);
        for (const unsigned each : {0x08U, 0x04U, icw4_master})
            out(master + 1, each);
        out(slave, 0x11);
        for (const unsigned each : {0x70U, 0x02U, icw4_slave})
            out(slave + 1, each);
        out(master + 1, 0);
        out(slave + 1, 0);
    }
    void raise(unsigned line) { pic.set_line(line, true); }
    void lower(unsigned line) { pic.set_line(line, false); }
    void edge(unsigned line) {
        lower(line);
        raise(line);
    }
    u8 take() { return pic.acknowledge().value; }
    u8 irr(unsigned base = master) {
        out(base, read_irr);
        return in(base);
    }
    u8 isr(unsigned base = master) {
        out(base, read_isr);
        return in(base);
    }
};

TEST_F(Pic, DeliversTheVectorOfTheLine) {
    raise(3);
    EXPECT_TRUE(pic.interrupt_pending());
    EXPECT_EQ(irr(), 0x08);
    EXPECT_EQ(take(), 0x0b);
    EXPECT_FALSE(pic.interrupt_pending());
    EXPECT_EQ(irr(), 0);
    EXPECT_EQ(isr(), 0x08);
}

TEST_F(Pic, SlaveGoesThroughLineTwo) {
    raise(14);
    EXPECT_EQ(take(), 0x76);
    EXPECT_EQ(isr(), 0x04);
    EXPECT_EQ(isr(slave), 0x40);
    out(slave, eoi);
    EXPECT_EQ(isr(slave), 0);
    EXPECT_EQ(isr(), 0x04);
    out(master, eoi);
    EXPECT_EQ(isr(), 0);
}

TEST_F(Pic, AnEdgeInterruptsOnceUntilTheLineFalls) {
    raise(1);
    EXPECT_EQ(take(), 9);
    out(master, eoi);
    EXPECT_FALSE(pic.interrupt_pending());
    raise(1);
    EXPECT_FALSE(pic.interrupt_pending());
    edge(1);
    EXPECT_TRUE(pic.interrupt_pending());
}

TEST_F(Pic, ARequestThatGoesAwayIsForgotten) {
    raise(5);
    lower(5);
    EXPECT_FALSE(pic.interrupt_pending());
    EXPECT_EQ(irr(), 0);
}

TEST_F(Pic, SpuriousInterruptsAreSevenAndFifteen) {
    EXPECT_EQ(take(), 0x0f);
    EXPECT_EQ(isr(), 0) << "a spurious interrupt needs no EOI";
    // The slave's request goes away while the master's is taken.
    raise(10);
    out(slave + 1, 0xff);
    EXPECT_FALSE(pic.interrupt_pending());
}

TEST_F(Pic, HigherPriorityNestsAndLowerWaits) {
    raise(4);
    EXPECT_EQ(take(), 0x0c);
    raise(6);
    EXPECT_FALSE(pic.interrupt_pending());
    raise(1);
    EXPECT_TRUE(pic.interrupt_pending());
    EXPECT_EQ(take(), 9);
    out(master, eoi); // ends 1, the highest in service
    EXPECT_EQ(isr(), 0x10);
    EXPECT_FALSE(pic.interrupt_pending());
    out(master, eoi);
    EXPECT_EQ(take(), 0x0e);
}

TEST_F(Pic, MaskHoldsARequestBack) {
    out(master + 1, 0x08);
    EXPECT_EQ(in(master + 1), 0x08);
    EXPECT_EQ(pic.mask(), 0x0008);
    raise(3);
    EXPECT_FALSE(pic.interrupt_pending());
    EXPECT_EQ(irr(), 0x08);
    out(master + 1, 0);
    EXPECT_TRUE(pic.interrupt_pending());
    EXPECT_EQ(take(), 0x0b);
}

TEST_F(Pic, SpecificEoiEndsThatLine) {
    raise(4);
    take();
    raise(1);
    take();
    out(master, 0x60 | 4);
    EXPECT_EQ(isr(), 0x02);
}

TEST_F(Pic, EoiWithNothingInServiceDoesNothing) {
    out(master, eoi);
    out(slave, rotate_eoi);
    raise(0);
    EXPECT_EQ(take(), 8);
}

TEST_F(Pic, RotationMakesTheEndedLineLowest) {
    raise(3);
    take();
    out(master, rotate_eoi);
    lower(3);
    raise(3);
    raise(4);
    EXPECT_EQ(take(), 0x0c) << "4 is highest now";
    out(master, 0xe0 | 4); // rotate on specific EOI
    raise(5);
    raise(0);
    EXPECT_EQ(take(), 0x0d);
}

TEST_F(Pic, SetPriorityCommand) {
    out(master, 0xc0 | 4); // 4 lowest, so 5 is highest
    raise(0);
    raise(6);
    EXPECT_EQ(take(), 0x0e);
    EXPECT_FALSE(pic.interrupt_pending());
}

TEST_F(Pic, AutomaticEoiLeavesNothingInService) {
    start(3);
    raise(2 + 1);
    EXPECT_EQ(take(), 0x0b);
    EXPECT_EQ(isr(), 0);
    raise(7);
    EXPECT_TRUE(pic.interrupt_pending());
}

TEST_F(Pic, AutomaticRotation) {
    start(3);
    out(master, rotate_auto);
    raise(3);
    EXPECT_EQ(take(), 0x0b);
    edge(3);
    raise(6);
    EXPECT_EQ(take(), 0x0e) << "3 is lowest after its service";
    out(master, stop_rotate_auto);
    EXPECT_EQ(take(), 0x0b);
}

TEST_F(Pic, SpecialMaskLetsLowerLinesThrough) {
    raise(2 + 1);
    take();
    out(master + 1, 0x08);
    raise(6);
    EXPECT_FALSE(pic.interrupt_pending());
    out(master, 0x68);
    EXPECT_TRUE(pic.interrupt_pending());
    EXPECT_EQ(take(), 0x0e);
    out(master, 0x48);
    raise(7);
    EXPECT_FALSE(pic.interrupt_pending());
}

TEST_F(Pic, SpecialFullyNestedLetsTheSlaveInterruptItself) {
    start(0x11);
    raise(14);
    EXPECT_EQ(take(), 0x76);
    raise(9);
    EXPECT_TRUE(pic.interrupt_pending());
    EXPECT_EQ(take(), 0x71);
    out(slave, eoi);
    EXPECT_EQ(isr(slave), 0x40);
}

TEST_F(Pic, WithoutItTheSlaveWaits) {
    raise(14);
    take();
    raise(9);
    EXPECT_FALSE(pic.interrupt_pending());
    out(master, eoi);
    EXPECT_TRUE(pic.interrupt_pending());
    EXPECT_EQ(take(), 0x71);
}

TEST_F(Pic, PollTakesTheRequestWithoutAnInterrupt) {
    out(master, poll);
    EXPECT_EQ(in(master), 0);
    raise(5);
    out(master, poll);
    EXPECT_EQ(in(master), 0x85);
    EXPECT_FALSE(pic.interrupt_pending());
    EXPECT_EQ(isr(), 0x20);
}

TEST_F(Pic, PollOfTheSlave) {
    raise(12);
    out(slave, poll);
    EXPECT_EQ(in(slave), 0x84);
    EXPECT_EQ(isr(slave), 0x10);
    EXPECT_EQ(isr(), 0) << "the master has not been asked";
}

TEST_F(Pic, LevelLinesInterruptAsLongAsTheyAreHigh) {
    out(0x4d1, 0xff);
    EXPECT_EQ(in(0x4d1), 0xde) << "8 and 13 stay edges";
    out(0x4d0, 0xff);
    EXPECT_EQ(in(0x4d0), 0xf8) << "0, 1 and 2 as well";
    raise(11);
    EXPECT_EQ(take(), 0x73);
    out(slave, eoi);
    out(master, eoi);
    EXPECT_TRUE(pic.interrupt_pending());
    lower(11);
    EXPECT_FALSE(pic.interrupt_pending());
}

TEST_F(Pic, InitializationForgetsEverythingButTheLines) {
    raise(4);
    take();
    out(master + 1, 0xff);
    raise(6);
    out(master, 0x11);
    EXPECT_EQ(in(master + 1), 0) << "mask cleared by the first word";
    out(master + 1, 0x40);
    out(master + 1, 0x04);
    out(master + 1, 0x01);
    EXPECT_FALSE(pic.interrupt_pending()) << "an edge from before does not count";
    EXPECT_EQ(isr(), 0);
    edge(6);
    EXPECT_EQ(take(), 0x46);
}

TEST_F(Pic, InitializationWithoutFourthWordEndsAutomaticEoi) {
    start(3);
    out(master, 0x10);
    out(master + 1, 0x20);
    out(master + 1, 0x04);
    out(master + 1, 0x0f); // no fourth word: this is the mask
    EXPECT_EQ(in(master + 1), 0x0f);
    raise(7);
    EXPECT_EQ(take(), 0x27);
    EXPECT_EQ(isr(), 0x80);
}

TEST_F(Pic, SingleSkipsTheThirdWord) {
    out(master, 0x12);
    out(master + 1, 0x30);
    out(master + 1, 0xaa);
    EXPECT_EQ(in(master + 1), 0xaa);
}

TEST_F(Pic, EndOfInterruptForTheBios) {
    raise(8);
    take();
    pic.end_of_interrupt(8);
    EXPECT_EQ(isr(), 0);
    EXPECT_EQ(isr(slave), 0);
}

TEST_F(Pic, LinesBeyondFifteenAreNowhere) {
    pic.set_line(16, true);
    pic.set_line(~0U, true);
    EXPECT_FALSE(pic.interrupt_pending());
}

} // namespace
} // namespace vestige::test
