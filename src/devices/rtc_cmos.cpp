// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/rtc_cmos.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

constexpr u64 second = machine::nanoseconds_per_second;
constexpr u64 update_warning = 244'000; ///< UIP rises this long before the second
constexpr u8 b_set = 0x80, b_periodic = 0x40, b_alarm = 0x20, b_update = 0x10, b_binary = 0x04,
             b_24_hours = 0x02;
constexpr u8 c_periodic = 0x40, c_alarm = 0x20, c_update = 0x10, c_request = 0x80;
constexpr u64 most_alarm_seconds = 86400;

} // namespace

void RtcCmos::reset() {
    index_ = 0;
    a_ = 0x26;
    b_ = static_cast<u8>((b_ & b_binary) | b_24_hours);
    c_ = 0;
    collected_ = clock_.now();
    irq_.set(false);
}

bool RtcCmos::attach(machine::PortBus& bus) { return bus.attach(Port{0x70}, 2, *this); }

u64 RtcCmos::seconds_now() const {
    return (b_ & b_set) != 0 ? frozen_seconds_ : base_seconds_ + clock_.now() / second;
}

void RtcCmos::set_time(const CivilTime& time) {
    CivilTime t = time;
    t.month = std::clamp(t.month, 1U, 12U);
    t.day = std::clamp(t.day, 1U, 31U);
    t.year = std::clamp(t.year, 1970U, 9999U);
    const u64 wanted = to_seconds(t);
    if ((b_ & b_set) != 0)
        frozen_seconds_ = wanted;
    else
        base_seconds_ = wanted - clock_.now() / second;
}

bool RtcCmos::updating() const {
    return (b_ & b_set) == 0 && second - clock_.now() % second <= update_warning;
}

u8 RtcCmos::encode(u32 value) const {
    if ((b_ & b_binary) != 0)
        return static_cast<u8>(value);
    return static_cast<u8>((value / 10 % 10) << 4 | value % 10);
}

u32 RtcCmos::decode(u8 value) const {
    if ((b_ & b_binary) != 0)
        return value;
    return (value >> 4) * 10U + (value & 15U);
}

u8 RtcCmos::encode_hour(u32 hour) const {
    if ((b_ & b_24_hours) != 0)
        return encode(hour);
    return static_cast<u8>(encode(hour % 12 == 0 ? 12 : hour % 12) | (hour >= 12 ? 0x80 : 0));
}

u32 RtcCmos::decode_hour(u8 value) const {
    if ((b_ & b_24_hours) != 0)
        return decode(value) % 24;
    return decode(value & 0x7f) % 12 + ((value & 0x80) != 0 ? 12 : 0);
}

u8 RtcCmos::read_time(u8 index) const {
    const CivilTime t = time();
    switch (index) {
    case cmos::seconds:
        return encode(t.second);
    case cmos::minutes:
        return encode(t.minute);
    case cmos::hours:
        return encode_hour(t.hour);
    case cmos::weekday:
        return encode(t.weekday);
    case cmos::day:
        return encode(t.day);
    case cmos::month:
        return encode(t.month);
    case cmos::year:
        return encode(t.year % 100);
    default:
        return encode(t.year / 100);
    }
}

void RtcCmos::write_time(u8 index, u8 value) {
    CivilTime t = time();
    const u32 number = decode(value);
    switch (index) {
    case cmos::seconds:
        t.second = number % 60;
        break;
    case cmos::minutes:
        t.minute = number % 60;
        break;
    case cmos::hours:
        t.hour = decode_hour(value);
        break;
    case cmos::weekday:
        return; // follows from the date
    case cmos::day:
        t.day = number;
        break;
    case cmos::month:
        t.month = number;
        break;
    case cmos::year:
        t.year = t.year / 100 * 100 + number % 100;
        break;
    default:
        t.year = number * 100 + t.year % 100;
        break;
    }
    set_time(t);
}

machine::Nanoseconds RtcCmos::period() const {
    const unsigned rate = a_ & 15;
    if (rate == 0)
        return 0;
    const unsigned shift = rate <= 2 ? rate + 6 : rate - 1;
    return (second << shift) / 32768;
}

