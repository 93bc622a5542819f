// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/keyboard8042.hpp"

#include "vestige/devices/scancodes.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

// Command byte.
constexpr u8 irq1_enabled = 0x01, irq12_enabled = 0x02, system_flag = 0x04, keyboard_off = 0x10,
             mouse_off = 0x20, translate = 0x40;
// Status register.
constexpr u8 status_output_full = 0x01, status_system = 0x04, status_command = 0x08,
             status_unlocked = 0x10, status_mouse = 0x20;
constexpr u8 break_prefix = 0xf0, released = 0x80, acknowledge = 0xfa;
/// Time between a read and the next byte: a byte takes about a millisecond on the wire.
constexpr machine::Nanoseconds byte_time = 1'000'000;

/// The 8042's translation; codes from 80h on that are not keys pass as they are.
u8 translated(u8 set2) {
    if (set2 < 0x80)
        return set2_to_set1[set2];
    return set2 == 0x83 ? 0x41 : set2 == 0x84 ? 0x54 : set2;
}

} // namespace

void Keyboard8042::reset() {
    keyboard_.reset();
    mouse_.reset();
    next_byte_ = 0;
    output_full_ = release_prefix_ = false;
    source_ = Source::controller;
    command_byte_ = translate | system_flag | irq1_enabled;
    waiting_ = Waiting::nothing;
    last_write_command_ = false;
    ram_ = {};
    update_lines();
}

bool Keyboard8042::attach(machine::PortBus& bus) {
    return bus.attach(Port{0x60}, 1, *this) && bus.attach(Port{0x64}, 1, *this);
}

bool Keyboard8042::key(std::span<const u8> set1) {
    const bool taken = keyboard_.key(set1, clock_.now());
    expire();
    return taken;
}

void Keyboard8042::move_mouse(int right, int up, int wheel, u8 buttons) {
    mouse_.move(right, up, wheel, buttons);
    expire();
}

bool Keyboard8042::ask_mouse(std::span<const u8> bytes, std::span<u8> answers) {
    const auto next = [this] {
        return mouse_.answering() ? mouse_.take(clock_.now()) : u8{0};
    };
    while (mouse_.answering())
        static_cast<void>(next());
    for (const u8 byte : bytes) {
        mouse_.command(byte, clock_.now());
        if (next() != acknowledge)
            return false;
    }
    for (u8& answer : answers) {
        if (!mouse_.answering())
            return false;
        answer = next();
    }
    return true;
}

bool Keyboard8042::ask_keyboard(std::span<const u8> bytes) {
    while (keyboard_.answering())
        static_cast<void>(keyboard_.take());
    for (const u8 byte : bytes) {
        keyboard_.command(byte);
        if (!keyboard_.answering() || keyboard_.take() != acknowledge)
            return false;
    }
    return true;
}

void Keyboard8042::connect_mouse(bool connected) {
    command_byte_ = static_cast<u8>((command_byte_ & ~(irq12_enabled | mouse_off)) |
                                    (connected ? irq12_enabled : mouse_off));
    update_lines();
}

bool Keyboard8042::keyboard_ready() const {
    return keyboard_.queued() != 0 && (command_byte_ & keyboard_off) == 0;
}

machine::Nanoseconds Keyboard8042::mouse_ready_at() const {
    return (command_byte_ & mouse_off) == 0 ? mouse_.ready_at() : machine::never;
}

machine::Nanoseconds Keyboard8042::next_deadline() const {
    machine::Nanoseconds next = keyboard_.next_repeat();
    if (!output_full_) {
        const machine::Nanoseconds ready = keyboard_ready() ? 0 : mouse_ready_at();
        if (ready != machine::never)
            next = std::min(next, std::max(next_byte_, ready));
    }
    return next;
}

/// Moves the next byte to the output buffer when it is due.
void Keyboard8042::expire() {
    const machine::Nanoseconds now = clock_.now();
    keyboard_.repeat(now);
    if (!output_full_ && now >= next_byte_)
        move_byte();
}

void Keyboard8042::move_byte() {
    if (keyboard_ready() && take_from_keyboard())
        return;
    const machine::Nanoseconds now = clock_.now();
    if (now >= mouse_ready_at())
        put_output(mouse_.take(now), Source::mouse);
}

/// False when the translation has swallowed all there was.
bool Keyboard8042::take_from_keyboard() {
    while (keyboard_.queued() != 0) {
        const u8 byte = keyboard_.take();
        if ((command_byte_ & translate) == 0) {
            release_prefix_ = false;
            put_output(byte, Source::keyboard);
            return true;
        }
        if (byte == break_prefix) {
            release_prefix_ = true;
            continue;
        }
        put_output(static_cast<u8>(translated(byte) | (release_prefix_ ? released : 0)),
                   Source::keyboard);
        release_prefix_ = false;
        return true;
    }
    return false;
}

void Keyboard8042::put_output(u8 byte, Source source) {
    output_ = byte;
    output_full_ = true;
    source_ = source;
    update_lines();
}

