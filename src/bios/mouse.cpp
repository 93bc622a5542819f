// SPDX-License-Identifier: BSD-2-Clause
// INT 15h AH=C2h and INT 74h: the PS/2 mouse.
#include "vestige/bios/service.hpp"

#include "mouse.hpp"

namespace vestige::bios {
namespace {

// Answers of AH=C2h (Ralf Brown, table 00501).
constexpr u8 bad_function = 0x01, bad_input = 0x02, interface_error = 0x03, no_handler = 0x05;
// The extended BIOS data area of the PS/2: the driver's routine, the bytes of a packet so far,
// 80h with a routine and the size of packets, the bytes themselves.
constexpr u16 routine_field = 0x22, count_field = 0x26, state_field = 0x27, packet_field = 0x28;
constexpr u8 routine_set = 0x80, count_mask = 0x07, packet_size = 3;
// Commands of the mouse.
constexpr u8 scale_1_to_1 = 0xe6, set_resolution = 0xe8, ask_status = 0xe9, ask_id = 0xf2,
             set_rate = 0xf3, enable = 0xf4, disable = 0xf5, reset = 0xff;
constexpr unsigned mouse_line = 12;

Gpa field(const Call& call, u16 offset) {
    return call.physical(FarPtr{call.bda<u16>(bda::ebda_segment), offset}.linear());
}

Outcome succeed(Call& call) {
    call.set_ah(0);
    return call.succeed();
}

/// Sends bytes to the mouse and ends the call.
template <std::size_t n> Outcome tell(Call& call, const std::array<u8, n>& bytes) {
    return call.env.keyboard.ask_mouse(bytes, {}) ? succeed(call) : call.fail(interface_error);
}

bool switch_off(Call& call) {
    call.env.keyboard.connect_mouse(false);
    return call.env.keyboard.ask_mouse(std::array{disable}, {});
}

} // namespace

Outcome mouse_enable(Call& call) {
    if (call.bh() > 1)
        return call.fail(bad_function);
    if (call.bh() == 0)
        return switch_off(call) ? succeed(call) : call.fail(interface_error);
    if ((call.bda<u8>(field(call, state_field)) & routine_set) == 0)
        return call.fail(no_handler);
    call.env.keyboard.connect_mouse(true);
    return tell(call, std::array{enable});
}

Outcome mouse_reset(Call& call) {
    std::array<u8, 2> answer{};
    if (!call.env.keyboard.ask_mouse(std::array{reset}, answer))
        return call.fail(interface_error);
    call.set_bl(answer[0]);
    call.set_bh(answer[1]);
    return succeed(call);
}

Outcome mouse_sample_rate(Call& call) {
    constexpr std::array<u8, 7> rates{10, 20, 40, 60, 80, 100, 200};
    if (call.bh() >= rates.size())
        return call.fail(bad_input);
    return tell(call, std::array<u8, 2>{set_rate, rates[call.bh()]});
}

Outcome mouse_resolution(Call& call) {
    constexpr u8 finest = 3;
    if (call.bh() > finest)
        return call.fail(bad_input);
    return tell(call, std::array<u8, 2>{set_resolution, call.bh()});
}

Outcome mouse_id(Call& call) {
    std::array<u8, 1> answer{};
    if (!call.env.keyboard.ask_mouse(std::array{ask_id}, answer))
        return call.fail(interface_error);
    call.set_bh(answer[0]);
    return succeed(call);
}

Outcome mouse_initialize(Call& call) {
    if (call.bh() != packet_size)
        return call.fail(bad_input);
    call.set_bda<u8>(field(call, count_field), 0);
    call.set_bda<u8>(field(call, state_field), packet_size);
    return mouse_reset(call);
}

Outcome mouse_status(Call& call) {
    if (call.bh() == 1 || call.bh() == 2)
        return tell(call, std::array{static_cast<u8>(scale_1_to_1 + call.bh() - 1)});
    if (call.bh() != 0)
        return call.fail(bad_function);
    std::array<u8, 3> answer{};
    if (!call.env.keyboard.ask_mouse(std::array{ask_status}, answer))
        return call.fail(interface_error);
    call.set_bl(answer[0]);
    call.set_cl(answer[1]);
    call.set_dl(answer[2]);
    return succeed(call);
}

/// ES:BX is the driver's routine, 0000:0000 takes it away.
Outcome mouse_routine(Call& call) {
    const u32 routine = u32{call.selector(cpu::SegmentName::es)} << 16 | call.bx();
    const u8 state = call.bda<u8>(field(call, state_field));
    if (routine == 0 && (state & routine_set) != 0)
        static_cast<void>(switch_off(call));
    call.set_bda<u8>(field(call, state_field),
                     static_cast<u8>(routine != 0 ? state | routine_set : state & ~routine_set));
    call.set_bda<u32>(field(call, routine_field), routine);
    return succeed(call);
}

Outcome mouse_bad_function(Call& call) {
    return call.fail(bad_function);
}

/// Collects a packet, then calls the driver's routine with its bytes and a zero on the stack.
Outcome mouse_interrupt(Call& call) {
    constexpr unsigned arguments = 4;
    constexpr u8 full_from_mouse = 0x21;
    const auto end = [&call] {
        call.env.pic.end_of_interrupt(mouse_line);
        return Outcome::done;
    };
    if (call.entry() == Entry::continuation) {
        for (unsigned i = 0; i < arguments; ++i)
            static_cast<void>(call.pop());
        call.restore_registers();
        return end();
    }
    const u32 status = call.env.keyboard.read_port(Port{0x64}, Width::byte);
    if ((status & full_from_mouse) != full_from_mouse)
        return end();
    const u8 byte = static_cast<u8>(call.env.keyboard.read_port(Port{0x60}, Width::byte));
    const u8 state = call.bda<u8>(field(call, state_field));
    if ((state & routine_set) == 0)
        return end();
    const u8 count = call.bda<u8>(field(call, count_field)) & count_mask;
    call.set_bda<u8>(field(call, static_cast<u16>(packet_field + count)), byte);
    if (count + 1 < (state & count_mask)) {
        call.set_bda<u8>(field(call, count_field), static_cast<u8>(count + 1));
        return end();
    }
    call.set_bda<u8>(field(call, count_field), 0);
    call.save_registers();
    for (u16 i = 0; i < packet_size; ++i)
        call.push(call.bda<u8>(field(call, static_cast<u16>(packet_field + i))));
    call.push(0);
    const u32 routine = call.bda<u32>(field(call, routine_field));
    return call.call_routine({static_cast<u16>(routine >> 16), static_cast<u16>(routine)});
}

} // namespace vestige::bios
