// SPDX-License-Identifier: BSD-2-Clause
// INT 11h, INT 12h and INT 15h.
#include "vestige/bios/memory_map.hpp"
#include "vestige/bios/service.hpp"

#include "apm.hpp"
#include "block_move.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

constexpr u8 not_supported = 0x86;
constexpr u32 smap = 0x534d4150;

Outcome unsupported(Call& call) {
    call.set_ah(not_supported);
    call.set_carry(true);
    return Outcome::done;
}

Outcome succeed(Call& call) {
    call.set_carry(false);
    return Outcome::done;
}

Outcome a20(Call& call) {
    switch (call.al()) {
    case 0x00:
    case 0x01:
        call.env.a20.set(call.al() == 1);
        break;
    case 0x02:
        call.set_al(call.env.a20.enabled() ? 1 : 0);
        call.set_cx(0);
        break;
    case 0x03:
        call.set_bx(0x0003); // through the keyboard controller and port 92h
        break;
    default:
        return unsupported(call);
    }
    call.set_ah(0);
    return succeed(call);
}

/// Default of the keyboard hook: the key is not swallowed.
Outcome keyboard_intercept(Call& call) {
    call.set_carry(true);
    return Outcome::done;
}

Outcome hook_default(Call& call) {
    call.set_ah(0);
    return succeed(call);
}

/// Waits CX:DX microseconds. The end of the wait lies on the guest's stack below the frame, so a
/// call that is abandoned leaves nothing behind.
Outcome wait_microseconds(Call& call) {
    constexpr unsigned words = 4;
    const machine::Nanoseconds now = call.env.clock.now();
    machine::Nanoseconds end = now + (u64{call.cx()} << 16 | call.dx()) * 1000;
    if (call.entry() == Entry::call) {
        for (unsigned i = words; i != 0; --i)
            call.push(static_cast<u16>(end >> (16 * (i - 1))));
        return call.wait();
    }
    end = 0;
    for (unsigned i = 0; i < words; ++i)
        end |= u64{call.pop()} << (16 * i);
    if (now < end && end - now < u64{0x100000000} * 1000) {
        for (unsigned i = words; i != 0; --i)
            call.push(static_cast<u16>(end >> (16 * (i - 1))));
        // Sleeps from tick to tick, and looks again and again within the last one.
        constexpr machine::Nanoseconds tick = 55'000'000;
        return end - now > tick ? call.wait() : call.open_window();
    }
    call.set_ah(0);
    return succeed(call);
}

Outcome event_wait(Call& call) {
    devices::RtcCmos& rtc = call.env.rtc;
    constexpr u8 periodic = 0x40;
    const u8 b = rtc.read(devices::cmos::status_b);
    if (call.al() == 1) {
        call.set_bda<u8>(bda::wait_active, 0);
        rtc.write(devices::cmos::status_b, static_cast<u8>(b & ~periodic));
        return succeed(call);
    }
    if (call.al() != 0)
        return unsupported(call);
    if ((call.bda<u8>(bda::wait_active) & 1) != 0) {
        call.set_carry(true);
        return Outcome::done;
    }
    call.set_bda<u32>(bda::wait_flag_pointer,
                      u32{call.selector(cpu::SegmentName::es)} << 16 | call.bx());
    call.set_bda<u32>(bda::wait_count, u32{call.cx()} << 16 | call.dx());
    call.set_bda<u8>(bda::wait_active, 1);
    rtc.write(devices::cmos::status_b, static_cast<u8>(b | periodic));
    return succeed(call);
}

Outcome extended_memory(Call& call) {
    const MemoryMap map = memory_map(call.env.memory_size);
    call.set_ax(static_cast<u16>(std::min<u64>(map.extended / kib, 63 * 1024)));
    return succeed(call);
}

Outcome config(Call& call) {
    call.set_selector(cpu::SegmentName::es, bios_segment);
    call.set_bx(config_table);
    call.set_ah(0);
    return succeed(call);
}

Outcome ebda(Call& call) {
    call.set_selector(cpu::SegmentName::es, call.bda<u16>(bda::ebda_segment));
    return succeed(call);
}

/// The controller has an auxiliary port that nothing is plugged into.
Outcome mouse(Call& call) {
    constexpr u8 bad_function = 0x01, interface_error = 0x03;
    call.set_ah(call.al() > 7 ? bad_function : interface_error);
    call.set_carry(true);
    return Outcome::done;
}

Outcome e801(Call& call) {
    const MemoryMap map = memory_map(call.env.memory_size);
    const u64 below_16m = std::min<u64>(map.extended, 15 * mib);
    call.set_ax(static_cast<u16>(below_16m / kib));
    call.set_bx(static_cast<u16>((map.extended - below_16m) / (64 * kib)));
    call.set_cx(call.ax());
    call.set_dx(call.bx());
    return succeed(call);
}

Outcome e820(Call& call) {
    constexpr u32 entry_size = 20;
    const MemoryMap map = memory_map(call.env.memory_size);
    const u32 index = call.ebx();
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
    return succeed(call);
}

Outcome big_memory(Call& call) {
    switch (call.al()) {
    case 0x01:
        return e801(call);
    case 0x20:
        return e820(call);
    default:
        return unsupported(call);
    }
}

constexpr std::array rows{
    Service{0x24, "A20 gate", a20},
    Service{0x4f, "keyboard intercept", keyboard_intercept},
    Service{0x52, "eject hook", hook_default},
    Service{0x53, "APM", apm},
    Service{0x83, "event wait", event_wait},
    Service{0x86, "wait", wait_microseconds},
    Service{0x87, "move block", move_block},
    Service{0x88, "extended memory size", extended_memory},
    Service{0x90, "device busy", hook_default},
    Service{0x91, "device post", hook_default},
    Service{0xc0, "system configuration", config},
    Service{0xc1, "EBDA segment", ebda},
    Service{0xc2, "mouse", mouse},
    Service{0xe8, "memory map", big_memory},
};

} // namespace

constinit const InterruptServices system_services{rows, unsupported, "system"};

Outcome equipment_list(Call& call) {
    call.set_ax(call.bda<u16>(bda::equipment));
    return Outcome::done;
}

Outcome memory_size(Call& call) {
    call.set_ax(call.bda<u16>(bda::base_memory));
    return Outcome::done;
}

} // namespace vestige::bios
