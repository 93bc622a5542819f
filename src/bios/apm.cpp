// SPDX-License-Identifier: BSD-2-Clause
#include "apm.hpp"

namespace vestige::bios {
namespace {

// Other BIOSes look at the device only to switch the power off: callers leave anything in BX.

// APM 1.2, "APM Error Codes".
constexpr u8 no_event = 0x80;
constexpr u16 version = 0x0102;

} // namespace

Outcome apm_check(Call& call) {
    call.set_ax(version);
    call.set_bx(0x504d); // "PM"
    call.set_cx(0x0003); // 16-bit and 32-bit protected mode as well
    return call.succeed();
}

Outcome apm_connect(Call& call) {
    return call.succeed();
}

namespace {

constexpr u16 segment_length = 0xfff0;

} // namespace

Outcome apm_connect_16_bit(Call& call) {
    call.set_ax(bios_segment);
    call.set_bx(apm_entry);
    call.set_cx(bios_segment); // data
    call.set_si(segment_length);
    call.set_di(segment_length);
    return call.succeed();
}

Outcome apm_connect_32_bit(Call& call) {
    call.set_ax(bios_segment);
    call.set_ebx(apm_entry);
    call.set_cx(bios_segment); // 16-bit code
    call.set_dx(bios_segment); // data
    call.set_esi(u32{segment_length} << 16 | segment_length);
    call.set_di(segment_length);
    return call.succeed();
}

/// In protected mode the entry's own HLT: only where it may run, and with interrupts to end it.
Outcome apm_idle(Call& call) {
    if (call.entry() == Entry::call)
        return call.wait();
    call.set_carry(false);
    const bool sleeps = call.entry() == Entry::far_call &&
                        (call.env.cpu.regs.rflags & cpu::rflags::interrupt) != 0 &&
                        cpu::cpl_of(call.env.cpu) == 0;
    if (!sleeps)
        return call.succeed();
    call.env.cpu.regs.rip += apm_sleep - apm_entry;
    return Outcome::redirected;
}

Outcome apm_busy(Call& call) {
    return call.succeed();
}

Outcome apm_set_power_state(Call& call) {
    constexpr u16 all_devices = 0x0001, off = 3;
    if (call.bx() == all_devices && call.cx() == off)
        call.env.power.power_off();
    return call.succeed();
}

Outcome apm_accept(Call& call) {
    return call.succeed();
}

Outcome apm_power_status(Call& call) {
    call.set_bx(0x01ff); // on line, battery unknown
    call.set_cx(0x80ff); // no system battery
    call.set_dx(0xffff);
    return call.succeed();
}

Outcome apm_event(Call& call) {
    return call.fail(no_event);
}

Outcome apm_version(Call& call) {
    call.set_ax(version);
    return call.succeed();
}

Outcome apm_unknown(Call& call) {
    call.set_carry(true);
    return Outcome::done;
}

Outcome apm_capabilities(Call& call) {
    call.set_bl(0); // no batteries
    call.set_cx(0); // no standby, no suspend
    return call.succeed();
}

} // namespace vestige::bios
