// SPDX-License-Identifier: BSD-2-Clause
// National PC16550D data sheet.
#include "vestige/devices/uart16550.hpp"

#include "device_fixture.hpp"

#include <gtest/gtest.h>

namespace vestige::test {
namespace {

constexpr unsigned data = 0x3f8, ier = 0x3f9, iir = 0x3fa, fcr = 0x3fa, lcr = 0x3fb, mcr = 0x3fc,
                   lsr = 0x3fd, msr = 0x3fe, scratch = 0x3ff;

struct Uart : ::testing::Test, Ports {
    FakeClock clock;
    LineRecorder lines;
    FakeSink sink;
    FakeSource source;
    devices::Uart16550 uart{clock, {lines, 4}, sink, source};

    Uart() {
        EXPECT_TRUE(uart.attach(*bus, Port{data}));
        uart.reset();
        out(mcr, 0x08); // OUT2 opens the way for interrupts
    }
    void receive(std::string_view text) {
        for (const char each : text)
            source.bytes.push_back(static_cast<u8>(each));
    }
    void look() { run_until(clock, uart, clock.time + 20'000'000); }
};

TEST_F(Uart, SendsWhatIsWritten) {
    for (const char each : std::string_view{"hello"})
        out(data, static_cast<u8>(each));
    EXPECT_EQ(sink.got, "hello");
    EXPECT_EQ(in(lsr), 0x60);
}

TEST_F(Uart, DivisorLatch) {
    EXPECT_EQ(in(lcr), 0);
    out(lcr, 0x83);
    EXPECT_EQ(in(data), 12) << "9600 after a reset";
    out(data, 1);
    out(ier, 0x12);
    EXPECT_EQ(in(data), 1);
    EXPECT_EQ(in(ier), 0x12);
    out(lcr, 0x03);
    EXPECT_EQ(in(lcr), 0x03);
    EXPECT_EQ(in(ier), 0) << "the other register behind that address";
    EXPECT_TRUE(sink.got.empty());
}

TEST_F(Uart, ScratchAndTheBitsThatDoNotExist) {
    out(scratch, 0xa5);
    EXPECT_EQ(in(scratch), 0xa5);
    out(ier, 0xff);
    EXPECT_EQ(in(ier), 0x0f);
    out(mcr, 0xff);
    EXPECT_EQ(in(mcr), 0x1f);
}

TEST_F(Uart, ReceivesOneByteWithoutFifo) {
    receive("ab");
    EXPECT_EQ(in(lsr), 0x61);
    EXPECT_EQ(in(data), 'a');
    EXPECT_EQ(in(lsr), 0x61);
    EXPECT_EQ(in(data), 'b');
    EXPECT_EQ(in(lsr), 0x60);
    EXPECT_EQ(in(data), 0);
}

TEST_F(Uart, ReceivedDataInterrupts) {
    out(ier, 1);
    EXPECT_EQ(in(iir), 0x01);
    receive("x");
    look();
    EXPECT_TRUE(lines.high[4]);
    EXPECT_EQ(in(iir), 0x04);
    EXPECT_EQ(in(data), 'x');
    EXPECT_FALSE(lines.high[4]);
    EXPECT_EQ(in(iir), 0x01);
}

TEST_F(Uart, AnIdleLineIsLookedAtOnlyWhileTheGuestListens) {
    EXPECT_EQ(uart.next_deadline(), machine::never);
    out(ier, 1);
    const auto next = uart.next_deadline();
    EXPECT_NE(next, machine::never);
    clock.time = next - 1;
    static_cast<void>(in(scratch));
    EXPECT_EQ(uart.next_deadline(), next) << "reading does not put it off";
    out(ier, 0);
    EXPECT_EQ(uart.next_deadline(), machine::never);
}

TEST_F(Uart, WithoutOut2NoInterruptLeavesTheChip) {
    out(mcr, 0);
    out(ier, 2);
    EXPECT_EQ(in(iir)&0x0f, 2);
    out(ier, 0);
    out(ier, 2);
    EXPECT_FALSE(lines.high[4]);
    out(mcr, 8);
    EXPECT_TRUE(lines.high[4]);
}

TEST_F(Uart, TransmitterEmptyInterruptIsClearedByReadingItsIdentity) {
    out(ier, 2);
    EXPECT_TRUE(lines.high[4]);
    EXPECT_EQ(in(iir), 2);
    EXPECT_FALSE(lines.high[4]);
    EXPECT_EQ(in(iir), 1);
    out(data, 'a');
    EXPECT_TRUE(lines.high[4]) << "the byte has left";
}

TEST_F(Uart, FifoTriggerLevelsAndTimeOut) {
    out(ier, 1);
    out(fcr, 0x81); // 8 bytes
    EXPECT_EQ(in(iir), 0xc1);
    receive("1234567");
    look();
    EXPECT_EQ(in(iir), 0xcc) << "fewer than the trigger level: time-out";
    receive("8");
    look();
    EXPECT_EQ(in(iir), 0xc4);
    EXPECT_EQ(in(data), '1');
    EXPECT_EQ(in(iir), 0xcc);
    out(fcr, 0x83); // clears it
    EXPECT_EQ(in(iir), 0xc1);
    EXPECT_EQ(in(lsr), 0x60);
}

TEST_F(Uart, TheFifoTakesSixteenAndTheRestWaits) {
    out(fcr, 0x01);
    receive("0123456789abcdefXYZ");
    EXPECT_EQ(in(lsr), 0x61);
    EXPECT_EQ(source.bytes.size(), 3U);
    std::string got;
    while ((in(lsr)&1) != 0)
        got.push_back(static_cast<char>(in(data)));
    EXPECT_EQ(got, "0123456789abcdefXYZ");
}

TEST_F(Uart, AFullSinkKeepsTheTransmitterBusyAndLosesNothing) {
    out(fcr, 0x01);
    out(ier, 2);
    static_cast<void>(in(iir));
    sink.room = 3;
    for (const char each : std::string_view{"0123456789abcdef"})
        out(data, static_cast<u8>(each));
    EXPECT_EQ(sink.got, "012");
    EXPECT_EQ(in(lsr)&0x60, 0);
    EXPECT_FALSE(lines.high[4]);
    EXPECT_NE(uart.next_deadline(), machine::never);
    sink.room = 100;
    look();
    EXPECT_EQ(sink.got, "0123456789abcdef");
    EXPECT_TRUE(lines.high[4]);
    EXPECT_EQ(in(lsr)&0x60, 0x60);
    sink.room = 0;
    out(data, 'x');
    out(fcr, 0x05); // clears the transmitter's
    EXPECT_EQ(in(lsr)&0x60, 0x60);
}

TEST_F(Uart, LoopbackReturnsBytes) {
    out(mcr, 0x18);
    out(data, 0x5a);
    EXPECT_TRUE(sink.got.empty());
    EXPECT_EQ(in(lsr), 0x61);
    EXPECT_EQ(in(data), 0x5a);
    out(data, 1);
    out(data, 2);
    EXPECT_EQ(in(lsr), 0x63) << "overrun";
    EXPECT_EQ(in(lsr), 0x61) << "reading clears it";
    EXPECT_EQ(in(data), 1);
}

TEST_F(Uart, LoopbackTurnsTheModemLinesBack) {
    EXPECT_EQ(in(msr), 0xb0) << "somebody is connected";
    out(mcr, 0x10);
    EXPECT_EQ(in(msr), 0x0b) << "all lines have gone";
    EXPECT_EQ(in(msr), 0x00);
    out(mcr, 0x11); // DTR
    EXPECT_EQ(in(msr), 0x22);
    out(mcr, 0x12); // RTS
    EXPECT_EQ(in(msr), 0x13);
    out(mcr, 0x14); // OUT1: ring
    EXPECT_EQ(in(msr), 0x41) << "ringing has only begun";
    out(mcr, 0x18); // OUT2: carrier
    EXPECT_EQ(in(msr), 0x8c) << "ringing has ended";
}

TEST_F(Uart, ModemAndLineStatusInterrupt) {
    out(ier, 8);
    out(mcr, 0x10);
    out(mcr, 0x08);
    EXPECT_TRUE(lines.high[4]);
    EXPECT_EQ(in(iir), 0);
    static_cast<void>(in(msr));
    EXPECT_FALSE(lines.high[4]);
    out(ier, 4 | 1);
    out(mcr, 0x10);
    out(data, 1);
    out(data, 2);
    EXPECT_EQ(in(iir), 6) << "line status goes first";
    static_cast<void>(in(lsr));
    EXPECT_EQ(in(iir), 4);
}

TEST_F(Uart, BreakInLoopback) {
    out(mcr, 0x10);
    out(lcr, 0x40);
    EXPECT_EQ(in(lsr), 0x71);
    EXPECT_EQ(in(data), 0);
}

TEST_F(Uart, ResetEmptiesEverything) {
    out(fcr, 0x01);
    out(ier, 0x0f);
    receive("abc");
    look();
    uart.reset();
    EXPECT_EQ(in(ier), 0);
    EXPECT_EQ(in(iir), 1);
    EXPECT_EQ(in(mcr), 0);
    EXPECT_FALSE(lines.high[4]);
}

} // namespace
} // namespace vestige::test
