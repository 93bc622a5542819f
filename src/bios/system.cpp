// SPDX-License-Identifier: BSD-2-Clause
// INT 11h, INT 12h and INT 15h.
#include "vestige/bios/memory_map.hpp"
#include "vestige/bios/service.hpp"

#include "apm.hpp"
#include "block_move.hpp"
#include "mouse.hpp"
#include "protected_mode.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

constexpr u8 not_supported = 0x86;
constexpr u32 smap = 0x534d4150;

Outcome unsupported(Call& call) {
    return call.fail(not_supported);
}

Outcome succeed(Call& call) {
    call.set_ah(0);
    return call.succeed();
}

Outcome a20_off(Call& call) {
    call.env.a20.set(false);
    return succeed(call);
}

Outcome a20_on(Call& call) {
    call.env.a20.set(true);
    return succeed(call);
}

Outcome a20_status(Call& call) {
    call.set_al(call.env.a20.enabled() ? 1 : 0);
    call.set_cx(0);
    return succeed(call);
}

Outcome a20_support(Call& call) {
    call.set_bx(0x0003); // through the keyboard controller and port 92h
    return succeed(call);
}

/// Default of the keyboard hook: the key is not swallowed.
Outcome keyboard_intercept(Call& call) {
    call.set_carry(true);
    return Outcome::done;
}

Outcome hook_default(Call& call) {
    return succeed(call);
}

/// Waits CX:DX microseconds: from tick to tick, and by looking again and again within the last one.
Outcome wait_microseconds(Call& call) {
    const machine::Nanoseconds now = call.env.clock.now();
    const machine::Nanoseconds longest = u64{0xffffffff} * 1000;
    const auto begun = call.take_end_of_wait();
    const auto end = begun.value_or(now + (u64{call.cx()} << 16 | call.dx()) * 1000);
    // An end that lies further off has been changed on the stack.
    if (now < end && end - now <= longest)
        return call.wait_until(end, true);
    return call.succeed();
}

constexpr u8 rtc_periodic = 0x40, rtc_sources = 0x70;

Outcome set_event_wait(Call& call) {
    devices::RtcCmos& rtc = call.env.rtc;
    if ((call.bda<u8>(bda::wait_active) & 1) != 0) {
        return unsupported(call); // the timer is in use
    }
    call.set_bda<u32>(bda::wait_flag_pointer,
                      u32{call.selector(cpu::SegmentName::es)} << 16 | call.bx());
    call.set_bda<u32>(bda::wait_count, u32{call.cx()} << 16 | call.dx());
    call.set_bda<u8>(bda::wait_active, 1);
    const u8 sources = rtc.read(devices::cmos::status_b);
    if ((sources & rtc_sources) == 0) // a period that ended before does not count
        static_cast<void>(rtc.read(devices::cmos::status_c));
    rtc.write(devices::cmos::status_b, static_cast<u8>(sources | rtc_periodic));
    return call.succeed();
}

Outcome cancel_event_wait(Call& call) {
    devices::RtcCmos& rtc = call.env.rtc;
    call.set_bda<u8>(bda::wait_active, 0);
    rtc.write(devices::cmos::status_b,
              static_cast<u8>(rtc.read(devices::cmos::status_b) & ~rtc_periodic));
    return call.succeed();
}

/// SeaBIOS and rombios count AL down before they refuse.
Outcome unknown_event_wait(Call& call) {
    call.set_al(static_cast<u8>(call.al() - 1));
    return unsupported(call);
}

Outcome extended_memory(Call& call) {
    const MemoryMap map = memory_map(call.env.memory_size);
    call.set_ax(static_cast<u16>(std::min<u64>(map.extended / kib, 63 * 1024)));
    return call.succeed();
}

Outcome config(Call& call) {
    call.set_selector(cpu::SegmentName::es, bios_segment);
    call.set_bx(config_table);
    return succeed(call);
}

Outcome ebda(Call& call) {
    call.set_selector(cpu::SegmentName::es, call.bda<u16>(bda::ebda_segment));
    return call.succeed();
}

/// DX: 0 asks for the buttons, 1 for the positions. Without a game port none is pressed and all
/// is zero.
Outcome joystick(Call& call) {
    if (call.dx() > 1)
        return unsupported(call);
    if (call.dx() == 0) {
        call.set_al(0);
        return call.succeed();
    }
    call.set_ax(0);
    call.set_bx(0);
    call.set_cx(0);
    call.set_dx(0);
    return call.succeed();
}

