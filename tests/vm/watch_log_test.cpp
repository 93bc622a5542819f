// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vm/watch_log.hpp"

#include "../support/fake_vm.hpp"

#include <gtest/gtest.h>
#include <string>

namespace vestige::vm {
namespace {

struct WatchLogTest : ::testing::Test {
    WatchLogTest() { log.connect(vm.cpu); }
    void watch(WatchKind kind, u64 address, u64 length) {
        Breakpoint breakpoint;
        breakpoint.spec.kind = BreakKind::watch;
        breakpoint.spec.watch = kind;
        breakpoint.spec.address = Linear{address};
        breakpoint.spec.length = length;
        all.push_back(breakpoint);
        log.begin(all);
    }
    void read(u64 address, u64 length) { log.note(all, {Linear{address}, length, true, false}, true); }
    void write(u64 address, u64 length) {
        log.note(all, {Linear{address}, length, false, true}, true);
    }
    std::string text(std::size_t place = 0) {
        char storage[100];
        TextBuffer out{storage};
        log.describe(all, place, out);
        return std::string{out.view()};
    }

    test::FakeVm vm;
    WatchLog log{vm.machine.path()};
    std::vector<Breakpoint> all;
};

TEST_F(WatchLogTest, KindsAndRanges) {
    watch(WatchKind::write, 0x600, 2);
    watch(WatchKind::read, 0x600, 2);
    watch(WatchKind::access, 0x601, 1);
    read(0x5ff, 1);
    read(0x602, 4);
    EXPECT_FALSE(log.any());
    read(0x5fe, 3);
    EXPECT_FALSE(log.seen(0));
    EXPECT_TRUE(log.seen(1));
    EXPECT_FALSE(log.seen(2));
    write(0x601, 1);
    EXPECT_TRUE(log.seen(0));
    EXPECT_TRUE(log.seen(2));
}

TEST_F(WatchLogTest, OldAndNewValue) {
    watch(WatchKind::write, 0x600, 2);
    write(0x601, 1);
    vm.ram[0x601] = std::byte{0x12};
    EXPECT_EQ(text(), "0h -> 1200h");
    log.begin(all);
    write(0x600, 2);
    EXPECT_EQ(text(), "1200h, written");
}

TEST_F(WatchLogTest, RangesShowTheBytesThatWereReached) {
    watch(WatchKind::access, 0x600, 0x100);
    vm.ram[0x610] = std::byte{0x41};
    log.begin(all);
    read(0x610, 1);
    EXPECT_EQ(text(), "41h at 610, read");
    log.begin(all);
    write(0x5ff, 3);
    vm.ram[0x601] = std::byte{7};
    EXPECT_EQ(text(), "0h -> 700h at 600");
    log.begin(all);
    log.note(all, {Linear{0x6f0}, 100, false, true}, false);
    EXPECT_EQ(text(), "0h at 6f0, written");
}

TEST_F(WatchLogTest, ChangesThatNoInstructionMade) {
    watch(WatchKind::write, 0x600, 1);
    watch(WatchKind::write, 0x600, 0x40);
    watch(WatchKind::read, 0x600, 1);
    log.note_changes(all);
    EXPECT_FALSE(log.any());
    vm.ram[0x600] = std::byte{5};
    log.note_changes(all);
    EXPECT_EQ(text(0), "0h -> 5h, not by an instruction");
    EXPECT_EQ(text(1), "changed, not by an instruction");
    EXPECT_FALSE(log.seen(2));
}

TEST_F(WatchLogTest, AnInstructionThatFaultedHasReachedNothing) {
    watch(WatchKind::access, 0x600, 1);
    read(0x600, 1);
    log.forget_instruction();
    EXPECT_FALSE(log.any());
}

TEST_F(WatchLogTest, DebugRegistersNameTheirOwnWatchpoint) {
    watch(WatchKind::write, 0x600, 4);
    watch(WatchKind::access, 0x600, 4);
    log.note(all, Trap{Linear{0x600}, 4, TrapKind::access});
    EXPECT_FALSE(log.seen(0));
    EXPECT_TRUE(log.seen(1));
    EXPECT_EQ(text(1), "0h, not changed");
}

TEST_F(WatchLogTest, DisabledOnesSeeNothing) {
    watch(WatchKind::write, 0x600, 1);
    all[0].enabled = false;
    write(0x600, 1);
    vm.ram[0x600] = std::byte{1};
    log.note_changes(all);
    EXPECT_FALSE(log.any());
}

} // namespace
} // namespace vestige::vm
