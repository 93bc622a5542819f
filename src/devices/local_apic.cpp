// SPDX-License-Identifier: BSD-2-Clause
// The local APIC's registers and how interrupts get through it. SDM 3A, "Local APIC".
#include "vestige/devices/local_apic.hpp"

#include "apic_registers.hpp"

#include "vestige/base/bit_field.hpp"

namespace vestige::devices {

using namespace apic;

void LocalApic::reset() {
    timer_.reset();
    mode_ = Mode::xapic;
    irr_ = isr_ = tmr_ = {};
    tpr_ = 0;
    ldr_ = 0;
    dfr_ = ~u32{0};
    spurious_ = 0xff;
    command_low_ = command_high_ = 0;
    errors_ = shown_errors_ = 0;
    lvt_.fill(lvt_masked);
    lvt_[lvt_lint0] = lvt_external;
    nmi_ = false;
    update();
    show_all();
}

void LocalApic::enter_virtual_wire_mode() {
    write_spurious(spurious_enable | 0xff);
    write_lvt(lvt_lint0, lvt_external);
    write_lvt(lvt_lint1, lvt_nmi);
}

bool LocalApic::software_enabled() const {
    return mode_ != Mode::disabled && (spurious_ & spurious_enable) != 0;
}

bool LocalApic::external_pending() const {
    if (!pins_[0])
        return false;
    return mode_ == Mode::disabled ||
           (lvt_[lvt_lint0] & (lvt_masked | lvt_delivery)) == lvt_external;
}

u8 LocalApic::processor_priority() const {
    const u8 in_service = isr_.highest().value;
    return (tpr_ >> 4) >= (in_service >> 4) ? tpr_ : static_cast<u8>(in_service & 0xf0);
}

void LocalApic::update() {
    const u8 wanted =
        software_enabled() ? static_cast<u8>(irr_.highest().value >> 4) : u8{0};
    due_ = wanted > (processor_priority() >> 4);
    held_back_ = !due_ && wanted > (isr_.highest().value >> 4) ? wanted : u8{0};
    wants_cpu_ = due_ || nmi_ || external_pending();
}

Vector LocalApic::acknowledge() {
    if (!due_)
        return {static_cast<u8>(spurious_)};
    const Vector vector = irr_.highest();
    irr_.clear(vector);
    isr_.set(vector);
    show_vector(vector);
    update();
    return vector;
}

void LocalApic::take_nmi() {
    nmi_ = false;
    update();
}

void LocalApic::set_task_priority(u8 value) {
    tpr_ = value;
    show(tpr);
    update();
}

void LocalApic::end_of_interrupt() {
    const Vector ended = isr_.highest();
    if (ended.value == 0)
        return;
    isr_.clear(ended);
    show_vector(ended);
    update();
    if (tmr_.has(ended))
        ends_.end_of_interrupt(ended);
}

void LocalApic::accept(Vector vector, bool level) {
    if (!software_enabled())
        return;
    if (vector.value < least_vector)
        return record_error(error_received_vector);
    irr_.set(vector);
    if (level)
        tmr_.set(vector);
    else
        tmr_.clear(vector);
    show_vector(vector);
    update();
}

/// One interrupt for every kind of error since the guest last looked: an error that the error
/// interrupt itself makes, with a vector that cannot be, does not repeat it.
void LocalApic::record_error(u32 error) {
    const bool known = (errors_ & error) != 0;
    errors_ |= error;
    if (!known && (lvt_[lvt_error] & lvt_masked) == 0)
        accept({static_cast<u8>(lvt_[lvt_error])}, false);
}

void LocalApic::latch_errors() {
    shown_errors_ = errors_;
    errors_ = 0;
    show(error_status);
}

/// A local event: what its table entry says.
void LocalApic::pulse(Lvt entry) {
    const u32 value = lvt_[entry];
    if ((value & lvt_masked) != 0)
        return;
    const bool always_fixed = entry == lvt_timer || entry == lvt_error;
    const u32 delivery = always_fixed ? 0 : value & lvt_delivery;
    if (delivery == 0)
        accept({static_cast<u8>(value)}, false);
    else if (delivery == lvt_nmi)
        nmi_ = true;
    update();
}

void LocalApic::set_line(unsigned pin, bool level) {
    if (pin >= pins_.size())
        return;
    const bool rises = level && !pins_[pin];
    pins_[pin] = level;
    if (rises && mode_ != Mode::disabled)
        pulse(pin == 0 ? lvt_lint0 : lvt_lint1);
    else if (rises && pin == 1)
        nmi_ = true; // without an APIC the pin is the CPU's NMI
    update();
}

bool LocalApic::in_logical(u32 destination) const {
    if (mode_ == Mode::x2apic)
        return destination >> 16 == 0 && (destination & 1) != 0;
    const u32 own = ldr_ >> 24;
    const bool flat = dfr_ >> 28 == 0xf;
    if (flat)
        return (own & destination) != 0;
    const u32 cluster = destination >> 4 & 0xf;
    return (cluster == 0xf || cluster == own >> 4) && (own & destination & 0xf) != 0;
}

bool LocalApic::matches(const ApicMessage& message) const {
    if (mode_ == Mode::disabled)
        return false;
    if (message.destination == 0xff || message.destination == ~u32{0})
        return true;
    return message.logical ? in_logical(message.destination) : message.destination == 0;
}

void LocalApic::deliver(const ApicMessage& message) {
    using Delivery = ApicMessage::Delivery;
    switch (message.delivery) {
    case Delivery::fixed:
    case Delivery::lowest:
        return accept(message.vector, message.level);
    case Delivery::nmi:
        nmi_ = true;
        return update();
    case Delivery::init:
        return power_.request_reset("INIT");
    default: // no SMM, nothing to start, and the 8259 pair is on LINT0
        return;
    }
}

void LocalApic::message(u64 address, u32 data) {
    if (address >> 20 != 0xfee)
        return;
    ApicMessage message;
    message.vector = {static_cast<u8>(data)};
    message.delivery = static_cast<ApicMessage::Delivery>(data >> 8 & 7);
    message.logical = (address & 4) != 0;
    message.level = (data & bit(15)) != 0;
    message.destination = static_cast<u32>(address >> 12 & 0xff);
    if (matches(message))
        deliver(message);
}

/// The interrupt command register's low half has been written.
void LocalApic::send(u32 command, u32 destination) {
    using Delivery = ApicMessage::Delivery;
    enum : u32 { to_destination, to_self, to_all, to_others };
    ApicMessage message;
    message.vector = {static_cast<u8>(command)};
    message.delivery = static_cast<Delivery>(command >> 8 & 7);
    message.logical = (command & bit(11)) != 0;
    message.destination = destination;
    const bool asserts = (command & bit(14)) != 0;
    const u32 shorthand = command >> 18 & 3;
    if (message.delivery == Delivery::init && !asserts)
        return; // INIT level de-assert does nothing
    const bool with_vector =
        message.delivery == Delivery::fixed || message.delivery == Delivery::lowest;
    if (with_vector && message.vector.value < least_vector)
        return record_error(error_sent_vector);
    // A CPU can send itself nothing but interrupts with a vector by shorthand.
    const bool by_shorthand = shorthand == to_all || (shorthand == to_self && with_vector);
    if (by_shorthand || (shorthand == to_destination && matches(message)))
        deliver(message);
}

machine::Nanoseconds LocalApic::next_deadline() const {
    return timer_.next_deadline();
}

void LocalApic::expire() {
    if (timer_.expire())
        pulse(lvt_timer);
}

} // namespace vestige::devices
