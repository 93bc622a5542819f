// SPDX-License-Identifier: BSD-2-Clause
// A bus that is all memory and remembers what passed over it.
#pragma once

#include "vestige/cpu/memory_bus.hpp"
#include "vestige/machine/guest_memory.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace vestige::test {

struct FakeBus final : cpu::MemoryBus {
    struct Access {
        u64 address;
        unsigned size;
        bool write;
        bool operator==(const Access&) const = default;
    };
    explicit FakeBus(machine::GuestMemory& target) : memory{target} {}
    u64 read(Gpa address, Width width) override {
        note(address, width, false);
        std::byte raw[8]{};
        memory.read(address, std::span{raw}.first(bytes(width)));
        return load_le<u64>(raw, 0);
    }
    void write(Gpa address, Width width, u64 value) override {
        note(address, width, true);
        EXPECT_EQ(value & ~all_ones(width), 0U);
        std::byte raw[8]{};
        store_le<u64>(raw, 0, value);
        memory.write(address, std::span{raw}.first(bytes(width)));
    }
    void note(Gpa address, Width width, bool writes) {
        EXPECT_LE(address.offset_in(page_size) + bytes(width), page_size);
        ++count;
        if (log.size() < 64)
            log.push_back({address.value(), bytes(width), writes});
    }
    machine::GuestMemory& memory;
    std::vector<Access> log;
    u64 count = 0;
};

} // namespace vestige::test
