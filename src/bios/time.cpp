// SPDX-License-Identifier: BSD-2-Clause
// INT 08h (timer tick), INT 70h (RTC) and INT 1Ah (time of day, PCI BIOS in pci_bios.cpp).
#include "vestige/bios/service.hpp"

#include "pci_bios.hpp"

namespace vestige::bios {

using devices::CivilTime;

namespace {

constexpr u8 user_tick = 0x1c, user_alarm = 0x4a;

void count_tick(Call& call) {
    u32 ticks = call.bda<u32>(bda::ticks) + 1;
    if (ticks >= ticks_per_day) {
        ticks = 0;
        call.set_bda<u8>(bda::midnight, static_cast<u8>(call.bda<u8>(bda::midnight) + 1));
    }
    call.set_bda(bda::ticks, ticks);
    if (const u8 left = call.bda<u8>(bda::floppy_motor_count); left != 0) {
        call.set_bda<u8>(bda::floppy_motor_count, static_cast<u8>(left - 1));
        if (left == 1)
            call.set_bda<u8>(bda::floppy_motor, call.bda<u8>(bda::floppy_motor) & 0xf0);
    }
}

constexpr u8 to_bcd(u32 value) {
    return static_cast<u8>((value / 10 % 10) << 4 | value % 10);
}
constexpr u32 from_bcd(u8 value) {
    return (value >> 4) * 10U + (value & 15U);
}

Outcome get_ticks(Call& call) {
    if (call.wants_window())
        return call.open_window();
    const u32 ticks = call.bda<u32>(bda::ticks);
    call.set_cx(static_cast<u16>(ticks >> 16));
    call.set_dx(static_cast<u16>(ticks));
    call.set_ax(call.bda<u8>(bda::midnight));
    call.set_bda<u8>(bda::midnight, 0);
    return call.succeed();
}

Outcome set_ticks(Call& call) {
    call.set_bda<u32>(bda::ticks, u32{call.cx()} << 16 | call.dx());
    call.set_bda<u8>(bda::midnight, 0);
    call.set_ah(0);
    return call.succeed();
}

Outcome get_time(Call& call) {
    const CivilTime t = call.env.rtc.time();
    call.set_ch(to_bcd(t.hour));
    call.set_cl(to_bcd(t.minute));
    call.set_dh(to_bcd(t.second));
    call.set_dl(call.env.rtc.read(devices::cmos::status_b) & 1);
    call.set_ah(0);
    call.set_al(call.ch());
    return call.succeed();
}

Outcome set_time(Call& call) {
    CivilTime t = call.env.rtc.time();
    t.hour = from_bcd(call.ch()) % 24;
    t.minute = from_bcd(call.cl()) % 60;
    t.second = from_bcd(call.dh()) % 60;
    call.env.rtc.set_time(t);
    const u8 b = call.env.rtc.read(devices::cmos::status_b);
    const u8 set = static_cast<u8>((b & 0x62) | 0x02 | (call.dl() & 1));
    call.env.rtc.write(devices::cmos::status_b, set);
    call.set_ax(set);
    return call.succeed();
}

Outcome get_date(Call& call) {
    const CivilTime t = call.env.rtc.time();
    call.set_ch(to_bcd(t.year / 100));
    call.set_cl(to_bcd(t.year % 100));
    call.set_dh(to_bcd(t.month));
    call.set_dl(to_bcd(t.day));
    call.set_ah(0);
    call.set_al(call.ch());
    return call.succeed();
}

Outcome set_date(Call& call) {
    CivilTime t = call.env.rtc.time();
    t.year = from_bcd(call.ch()) * 100 + from_bcd(call.cl());
    t.month = from_bcd(call.dh());
    t.day = from_bcd(call.dl());
    call.env.rtc.set_time(t);
    call.set_ax(call.env.rtc.read(devices::cmos::status_b) & 0x7f);
    return call.succeed();
}

Outcome set_alarm(Call& call) {
    constexpr u8 alarm_enabled = 0x20;
    devices::RtcCmos& rtc = call.env.rtc;
    const u8 b = rtc.read(devices::cmos::status_b);
    if ((b & alarm_enabled) != 0) {
        call.set_ax(0);
        call.set_carry(true);
        return Outcome::done;
    }
    rtc.write(devices::cmos::hours_alarm, call.ch());
    rtc.write(devices::cmos::minutes_alarm, call.cl());
    rtc.write(devices::cmos::seconds_alarm, call.dh());
    rtc.write(devices::cmos::status_b, static_cast<u8>((b & 0x7f) | alarm_enabled));
    call.set_ax(0);
    return call.succeed();
}

Outcome clear_alarm(Call& call) {
    const u8 b = call.env.rtc.read(devices::cmos::status_b);
    call.env.rtc.write(devices::cmos::status_b, static_cast<u8>(b & 0x57));
    call.set_ah(0);
    call.set_al(b);
    return call.succeed();
}

Outcome unsupported(Call& call) {
    call.set_carry(true);
    return Outcome::done;
}

constexpr std::array rows{
    by_ah(0x00, "1A/00", "get ticks", get_ticks, "", "ticks=cx:dx midnight=al#"),
    by_ah(0x01, "1A/01", "set ticks", set_ticks, "ticks=cx:dx", "cf"),
    by_ah(0x02, "1A/02", "get time", get_time, "", "cf time=cx seconds=dh dl"),
    by_ah(0x03, "1A/03", "set time", set_time, "time=cx seconds=dh dl", "cf"),
    by_ah(0x04, "1A/04", "get date", get_date, "", "cf year=cx date=dx"),
    by_ah(0x05, "1A/05", "set date", set_date, "year=cx date=dx", "cf"),
    by_ah(0x06, "1A/06", "set alarm", set_alarm, "time=cx seconds=dh", "cf"),
    by_ah(0x07, "1A/07", "clear alarm", clear_alarm, "", "cf"),
    no_ax(0x5650, "1A/5650", "PXE installation check"),
    by_ax(0xb101, "1A/B101", "PCI present", pci_present, "", "cf ah al bx cl edx edi"),
    by_ax(0xb102, "1A/B102", "PCI find device", pci_find_device, "device=cx vendor=dx index=si#",
          "cf ah function=bx"),
    by_ax(0xb103, "1A/B103", "PCI find class", pci_find_class, "class=ecx index=si#",
          "cf ah function=bx"),
    refused(by_ax(0xb106, "1A/B106", "PCI special cycle", pci_unsupported, "", "cf ah")),
    by_ax(0xb108, "1A/B108", "PCI read byte", pci_read_byte, "function=bx register=di", "cf ah cl"),
    by_ax(0xb109, "1A/B109", "PCI read word", pci_read_word, "function=bx register=di", "cf ah cx"),
    by_ax(0xb10a, "1A/B10A", "PCI read dword", pci_read_dword, "function=bx register=di",
          "cf ah ecx"),
    by_ax(0xb10b, "1A/B10B", "PCI write byte", pci_write_byte, "function=bx register=di cl",
          "cf ah"),
    by_ax(0xb10c, "1A/B10C", "PCI write word", pci_write_word, "function=bx register=di cx",
          "cf ah"),
    by_ax(0xb10d, "1A/B10D", "PCI write dword", pci_write_dword, "function=bx register=di ecx",
          "cf ah"),
    by_ax(0xb10e, "1A/B10E", "PCI get interrupt routing", pci_interrupt_routing, "buf=es:di",
          "cf ah bx"),
    refused(by_ax(0xb10f, "1A/B10F", "PCI set interrupt", pci_unsupported, "", "cf ah")),
    refused(by_ah(0xb1, {}, "PCI BIOS", pci_unsupported, "", "cf ah")),
    no_ax(0xbb00, "1A/BB00", "TCG status"),
    no_ax(0xbb01, "1A/BB01", "TCG hash, log and extend"),
    no_ax(0xbb02, "1A/BB02", "TCG pass through"),
    no_ax(0xbb03, "1A/BB03", "TCG shut down"),
    no_ax(0xbb04, "1A/BB04", "TCG hash and log"),
    no_ax(0xbb05, "1A/BB05", "TCG hash all"),
    no_ax(0xbb06, "1A/BB06", "TCG TSS"),
    no_ax(0xbb07, "1A/BB07", "TCG compacted hash, log and extend"),
};

} // namespace

constinit const FunctionTable time_services{rows, index_of(rows), unsupported, "cf"};

/// IBM's tick handler saves AX, DX and DS around INT 1Ch; user handlers count on it. The EOI
/// comes after the user's handler.
Outcome timer_interrupt(Call& call) {
    if (call.entry() == Entry::continuation) {
        call.restore_registers();
        call.env.pic.end_of_interrupt(0);
        return Outcome::done;
    }
    count_tick(call);
    if (call.bda<u32>(Gpa{user_tick * 4}) == (u32{bios_segment} << 16 | plain_iret)) {
        call.env.pic.end_of_interrupt(0);
        return Outcome::done;
    }
    call.save_registers();
    return call.call_interrupt(user_tick);
}

Outcome rtc_interrupt(Call& call) {
    constexpr unsigned line = 8;
    if (call.entry() == Entry::continuation) {
        call.restore_registers();
        return Outcome::done;
    }
    const u8 flags = call.env.rtc.read(devices::cmos::status_c);
    const u8 enabled = call.env.rtc.read(devices::cmos::status_b);
    call.env.pic.end_of_interrupt(line);
    constexpr u8 periodic = 0x40, alarm = 0x20;
    if ((flags & enabled & periodic) != 0 && (call.bda<u8>(bda::wait_active) & 1) != 0) {
        constexpr u32 period_us = 976;
        const u32 left = call.bda<u32>(bda::wait_count);
        call.set_bda<u32>(bda::wait_count, left > period_us ? left - period_us : 0);
        if (left <= period_us) { // the event that INT 15h AH=83h asked for
            const u32 pointer = call.bda<u32>(bda::wait_flag_pointer);
            const FarPtr flag{static_cast<u16>(pointer >> 16), static_cast<u16>(pointer)};
            const Gpa at = call.physical(flag.linear());
            call.env.memory.store<u8>(at, call.env.memory.load<u8>(at) | 0x80);
            call.set_bda<u8>(bda::wait_active, 0);
            call.env.rtc.write(devices::cmos::status_b, static_cast<u8>(enabled & ~periodic));
        }
    }
    if ((flags & enabled & alarm) == 0)
        return Outcome::done;
    call.save_registers();
    return call.call_interrupt(user_alarm);
}

} // namespace vestige::bios
