// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/apic_timer.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

/// A guest that asks for more interrupts than this gets no more: it could not serve them either.
constexpr machine::Nanoseconds least_period = 10'000;
/// Of the crystal.
constexpr machine::Nanoseconds cycle = 1'000'000'000 / ApicTimer::crystal_hertz;

} // namespace

void ApicTimer::reset() {
    mode_ = Mode::one_shot;
    configuration_ = 0;
    initial_ = 0;
    running_ = false;
    earliest_ = 0;
    deadline_ = 0;
}

/// Bits 3, 1 and 0: divide by 2, 4, ... 128, and 111b by 1.
unsigned ApicTimer::shift() const {
    const unsigned code = (configuration_ >> 1 & 4) | (configuration_ & 3);
    return (code + 1) & 7;
}

machine::Nanoseconds ApicTimer::duration(u32 counts) const {
    return (u64{counts} << shift()) * cycle;
}

void ApicTimer::set_mode(Mode mode) {
    if ((mode == Mode::tsc_deadline) != (mode_ == Mode::tsc_deadline)) {
        running_ = false;
        initial_ = 0;
        deadline_ = 0;
    }
    mode_ = mode;
}

/// The count that is left goes on at the new rate.
void ApicTimer::set_divider(u32 configuration) {
    const u32 left = current_count();
    configuration_ = configuration & 0xb;
    if (running_)
        start_ = clock_.now() - duration(initial_ - left);
}

void ApicTimer::set_initial_count(u32 count) {
    if (mode_ == Mode::tsc_deadline)
        return;
    initial_ = count;
    start_ = clock_.now();
    running_ = count != 0;
}

void ApicTimer::set_deadline(u64 tsc) {
    if (mode_ == Mode::tsc_deadline)
        deadline_ = tsc;
}

u32 ApicTimer::current_count() const {
    if (!running_)
        return 0;
    u64 passed = (clock_.now() - start_) / cycle >> shift();
    if (mode_ == Mode::periodic)
        passed %= initial_;
    return passed >= initial_ ? 0 : initial_ - static_cast<u32>(passed);
}

machine::Nanoseconds ApicTimer::next_deadline() const {
    machine::Nanoseconds next = machine::never;
    if (deadline_ != 0)
        next = clock_.time_of_tsc(deadline_);
    else if (running_)
        next = start_ + period();
    return std::max(next, earliest_);
}

bool ApicTimer::expire() {
    const machine::Nanoseconds now = clock_.now();
    if (now < earliest_)
        return false;
    if (deadline_ != 0) {
        if (clock_.read_tsc() < deadline_)
            return false;
        deadline_ = 0;
    } else {
        if (!running_ || now - start_ < period())
            return false;
        running_ = mode_ == Mode::periodic;
        start_ += (now - start_) / period() * period();
    }
    earliest_ = now + least_period;
    return true;
}

} // namespace vestige::devices
