// SPDX-License-Identifier: BSD-2-Clause
// The hardware task switch, done in software: VMX leaves all of it to the hypervisor.
#pragma once

#include "vestige/cpu/linear_access.hpp"

namespace vestige::cpu {

/// What made the CPU switch tasks; numbered as in SDM 3C, "Exit Qualification for Task Switches".
enum class TaskSwitchSource : u8 { call, iret, jmp, task_gate };

struct TaskSwitchRequest {
    u16 selector = 0; ///< of the new task's TSS
    TaskSwitchSource source = TaskSwitchSource::jmp;
    /// From RIP to the next instruction, for what the old task returns to: CALL, JMP, IRET and
    /// software interrupts; 0 for faults and external interrupts.
    unsigned instruction_length = 0;
    /// Pushed on the new task's stack when the exception has one.
    std::optional<u32> error_code;
    /// The switch delivers an event other than INT n, INT3 or INTO.
    bool external = false;
};

struct TaskSwitchDone {
    /// The new TSS's T bit: the caller sets DR6.BT and injects #DB.
    bool debug_trap = false;
};

/// Switches tasks. On a fault before the commit point nothing of the guest's registers changed and
/// the fault belongs to the old task; afterwards it belongs to the new one, whose state is loaded
/// as far as the CPU loads it. SDM 3A, "Task Switching".
[[nodiscard]] Result<TaskSwitchDone, Event> switch_task(LinearAccess& access,
                                                        const TaskSwitchRequest& request);

} // namespace vestige::cpu
