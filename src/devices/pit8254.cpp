// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/pit8254.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

constexpr u64 no_edge = ~u64{0};

constexpr u32 from_bcd(u32 value) {
    return (value >> 12) * 1000 + ((value >> 8) & 15) * 100 + ((value >> 4) & 15) * 10 +
           (value & 15);
}
constexpr u16 to_bcd(u32 value) {
    return static_cast<u16>((value / 1000 % 10) << 12 | (value / 100 % 10) << 8 |
                            (value / 10 % 10) << 4 | value % 10);
}

bool counts_down_once(u8 mode) { return mode == 0 || mode == 1 || mode == 4 || mode == 5; }
bool needs_trigger(u8 mode) { return mode == 1 || mode == 5; }

} // namespace

u64 PitChannel::elapsed(u64 now) const {
    if (!loaded || (needs_trigger(mode) && !triggered))
        return 0;
    if (!gate && !needs_trigger(mode))
        return paused;
    const std::int64_t passed = static_cast<std::int64_t>(now) - start;
    return passed > 0 ? static_cast<u64>(passed) : 0;
}

u16 PitChannel::count(u64 now) const {
    const u64 passed = elapsed(now);
    const u32 wrap = bcd ? 10000 : 0x10000;
    u64 value = reload;
    if (mode == 3) {
        // Counts by two through each half of the square wave.
        const u64 half = (u64{reload} + 1) / 2;
        const u64 in_period = passed % reload;
        const u64 in_half = in_period < half ? in_period : in_period - half;
        value = (reload & ~1U) - 2 * in_half;
        if (value > reload)
            value = 2;
    } else if (mode == 2) {
        value = reload - passed % reload;
    } else {
        value = (u64{reload} + wrap - passed % wrap) % wrap;
    }
    return bcd ? to_bcd(static_cast<u32>(value % wrap)) : static_cast<u16>(value);
}

bool PitChannel::output(u64 now) const {
    const u64 passed = elapsed(now);
    switch (mode) {
    case 0:
        return loaded && passed >= reload;
    case 1:
        return !triggered || passed >= reload;
    case 2:
        return !loaded || !gate || passed % reload != reload - 1;
    case 3:
        return !loaded || !gate || passed % reload < (u64{reload} + 1) / 2;
    default:
        return !loaded || (needs_trigger(mode) && !triggered) || passed != reload;
    }
}

u64 PitChannel::next_edge(u64 now) const {
    if (!loaded || (needs_trigger(mode) && !triggered) || (!gate && !needs_trigger(mode)))
        return no_edge;
    if (counts_down_once(mode)) {
        const u64 at = static_cast<u64>(start) + reload + (mode >= 4 ? 1 : 0);
        return at > now ? at : no_edge;
    }
    if (const auto change = switch_tick()) {
        // Of a running period only its end is certain.
        const u64 end = static_cast<u64>(start) + (elapsed(now) / reload + 1) * reload;
        if (end <= *change)
            return end;
        PitChannel later = *this;
        later.settle(*change);
        return later.next_edge(std::max(now, *change));
    }
    return static_cast<u64>(start) + (elapsed(now) / reload + 1) * reload;
}

/// When a count that waits is loaded: mode 2 at the end of the period, mode 3 of the half period.
std::optional<u64> PitChannel::switch_tick() const {
    if (next_reload == 0 || !gate || (mode != 2 && mode != 3))
        return {};
    const u64 first = static_cast<u64>(start);
    const u64 passed = elapsed(written);
    const u64 period = first + passed / reload * reload;
    const u64 half = (u64{reload} + 1) / 2;
    if (mode == 3 && passed % reload < half)
        return period + half;
    return period + reload;
}

void PitChannel::settle(u64 now) {
    const auto change = switch_tick();
    if (!change || now < *change)
        return;
    // A mode 3 channel goes on with the low half of the new period after the high half of the old.
    const bool high_half_ended =
        mode == 3 && (*change - static_cast<u64>(start)) % reload != 0;
    reload = next_reload;
    next_reload = 0;
    start = static_cast<std::int64_t>(*change);
    if (high_half_ended)
        start -= (std::int64_t{reload} + 1) / 2;
}

void PitChannel::set_mode(u8 control) {
    access = (control >> 4) & 3;
    const u8 wanted = (control >> 1) & 7;
    mode = wanted > 5 ? wanted - 4 : wanted;
    bcd = (control & 1) != 0;
    loaded = triggered = write_high = read_high = count_latched = status_latched = false;
    paused = next_reload = 0;
}

void PitChannel::load(u32 value, u64 now) {
    const u32 wrap = bcd ? 10000 : 0x10000;
    const u32 count = bcd ? from_bcd(value) : value;
    u32 wanted = count == 0 ? wrap : count;
    if ((mode == 2 || mode == 3) && wanted == 1)
        wanted = 2;
    const bool periodic = mode == 2 || mode == 3;
    if (loaded && ((periodic && gate) || (needs_trigger(mode) && triggered))) {
        next_reload = wanted;
        written = now;
        return;
    }
    reload = wanted;
    next_reload = 0;
    loaded = true;
    start = static_cast<std::int64_t>(now);
    paused = 0;
}

