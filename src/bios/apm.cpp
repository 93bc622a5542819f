// SPDX-License-Identifier: BSD-2-Clause
#include "apm.hpp"

namespace vestige::bios {
namespace {

// APM 1.2, "APM Error Codes".
constexpr u8 not_supported_16 = 0x06, not_supported_32 = 0x08, unknown_device = 0x09,
             bad_parameter = 0x0a, no_event = 0x80;
constexpr u16 bios_device = 0x0000, all_devices = 0x0001, all_devices_old = 0xffff;
constexpr u16 version = 0x0102;

} // namespace

Outcome apm_check(Call& call) {
    if (call.bx() != bios_device)
        return call.fail(unknown_device);
    call.set_ax(version);
    call.set_bx(0x504d); // "PM"
    call.set_cx(0x0000); // real mode only
    return call.succeed();
}

Outcome apm_connect(Call& call) {
    return call.bx() == bios_device ? call.succeed() : call.fail(unknown_device);
}

Outcome apm_no_16_bit(Call& call) {
    return call.fail(not_supported_16);
}
Outcome apm_no_32_bit(Call& call) {
    return call.fail(not_supported_32);
}

Outcome apm_idle(Call& call) {
    return call.entry() == Entry::call ? call.wait() : call.succeed();
}

Outcome apm_busy(Call& call) {
    return call.succeed();
}

Outcome apm_set_power_state(Call& call) {
    constexpr u16 off = 3;
    if (call.bx() != all_devices)
        return call.fail(unknown_device);
    if (call.cx() != off)
        return call.fail(bad_parameter);
    call.env.power.power_off();
    return call.succeed();
}

Outcome apm_accept(Call& call) {
    return call.bx() == all_devices || call.bx() == all_devices_old ? call.succeed()
                                                                    : call.fail(unknown_device);
}

Outcome apm_power_status(Call& call) {
    if (call.bx() != all_devices)
        return call.fail(unknown_device);
    call.set_bx(0x01ff); // on line, battery unknown
    call.set_cx(0x80ff); // no system battery
    call.set_dx(0xffff);
    return call.succeed();
}

Outcome apm_event(Call& call) {
    return call.fail(no_event);
}

Outcome apm_version(Call& call) {
    if (call.bx() != bios_device)
        return call.fail(unknown_device);
    call.set_ax(version);
    return call.succeed();
}

Outcome apm_capabilities(Call& call) {
    if (call.bx() != bios_device)
        return call.fail(unknown_device);
    call.set_bl(0); // no batteries
    call.set_cx(0); // no standby, no suspend
    return call.succeed();
}

} // namespace vestige::bios
