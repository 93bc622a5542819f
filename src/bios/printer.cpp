// SPDX-License-Identifier: BSD-2-Clause
// INT 17h and INT 05h, which prints the screen through it.
#include "vestige/bios/service.hpp"

#include "text_screen.hpp"

namespace vestige::bios {
namespace {

constexpr u8 data = 0, status = 1, control = 2;

Outcome no_port(Call& call) {
    call.set_carry(true);
    return Outcome::done;
}

/// The printer's status as INT 17h has it: acknowledge and error are turned round.
Outcome answer(Call& call, u8 timed_out = 0) {
    constexpr u8 inverted = 0x48, shown = 0xf8;
    call.set_ah(static_cast<u8>(((call.env.lpt1.read(status) ^ inverted) & shown) | timed_out));
    return call.succeed();
}

/// A service of the port in DX; the only one there is LPT1.
template <Outcome (*serve)(Call&)> Outcome on_port(Call& call) {
    const bool there = call.dx() == 0 && call.env.board.parallel_port &&
                       call.bda<u16>(bda::lpt_ports) != 0;
    return there ? serve(call) : no_port(call);
}

Outcome print_character(Call& call) {
    constexpr u8 selected = 0x0c, strobe = 0x01, timed_out = 0x01;
    constexpr u8 not_busy = 0x80;
    devices::ParallelPort& port = call.env.lpt1;
    if ((port.read(status) & not_busy) == 0)
        return answer(call, timed_out);
    port.write(data, call.al());
    port.write(control, selected | strobe);
    port.write(control, selected);
    return answer(call);
}

Outcome initialize(Call& call) {
    constexpr u8 in_reset = 0x08, selected = 0x0c;
    call.env.lpt1.write(control, in_reset);
    call.env.lpt1.write(control, selected);
    return answer(call);
}

Outcome tell_status(Call& call) {
    return answer(call);
}

constexpr std::array rows{
    by_ah(0x00, "17/00", "print", on_port<print_character>, "port=dx char=al'", "cf ah"),
    by_ah(0x01, "17/01", "initialize printer", on_port<initialize>, "port=dx", "cf ah"),
    by_ah(0x02, "17/02", "printer status", on_port<tell_status>, "port=dx", "cf ah"),
};

/// How INT 05h goes, for whoever wants to know.
constexpr Gpa print_status{0x500};
constexpr u8 ready = 0x00, printing = 0x01, failed = 0xff;
constexpr u8 printer_interrupt = 0x17;
constexpr u8 carriage_return = 0x0d, line_feed = 0x0a;

/// What is printed as the number-th: a new line first, then the rows, each with one behind it.
/// Nothing at the end of the screen.
std::optional<u8> printed(Call& call, u16 number) {
    const TextScreen screen{call};
    if (number < 2)
        return number == 0 ? carriage_return : line_feed;
    const u16 width = static_cast<u16>(screen.columns() + 2);
    const u16 row = static_cast<u16>((number - 2) / width);
    const u16 column = static_cast<u16>((number - 2) % width);
    if (row >= screen.rows())
        return {};
    if (column >= screen.columns())
        return column == screen.columns() ? carriage_return : line_feed;
    const u8 page = call.bda<u8>(bda::active_page);
    const u8 character = static_cast<u8>(
        screen.cell(page, {static_cast<u8>(row), static_cast<u8>(column)}));
    return character != 0 ? character : u8{' '};
}

Outcome end_print(Call& call, u8 outcome) {
    call.env.memory.store<u8>(print_status, outcome);
    call.restore_registers();
    return Outcome::done;
}

Outcome print(Call& call, u16 number) {
    const auto character = printed(call, number);
    if (!character)
        return end_print(call, ready);
    call.push(number);
    call.set_ax(*character);
    call.set_dx(0);
    return call.call_interrupt(printer_interrupt);
}

} // namespace

constinit const FunctionTable printer_services{rows, index_of(rows), no_port, "cf"};

/// Through the vector table, so that whoever serves INT 17h prints. The call of each character
/// keeps its number on the caller's stack.
Outcome print_screen(Call& call) {
    constexpr u8 any_error = 0x29;
    if (call.entry() == Entry::continuation) {
        const bool bad = call.carry_in_registers() || (call.ah() & any_error) != 0;
        const u16 number = call.pop();
        return bad ? end_print(call, failed)
                                         : print(call, static_cast<u16>(number + 1));
    }
    if (call.env.memory.load<u8>(print_status) == printing)
        return Outcome::done;
    call.env.memory.store<u8>(print_status, printing);
    call.save_registers();
    return print(call, 0);
}

} // namespace vestige::bios
