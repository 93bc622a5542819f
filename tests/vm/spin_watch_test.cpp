// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vm/spin_watch.hpp"

#include <gtest/gtest.h>

namespace vestige::vm {
namespace {

constexpr machine::Nanoseconds slice = 10'000'000;
constexpr unsigned slices = SpinWatch::long_time / slice;

struct SpinWatchTest : ::testing::Test {
    /// That many slices; change does something to the registers in each.
    template <class Change> unsigned run(unsigned count, Change change) {
        unsigned said = 0;
        for (unsigned i = 0; i < count; ++i) {
            change(i);
            said += watch.sample(now += slice, registers) ? 1U : 0U;
        }
        return said;
    }
    SpinWatch watch;
    cpu::Registers registers{};
    machine::Nanoseconds now = 0;
};

TEST_F(SpinWatchTest, ALoopThatChangesNothingIsReportedOnce) {
    EXPECT_EQ(run(slices - 1, [](unsigned) {}), 0U);
    EXPECT_EQ(run(3 * slices, [](unsigned) {}), 1U);
}

TEST_F(SpinWatchTest, WhereTheLoopIsDoesNotCount) {
    EXPECT_EQ(run(2 * slices, [this](unsigned i) { registers.rip = i; }), 1U);
}

TEST_F(SpinWatchTest, ALoopThroughAFewStatesIsReported) {
    EXPECT_EQ(run(2 * slices, [this](unsigned i) { registers.set(cpu::Gpr::rax, i % 4); }), 1U);
}

TEST_F(SpinWatchTest, CodeThatComputesIsNot) {
    EXPECT_EQ(run(20 * slices, [this](unsigned i) { registers.set(cpu::Gpr::rcx, i); }), 0U);
}

TEST_F(SpinWatchTest, ASignOfLifeBeginsAnew) {
    for (unsigned i = 0; i < 5; ++i) {
        EXPECT_EQ(run(slices - 1, [](unsigned) {}), 0U);
        watch.restart(now);
    }
    EXPECT_EQ(run(slices, [](unsigned) {}), 1U);
}

} // namespace
} // namespace vestige::vm
