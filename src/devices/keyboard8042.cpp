// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/keyboard8042.hpp"

#include "vestige/devices/scancodes.hpp"

namespace vestige::devices {
namespace {

// Command byte.
constexpr u8 irq1_enabled = 0x01, system_flag = 0x04, keyboard_off = 0x10, aux_off = 0x20,
             translate = 0x40;
// Status register.
constexpr u8 status_output_full = 0x01, status_system = 0x04, status_command = 0x08,
             status_unlocked = 0x10;
constexpr u8 acknowledge = 0xfa, resend = 0xfe, self_test_passed = 0xaa;
/// Time between a read and the next byte: a byte takes about a millisecond on the wire.
constexpr machine::Nanoseconds byte_time = 1'000'000;

} // namespace

void Keyboard8042::reset() {
    head_ = count_ = 0;
    next_byte_ = 0;
    output_full_ = from_controller_ = false;
    command_byte_ = translate | system_flag | irq1_enabled;
    last_command_ = 0;
    waiting_ = Waiting::nothing;
    last_write_command_ = false;
    leds_ = 0;
    scan_set_ = 2;
    scanning_ = true;
    ram_ = {};
    irq_.set(false);
}

bool Keyboard8042::attach(machine::PortBus& bus) {
    return bus.attach(Port{0x60}, 1, *this) && bus.attach(Port{0x64}, 1, *this);
}

void Keyboard8042::push(u8 byte) {
    if (count_ == queue_size)
        return;
    queue_[(head_ + count_++) % queue_size] = byte;
}

bool Keyboard8042::key(std::span<const u8> set1) {
    // Set 2 needs at most two bytes for one.
    if (!scanning_ || queue_size - count_ < 2 * set1.size() + 16)
        return false;
    const bool as_set1 = (command_byte_ & translate) != 0 || scan_set_ == 1;
    for (const u8 code : set1) {
        if (as_set1 || code == 0xe0 || code == 0xe1) {
            push(code);
            continue;
        }
        if ((code & 0x80) != 0)
            push(0xf0);
        push(set1_to_set2(code & 0x7f));
    }
    expire();
    return true;
}

machine::Nanoseconds Keyboard8042::next_deadline() const {
    const bool can_move = count_ != 0 && !output_full_ && (command_byte_ & keyboard_off) == 0;
    return can_move ? next_byte_ : machine::never;
}

/// Moves the next byte to the output buffer when it is due.
void Keyboard8042::expire() {
    if (clock_.now() < next_deadline())
        return;
    const u8 byte = queue_[head_];
    head_ = (head_ + 1) % queue_size;
    --count_;
    from_controller_ = false;
    put_output(byte);
}

void Keyboard8042::put_output(u8 byte) {
    output_ = byte;
    output_full_ = true;
    update_line();
}

void Keyboard8042::update_line() {
    const bool wanted =
        output_full_ && !from_controller_ && (command_byte_ & irq1_enabled) != 0;
    irq_.set(wanted);
}

/// An answer of the controller itself replaces what is in the buffer, at once and without IRQ 1.
void Keyboard8042::reply(u8 byte) {
    from_controller_ = true;
    put_output(byte);
}

void Keyboard8042::flush() { head_ = count_ = 0; }

u8 Keyboard8042::read_data() {
    if (output_full_) {
        output_full_ = false;
        from_controller_ = false;
        next_byte_ = clock_.now() + byte_time;
        update_line();
    }
    return output_;
}

u32 Keyboard8042::read_port(Port port, Width) {
    expire();
    if (port.value == 0x60)
        return read_data();
    return static_cast<u8>((output_full_ ? status_output_full : 0) |
                           (command_byte_ & system_flag ? status_system : 0) |
                           (last_write_command_ ? status_command : 0) | status_unlocked);
}

void Keyboard8042::write_port(Port port, Width, u32 value) {
    const u8 byte = static_cast<u8>(value);
    last_write_command_ = port.value == 0x64;
    if (port.value == 0x64)
        controller_command(byte);
    else if (waiting_ != Waiting::nothing)
        controller_data(byte);
    else
        keyboard_byte(byte);
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
    case 0xa7:
        command_byte_ |= aux_off;
        break;
    case 0xa8:
        command_byte_ = static_cast<u8>(command_byte_ & ~aux_off);
        break;
    case 0xa9:
        return reply(0x02); // auxiliary clock line stuck: nothing is plugged in
    case 0xaa:
        command_byte_ |= system_flag;
        return reply(0x55);
    case 0xab:
        return reply(0x00);
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
        waiting_ = Waiting::output_byte;
        break;
    case 0xd3:
    case 0xd4:
        waiting_ = Waiting::ram; // to a mouse that is not there: the byte goes nowhere
        ram_index_ = 0x1f;
        break;
    case 0xdd:
        a20_.set(false);
        break;
    case 0xdf:
        a20_.set(true);
        break;
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
        return update_line();
    case Waiting::output_port:
        return set_output_port(value);
    case Waiting::output_byte:
        from_controller_ = false;
        return put_output(value);
    default:
        ram_[ram_index_] = value;
    }
}

void Keyboard8042::keyboard_byte(u8 value) {
    command_byte_ = static_cast<u8>(command_byte_ & ~keyboard_off);
    const u8 command = last_command_;
    last_command_ = 0;
    if (command == 0 || value >= 0xed) {
        keyboard_command(value);
    } else if (command == 0xf0 && value == 0) {
        push(acknowledge);
        push((command_byte_ & translate) != 0 ? set2_to_set1[scan_set_] : scan_set_);
    } else if (command == 0xf0 && value > 2) {
        push(resend); // set 3 is not offered
    } else {
        push(acknowledge);
        if (command == 0xed)
            leds_ = value & 7;
        if (command == 0xf0)
            scan_set_ = value;
    }
    next_byte_ = clock_.now();
    expire();
}

void Keyboard8042::keyboard_command(u8 command) {
    switch (command) {
    case 0xee: // echo
        return push(0xee);
    case 0xed: // LEDs
    case 0xf0: // scan code set
    case 0xf3: // typematic
        last_command_ = command;
        return push(acknowledge);
    case 0xf2: // identify: MF2 keyboard, translated
        push(acknowledge);
        push(0xab);
        return push((command_byte_ & translate) != 0 ? 0x41 : 0x83);
    case 0xf4:
        scanning_ = true;
        return push(acknowledge);
    case 0xf5:
    case 0xf6:
        scanning_ = command == 0xf6;
        leds_ = 0;
        return push(acknowledge);
    case 0xfe:
        return push(output_);
    case 0xff:
        flush();
        scanning_ = true;
        scan_set_ = 2;
        leds_ = 0;
        push(acknowledge);
        return push(self_test_passed);
    default:
        return push(resend);
    }
}

} // namespace vestige::devices
