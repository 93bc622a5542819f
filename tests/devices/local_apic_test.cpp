// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/io_apic.hpp"

#include "device_fixture.hpp"

#include <gtest/gtest.h>

namespace vestige::test {
namespace {

using devices::ApicMessage;
using devices::LocalApic;

constexpr u64 second = machine::nanoseconds_per_second;

struct EoiRecorder final : devices::EoiListener {
    std::vector<u8> ended;
    void end_of_interrupt(Vector vector) override { ended.push_back(vector.value); }
};

struct LocalApicTest : ::testing::Test {
    LocalApicTest() {
        EXPECT_TRUE(apic.attach(bus));
        apic.reset();
        apic.enter_virtual_wire_mode();
    }
    u32 get(u64 offset) {
        return static_cast<u32>(bus.read(LocalApic::base + offset, Width::dword));
    }
    void set(u64 offset, u32 value) { bus.write(LocalApic::base + offset, Width::dword, value); }
    void interrupt(u8 vector, bool level = false) {
        ApicMessage message;
        message.vector = {vector};
        message.level = level;
        apic.deliver(message);
    }
    u64 msr(u32 index) {
        u64 value = 0;
        EXPECT_TRUE(apic.read_msr(index, value)) << std::hex << index;
        return value;
    }
    bool reads(u32 index) {
        u64 value = 0;
        return apic.read_msr(index, value);
    }
    void go_x2apic() { ASSERT_TRUE(apic.write_msr(0x1b, 0xfee00d00)); }
    /// Acknowledges what is pending; 0 when nothing is.
    unsigned taken() { return apic.interrupt_pending() ? apic.acknowledge().value : 0; }

