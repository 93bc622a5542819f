// SPDX-License-Identifier: BSD-2-Clause
// The tables of BIOS services: one row a function, found by interrupt, AH and, where it takes
// them, AL or BL. Dispatch, the trace, the documentation and the coverage test read the same rows.
#pragma once

#include "vestige/bios/call.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace vestige::bios {

using Handler = Outcome (*)(Call&);

/// What a row is to a guest that uses it.
enum class State : u8 {
    served,  ///< done
    returns, ///< a hook of the guest's: the default does nothing
    table,   ///< a pointer to a table, or a structure in memory
    refused, ///< answered with the error that says it is not there
};

/// Which registers choose the row besides the interrupt.
enum class Match : u8 { interrupt, ah, ax, ah_bl };

/// What the trace keeps of a call besides its registers, as its row's items ask for it.
struct Shown {
    bool selectors = false;
    bool packet = false;
    bool flags = false;
};
constexpr Shown shown_by(std::string_view arguments, std::string_view results) {
    constexpr std::string_view::size_type none = std::string_view::npos;
    return {.selectors = arguments.find(':') != none || results.find(':') != none,
            .packet = arguments.ends_with("packet"),
            .flags = results.find("cf") != none || results.find("zf") != none};
}

/// One function. arguments and results say what the trace shows: see trace.hpp.
struct Service {
    std::string_view id; ///< as Ralf Brown's list has it: "13/02", "10/12 BL=10", "INT 08"
    std::string_view name;
    Match match = Match::interrupt;
    u16 selector = 0; ///< AH in the high byte, AL or BL in the low one
    State state = State::served;
    Handler handler = nullptr; ///< null: the interrupt's fallback answers
    std::string_view arguments;
    std::string_view results;
    Shown shown{};
};

constexpr Service by_ah(u8 ah, std::string_view id, std::string_view name, Handler handler,
                        std::string_view arguments, std::string_view results) {
    return {id,      name,      Match::ah, static_cast<u16>(ah << 8), State::served,
            handler, arguments, results,   shown_by(arguments, results)};
}
constexpr Service by_ax(u16 ax, std::string_view id, std::string_view name, Handler handler,
                        std::string_view arguments, std::string_view results) {
    return {id,      name,      Match::ax, ax, State::served,
            handler, arguments, results,   shown_by(arguments, results)};
}
constexpr Service by_bl(u16 ah_bl, std::string_view id, std::string_view name, Handler handler,
                        std::string_view arguments, std::string_view results) {
    return {id,      name,      Match::ah_bl, ah_bl, State::served,
            handler, arguments, results,      shown_by(arguments, results)};
}
/// The row as one that is answered with an error: its handler's, or the interrupt's fallback.
constexpr Service refused(Service row) {
    row.state = State::refused;
    return row;
}
constexpr Service no_ah(u8 ah, std::string_view id, std::string_view name) {
    return refused(by_ah(ah, id, name, nullptr, {}, {}));
}
constexpr Service no_ax(u16 ax, std::string_view id, std::string_view name) {
    return refused(by_ax(ax, id, name, nullptr, {}, {}));
}
constexpr Service no_bl(u16 ah_bl, std::string_view id, std::string_view name) {
    return refused(by_bl(ah_bl, id, name, nullptr, {}, {}));
}

/// For every AH one more than the index of its first row, or 0.
using FunctionIndex = std::array<u8, 256>;

/// Rows of one AH stand next to each other.
template <std::size_t N> constexpr FunctionIndex index_of(const std::array<Service, N>& rows) {
    static_assert(N < 255);
    FunctionIndex index{};
    for (std::size_t i = N; i != 0; --i)
        index[rows[i - 1].selector >> 8] = static_cast<u8>(i);
    return index;
}

/// The functions of an interrupt and what answers all others.
struct FunctionTable {
    std::span<const Service> rows;
    FunctionIndex index{};
    Handler fallback = nullptr; ///< null: nothing happens, the caller's registers stay
    std::string_view refusal;   ///< results that the fallback sets, for the trace
    /// Where a handler of the guest's that a function called comes back to: AH is not the
    /// function's any more.
    Handler resumed = nullptr;
};

/// The row for these registers; null when there is none.
[[nodiscard]] const Service* find_service(const FunctionTable& table, u8 ah, u8 al, u8 bl);

/// What an interrupt's stub leads to: a table of functions, one service, or nothing.
struct Interrupt {
    const FunctionTable* functions = nullptr;
    const Service* service = nullptr;
    bool idle = true; ///< nothing to do: the stub only returns
};
extern const std::array<Interrupt, 256> interrupts;

/// The row that a call with these registers runs; null when there is none.
[[nodiscard]] const Service* find_service(u8 interrupt, const cpu::Registers& registers);
/// Interrupts whose rows take no AH, and the vectors that point to tables.
[[nodiscard]] std::span<const Service> plain_services();
/// Structures in memory.
[[nodiscard]] std::span<const Service> structures();

extern const FunctionTable video_services;    // INT 10h
extern const FunctionTable disk_services;     // INT 13h
extern const FunctionTable serial_services;   // INT 14h
extern const FunctionTable system_services;   // INT 15h
extern const FunctionTable keyboard_services; // INT 16h
extern const FunctionTable printer_services;  // INT 17h
extern const FunctionTable time_services;     // INT 1Ah

// Interrupts without functions.
Outcome timer_interrupt(Call& call);      // INT 08h
Outcome keyboard_interrupt(Call& call);   // INT 09h
Outcome unexpected_interrupt(Call& call); // INT 0Ah-0Dh, 0Fh, 72h, 73h, 77h
Outcome floppy_interrupt(Call& call);     // INT 0Eh
Outcome rtc_interrupt(Call& call);        // INT 70h
Outcome redirected_interrupt(Call& call); // INT 71h
Outcome mouse_interrupt(Call& call);      // INT 74h
Outcome fpu_interrupt(Call& call);        // INT 75h
Outcome disk_interrupt(Call& call);       // INT 76h
Outcome print_screen(Call& call);         // INT 05h
Outcome equipment_list(Call& call);       // INT 11h
Outcome memory_size(Call& call);          // INT 12h
Outcome no_boot_device(Call& call);       // INT 18h
Outcome bootstrap(Call& call);            // INT 19h
Outcome power_on_self_test(Call& call);
Outcome post_memory_manager(Call& call); // a far call

/// Teletype output of text on the active page, for POST and boot messages.
void print_text(Call& call, std::string_view text);
/// What POST does for INT 10h: its data and text mode 3.
void start_video(Call& call);

} // namespace vestige::bios
