// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/bios/bios.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

constexpr std::array<InterruptServices, 256> make_interrupts() {
    std::array<InterruptServices, 256> table{};
    table[0x08] = {{}, timer_interrupt, "timer tick"};
    table[0x09] = {{}, keyboard_interrupt, "keyboard"};
    for (u8 i = 0x0a; i <= 0x0f; ++i)
        table[i] = {{}, other_hardware_interrupt, "hardware interrupt"};
    table[0x11] = {{}, equipment_list, "equipment list"};
    table[0x12] = {{}, memory_size, "memory size"};
    table[0x18] = {{}, no_boot_device, "no boot device"};
    table[0x19] = {{}, bootstrap, "bootstrap"};
    for (u8 i = 0x71; i <= 0x77; ++i)
        table[i] = {{}, other_hardware_interrupt, "hardware interrupt"};
    table[0x70] = {{}, rtc_interrupt, "RTC"};
    table[post_interrupt] = {{}, power_on_self_test, "power-on self-test"};
    return table;
}
constexpr std::array<InterruptServices, 256> plain_interrupts = make_interrupts();

constexpr std::array<bool, 256> make_idle() {
    std::array<bool, 256> idle{};
    for (std::size_t i = 0; i < idle.size(); ++i)
        idle[i] = *plain_interrupts[i].name == 0;
    for (const unsigned served : {0x10U, 0x13U, 0x14U, 0x15U, 0x16U, 0x17U, 0x1aU, 0x40U})
        idle[served] = false;
    return idle;
}
constexpr std::array<bool, 256> idle_interrupts = make_idle();

} // namespace

const InterruptServices& services_of(u8 interrupt) {
    switch (interrupt) {
    case 0x10:
        return video_services;
    case 0x13:
    case 0x40:
        return disk_services;
    case 0x14:
        return serial_services;
    case 0x15:
        return system_services;
    case 0x16:
        return keyboard_services;
    case 0x17:
        return printer_services;
    case 0x1a:
        return time_services;
    default:
        return plain_interrupts[interrupt];
    }
}

bool does_nothing(u8 interrupt) { return idle_interrupts[interrupt]; }

const Service* find_service(const InterruptServices& services, u8 ah) {
    const auto found = std::lower_bound(services.rows.begin(), services.rows.end(), ah,
                                        [](const Service& row, u8 wanted) { return row.ah < wanted; });
    return found != services.rows.end() && found->ah == ah ? &*found : nullptr;
}

Outcome Bios::call(Stub stub) {
    const InterruptServices& services = services_of(stub.interrupt);
    Handler handler = services.fallback;
    Call call{env_, stub};
    if (!services.rows.empty())
        if (const Service* const row = find_service(services, call.ah()))
            handler = row->handler;
    return handler == nullptr ? Outcome::done : handler(call);
}

} // namespace vestige::bios