    FakeClock clock;
    FakePower power;
    EoiRecorder ends;
    machine::MmioBus bus;
    LocalApic apic{clock, power, ends};
};

TEST_F(LocalApicTest, HandedOverAsVirtualWire) {
    EXPECT_EQ(get(0x20), 0U);
    EXPECT_EQ(get(0x30), 0x00050014U);
    EXPECT_EQ(get(0xf0), 0x1ffU);
    EXPECT_EQ(get(0x350), 0x700U);
    EXPECT_EQ(get(0x360), 0x400U);
    for (const u64 lvt : {0x320, 0x330, 0x340, 0x370})
        EXPECT_EQ(get(lvt), 0x10000U) << lvt;
    EXPECT_EQ(get(0xe0), ~0U);
    EXPECT_EQ(msr(0x1b), 0xfee00900U);
}

TEST_F(LocalApicTest, ThePicGetsThroughLint0WhileItIsExternal) {
    apic.set_line(0, true);
    EXPECT_TRUE(apic.wants_cpu() && apic.external_pending());
    set(0x350, 0x10700);
    EXPECT_FALSE(apic.wants_cpu());
    set(0x350, 0x700);
    EXPECT_TRUE(apic.external_pending());
    apic.set_line(0, false);
    EXPECT_FALSE(apic.wants_cpu());
    // As an interrupt of the APIC's own it is an edge with a vector.
    set(0x350, 0x31);
    apic.set_line(0, true);
    EXPECT_FALSE(apic.external_pending());
    EXPECT_EQ(taken(), 0x31U);
}

TEST_F(LocalApicTest, PowerOnStateLetsThePicThrough) {
    apic.reset();
    EXPECT_EQ(get(0xf0), 0xffU);
    apic.set_line(0, true);
    EXPECT_TRUE(apic.external_pending());
    interrupt(0x40); // but takes nothing itself
    apic.set_line(0, false);
    EXPECT_FALSE(apic.wants_cpu());
}

TEST_F(LocalApicTest, Lint1IsTheNmi) {
    apic.set_line(1, true);
    EXPECT_TRUE(apic.nmi_pending() && apic.wants_cpu());
    EXPECT_FALSE(apic.interrupt_pending());
    apic.take_nmi();
    apic.set_line(1, false);
    EXPECT_FALSE(apic.wants_cpu());
    set(0x360, 0x10400);
    apic.set_line(1, true);
    EXPECT_FALSE(apic.nmi_pending());
}

TEST_F(LocalApicTest, HigherClassesInterruptLowerOnes) {
    interrupt(0x41);
    interrupt(0x52);
    EXPECT_EQ(get(0x220), 1U << 18 | 1U << 1); // IRR 40h-5Fh
    EXPECT_EQ(taken(), 0x52U);
    EXPECT_EQ(get(0x120), 1U << 18); // ISR
    EXPECT_EQ(get(0xa0), 0x50U);     // PPR
    EXPECT_EQ(taken(), 0U);
    interrupt(0x5f); // same class
    EXPECT_EQ(taken(), 0U);
    interrupt(0x60);
    EXPECT_EQ(taken(), 0x60U);
    set(0xb0, 0);
    set(0xb0, 0);
    EXPECT_EQ(taken(), 0x5fU);
    set(0xb0, 0);
    EXPECT_EQ(taken(), 0x41U);
    set(0xb0, 0);
    set(0xb0, 0); // nothing is left to end
    EXPECT_EQ(get(0xa0), 0U);
}

TEST_F(LocalApicTest, TaskPriorityHoldsInterruptsBack) {
    set(0x80, 0x45);
    interrupt(0x4f);
    EXPECT_FALSE(apic.wants_cpu());
    EXPECT_EQ(get(0xa0), 0x45U);
    apic.set_task_priority(0x30); // CR8 = 3
    EXPECT_EQ(get(0x80), 0x30U);
    EXPECT_EQ(taken(), 0x4fU);
}

TEST_F(LocalApicTest, OnlyLevelInterruptsAreEndedElsewhere) {
    interrupt(0x41);
    EXPECT_EQ(taken(), 0x41U);
    set(0xb0, 0);
    EXPECT_TRUE(ends.ended.empty());
    interrupt(0x41, true);
    EXPECT_EQ(get(0x1a0), 1U << 1); // TMR
    EXPECT_EQ(taken(), 0x41U);
    set(0xb0, 0);
    EXPECT_EQ(ends.ended, std::vector<u8>{0x41});
}

TEST_F(LocalApicTest, SpuriousVectorWhenNothingIsDue) {
    EXPECT_EQ(apic.acknowledge().value, 0xff);
    EXPECT_EQ(get(0xa0), 0U);
}

TEST_F(LocalApicTest, DisabledBySoftwareMasksTheTable) {
    set(0x320, 0x20031);
    set(0xf0, 0xff);
    EXPECT_EQ(get(0x320), 0x30031U);
    set(0x320, 0x31);
    EXPECT_EQ(get(0x320), 0x10031U);
    interrupt(0x41);
    EXPECT_FALSE(apic.wants_cpu());
}

/// What a CPU that serves reads itself gets to see.
struct ShownApicTest : LocalApicTest {
    ShownApicTest() { apic.show_in(words); }
    /// Every register that such a CPU serves.
    void expect_shown(const char* when) {
        constexpr u64 offsets[] = {
            0x20,  0x30,  0x80,  0xb0,  0xd0,  0xe0,  0xf0,  0x100, 0x110, 0x120, 0x130, 0x140, 0x150,
            0x160, 0x170, 0x180, 0x190, 0x1a0, 0x1b0, 0x1c0, 0x1d0, 0x1e0, 0x1f0, 0x200, 0x210, 0x220,
            0x230, 0x240, 0x250, 0x260, 0x270, 0x280, 0x300, 0x310, 0x320, 0x330, 0x340, 0x350, 0x360,
            0x370, 0x380, 0x3e0};
        for (const u64 offset : offsets)
            EXPECT_EQ(words[offset / 4], get(offset)) << when << " " << std::hex << offset;
    }
    std::array<u32, 1024> words{};
};

TEST_F(ShownApicTest, EveryChangeIsSeen) {
    expect_shown("at first");
    for (u64 offset = 0; offset < 0x400; offset += 0x10) {
        if (offset == 0x300)
            continue;
        words[offset / 4] = 0x12345678; // as the CPU does before it says so
        set(offset, 0x12345678);
        expect_shown("write");
    }
    set(0x80, 0);
    set(0xf0, 0x1ff);
    interrupt(0x51);
    expect_shown("request");
    interrupt(0x92, true);
    expect_shown("level");
    EXPECT_EQ(taken(), 0x92U);
    expect_shown("acknowledged");
    set(0xb0, 0);
    expect_shown("ended");
    set(0x320, 0x40031);
    expect_shown("deadline mode");
    set(0x300, 0x44005);
    set(0x280, 0);
    expect_shown("error");
    apic.set_task_priority(0x77);
    expect_shown("priority");
    set(0xf0, 0xff);
    expect_shown("off");
    apic.reset();
    expect_shown("reset");
    apic.show_in({});
    set(0x80, 0x55);
    EXPECT_EQ(words[0x20], 0U);
}

TEST_F(ShownApicTest, PriorityComesFromTheWords) {
    words[0x20] = 0x60;
    apic.take_shown_priority();
    EXPECT_EQ(get(0x80), 0x60U);
    EXPECT_EQ(apic.held_back(), 0);
    interrupt(0x51);
    EXPECT_EQ(apic.held_back(), 5);
    EXPECT_EQ(taken(), 0U);
    words[0x20] = 0x40;
    apic.take_shown_priority();
    EXPECT_EQ(apic.held_back(), 0);
    EXPECT_EQ(taken(), 0x51U);
    interrupt(0x58); // the one in service holds it back, whatever the priority
    EXPECT_EQ(apic.held_back(), 0);
    words[0x20] = 0x80;
    apic.take_shown_priority();
    interrupt(0x61);
    EXPECT_EQ(apic.held_back(), 6);
    set(0xf0, 0xff);
    EXPECT_EQ(apic.held_back(), 0);
}

TEST_F(LocalApicTest, OneShotTimer) {
    set(0x320, 0x31);
    set(0x3e0, 0xb); // divide by 1: 40 ns
    set(0x380, 25'000);
    EXPECT_EQ(apic.next_deadline(), 1'000'000U);
    clock.time = 400'000;
    EXPECT_EQ(get(0x390), 15'000U);
    clock.time = 400'039;
    EXPECT_EQ(get(0x390), 15'000U);
    clock.time = 400'040;
    EXPECT_EQ(get(0x390), 14'999U);
    run_until(clock, apic, second);
    EXPECT_EQ(taken(), 0x31U);
    EXPECT_EQ(get(0x390), 0U);
    EXPECT_EQ(get(0x380), 25'000U);
    set(0xb0, 0);
    run_until(clock, apic, 2 * second);
    EXPECT_EQ(taken(), 0U);
}

TEST_F(LocalApicTest, EveryDividerOfTheTimer) {
    constexpr u32 codes[] = {0xb, 0, 1, 2, 3, 8, 9, 0xa};
    for (unsigned i = 0; i < 8; ++i) {
        set(0x3e0, codes[i]);
        set(0x380, 1000);
        const machine::Nanoseconds start = clock.time;
        EXPECT_EQ(apic.next_deadline() - start, 40'000U << i) << i;
        clock.time += 4'000U << i;
        EXPECT_EQ(get(0x390), 900U);
    }
}

TEST_F(LocalApicTest, PeriodicTimerDoesNotStormAfterAPause) {
    set(0x320, 0x20031);
    set(0x3e0, 0xb);
    set(0x380, 25'000);
    unsigned ticks = 0;
    for (unsigned i = 0; i < 100; ++i) {
        run_until(clock, apic, clock.time + 1'000'000);
        ticks += taken() == 0x31 ? 1 : 0;
        set(0xb0, 0);
    }
    EXPECT_EQ(ticks, 100U);
    clock.time += 3600 * second + 300'000; // nobody ran the VM for an hour
    apic.expire();
    EXPECT_EQ(taken(), 0x31U);
    set(0xb0, 0);
    EXPECT_EQ(taken(), 0U);
    EXPECT_EQ(apic.next_deadline(), clock.time + 700'000);
    EXPECT_EQ(get(0x390), 17'500U);
}

TEST_F(LocalApicTest, TimerRateIsBounded) {
    set(0x320, 0x20031);
    set(0x3e0, 0xb);
    set(0x380, 1);
    unsigned calls = 0;
    while (apic.next_deadline() <= second / 1000) {
        clock.time = std::max(clock.time, apic.next_deadline());
        apic.expire();
        ++calls;
    }
    EXPECT_LE(calls, 101U);
    EXPECT_GE(calls, 99U);
}

TEST_F(LocalApicTest, TscDeadline) {
    set(0x320, 0x40031);
    ASSERT_TRUE(apic.write_msr(LocalApic::msr_tsc_deadline, 3'000'000));
    EXPECT_EQ(msr(LocalApic::msr_tsc_deadline), 3'000'000U);
    EXPECT_EQ(apic.next_deadline(), 1'000'001U);
    set(0x380, 5); // the other modes' register does nothing
    EXPECT_EQ(get(0x380), 0U);
    clock.time = 999'999;
    apic.expire();
    EXPECT_EQ(taken(), 0U);
    clock.time = 1'000'001;
    apic.expire();
    EXPECT_EQ(taken(), 0x31U);
    EXPECT_EQ(msr(LocalApic::msr_tsc_deadline), 0U);
    EXPECT_EQ(apic.next_deadline(), machine::never);
    // A deadline of the past is due at once; another mode drops it.
    set(0xb0, 0);
    ASSERT_TRUE(apic.write_msr(LocalApic::msr_tsc_deadline, 1));
    EXPECT_LE(apic.next_deadline(), clock.time + 10'000);
    set(0x320, 0x31);
    EXPECT_EQ(msr(LocalApic::msr_tsc_deadline), 0U);
    ASSERT_TRUE(apic.write_msr(LocalApic::msr_tsc_deadline, 1));
    EXPECT_EQ(apic.next_deadline(), machine::never);
}

TEST_F(LocalApicTest, CommandsToItself) {
    set(0x300, 0x40000 | 0x51); // self
    EXPECT_EQ(taken(), 0x51U);
    set(0xb0, 0);
    set(0x300, 0x80000 | 0x52); // all
    EXPECT_EQ(taken(), 0x52U);
    set(0xb0, 0);
    set(0x300, 0xc0000 | 0x53); // all others: nobody
    EXPECT_EQ(taken(), 0U);
    set(0x310, 0x00000000);
    set(0x300, 0x54);
    EXPECT_EQ(taken(), 0x54U);
    set(0xb0, 0);
    set(0x310, 0x01000000); // CPU 1 is not there
    set(0x300, 0x55);
    EXPECT_EQ(taken(), 0U);
    EXPECT_EQ(get(0x300), 0x55U); // idle
    set(0x310, 0xff000000);
    set(0x300, 0x400); // NMI to all
    EXPECT_TRUE(apic.nmi_pending());
    set(0x300, 0x8500); // INIT level de-assert
    EXPECT_EQ(power.resets, 0U);
    set(0x310, 0);
    set(0x300, 0x4500);
    EXPECT_EQ(power.resets, 1U);
    set(0x300, 0x4608); // start-up: it runs already
}

TEST_F(LocalApicTest, LogicalDestinations) {
    set(0xd0, 0x04000000);
    const auto matches = [&](u32 destination) {
        ApicMessage message;
        message.logical = true;
        message.destination = destination;
        return apic.matches(message);
    };
    EXPECT_TRUE(matches(0x04) && matches(0x0c) && matches(0xff));
    EXPECT_FALSE(matches(0x03) || matches(0));
    set(0xe0, 0); // clusters
    set(0xd0, 0x21000000);
    EXPECT_TRUE(matches(0x21) && matches(0x2f) && matches(0xf1));
    EXPECT_FALSE(matches(0x11) || matches(0x22));
    go_x2apic();
    EXPECT_TRUE(matches(0x00000001) && matches(~0U));
    EXPECT_FALSE(matches(0x00010001) || matches(2));
}

TEST_F(LocalApicTest, Messages) {
    apic.message(0xfee00000, 0x0041);
    EXPECT_EQ(taken(), 0x41U);
    set(0xb0, 0);
    apic.message(0xfee01000, 0x0042);   // another CPU
    apic.message(0x1'fee00000, 0x0043); // not the APICs' range
    apic.message(0xfed00000, 0x0043);
    EXPECT_EQ(taken(), 0U);
    apic.message(0xfeeff000, 0xc045); // everyone, level
    EXPECT_EQ(taken(), 0x45U);
    set(0xb0, 0);
    EXPECT_EQ(ends.ended, std::vector<u8>{0x45});
    apic.message(0xfee00000, 0x0400);
    EXPECT_TRUE(apic.nmi_pending());
}

TEST_F(LocalApicTest, Errors) {
    set(0x370, 0x0e); // an error vector that cannot be: no recursion (XSA-462)
    interrupt(0x0f);
    set(0x280, 0);
    EXPECT_EQ(get(0x280), 0x40U);
    set(0x280, 0);
    EXPECT_EQ(get(0x280), 0U);
    set(0x370, 0x61);
    set(0x300, 0x40005);
    EXPECT_EQ(taken(), 0x61U);
    set(0xb0, 0);
    set(0x280, 0);
    EXPECT_EQ(get(0x280), 0x20U);
    static_cast<void>(get(0x3f0));
    EXPECT_EQ(taken(), 0x61U);
    set(0x280, 0);
    EXPECT_EQ(get(0x280), 0x80U);
}

TEST_F(LocalApicTest, NarrowAndCrookedAccesses) {
    EXPECT_EQ(bus.read(LocalApic::base + 0x30, Width::byte), 0x14U);
    EXPECT_EQ(bus.read(LocalApic::base + 0x32, Width::byte), 0x05U);
    EXPECT_EQ(bus.read(LocalApic::base + 0x34, Width::dword), 0U);
    EXPECT_EQ(bus.read(LocalApic::base + 0x30, Width::qword), 0x00050014U);
    set(0x320, 0x30031);
    bus.write(LocalApic::base + 0x320, Width::byte, 0x55);
    EXPECT_EQ(get(0x320), 0x30055U);
    bus.write(LocalApic::base + 0x84, Width::dword, 0x55);
    bus.write(LocalApic::base + 0x81, Width::byte, 0x55);
    EXPECT_EQ(get(0x80), 0U);
}

TEST_F(LocalApicTest, BaseRegister) {
    EXPECT_FALSE(apic.write_msr(0x1b, 0xfed00900)); // it does not move
    EXPECT_FALSE(apic.write_msr(0x1b, 0xfee00901));
    EXPECT_FALSE(apic.write_msr(0x1b, 0xfee00500)); // x2APIC needs the enable bit
    EXPECT_TRUE(apic.write_msr(0x1b, 0xfee00100));
    EXPECT_FALSE(apic.enabled());
    EXPECT_EQ(get(0x30), ~0U); // nothing is there
    apic.set_line(0, true);    // the pins are INTR and NMI
    apic.set_line(1, true);
    EXPECT_TRUE(apic.external_pending() && apic.nmi_pending());
    EXPECT_FALSE(apic.write_msr(0x1b, 0xfee00d00));
    EXPECT_TRUE(apic.write_msr(0x1b, 0xfee00900));
    EXPECT_EQ(get(0xf0), 0xffU);
    go_x2apic();
    EXPECT_FALSE(apic.write_msr(0x1b, 0xfee00900));
    EXPECT_EQ(msr(0x1b), 0xfee00d00U);
    EXPECT_TRUE(apic.write_msr(0x1b, 0xfee00100));
}

TEST_F(LocalApicTest, X2apicRegisters) {
    EXPECT_FALSE(reads(0x803));
    EXPECT_FALSE(apic.write_msr(0x808, 0));
    go_x2apic();
    EXPECT_EQ(get(0x30), ~0U); // no longer in memory
    EXPECT_EQ(msr(0x802), 0U);
    EXPECT_EQ(msr(0x803), 0x00050014U);
    EXPECT_EQ(msr(0x80d), 1U);
    for (const u32 absent :
         {0x800U, 0x809U, 0x80bU, 0x80cU, 0x80eU, 0x82fU, 0x831U, 0x83aU, 0x83fU, 0x840U, 0x8ffU})
        EXPECT_FALSE(reads(absent)) << std::hex << absent;
    for (const u32 read_only : {0x802U, 0x803U, 0x80aU, 0x80dU, 0x810U, 0x820U, 0x839U, 0x8ffU})
        EXPECT_FALSE(apic.write_msr(read_only, 0)) << std::hex << read_only;
    EXPECT_FALSE(apic.write_msr(0x80b, 1)); // reserved bits
    EXPECT_FALSE(apic.write_msr(0x808, 0x100));
    EXPECT_FALSE(apic.write_msr(0x80f, 0x1000));
    EXPECT_FALSE(apic.write_msr(0x832, 0x80000));
    EXPECT_FALSE(apic.write_msr(0x828, 1));
    EXPECT_FALSE(apic.write_msr(0x830, 1U << 20));
    EXPECT_TRUE(apic.write_msr(0x83f, 0x51));
    EXPECT_EQ(taken(), 0x51U);
    EXPECT_TRUE(apic.write_msr(0x80b, 0));
    EXPECT_TRUE(apic.write_msr(0x830, u64{0} << 32 | 0x52));
    EXPECT_EQ(taken(), 0x52U);
    EXPECT_TRUE(apic.write_msr(0x80b, 0));
    EXPECT_TRUE(apic.write_msr(0x830, u64{7} << 32 | 0x53));
    EXPECT_EQ(taken(), 0U);
    EXPECT_EQ(msr(0x830), u64{7} << 32 | 0x53);
    EXPECT_TRUE(apic.write_msr(0x832, 0x20031));
    EXPECT_TRUE(apic.write_msr(0x83e, 0xb));
    EXPECT_TRUE(apic.write_msr(0x838, 50'000));
    EXPECT_EQ(apic.next_deadline(), clock.time + 2'000'000);
}

} // namespace
} // namespace vestige::test
