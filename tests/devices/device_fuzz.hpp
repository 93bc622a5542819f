// SPDX-License-Identifier: BSD-2-Clause
// A guest that reads and writes anything, in any order and width, while time runs, jumps and stands
// still.
#pragma once

#include "vestige/machine/mmio_bus.hpp"

#include "../support/random_bytes.hpp"
#include "device_fixture.hpp"

#include <gtest/gtest.h>
#include <initializer_list>

namespace vestige::test {

struct PortRange {
    u16 first;
    u16 count;
};

struct DeviceFuzz : ::testing::Test, Ports {
    FakeClock clock;
    LineRecorder lines;
    RandomBytes random{0x5eed};

    Width any_width() { return static_cast<Width>(1U << random.below(3)); }

    /// Short steps mostly; now and then a second, a day or a year.
    void pass_time() {
        constexpr u64 second = machine::nanoseconds_per_second;
        const u64 step = random.one_in(1000)  ? u64{365} * 86400 * second
                         : random.one_in(200) ? u64{86400} * second
                         : random.one_in(50)  ? second
                                              : 2'000'000;
        // The VM's time has 500 years.
        if (clock.time < u64{400} * 365 * 86400 * second)
            clock.time += random.below(step);
        else
            clock.time = 0;
    }
    void access(std::initializer_list<PortRange> ranges) {
        const PortRange range = ranges.begin()[random.below(ranges.size())];
        const Port port{static_cast<u16>(range.first + random.below(range.count))};
        const Width width = random.one_in(8) ? any_width() : Width::byte;
        if (random.one_in(2))
            bus->write(port, width, static_cast<u32>(random.next()));
        else
            static_cast<void>(bus->read(port, width));
    }
    void access(machine::MmioBus& mmio, Gpa base, u64 size) {
        const Width width =
            random.one_in(4) ? static_cast<Width>(1U << random.below(4)) : Width::dword;
        const u64 offset = random.one_in(4) ? random.below(size) : random.below(size / 16) * 16;
        if (random.one_in(2))
            mmio.write(base + offset, width, random.next() >> (8 * random.below(8)));
        else
            static_cast<void>(mmio.read(base + offset, width));
    }
    /// A device that is due has something to do only once: its deadline moves on.
    void expire(machine::Timed& device) {
        if (device.next_deadline() > clock.time)
            return;
        device.expire();
        ASSERT_GT(device.next_deadline(), clock.time);
    }
};

} // namespace vestige::test