void PitChannel::set_gate(bool high, u64 now) {
    if (high == gate)
        return;
    if (!high && !needs_trigger(mode))
        paused = static_cast<u32>(std::min<u64>(elapsed(now), ~0U));
    gate = high;
    if (!high)
        return;
    start = static_cast<std::int64_t>(now);
    if (mode == 0 || mode == 4) {
        start -= paused;
        return;
    }
    // A rising gate loads the count anew: the one written last.
    if (next_reload != 0)
        reload = next_reload;
    next_reload = 0;
    triggered = true;
}

void Pit8254::reset() {
    channels_ = {};
    channels_[2].gate = false;
    control61_ = 0;
    edge_ = no_edge;
    irq_.set(false);
}

bool Pit8254::attach(machine::PortBus& bus) {
    return bus.attach(Port{0x40}, 4, *this) && bus.attach(Port{0x61}, 1, *this);
}

void Pit8254::settle() {
    for (PitChannel& channel : channels_)
        channel.settle(now());
}

void Pit8254::rearm() { edge_ = channels_[0].next_edge(now()); }

machine::Nanoseconds Pit8254::next_deadline() const {
    return edge_ == no_edge ? machine::never : pit_time_of(edge_);
}

void Pit8254::expire() {
    if (now() < edge_)
        return;
    settle();
    irq_.set(false);
    irq_.set(true);
    rearm(); // edges that were missed are gone: no storm
}

void Pit8254::latch(PitChannel& channel, bool count, bool status) {
    const u64 time = now();
    if (count && !channel.count_latched) {
        channel.latched_count = channel.count(time);
        channel.count_latched = true;
        channel.read_high = false;
    }
    if (status && !channel.status_latched) {
        channel.latched_status = static_cast<u8>(
            (channel.output(time) ? 0x80 : 0) |
            (channel.loaded && channel.next_reload == 0 ? 0 : 0x40) |
            channel.access << 4 | channel.mode << 1 | (channel.bcd ? 1 : 0));
        channel.status_latched = true;
    }
}

void Pit8254::write_control(u8 value) {
    const unsigned select = value >> 6;
    if (select == 3) { // read-back
        for (unsigned i = 0; i < 3; ++i)
            if ((value & (2U << i)) != 0)
                latch(channels_[i], (value & 0x20) == 0, (value & 0x10) == 0);
        return;
    }
    if ((value & 0x30) == 0)
        return latch(channels_[select], true, false);
    channels_[select].set_mode(value);
    if (select == 0) {
        irq_.set(channels_[0].mode != 0);
        rearm();
    }
}

void Pit8254::write_count(PitChannel& channel, u8 value) {
    if (channel.access == 3 && !channel.write_high) {
        channel.low_written = value;
        channel.write_high = true;
        if (channel.mode == 0)
            channel.loaded = false; // counting stops between the two bytes
        return;
    }
    const u32 high = channel.access == 1 ? 0U : u32{value} << 8;
    const u32 low = channel.access == 1 ? value : channel.access == 3 ? channel.low_written : 0U;
    channel.write_high = false;
    channel.load(high | low, now());
}

u8 Pit8254::read_count(PitChannel& channel) {
    if (channel.status_latched) {
        channel.status_latched = false;
        return channel.latched_status;
    }
    const u16 value = channel.count_latched ? channel.latched_count : channel.count(now());
    const bool high = channel.access == 2 || (channel.access == 3 && channel.read_high);
    if (channel.access == 3)
        channel.read_high = !channel.read_high;
    if (channel.access != 3 || high)
        channel.count_latched = false;
    return static_cast<u8>(high ? value >> 8 : value);
}

u32 Pit8254::read_port(Port port, Width) {
    settle();
    if (port.value == 0x43)
        return 0xff;
    if (port.value != 0x61)
        return read_count(channels_[port.value - 0x40U]);
    // Bit 4 toggles with every memory refresh (15 us), bit 5 is channel 2's output.
    const bool refresh = (clock_.now() / 15085 & 1) != 0;
    return (control61_ & 0x0fU) | (refresh ? 0x10U : 0U) |
           (channels_[2].output(now()) ? 0x20U : 0U);
}

void Pit8254::write_port(Port port, Width, u32 value) {
    const u8 byte = static_cast<u8>(value);
    settle();
    if (port.value == 0x43)
        return write_control(byte);
    if (port.value == 0x61) {
        control61_ = byte & 0x0f;
        return channels_[2].set_gate((byte & 1) != 0, now());
    }
    PitChannel& channel = channels_[port.value - 0x40U];
    write_count(channel, byte);
    if (port.value == 0x40) {
        if (channel.mode == 0)
            irq_.set(false);
        rearm();
    }
}

} // namespace vestige::devices
