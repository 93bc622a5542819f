// SPDX-License-Identifier: BSD-2-Clause
// INT 09h: from scan codes to the key buffer.
#include "vestige/bios/service.hpp"

#include "key_buffer.hpp"
#include "keyboard_map.hpp"

namespace vestige::bios {
namespace {

// 40:17h.
constexpr u8 right_shift = 0x01, left_shift = 0x02, control = 0x04, alt = 0x08, scroll_lock = 0x10,
             num_lock = 0x20, caps_lock = 0x40, insert = 0x80;
// 40:18h.
constexpr u8 left_control = 0x01, left_alt = 0x02, sys_req = 0x04, pause_active = 0x08;
// 40:96h.
constexpr u8 last_e1 = 0x01, last_e0 = 0x02, right_control = 0x04, right_alt = 0x08;
constexpr u8 print_screen_interrupt = 0x05, ctrl_break = 0x1b, system = 0x15;
constexpr u16 insert_key = 0x5200, grey_insert_key = 0x52e0;

/// What a handler that INT 09h called was called for; kept on the guest's stack meanwhile.
enum class Phase : u16 { intercept = 1, system_request = 2 };

struct Flags {
    Call& call;
    [[nodiscard]] u8 get(Gpa field) const { return call.bda<u8>(field); }
    void change(Gpa field, u8 mask, bool set) const {
        const u8 old = get(field);
        call.set_bda<u8>(field, static_cast<u8>(set ? old | mask : old & ~mask));
    }
};

/// Shift, Ctrl and Alt on both sides; true when the code was one of them.
bool modifier(const Flags& flags, u8 key, bool released, bool e0) {
    const bool down = !released;
    switch (key) {
    case 0x2a:
    case 0x36:
        if (!e0) // E0 2A and E0 36 are fillers of the grey keys
            flags.change(bda::shift_flags, key == 0x2a ? left_shift : right_shift, down);
        return true;
    case 0x1d:
        if (e0)
            flags.change(bda::keyboard_flags3, right_control, down);
        else
            flags.change(bda::shift_flags2, left_control, down);
        flags.change(bda::shift_flags, control,
                     (flags.get(bda::shift_flags2) & left_control) != 0 ||
                         (flags.get(bda::keyboard_flags3) & right_control) != 0);
        return true;
    case 0x38:
        if (e0)
            flags.change(bda::keyboard_flags3, right_alt, down);
        else
            flags.change(bda::shift_flags2, left_alt, down);
        flags.change(bda::shift_flags, alt,
                     (flags.get(bda::shift_flags2) & left_alt) != 0 ||
                         (flags.get(bda::keyboard_flags3) & right_alt) != 0);
        return true;
    default:
        return false;
    }
}

/// Tells the keyboard when its lights should change.
void show_locks(const Flags& flags) {
    constexpr u8 set_leds = 0xed;
    const u8 wanted = flags.get(bda::shift_flags) >> 4 & 7;
    const u8 shown = flags.get(bda::keyboard_leds);
    if ((shown & 7) == wanted)
        return;
    flags.call.set_bda<u8>(bda::keyboard_leds, static_cast<u8>((shown & 0xf8) | wanted));
    static_cast<void>(flags.call.env.keyboard.ask_keyboard(std::array{set_leds, wanted}));
}

/// Caps, Num and Scroll Lock toggle once a press: 40:18h remembers that the key is held.
bool lock_key(const Flags& flags, u8 key, bool released) {
    const u8 mask = key == 0x3a   ? caps_lock
                    : key == 0x45 ? num_lock
                    : key == 0x46 ? scroll_lock
                                  : 0;
    if (mask == 0)
        return false;
    const bool held = (flags.get(bda::shift_flags2) & mask) != 0;
    if (!released && !held)
        flags.change(bda::shift_flags, mask, (flags.get(bda::shift_flags) & mask) == 0);
    flags.change(bda::shift_flags2, mask, !released);
    show_locks(flags);
    return true;
}

/// Alt and digits on the keypad compose a character, entered when Alt is released.
bool alt_digit(const Flags& flags, u8 key) {
    constexpr std::array<u8, 13> digits{7, 8, 9, 0xff, 4, 5, 6, 0xff, 1, 2, 3, 0, 0xff};
    if (key < 0x47 || key > 0x53 || digits[key - 0x47U] == 0xff)
        return false;
    const u8 value = flags.get(bda::alt_keypad);
    flags.call.set_bda<u8>(bda::alt_keypad, static_cast<u8>(value * 10 + digits[key - 0x47U]));
    return true;
}

/// Keys that only the 101-key keyboard has: those with E0h before the code of an older key.
u16 grey_word(u8 key, u8 shifts) {
    const KeyWords& words = key_words[key];
    const bool keypad = key >= 0x47 && key <= 0x53;
    if ((shifts & alt) != 0)
        return key == 0x1c   ? 0xa600
               : key == 0x35 ? 0xa400
               : keypad      ? static_cast<u16>((key + 0x50) << 8)
                             : 0;
    if ((shifts & control) != 0)
        return key == 0x1c   ? 0xe00a
               : key == 0x35 ? 0x9500
               : key == 0x37 ? 0x7200
               : keypad      ? static_cast<u16>((words.control & 0xff00) | 0xe0)
                             : 0;
    if (key == 0x1c || key == 0x35) // Enter and slash of the keypad
        return static_cast<u16>(0xe000 | (words.plain & 0xff));
    return keypad ? static_cast<u16>(key << 8 | 0xe0) : 0;
}

/// The buffer word of a pressed key; 0 when it enters nothing.
u16 word_of(const Flags& flags, u8 key, bool e0) {
    if (key >= key_words.size())
        return 0;
    const KeyChange found = find_key(flags.call.env.keys, key);
    const KeyWords& words = found.words;
    const u8 shifts = flags.get(bda::shift_flags);
    const bool shifted = (shifts & (left_shift | right_shift)) != 0;
    if (e0)
        return grey_word(key, shifts);
    if (found.third != 0 && (flags.get(bda::keyboard_flags3) & right_alt) != 0)
        return static_cast<u16>(key << 8 | found.third);
    if ((shifts & alt) != 0)
        return words.alt;
    if ((shifts & control) != 0)
        return words.control;
    const bool keypad = key >= 0x47 && key <= 0x53;
    const bool upper = keypad             ? shifted != ((shifts & num_lock) != 0)
                       : is_letter(words) ? shifted != ((shifts & caps_lock) != 0)
                                          : shifted;
    return upper ? words.shift : words.plain;
}

Outcome end(Call& call) {
    call.restore_registers();
    call.env.pic.end_of_interrupt(1);
    return Outcome::done;
}

Outcome then_call(Call& call, u8 number) {
    static_cast<void>(end(call));
    return call.jump_to_interrupt(number);
}

/// Stands still until another key is pressed, with interrupts on.
Outcome pause(Call& call) {
    Flags{call}.change(bda::shift_flags2, pause_active, true);
    static_cast<void>(end(call));
    return call.wait();
}

/// INT 15h AH=85h hears of the SysReq key going down and up.
Outcome system_request(Call& call, bool released) {
    Flags{call}.change(bda::shift_flags2, sys_req, !released);
    call.env.pic.end_of_interrupt(1);
    call.push(static_cast<u16>(Phase::system_request));
    call.set_ax(released ? 0x8501 : 0x8500);
    return call.call_interrupt(system);
}

Outcome pressed(Call& call, const Flags& flags, u8 key, bool e0, bool after_e1) {
    const u8 shifts = flags.get(bda::shift_flags);
    const bool with_control = (shifts & control) != 0;
    const bool with_alt = (shifts & alt) != 0;
    if (key == 0x53 && with_control && with_alt) {
        call.set_bda<u16>(bda::reset_flag, 0x1234);
        call.env.power.request_reset("Ctrl-Alt-Del");
        return end(call);
    }
    if (key == 0x46 && (e0 || with_control)) { // Ctrl-Break
        clear_key_buffer(call);
        call.set_bda<u8>(bda::break_flag, 0x80);
        push_key(call, 0);
        return then_call(call, ctrl_break);
    }
    if (key == 0x37 && e0 && !with_control && !with_alt)
        return then_call(call, print_screen_interrupt);
    if (after_e1 || (key == 0x45 && with_control))
        return pause(call);
    if (lock_key(flags, key, false))
        return end(call);
    if ((flags.get(bda::shift_flags2) & pause_active) != 0) { // any key ends Pause and is lost
        flags.change(bda::shift_flags2, pause_active, false);
        return end(call);
    }
    if (with_alt && !e0 && alt_digit(flags, key))
        return end(call);
    const u16 word = word_of(flags, key, e0);
    if (word == insert_key || word == grey_insert_key)
        flags.change(bda::shift_flags, insert, (flags.get(bda::shift_flags) & insert) == 0);
    if (word != 0)
        push_key(call, word);
    return end(call);
}

Outcome released(Call& call, const Flags& flags, u8 key) {
    static_cast<void>(lock_key(flags, key, true));
    const u8 composed = flags.get(bda::alt_keypad);
    if (key == 0x38 && composed != 0 && (flags.get(bda::shift_flags) & alt) == 0) {
        push_key(call, composed);
        call.set_bda<u8>(bda::alt_keypad, 0);
    }
    return end(call);
}

Outcome translate(Call& call, u8 code) {
    const Flags flags{call};
    const u8 state = flags.get(bda::keyboard_flags3);
    if (code == 0xe0 || code == 0xe1) {
        call.set_bda<u8>(bda::keyboard_flags3, static_cast<u8>((state & ~(last_e0 | last_e1)) |
                                                               (code == 0xe0 ? last_e0 : last_e1)));
        return end(call);
    }
    const bool e0 = (state & last_e0) != 0;
    const bool e1 = (state & last_e1) != 0;
    const u8 key = code & 0x7f;
    const bool is_release = (code & 0x80) != 0;
    if (e1 && key == 0x1d) // Pause sends E1 1D 45
        return end(call);
    call.set_bda<u8>(bda::keyboard_flags3, static_cast<u8>(state & ~(last_e0 | last_e1)));
    if (code == 0xfa || code == 0xfe || code == 0x00 || code == 0xff)
        return end(call); // answers of the keyboard, not keys
    if (key == 0x54)
        return system_request(call, is_release);
    const bool was_modifier = modifier(flags, key, is_release, e0);
    if (is_release)
        return released(call, flags, key);
    if (was_modifier)
        return end(call);
    return pressed(call, flags, key, e0, e1);
}

} // namespace

/// Reads the scan code, offers it to INT 15h AH=4Fh and enters it.
Outcome keyboard_interrupt(Call& call) {
    if (call.entry() == Entry::after_wait) // Pause
        return (call.bda<u8>(bda::shift_flags2) & pause_active) != 0 ? call.wait() : Outcome::done;
    if (call.entry() == Entry::continuation) {
        const bool swallowed = !call.carry_in_registers();
        if (call.pop() == static_cast<u16>(Phase::system_request)) {
            call.restore_registers();
            return Outcome::done;
        }
        // The hook may have put another code into AL.
        return swallowed ? end(call) : translate(call, call.al());
    }
    // Whether the 8042 says that there is a code does not count: a hook may have read it before.
    const u8 code = static_cast<u8>(call.env.keyboard.read_port(Port{0x60}, Width::byte));
    call.save_registers();
    call.set_ah(0x4f);
    call.set_al(code);
    call.env.cpu.regs.rflags |= cpu::rflags::cf;
    call.push(static_cast<u16>(Phase::intercept));
    return call.call_interrupt(system);
}

} // namespace vestige::bios
