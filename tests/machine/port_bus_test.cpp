// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/machine/mmio_bus.hpp"
#include "vestige/machine/port_bus.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <vector>

namespace vestige::machine {
namespace {

struct Recorder final : PortDevice, MmioDevice {
    u32 read_port(Port port, Width width) override {
        log.push_back({port.value, bytes(width), 0});
        return 0xa0000000U | port.value;
    }
    void write_port(Port port, Width width, u32 value) override {
        log.push_back({port.value, bytes(width), value});
    }
    u64 read_mmio(u64 offset, Width width) override {
        log.push_back({offset, bytes(width), 0});
        return offset;
    }
    void write_mmio(u64 offset, Width width, u64 value) override {
        log.push_back({offset, bytes(width), value});
    }
    struct Access {
        u64 where;
        unsigned size;
        u64 value;
        bool operator==(const Access&) const = default;
    };
    std::vector<Access> log;
};

TEST(PortBus, AbsentPortsReadAllOnes) {
    const auto bus = std::make_unique<PortBus>();
    EXPECT_EQ(bus->read(Port{0x1234}, Width::dword), 0xffffffffU);
    EXPECT_EQ(bus->read(Port{0xffff}, Width::word), 0xffffU);
    bus->write(Port{0xffff}, Width::dword, 0);
}

TEST(PortBus, WideAccessesToByteDevicesAreSplitLowByteFirst) {
    const auto bus = std::make_unique<PortBus>();
    Recorder device;
    ASSERT_TRUE(bus->attach(Port{0x60}, 2, device));
    bus->write(Port{0x60}, Width::dword, 0x44332211);
    EXPECT_EQ(device.log, (std::vector<Recorder::Access>{{0x60, 1, 0x11}, {0x61, 1, 0x22}}));
    EXPECT_EQ(bus->read(Port{0x61}, Width::word), 0xff61U);
}

TEST(PortBus, WideDevicesGetWholeAccesses) {
    const auto bus = std::make_unique<PortBus>();
    Recorder device;
    ASSERT_TRUE(bus->attach(Port{0xcf8}, 4, device, Width::dword));
    EXPECT_EQ(bus->read(Port{0xcf8}, Width::dword), 0xa0000cf8U);
    EXPECT_EQ(device.log.size(), 1U);
    EXPECT_EQ(bus->read(Port{0xcfa}, Width::dword), 0xfffffbfaU);
}

TEST(PortBus, RefusesOverlapsAndRangesBeyondTheEnd) {
    const auto bus = std::make_unique<PortBus>();
    Recorder device;
    EXPECT_TRUE(bus->attach(Port{0xfff0}, 16, device));
    EXPECT_FALSE(bus->attach(Port{0xffff}, 1, device));
    EXPECT_FALSE(bus->attach(Port{0xffef}, 2, device));
    EXPECT_FALSE(bus->attach(Port{0xffff}, 2, device));
}

TEST(MmioBus, SplitsAtTheEndOfARangeAndReadsOnesElsewhere) {
    MmioBus bus;
    Recorder device;
    ASSERT_TRUE(bus.attach(Gpa{0xa0000}, 0x10, device));
    EXPECT_FALSE(bus.attach(Gpa{0xa000f}, 1, device));
    EXPECT_EQ(bus.read(Gpa{0xa0004}, Width::dword), 4U);
    EXPECT_EQ(bus.read(Gpa{0xa000e}, Width::dword), 0xffff0f0eU);
    bus.write(Gpa{0xa000f}, Width::word, 0x2211);
    EXPECT_EQ(device.log.back(), (Recorder::Access{0xf, 1, 0x11}));
    EXPECT_EQ(bus.read(Gpa{~u64{0} - 1}, Width::qword), ~u64{0});
}

} // namespace
} // namespace vestige::machine
