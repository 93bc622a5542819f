// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/hpet.hpp"

#include "vestige/base/bit_field.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

// General capabilities: revision 1, three timers, 64 bits, legacy replacement, Intel.
constexpr u64 capabilities_low =
    0x80860000 | bit(15) | bit(13) | (Hpet::timer_count - 1) << 8 | 0x01;
constexpr u64 femtoseconds = 1'000'000;

constexpr u64 enable = bit(0), legacy_replacement = bit(1);
constexpr u64 configuration_writable = enable | legacy_replacement;

// Timer configuration.
constexpr u64 level_triggered = bit(1), interrupt_enable = bit(2), is_periodic = bit(3),
              periodic_capable = bit(4), wide_capable = bit(5), set_value = bit(6), narrow = bit(8);
using Route = BitField<13, 9, unsigned>;
constexpr u64 routes = u64{0x00f00000} << 32;
constexpr u64 timer_writable =
    level_triggered | interrupt_enable | is_periodic | set_value | narrow | Route::mask;
constexpr u64 timer_fixed = periodic_capable | wide_capable | routes;

// Registers by offset / 8.
enum : u64 {
    capability_at = 0x00,
    configuration_at = 0x02,
    status_at = 0x04,
    counter_at = 0x1e,
    first_timer_at = 0x20
};
constexpr u64 timer_stride = 4;

constexpr machine::Nanoseconds least_period = 10'000;
/// Beyond this many ticks no deadline is worth an entry: 90 years.
constexpr u64 far_away = bit(58);

} // namespace

bool HpetTimer::interrupts() const {
    return (configuration & interrupt_enable) != 0;
}

bool HpetTimer::periodic() const {
    return (configuration & is_periodic) != 0 && period != 0;
}

u64 HpetTimer::mask() const {
    return (configuration & narrow) != 0 ? 0xffffffff : ~u64{0};
}

u32 Hpet::capabilities() {
    return static_cast<u32>(capabilities_low);
}

void Hpet::reset() {
    configuration_ = 0;
    router_.replace_timers(false);
    for (unsigned i = 0; i < timer_count; ++i)
        router_.set_replacement(line_of(i), false);
    status_ = 0;
    held_ = seen_ = 0;
    timers_ = {};
}

bool Hpet::running() const {
    return (configuration_ & enable) != 0;
}

u64 Hpet::counter() const {
    return running() ? held_ + (clock_.now() - start_) / tick : held_;
}

unsigned Hpet::line_of(unsigned number) const {
    if ((configuration_ & legacy_replacement) != 0 && number < 2)
        return number == 0 ? InterruptRouter::timer_line : InterruptRouter::clock_line;
    const unsigned route = Route::get(timers_[number].configuration);
    return (routes >> (32 + route) & 1) != 0 ? route : ~0U;
}

void Hpet::raise(unsigned number) {
    const HpetTimer& timer = timers_[number];
    const bool level = (timer.configuration & level_triggered) != 0;
    if (level)
        status_ |= bit(number);
    if (!timer.interrupts())
        return;
    router_.set_replacement(line_of(number), true);
    if (!level)
        router_.set_replacement(line_of(number), false);
}

/// Brings comparators up to the counter. Whatever the time that has passed, each of them matches at
/// most once, and a periodic one goes on behind the present.
void Hpet::catch_up() {
    const u64 now = counter();
    const u64 passed = now - seen_;
    for (unsigned i = 0; i < timer_count; ++i) {
        HpetTimer& timer = timers_[i];
        // A comparator that equals the counter already has a whole turn before it.
        const u64 ticks_before = (timer.comparator - seen_ - 1) & timer.mask();
        if (ticks_before >= passed)
            continue;
        if (timer.periodic()) {
            const u64 late = passed - ticks_before - 1;
            timer.comparator =
                (timer.comparator + (late / timer.period + 1) * timer.period) & timer.mask();
        }
        raise(i);
        timer.earliest = clock_.now() + least_period;
    }
    seen_ = now;
}

