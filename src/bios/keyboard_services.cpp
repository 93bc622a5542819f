// SPDX-License-Identifier: BSD-2-Clause
// INT 16h.
#include "vestige/bios/service.hpp"

#include "key_buffer.hpp"

namespace vestige::bios {
namespace {

/// A key of the 101-key keyboard as the 83-key services show it; nothing when they hide it.
std::optional<u16> classic(u16 word) {
    const u8 scan = static_cast<u8>(word >> 8);
    const u8 character = static_cast<u8>(word);
    if (scan == 0xe0) // Enter and slash of the keypad
        return static_cast<u16>((character == '/' ? 0x3500 : 0x1c00) | character);
    if (character == 0xe0 && scan != 0)
        return static_cast<u16>(scan << 8);
    if (character == 0xf0 && scan != 0)
        return {};
    return word;
}

std::optional<u16> next_key(Call& call, bool extended) {
    // A guest may have set head and tail so that they never meet.
    constexpr unsigned most_hidden_keys = 128;
    for (unsigned i = 0; i < most_hidden_keys; ++i) {
        const auto word = peek_key(call);
        if (!word)
            return {};
        if (extended)
            return (*word & 0xff) == 0xf0 && *word >> 8 != 0 ? static_cast<u16>(*word & 0xff00)
                                                             : *word;
        if (const auto shown = classic(*word))
            return shown;
        drop_key(call);
    }
    return {};
}

Outcome read(Call& call, bool extended) {
    if (call.wants_window())
        return call.open_window();
    const auto key = next_key(call, extended);
    if (!key)
        return call.wait();
    drop_key(call);
    call.set_ax(*key);
    return Outcome::done;
}

Outcome peek(Call& call, bool extended) {
    if (call.wants_window())
        return call.open_window();
    const auto key = next_key(call, extended);
    if (key)
        call.set_ax(*key);
    call.set_zero(!key.has_value());
    return Outcome::done;
}

Outcome read_key(Call& call) {
    return read(call, false);
}
Outcome peek_at_key(Call& call) {
    return peek(call, false);
}
Outcome read_extended(Call& call) {
    return read(call, true);
}
Outcome peek_extended(Call& call) {
    return peek(call, true);
}

Outcome shift_flags(Call& call) {
    if (call.wants_window())
        return call.open_window();
    call.set_al(call.bda<u8>(bda::shift_flags));
    return Outcome::done;
}

/// AL: 0 sets the default, 5 the delay in BH and the rate in BL, 6 tells both.
Outcome typematic(Call& call) {
    constexpr u8 set_typematic = 0xf3, set_default = 0, set = 5, tell = 6;
    constexpr u8 usual = 0x2b, longest_delay = 3, slowest_rate = 0x1f;
    devices::Keyboard8042& keyboard = call.env.keyboard;
    if (call.al() == set_default)
        static_cast<void>(keyboard.ask_keyboard(std::array{set_typematic, usual}));
    if (call.al() == set && call.bh() <= longest_delay && call.bl() <= slowest_rate)
        static_cast<void>(keyboard.ask_keyboard(
            std::array{set_typematic, static_cast<u8>(call.bh() << 5 | call.bl())}));
    if (call.al() == tell) {
        call.set_bh(keyboard.typematic() >> 5);
        call.set_bl(keyboard.typematic() & slowest_rate);
    }
    return Outcome::done;
}

Outcome push_to_buffer(Call& call) {
    call.set_al(push_key(call, call.cx()) ? 0 : 1);
    return Outcome::done;
}

Outcome functionality(Call& call) {
    call.set_al(0x30); // AH=0Ah and AH=10h-12h
    return Outcome::done;
}

Outcome keyboard_id(Call& call) {
    call.set_bx(0x41ab);
    return Outcome::done;
}

Outcome extended_flags(Call& call) {
    if (call.wants_window())
        return call.open_window();
    const u8 flags2 = call.bda<u8>(bda::shift_flags2);
    const u8 flags3 = call.bda<u8>(bda::keyboard_flags3);
    call.set_al(call.bda<u8>(bda::shift_flags));
    call.set_ah(static_cast<u8>((flags2 & 0x73) | (flags2 & 0x04) << 5 | (flags3 & 0x0c)));
    return Outcome::done;
}

Outcome capability_check(Call& call) {
    call.set_ah(0x80); // below 80h would mean AH=10h-12h are there by this check
    return Outcome::done;
}

/// AH would change if there were AH=20h-22h.
Outcome no_122_keys(Call&) {
    return Outcome::done;
}

Outcome hp_check(Call& call) {
    if (call.al() == 0x08)
        call.set_ah(0x02);
    return Outcome::done;
}

constexpr std::array rows{
    by_ah(0x00, "16/00", "read key", read_key, "", "scan=ah char=al'"),
    by_ah(0x01, "16/01", "peek", peek_at_key, "", "zf scan=ah char=al'"),
    by_ah(0x02, "16/02", "shift flags", shift_flags, "", "al"),
    by_ah(0x03, "16/03", "typematic", typematic, "al bx", "bx"),
    by_ah(0x05, "16/05", "push key", push_to_buffer, "scan=ch char=cl'", "al"),
    by_ah(0x09, "16/09", "functionality", functionality, "", "al"),
    by_ah(0x0a, "16/0A", "keyboard id", keyboard_id, "", "bx"),
    by_ah(0x10, "16/10", "extended read key", read_extended, "", "scan=ah char=al'"),
    by_ah(0x11, "16/11", "extended peek", peek_extended, "", "zf scan=ah char=al'"),
    by_ah(0x12, "16/12", "extended shift flags", extended_flags, "", "ax"),
    refused(by_ah(0x55, "16/55", "Microsoft Word check", nullptr, "al", "ax")),
    by_ah(0x6f, "16/6F", "HP check", hp_check, "al", "ah"),
    by_ah(0x92, "16/92", "capability check", capability_check, "", "ah"),
    by_ah(0xa2, "16/A2", "122-key check", no_122_keys, "", "ah"),
};

} // namespace

constinit const FunctionTable keyboard_services{rows, index_of(rows), nullptr, "ax"};

} // namespace vestige::bios
