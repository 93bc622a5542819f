// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/rtc_cmos.hpp"

#include <algorithm>
#include <optional>

namespace vestige::devices {
namespace {

constexpr u64 second = machine::nanoseconds_per_second;
constexpr u64 update_warning = 244'000; ///< UIP rises this long before the second
constexpr u8 b_set = 0x80, b_periodic = 0x40, b_alarm = 0x20, b_update = 0x10, b_binary = 0x04,
             b_24_hours = 0x02;
constexpr u8 c_periodic = 0x40, c_alarm = 0x20, c_update = 0x10, c_request = 0x80;
constexpr u64 most_alarm_seconds = 86400;

/// Place of a time register in TimeBytes.
std::optional<unsigned> time_place(u8 index) {
    constexpr std::array<u8, 8> registers{cmos::seconds, cmos::minutes, cmos::hours, cmos::weekday,
                                          cmos::day,     cmos::month,   cmos::year,  cmos::century};
    for (unsigned i = 0; i < registers.size(); ++i)
        if (registers[i] == index)
            return i;
    return {};
}

} // namespace

void RtcCmos::reset() {
    const TimeBytes now = registers();
    const bool was_stopped = stopped();
    index_ = 0;
    a_ = 0x26;
    b_ = static_cast<u8>((b_ & b_binary) | b_24_hours);
    c_ = 0;
    if (was_stopped)
        run_from(now);
    collected_ = clock_.now();
    irq_.set(false);
}

bool RtcCmos::attach(machine::PortBus& bus) { return bus.attach(Port{0x70}, 2, *this); }

bool RtcCmos::stopped() const { return (b_ & b_set) != 0 || divider_held(); }

u64 RtcCmos::seconds_counted() const { return (clock_.now() + phase_) / second; }

CivilTime RtcCmos::time() const {
    if (stopped())
        return from_bytes(held_);
    CivilTime t = to_civil(base_seconds_ + seconds_counted());
    t.weekday = (t.weekday - 1 + weekday_shift_) % 7 + 1;
    return t;
}

void RtcCmos::set_time(const CivilTime& time) {
    CivilTime t = time;
    t.month = std::clamp(t.month, 1U, 12U);
    t.day = std::clamp(t.day, 1U, 31U);
    t.year = std::clamp(t.year, 1970U, 9999U);
    weekday_shift_ = 0;
    if (stopped())
        held_ = to_bytes(to_civil(to_seconds(t)));
    else
        base_seconds_ = to_seconds(t) - seconds_counted();
}

bool RtcCmos::updating() const {
    return !stopped() && second - (clock_.now() + phase_) % second <= update_warning;
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

RtcCmos::TimeBytes RtcCmos::to_bytes(const CivilTime& t) const {
    return {encode(t.second),  encode(t.minute), encode_hour(t.hour),  encode(t.weekday),
            encode(t.day),     encode(t.month),  encode(t.year % 100), encode(t.year / 100)};
}

CivilTime RtcCmos::from_bytes(const TimeBytes& bytes) const {
    CivilTime t;
    t.second = decode(bytes[0]) % 60;
    t.minute = decode(bytes[1]) % 60;
    t.hour = decode_hour(bytes[2]);
    t.weekday = (decode(bytes[3]) + 6) % 7 + 1;
    t.day = std::clamp(decode(bytes[4]), 1U, 31U);
    t.month = std::clamp(decode(bytes[5]), 1U, 12U);
    t.year = std::clamp(decode(bytes[7]) * 100 + decode(bytes[6]) % 100, 1970U, 9999U);
    return t;
}

/// The clock goes on from these register contents.
void RtcCmos::run_from(const TimeBytes& bytes) {
    const CivilTime wanted = from_bytes(bytes);
    const u64 seconds = to_seconds(wanted);
    base_seconds_ = seconds - seconds_counted();
    weekday_shift_ = (wanted.weekday + 7 - to_civil(seconds).weekday) % 7;
}

void RtcCmos::write_time(unsigned place, u8 value) {
    TimeBytes bytes = registers();
    bytes[place] = value;
    if (stopped())
        held_ = bytes;
    else
        run_from(bytes);
}

machine::Nanoseconds RtcCmos::period() const {
    const unsigned rate = a_ & 15;
    if (rate == 0 || divider_held())
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
    const u64 to = (now + phase_) / second;
    const u64 from = (collected_ + phase_) / second;
    if (!stopped() && to != from) {
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
    if ((b_ & (b_alarm | b_update)) != 0 && !stopped())
        next = std::min(next, ((collected_ + phase_) / second + 1) * second - phase_);
    return next;
}

void RtcCmos::expire() {
    collect_flags();
    update_line();
}

/// Releasing the divider starts its chain: the first update comes half a second later.
void RtcCmos::write_a(u8 value) {
    collect_flags();
    const TimeBytes now = registers();
    const bool was_held = divider_held();
    const bool was_stopped = stopped();
    a_ = value & 0x7f;
    if (was_held && !divider_held())
        phase_ = second + second / 2 - clock_.now() % second;
    if (!was_stopped && stopped())
        held_ = now;
    else if (was_stopped && !stopped())
        run_from(now);
    collected_ = clock_.now();
    update_line();
}

/// What the registers hold is not converted while the clock is stopped: the guest writes it anew
/// in the format that it chooses. Stopping clears the update interrupt.
void RtcCmos::write_b(u8 value) {
    collect_flags();
    const TimeBytes now = registers();
    const bool was_stopped = stopped();
    b_ = (value & b_set) != 0 ? static_cast<u8>(value & ~b_update) : value;
    if (!was_stopped && stopped())
        held_ = now;
    else if (was_stopped && !stopped())
        run_from(now);
    update_line();
}

u8 RtcCmos::read(u8 index) {
    index &= 0x7f;
    if (const auto place = time_place(index))
        return registers()[*place];
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
    default:
        return ram_[index];
    }
}

void RtcCmos::write(u8 index, u8 value) {
    index &= 0x7f;
    if (const auto place = time_place(index))
        return write_time(*place, value);
    switch (index) {
    case cmos::status_a:
        return write_a(value);
    case cmos::status_b:
        return write_b(value);
    case cmos::status_c:
    case cmos::status_d:
        return;
    default:
        ram_[index] = value;
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
