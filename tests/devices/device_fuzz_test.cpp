// SPDX-License-Identifier: BSD-2-Clause
// Devices under a guest that reads and writes anything, in any order and width, while time runs,
// jumps and stands still. Sanitizers watch; what must hold at all times is asserted.
// VESTIGE_FUZZ=10000000 gives each device ten million accesses. For the coverage build in a folder
// of its own with `make SANITIZERS=--coverage tests/devices_test`, run it, and have
// `gcov -r -s .. src/devices/*.gcda` list the lines.
#include "vestige/devices/hpet.hpp"
#include "vestige/devices/io_apic.hpp"
#include "vestige/devices/pic8259.hpp"
#include "vestige/devices/pit8254.hpp"
#include "vestige/devices/rtc_cmos.hpp"
#include "vestige/devices/uart16550.hpp"

#include "device_fuzz.hpp"

namespace vestige::test {
namespace {

TEST_F(DeviceFuzz, Pic) {
    devices::Pic8259 pic;
    ASSERT_TRUE(pic.attach(*bus));
    for (u64 i = 0; i < fuzz_inputs(); ++i) {
        access({{0x20, 2}, {0xa0, 2}, {0x4d0, 2}});
        pic.set_line(static_cast<unsigned>(random.below(20)), random.one_in(2));
        if (pic.interrupt_pending() && random.one_in(2))
            static_cast<void>(pic.acknowledge());
        if (random.one_in(10))
            pic.end_of_interrupt(static_cast<unsigned>(random.below(16)));
        for (unsigned chip = 0; chip < 2; ++chip) {
            ASSERT_LT(pic.chip(chip).lowest, 8);
            ASSERT_EQ(pic.chip(chip).vector_base & 7, 0);
        }
    }
}

TEST_F(DeviceFuzz, Pit) {
    devices::Pit8254 pit{clock, {lines, 0}};
    ASSERT_TRUE(pit.attach(*bus));
    pit.reset();
    for (u64 i = 0; i < fuzz_inputs(); ++i) {
        access({{0x40, 4}, {0x61, 1}});
        if (random.one_in(3)) {
            pass_time();
            if (clock.time == 0)
                pit.reset();
        }
        expire(pit);
        for (unsigned channel = 0; channel < 3; ++channel)
            ASSERT_NE(pit.channel(channel).reload, 0U);
    }
}

TEST_F(DeviceFuzz, Rtc) {
    devices::RtcCmos rtc{clock, {lines, 8}, 1'000'000'000};
    ASSERT_TRUE(rtc.attach(*bus));
    rtc.reset();
    for (u64 i = 0; i < fuzz_inputs(); ++i) {
        if (random.one_in(2))
            out(0x70, static_cast<unsigned>(random.below(16)));
        access({{0x70, 2}});
        if (random.one_in(16)) {
            pass_time();
            if (clock.time == 0)
                rtc.reset();
        }
        expire(rtc);
        const devices::CivilTime t = rtc.time();
        ASSERT_TRUE(t.month >= 1 && t.month <= 12 && t.day >= 1 && t.day <= 31 && t.hour < 24 &&
                    t.weekday >= 1 && t.weekday <= 7);
    }
}

TEST_F(DeviceFuzz, Uart) {
    FakeSink sink;
    FakeSource source;
    devices::Uart16550 uart{clock, {lines, 4}, sink, source};
    ASSERT_TRUE(uart.attach(*bus, Port{0x3f8}));
    uart.reset();
    for (u64 i = 0; i < fuzz_inputs(); ++i) {
        access({{0x3f8, 8}});
        sink.got.clear();
        sink.room = random.one_in(4) ? 0 : random.below(40);
        while (source.bytes.size() < 40 && random.one_in(2))
            source.bytes.push_back(static_cast<u8>(random.next()));
        if (random.one_in(3)) {
            pass_time();
            if (clock.time == 0)
                uart.reset();
        }
        expire(uart);
    }
}

/// Every MSR of the local APIC; base and deadline, which decide what the others do, more often.
void access_msr(devices::LocalApic& apic, RandomBytes& random) {
    using devices::LocalApic;
    u32 index = LocalApic::msr_first + static_cast<u32>(random.below(0x40));
    u64 value = random.next() >> (8 * random.below(8)) & random.next();
    if (random.one_in(32)) {
        index = LocalApic::msr_base;
        value = LocalApic::base.value() | 0x100 | random.below(4) << 10;
    } else if (random.one_in(8)) {
        index = LocalApic::msr_tsc_deadline;
    }
    if (random.one_in(2))
        static_cast<void>(apic.write_msr(index, value));
    else
        static_cast<void>(apic.read_msr(index, value));
}

TEST_F(DeviceFuzz, Apics) {
    FakePower power;
    machine::MmioBus mmio;
    struct {
        devices::LocalApic local;
        devices::IoApic io;
    } apics{{clock, power, apics.io}, devices::IoApic{apics.local}};
    ASSERT_TRUE(apics.local.attach(mmio) && apics.io.attach(mmio));
    apics.local.reset();
    apics.io.reset();
    apics.local.enter_virtual_wire_mode();
    for (u64 i = 0; i < fuzz_inputs(); ++i) {
        switch (random.below(10)) {
        case 8:
        case 9:
            access_msr(apics.local, random);
            break;
        case 0:
            apics.io.set_line(static_cast<unsigned>(random.below(32)), random.one_in(2));
            break;
        case 1:
            apics.local.set_line(static_cast<unsigned>(random.below(3)), random.one_in(2));
            break;
        case 2:
            apics.local.message(random.next() >> random.below(64), static_cast<u32>(random.next()));
            break;
        case 3:
        case 4:
            access(mmio, devices::IoApic::base, 0x20);
            break;
        default:
            access(mmio, devices::LocalApic::base, 0x400);
        }
        if (apics.local.nmi_pending() && random.one_in(2))
            apics.local.take_nmi();
        if (apics.local.interrupt_pending() && !apics.local.external_pending()) {
            const u8 vector = apics.local.acknowledge().value;
            ASSERT_GE(vector, 16);
        }
        if (random.one_in(64)) // back to where a guest can do something
            apics.local.enter_virtual_wire_mode();
        if (random.one_in(3)) {
            pass_time();
            if (clock.time > u64{100} * 365 * 86400 * machine::nanoseconds_per_second)
                clock.time = 0; // before the time-stamp counter's 64 bits are over
            if (clock.time == 0)
                apics.local.reset();
        }
        expire(apics.local);
    }
}

TEST_F(DeviceFuzz, Hpet) {
    machine::MmioBus mmio;
    LineRecorder pins;
    devices::InterruptRouter router{lines, pins};
    devices::Hpet hpet{clock, router};
    ASSERT_TRUE(hpet.attach(mmio));
    hpet.reset();
    for (u64 i = 0; i < fuzz_inputs(); ++i) {
        access(mmio, devices::Hpet::base, 0x400);
        access(mmio, devices::Hpet::base + 0x100, 0x60);
        if (random.one_in(8))
            mmio.write(devices::Hpet::base + 0x10, Width::dword, random.below(4));
        if (random.one_in(3)) {
            pass_time();
            if (clock.time == 0)
                hpet.reset();
        }
        expire(hpet);
    }
}

TEST_F(DeviceFuzz, SystemPorts) {
    machine::A20Gate a20;
    FakePower power;
    FakeSink sink;
    devices::SystemControl control{a20, power};
    devices::ExitPorts exits{power, sink};
    ASSERT_TRUE(control.attach(*bus) && exits.attach(*bus));
    constexpr std::string_view word = "Shutdown";
    for (u64 i = 0; i < fuzz_inputs(); ++i) {
        access({{0x92, 1}, {0xf4, 1}, {0xe9, 1}, {0x8900, 1}});
        out(0x8900, static_cast<u8>(word[random.below(word.size())]));
        sink.got.clear();
        power.statuses.clear();
    }
}

} // namespace
} // namespace vestige::test