machine::Nanoseconds Hpet::next_deadline() const {
    machine::Nanoseconds next = machine::never;
    if (!running())
        return next;
    for (const HpetTimer& timer : timers_) {
        if (!timer.interrupts())
            continue;
        u64 left = (timer.comparator - seen_) & timer.mask();
        if (left == 0)
            left = timer.mask();
        if (left < far_away)
            next = std::min(next, std::max(start_ + (seen_ - held_ + left) * tick, timer.earliest));
    }
    return next;
}

void Hpet::expire() {
    catch_up();
}

u64 Hpet::read(u64 number) const {
    if (number >= first_timer_at && number < first_timer_at + timer_stride * timer_count) {
        const HpetTimer& timer = timers_[(number - first_timer_at) / timer_stride];
        switch (number % timer_stride) {
        case 0:
            return timer.configuration | timer_fixed;
        case 1:
            return timer.comparator;
        default: // no interrupts by message
            return 0;
        }
    }
    switch (number) {
    case capability_at:
        return (tick * femtoseconds) << 32 | capabilities_low;
    case configuration_at:
        return configuration_;
    case status_at:
        return status_;
    case counter_at:
        return counter();
    default:
        return 0;
    }
}

void Hpet::write(u64 number, u64 value) {
    if (number >= first_timer_at && number < first_timer_at + timer_stride * timer_count)
        return write_timer(static_cast<unsigned>((number - first_timer_at) / timer_stride),
                           number % timer_stride, value);
    switch (number) {
    case configuration_at:
        return write_configuration(value);
    case status_at:
        return write_status(value);
    case counter_at:
        held_ = seen_ = value;
        start_ = clock_.now();
        return;
    default:
        return;
    }
}

void Hpet::write_configuration(u64 value) {
    held_ = counter();
    start_ = clock_.now();
    for (unsigned i = 0; i < timer_count; ++i) // a level stays on no wire that it leaves
        router_.set_replacement(line_of(i), false);
    configuration_ = value & configuration_writable;
    router_.replace_timers((configuration_ & legacy_replacement) != 0);
    for (unsigned i = 0; i < timer_count; ++i)
        if ((status_ & bit(i)) != 0 && timers_[i].interrupts())
            router_.set_replacement(line_of(i), true);
}

/// Ones clear what a level-triggered timer has asserted.
void Hpet::write_status(u64 value) {
    for (unsigned i = 0; i < timer_count; ++i)
        if ((status_ & value & bit(i)) != 0)
            router_.set_replacement(line_of(i), false);
    status_ &= ~value;
}

void Hpet::write_timer(unsigned number, u64 offset, u64 value) {
    HpetTimer& timer = timers_[number];
    if (offset == 1)
        return write_comparator(timer, value);
    if (offset != 0)
        return;
    router_.set_replacement(line_of(number), false);
    timer.configuration = value & timer_writable;
    timer.comparator &= timer.mask();
    timer.period &= timer.mask();
    if ((timer.configuration & level_triggered) == 0)
        status_ &= ~bit(number);
    else if ((status_ & bit(number)) != 0 && timer.interrupts())
        router_.set_replacement(line_of(number), true);
}

/// A periodic timer takes a write as its period, and as its next match as well when it was told so
/// before.
void Hpet::write_comparator(HpetTimer& timer, u64 value) {
    value &= timer.mask();
    const bool repeats = (timer.configuration & is_periodic) != 0;
    if (!repeats || (timer.configuration & set_value) != 0)
        timer.comparator = value;
    if (repeats)
        timer.period = value;
    timer.configuration &= ~set_value;
}

u64 Hpet::read_mmio(u64 offset, Width width) {
    catch_up();
    const u64 place = offset & 7;
    if (place + bytes(width) > 8)
        return 0;
    return read(offset >> 3) >> (8 * place);
}

/// Halves of four bytes or whole registers, as the specification wants them.
void Hpet::write_mmio(u64 offset, Width width, u64 value) {
    catch_up();
    if (bytes(width) < 4 || offset % bytes(width) != 0)
        return;
    const u64 number = offset >> 3;
    if (width == Width::dword) {
        const unsigned shift = (offset & 4) != 0 ? 32 : 0;
        const bool ones_clear = number == status_at;
        const u64 rest = ones_clear ? 0 : read(number) & ~(u64{0xffffffff} << shift);
        value = rest | value << shift;
    }
    write(number, value);
}

} // namespace vestige::devices
