// SPDX-License-Identifier: BSD-2-Clause
// Single steps on a CPU that runs what the test says, with and without a monitor trap flag.
#include "vestige/vm/stepper.hpp"

#include "vestige/cpu/control_registers.hpp"
#include "vestige/cpu/exception_combining.hpp"

#include "../support/fake_vm.hpp"

#include <functional>
#include <gtest/gtest.h>

namespace vestige::vm {
namespace {

using cpu::Gpr;

constexpr u64 trap_flag = cpu::rflags::tf;

/// Each entry calls the next of entries, which changes the state and says what the exit is.
struct ScriptedCpu final : test::FakeVcpu {
    vcpu::VmExit run(u64 /*deadline*/) override {
        EXPECT_LT(done, entries.size());
        return entries[done++]();
    }
    bool request_monitor_trap(bool wanted) override {
        monitor_trap = wanted && has_monitor_trap;
        return has_monitor_trap;
    }
    bool cancel_single_step() override { return std::exchange(pending_step, false); }
    void intercept_exceptions(u32 vectors) override { intercepted = vectors; }

    bool has_monitor_trap = true;
    bool monitor_trap = false;
    bool pending_step = false;
    u32 intercepted = 0;
    std::size_t done = 0;
    std::vector<std::function<vcpu::VmExit()>> entries;
};

struct StepperTest : ::testing::Test {
    StepperTest() {
        stepper.connect(cpu);
        ram[0x7c00] = std::byte{0x40}; // inc ax
        ram[0x7c01] = std::byte{0x9c}; // pushf
        ram[0x7c02] = std::byte{0xa0}; // mov al, [...]
    }
    vcpu::VmExit trapped() const {
        vcpu::ExceptionExit exit;
        exit.event = {cpu::EventType::hardware_exception, cpu::exception::db, {}, 0};
        exit.qualification = cpu::dr6_single_step;
        return exit;
    }
    static vcpu::MemoryExit violation() {
        vcpu::MemoryExit exit;
        exit.address = Gpa{0x5000};
        exit.read = true;
        return exit;
    }
    /// The CPU executes an instruction of that length and comes back.
    void executes(unsigned length, const vcpu::VmExit& exit) {
        cpu.entries.push_back([this, length, exit] {
            flags_on_entry = cpu.regs.rflags;
            monitor_trap_on_entry = cpu.monitor_trap;
            cpu.regs.rip += length;
            return exit;
        });
    }
    Stepper::Outcome step() { return stepper.step(1000); }

    test::FakeVm vm; // for its memory map
    std::vector<std::byte>& ram = vm.ram;
    ScriptedCpu cpu;
    Stepper stepper{vm.machine.path()};
    u64 flags_on_entry = 0;
    bool monitor_trap_on_entry = false;
};

TEST_F(StepperTest, TheFirstStepAsksForBothAndTakesTheMonitorTrapThatComes) {
    EXPECT_STREQ(stepper.way(), "not known yet");
    executes(1, vcpu::MonitorTrapExit{});
    const auto outcome = step();
    EXPECT_TRUE(outcome.done);
    EXPECT_FALSE(outcome.exit);
    EXPECT_TRUE(monitor_trap_on_entry);
    EXPECT_TRUE(flags_on_entry & trap_flag);
    EXPECT_STREQ(stepper.way(), "monitor trap flag");
    EXPECT_FALSE(cpu.monitor_trap);
    EXPECT_FALSE(cpu.regs.rflags & trap_flag);
    EXPECT_EQ(cpu.regs.rip, 0x7c01U);
}

TEST_F(StepperTest, FromThenOnTheMonitorTrapStepsAlone) {
    executes(1, vcpu::MonitorTrapExit{});
    executes(1, vcpu::MonitorTrapExit{});
    static_cast<void>(step());
    EXPECT_TRUE(step().done);
    EXPECT_TRUE(monitor_trap_on_entry);
    EXPECT_FALSE(flags_on_entry & trap_flag); // PUSHF stores the guest's own flags
    EXPECT_TRUE(flags_on_entry & cpu::rflags::rf);
    EXPECT_EQ(cpu.intercepted, 0U);
    EXPECT_EQ(stepper.entries(), 2U);
}

TEST_F(StepperTest, AnExitInFrontOfTheMonitorTrapIsHandledFirst) {
    executes(1, vcpu::MonitorTrapExit{});
    executes(0, violation());
    executes(3, vcpu::MonitorTrapExit{});
    static_cast<void>(step());
    const u64 flags = cpu.regs.rflags;
    const auto outcome = step();
    EXPECT_FALSE(outcome.done);
    ASSERT_TRUE(outcome.exit);
    EXPECT_TRUE(std::holds_alternative<vcpu::MemoryExit>(*outcome.exit));
    EXPECT_EQ(cpu.regs.rflags, flags);
    EXPECT_FALSE(cpu.monitor_trap);
    EXPECT_TRUE(step().done);
}

TEST_F(StepperTest, ADeliveredEventIsAStepOfItsOwn) {
    executes(1, vcpu::MonitorTrapExit{});
    static_cast<void>(step());
    cpu.inject({cpu::EventType::external_interrupt, Vector{8}, {}, 0});
    cpu.entries.push_back([this] {
        cpu.event.reset();
        cpu.regs.rip = 0x100;
        return vcpu::TimerExit{};
    });
    EXPECT_TRUE(step().done);
    EXPECT_EQ(cpu.regs.rip, 0x100U);
}

TEST_F(StepperTest, ACpuWithoutMonitorTrapIsSteppedByTheTrapFlag) {
    cpu.has_monitor_trap = false;
    executes(1, trapped());
    EXPECT_TRUE(step().done);
    EXPECT_STREQ(stepper.way(), "trap flag");
    EXPECT_FALSE(cpu.regs.rflags & trap_flag);
    EXPECT_EQ(cpu.intercepted, 0U);
}

/// As in Bochs 2.7: the control can be set, and does nothing.
TEST_F(StepperTest, AMonitorTrapThatNeverComesIsNotTried) {
    executes(1, trapped());
    executes(1, trapped());
    EXPECT_TRUE(step().done);
    EXPECT_STREQ(stepper.way(), "trap flag");
    EXPECT_TRUE(step().done);
    EXPECT_FALSE(monitor_trap_on_entry);
}

TEST_F(StepperTest, TheTrapFlagIsTakenOutOfPushedFlags) {
    executes(1, trapped());
    static_cast<void>(step());
    cpu.entries.push_back([this] {
        cpu.regs.rip += 1;
        cpu.regs.set(Gpr::rsp, 0x7bfe);
        store_le<u16>(ram, 0x7bfe, static_cast<u16>(cpu.regs.rflags));
        return trapped();
    });
    EXPECT_TRUE(step().done);
    EXPECT_EQ(load_le<u16>(ram, 0x7bfe) & trap_flag, 0U);
}

TEST_F(StepperTest, ATrapStillPendingBehindAnInterruptCounts) {
    cpu.entries.push_back([this] {
        cpu.regs.rip += 1;
        cpu.pending_step = true;
        return vcpu::HostInterruptExit{};
    });
    EXPECT_TRUE(step().done);
    EXPECT_FALSE(cpu.pending_step);
}

TEST_F(StepperTest, ATrapNotedInFrontOfTheInstructionDoesNotCount) {
    cpu.entries.push_back([this] {
        cpu.pending_step = true;
        return violation();
    });
    EXPECT_FALSE(step().done);
    EXPECT_FALSE(cpu.pending_step);
    EXPECT_FALSE(cpu.regs.rflags & trap_flag);
}

} // namespace
} // namespace vestige::vm
