// SPDX-License-Identifier: BSD-2-Clause
#include "apm.hpp"

namespace vestige::bios {
namespace {

// APM 1.2, "APM Error Codes".
constexpr u8 not_supported_16 = 0x06, not_supported_32 = 0x08,
             unknown_device = 0x09, bad_parameter = 0x0a, no_event = 0x80, unsupported = 0x86;
constexpr u16 all_devices = 0x0001;

Outcome fail(Call& call, u8 error) {
    call.set_ah(error);
    call.set_carry(true);
    return Outcome::done;
}

Outcome succeed(Call& call) {
    call.set_carry(false);
    return Outcome::done;
}

Outcome installation_check(Call& call) {
    if (call.bx() != 0)
        return fail(call, unknown_device);
    call.set_ax(0x0102);
    call.set_bx(0x504d); // "PM"
    call.set_cx(0x0000); // real mode only
    return succeed(call);
}

Outcome set_power_state(Call& call) {
    constexpr u16 off = 3;
    if (call.bx() != all_devices)
        return fail(call, unknown_device);
    if (call.cx() != off)
        return fail(call, bad_parameter);
    call.env.power.power_off();
    return succeed(call);
}

Outcome power_status(Call& call) {
    if (call.bx() != all_devices)
        return fail(call, unknown_device);
    call.set_bx(0x01ff); // on line, battery unknown
    call.set_cx(0x80ff); // no system battery
    call.set_dx(0xffff);
    return succeed(call);
}

} // namespace

Outcome apm(Call& call) {
    switch (call.al()) {
    case 0x00:
        return installation_check(call);
    case 0x01: // connect, disconnect: the real-mode interface has no state
    case 0x04:
        return call.bx() == 0 ? succeed(call) : fail(call, unknown_device);
    case 0x02:
        return fail(call, not_supported_16);
    case 0x03:
        return fail(call, not_supported_32);
    case 0x05: // CPU idle: sleeps until the next interrupt
        if (call.entry() == Entry::call)
            return call.wait();
        return succeed(call);
    case 0x06:
        return succeed(call);
    case 0x07:
        return set_power_state(call);
    case 0x08:
    case 0x0d:
    case 0x0f:
        return call.bx() == all_devices || call.bx() == 0xffff ? succeed(call)
                                                               : fail(call, unknown_device);
    case 0x0a:
        return power_status(call);
    case 0x0b:
        return fail(call, no_event);
    case 0x0e:
        if (call.bx() != 0)
            return fail(call, unknown_device);
        call.set_ax(0x0102);
        return succeed(call);
    default:
        return fail(call, unsupported);
    }
}

} // namespace vestige::bios