struct MemorySizes {
    u32 kib_below_16m = 0;
    u32 blocks_above_16m = 0; ///< of 64 KiB, up to the PCI hole
};

MemorySizes memory_sizes(const Call& call) {
    const MemoryMap map = memory_map(call.env.memory_size);
    const u64 below = std::min<u64>(map.extended, 15 * mib);
    return {static_cast<u32>(below / kib), static_cast<u32>((map.extended - below) / (64 * kib))};
}

Outcome e801(Call& call) {
    const MemorySizes sizes = memory_sizes(call);
    call.set_ax(static_cast<u16>(sizes.kib_below_16m));
    call.set_bx(static_cast<u16>(sizes.blocks_above_16m));
    call.set_cx(call.ax());
    call.set_dx(call.bx());
    return call.succeed();
}

Outcome e881(Call& call) {
    const MemorySizes sizes = memory_sizes(call);
    call.set_eax(sizes.kib_below_16m);
    call.set_ebx(sizes.blocks_above_16m);
    call.set_ecx(sizes.kib_below_16m);
    call.set_edx(sizes.blocks_above_16m);
    return call.succeed();
}

Outcome e820(Call& call) {
    constexpr u32 entry_size = 20;
    const MemoryMap map = memory_map(call.env.memory_size);
    const u32 index = call.bx(); // of the continuation nobody looks at more
    if (call.edx() != smap || call.ecx() < entry_size || index >= map.entries.size())
        return unsupported(call);
    const MapEntry& entry = map.entries[index];
    std::array<std::byte, entry_size> bytes{};
    store_le<u64>(bytes, 0, entry.start.value());
    store_le<u64>(bytes, 8, entry.size);
    store_le<u32>(bytes, 16, entry.type);
    call.write(cpu::SegmentName::es, call.di(), bytes);
    call.set_eax(smap);
    call.set_ebx(index + 1 < map.entries.size() ? index + 1 : 0);
    call.set_ecx(entry_size);
    return call.succeed();
}