bool RtcCmos::alarm_matches(u64 seconds) const {
    const CivilTime t = to_civil(seconds);
    const auto matches = [](u8 wanted, u8 value) { return wanted >= 0xc0 || wanted == value; };
    return matches(ram_[cmos::seconds_alarm], encode(t.second)) &&
           matches(ram_[cmos::minutes_alarm], encode(t.minute)) &&
           matches(ram_[cmos::hours_alarm], encode_hour(t.hour));
}

/// Sets the flags of register C for what happened since the last look. Bounded: of a long time
/// only the last day's seconds are compared with the alarm.
void RtcCmos::collect_flags() {
    const machine::Nanoseconds now = clock_.now();
    const machine::Nanoseconds rate = period();
    if (rate != 0 && now / rate != collected_ / rate)
        c_ |= c_periodic;
    const u64 to = now / second;
    const u64 from = collected_ / second;
    if ((b_ & b_set) == 0 && to != from) {
        c_ |= c_update;
        for (u64 at = std::max(from + 1, to >= most_alarm_seconds ? to - most_alarm_seconds : 0);
             at <= to && (c_ & c_alarm) == 0; ++at)
            if (alarm_matches(base_seconds_ + at))
                c_ |= c_alarm;
    }
    collected_ = now;
}

void RtcCmos::update_line() {
    const bool request = (c_ & b_ & (c_periodic | c_alarm | c_update)) != 0;
    c_ = static_cast<u8>(request ? c_ | c_request : c_ & ~c_request);
    irq_.set(request);
}

machine::Nanoseconds RtcCmos::next_deadline() const {
    if ((c_ & c_request) != 0)
        return machine::never; // nothing new until register C is read
    // From the last look on, not from now: what is due stays due until expire() sees it.
    machine::Nanoseconds next = machine::never;
    if ((b_ & b_periodic) != 0 && period() != 0)
        next = (collected_ / period() + 1) * period();
    if ((b_ & (b_alarm | b_update)) != 0 && (b_ & b_set) == 0)
        next = std::min(next, (collected_ / second + 1) * second);
    return next;
}

void RtcCmos::expire() {
    collect_flags();
    update_line();
}

u8 RtcCmos::read(u8 index) {
    index &= 0x7f;
    switch (index) {
    case cmos::status_a:
        return static_cast<u8>(a_ | (updating() ? 0x80 : 0));
    case cmos::status_b:
        return b_;
    case cmos::status_c: {
        collect_flags();
        update_line();
        const u8 flags = c_;
        c_ = 0;
        update_line();
        return flags;
    }
    case cmos::status_d:
        return 0x80;
    case cmos::seconds:
    case cmos::minutes:
    case cmos::hours:
    case cmos::weekday:
    case cmos::day:
    case cmos::month:
    case cmos::year:
    case cmos::century:
        return read_time(index);
    default:
        return ram_[index];
    }
}

void RtcCmos::write(u8 index, u8 value) {
    index &= 0x7f;
    switch (index) {
    case cmos::status_a:
        collect_flags();
        a_ = value & 0x7f;
        break;
    case cmos::status_b: {
        collect_flags();
        const u64 seconds = seconds_now();
        const bool was_set = (b_ & b_set) != 0;
        b_ = value;
        if ((b_ & b_set) != 0)
            frozen_seconds_ = seconds;
        else if (was_set)
            base_seconds_ = seconds - clock_.now() / second;
        update_line();
        break;
    }
    case cmos::status_c:
    case cmos::status_d:
        break;
    case cmos::seconds:
    case cmos::minutes:
    case cmos::hours:
    case cmos::weekday:
    case cmos::day:
    case cmos::month:
    case cmos::year:
    case cmos::century:
        write_time(index, value);
        break;
    default:
        ram_[index] = value;
        break;
    }
}

void RtcCmos::update_checksum() {
    u32 sum = 0;
    for (u8 i = 0x10; i <= 0x2d; ++i)
        sum += ram_[i];
    ram_[cmos::checksum_high] = static_cast<u8>(sum >> 8);
    ram_[cmos::checksum_low] = static_cast<u8>(sum);
}

u32 RtcCmos::read_port(Port port, Width) { return port.value == 0x70 ? 0xff : read(index_); }

void RtcCmos::write_port(Port port, Width, u32 value) {
    if (port.value == 0x70)
        index_ = static_cast<u8>(value & 0x7f); // bit 7 masks NMI, of which there is none
    else
        write(index_, static_cast<u8>(value));
}

} // namespace vestige::devices