void Keyboard8042::update_lines() {
    keyboard_irq_.set(output_full_ && source_ == Source::keyboard &&
                      (command_byte_ & irq1_enabled) != 0);
    mouse_irq_.set(output_full_ && source_ == Source::mouse &&
                   (command_byte_ & irq12_enabled) != 0);
}

/// An answer of the controller itself replaces what is in the buffer, at once and without IRQ 1.
void Keyboard8042::reply(u8 byte) { put_output(byte, Source::controller); }

u8 Keyboard8042::read_data() {
    if (output_full_) {
        output_full_ = false;
        next_byte_ = clock_.now() + byte_time;
        update_lines();
    }
    return output_;
}

u32 Keyboard8042::read_port(Port port, Width) {
    expire();
    if (port.value == 0x60)
        return read_data();
    const bool of_mouse = output_full_ && source_ == Source::mouse;
    return static_cast<u8>((output_full_ ? status_output_full : 0) |
                           ((command_byte_ & system_flag) != 0 ? status_system : 0) |
                           (last_write_command_ ? status_command : 0) | status_unlocked |
                           (of_mouse ? status_mouse : 0));
}

void Keyboard8042::write_port(Port port, Width, u32 value) {
    const u8 byte = static_cast<u8>(value);
    last_write_command_ = port.value == 0x64;
    if (port.value == 0x64)
        controller_command(byte);
    else if (waiting_ != Waiting::nothing)
        controller_data(byte);
    else
        to_keyboard(byte);
}

void Keyboard8042::set_output_port(u8 value) {
    a20_.set((value & 2) != 0);
    if ((value & 1) == 0)
        power_.request_reset("8042 output port");
}

void Keyboard8042::controller_command(u8 command) {
    waiting_ = Waiting::nothing;
    if (command >= 0x20 && command < 0x40)
        return reply(command == 0x20 ? command_byte_ : ram_[command - 0x20U]);
    if (command >= 0x60 && command < 0x80) {
        ram_index_ = command & 0x1f;
        waiting_ = command == 0x60 ? Waiting::command_byte : Waiting::ram;
        return;
    }
    if (command >= 0xf0) { // pulse output lines that are 0; line 0 is the CPU's reset
        if ((command & 1) == 0)
            power_.request_reset("8042 command FEh");
        return;
    }
    switch (command) {
    case 0xa4: // no password is set
        return reply(0xf1);
    case 0xa7:
        command_byte_ |= mouse_off;
        break;
    case 0xa8:
        command_byte_ = static_cast<u8>(command_byte_ & ~mouse_off);
        break;
    case 0xa9: // both connectors' lines are fine
    case 0xab:
        return reply(0x00);
    case 0xaa:
        command_byte_ |= system_flag;
        return reply(0x55);
    case 0xad:
        command_byte_ |= keyboard_off;
        break;
    case 0xae:
        command_byte_ = static_cast<u8>(command_byte_ & ~keyboard_off);
        break;
    case 0xc0:
        return reply(0x80); // keyboard not locked
    case 0xd0:
        return reply(static_cast<u8>(0xcd | (a20_.enabled() ? 2 : 0) |
                                     (output_full_ ? 0x10 : 0)));
    case 0xd1:
        waiting_ = Waiting::output_port;
        break;
    case 0xd2:
        waiting_ = Waiting::keyboard_output;
        break;
    case 0xd3:
        waiting_ = Waiting::mouse_output;
        break;
    case 0xd4:
        waiting_ = Waiting::to_mouse;
        break;
    case 0xdd:
        a20_.set(false);
        break;
    case 0xdf:
        a20_.set(true);
        break;
    case 0xe0: // the clock lines of both connectors, at rest
        return reply(0x03);
    default:
        break;
    }
}

void Keyboard8042::controller_data(u8 value) {
    const Waiting what = waiting_;
    waiting_ = Waiting::nothing;
    switch (what) {
    case Waiting::command_byte:
        command_byte_ = value;
        return update_lines();
    case Waiting::output_port:
        return set_output_port(value);
    case Waiting::keyboard_output:
        return put_output(value, Source::keyboard);
    case Waiting::mouse_output:
        return put_output(value, Source::mouse);
    case Waiting::to_mouse:
        return to_mouse(value);
    default:
        ram_[ram_index_] = value;
    }
}

/// A byte for the keyboard turns it on; the answer comes at once.
void Keyboard8042::to_keyboard(u8 value) {
    command_byte_ = static_cast<u8>(command_byte_ & ~keyboard_off);
    keyboard_.command(value);
    next_byte_ = clock_.now();
    expire();
}

void Keyboard8042::to_mouse(u8 value) {
    command_byte_ = static_cast<u8>(command_byte_ & ~mouse_off);
    mouse_.command(value, clock_.now());
    next_byte_ = clock_.now();
    expire();
}

} // namespace vestige::devices