constexpr std::array rows{
    no_ah(0x00, "15/00", "cassette motor on"),
    no_ah(0x04, "15/04", "ABIOS table"),
    no_ah(0x10, "15/10xx", "multitasker"),
    by_ax(0x2400, "15/2400", "A20 off", a20_off, "", "cf ah"),
    by_ax(0x2401, "15/2401", "A20 on", a20_on, "", "cf ah"),
    by_ax(0x2402, "15/2402", "A20 status", a20_status, "", "cf ah al cx"),
    by_ax(0x2403, "15/2403", "A20 support", a20_support, "", "cf ah bx"),
    no_ah(0x41, "15/41", "wait for external event"),
    by_ah(0x4f, "15/4F", "keyboard intercept", keyboard_intercept, "scan=al", "cf al"),
    by_ah(0x52, "15/52", "eject hook", hook_default, "drive=dl", "cf ah"),
    by_ax(0x5300, "15/5300", "APM installation check", apm_check, "device=bx", "cf ax bx cx"),
    by_ax(0x5301, "15/5301", "APM real-mode connect", apm_connect, "device=bx", "cf ah"),
    by_ax(0x5302, "15/5302", "APM 16-bit connect", apm_connect_16_bit, "device=bx",
          "cf ax bx cx si di"),
    by_ax(0x5303, "15/5303", "APM 32-bit connect", apm_connect_32_bit, "device=bx",
          "cf ax ebx cx dx si di"),
    by_ax(0x5304, "15/5304", "APM disconnect", apm_connect, "device=bx", "cf ah"),
    by_ax(0x5305, "15/5305", "APM CPU idle", apm_idle, "", "cf"),
    by_ax(0x5306, "15/5306", "APM CPU busy", apm_busy, "", "cf"),
    by_ax(0x5307, "15/5307", "APM set power state", apm_set_power_state, "device=bx state=cx",
          "cf ah"),
    by_ax(0x5308, "15/5308", "APM enable power management", apm_accept, "device=bx cx", "cf ah"),
    by_ax(0x530a, "15/530A", "APM power status", apm_power_status, "device=bx", "cf ah bx cx dx"),
    by_ax(0x530b, "15/530B", "APM power management event", apm_event, "", "cf ah"),
    by_ax(0x530e, "15/530E", "APM driver version", apm_version, "device=bx version=cx", "cf ax"),
    by_ax(0x530f, "15/530F", "APM engage power management", apm_accept, "device=bx cx", "cf ah"),
    by_ax(0x5310, "15/5310", "APM capabilities", apm_capabilities, "device=bx", "cf ah bl cx"),
    by_ax(0x530d, {}, "APM enable device", apm_accept, "device=bx cx", "cf ah"),
    refused(by_ah(0x53, {}, "APM", apm_unknown, "al", "cf")),
    no_ah(0x5f, "15/5F", "vendor video hook"),
    no_ah(0x7f, "15/7F", "vendor hook"),
    no_ah(0x80, "15/80", "device open"),
    no_ah(0x81, "15/81", "device close"),
    no_ah(0x82, "15/82", "program end"),
    by_ax(0x8300, "15/8300", "set event wait", set_event_wait, "us=cx:dx flag=es:bx", "cf ah"),
    by_ax(0x8301, "15/8301", "cancel event wait", cancel_event_wait, "", "cf ah"),
    refused(by_ah(0x83, {}, "event wait", unknown_event_wait, "", "cf ah al")),
    by_ah(0x84, "15/84", "joystick", joystick, "dx", "cf ax bx cx dx"),
    no_ah(0x85, "15/85", "SysReq hook"),
    by_ah(0x86, "15/86", "wait", wait_microseconds, "us=cx:dx", "cf"),
    by_ah(0x87, "15/87", "move block", move_block, "words=cx# gdt=es:si", "cf ah"),
    by_ah(0x88, "15/88", "extended memory size", extended_memory, "", "cf kib=ax#"),
    by_ah(0x89, "15/89", "enter protected mode", enter_protected_mode, "gdt=es:si bx", "cf ah"),
    by_ah(0x90, "15/90", "device busy", hook_default, "al", "cf ah"),
    by_ah(0x91, "15/91", "device post", hook_default, "al", "cf ah"),
    no_ah(0xbf, "15/BF", "DOS extender"),
    by_ah(0xc0, "15/C0", "system configuration", config, "", "cf ah table=es:bx"),
    by_ah(0xc1, "15/C1", "EBDA segment", ebda, "", "cf es"),
    by_ax(0xc200, "15/C200", "mouse enable", mouse_enable, "bx", "cf ah"),
    by_ax(0xc201, "15/C201", "mouse reset", mouse_reset, "", "cf ah bx"),
    by_ax(0xc202, "15/C202", "mouse sample rate", mouse_sample_rate, "bx", "cf ah"),
    by_ax(0xc203, "15/C203", "mouse resolution", mouse_resolution, "bx", "cf ah"),
    by_ax(0xc204, "15/C204", "mouse id", mouse_id, "", "cf ah bx"),
    by_ax(0xc205, "15/C205", "mouse initialize", mouse_initialize, "bx", "cf ah bx"),
    by_ax(0xc206, "15/C206", "mouse status and scaling", mouse_status, "bx", "cf ah bl cl dl"),
    by_ax(0xc207, "15/C207", "mouse routine", mouse_routine, "routine=es:bx", "cf ah"),
    refused(by_ah(0xc2, {}, "mouse", mouse_bad_function, "al", "cf ah")),
    no_ah(0xd8, "15/D8", "EISA"),
    by_ax(0xe801, "15/E801", "memory sizes", e801, "", "cf ax bx cx dx"),
    by_ax(0xe820, "15/E820", "memory map", e820, "ebx ecx# edx buf=es:di", "cf eax ebx ecx#"),
    by_ax(0xe881, "15/E881", "memory sizes, 32 bits", e881, "", "cf eax ebx ecx edx"),
    no_ax(0xe980, "15/E980", "SpeedStep"),
    no_ax(0xec00, "15/EC00", "AMD64 target mode"),
};

} // namespace

constinit const FunctionTable system_services{rows, index_of(rows), unsupported, "cf ah"};

Outcome equipment_list(Call& call) {
    call.set_ax(call.bda<u16>(bda::equipment));
    return Outcome::done;
}

Outcome memory_size(Call& call) {
    call.set_ax(call.bda<u16>(bda::base_memory));
    return Outcome::done;
}

} // namespace vestige::bios
