// SPDX-License-Identifier: BSD-2-Clause
// The tables of BIOS services: one row a function, found by interrupt and AH.
#pragma once

#include "vestige/bios/call.hpp"

#include <array>
#include <span>

namespace vestige::bios {

using Handler = Outcome (*)(Call&);

/// One function of an interrupt. ah is its number; rows are in rising order.
struct Service {
    u8 ah = 0;
    const char* name = "";
    Handler handler = nullptr;
};

/// An interrupt's functions and what answers all others.
struct InterruptServices {
    std::span<const Service> rows; ///< empty when AH selects nothing
    Handler fallback = nullptr;    ///< null: nothing happens, the caller's registers stay
    const char* name = "";
};

/// Services of an interrupt number.
[[nodiscard]] const InterruptServices& services_of(u8 interrupt);
/// True for interrupts that nothing serves: their stub returns at once.
[[nodiscard]] bool does_nothing(u8 interrupt);
/// The row that a call with this AH runs; null when the fallback answers.
[[nodiscard]] const Service* find_service(const InterruptServices& services, u8 ah);

extern const InterruptServices video_services;      // INT 10h
extern const InterruptServices disk_services;       // INT 13h
extern const InterruptServices serial_services;     // INT 14h
extern const InterruptServices system_services;     // INT 15h
extern const InterruptServices keyboard_services;   // INT 16h
extern const InterruptServices printer_services;    // INT 17h
extern const InterruptServices time_services;       // INT 1Ah

// Interrupts without functions.
Outcome timer_interrupt(Call& call);                // INT 08h
Outcome keyboard_interrupt(Call& call);             // INT 09h
Outcome other_hardware_interrupt(Call& call);       // INT 0Ah-0Fh, 70h-77h
Outcome rtc_interrupt(Call& call);                  // INT 70h
Outcome equipment_list(Call& call);                 // INT 11h
Outcome memory_size(Call& call);                    // INT 12h
Outcome no_boot_device(Call& call);                 // INT 18h
Outcome bootstrap(Call& call);                      // INT 19h
Outcome power_on_self_test(Call& call);

/// Teletype output of text on the active page, for POST and boot messages.
void print_text(Call& call, std::string_view text);
/// Sets text mode as INT 10h AH=00h does.
void set_video_mode(Call& call, u8 mode);

} // namespace vestige::bios
