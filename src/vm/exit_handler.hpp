// SPDX-License-Identifier: BSD-2-Clause
// One overload for every kind of exit: a kind without one does not compile.
#pragma once

#include "vestige/vm/vm.hpp"

namespace vestige::vm {

struct ExitHandler {
    Vm& vm;

    void operator()(const vcpu::HypercallExit&) const;
    void operator()(const vcpu::ServedExit&) const {}
    void operator()(const vcpu::IoExit& exit) const { vm.port_access(exit); }
    void operator()(const vcpu::HostInterruptExit&) const { vm.tick(); }
    void operator()(const vcpu::TimerExit&) const { vm.tick(); }
    void operator()(const vcpu::MonitorTrapExit&) const {} // too late: nobody steps any more
    void operator()(const vcpu::InterruptWindowExit&) const;
    void operator()(const vcpu::NmiWindowExit&) const { vm.vcpu_->request_nmi_window(false); }
    void operator()(const vcpu::CpuidExit&) const { vm.cpuid_instruction(); }
    void operator()(const vcpu::HaltExit&) const;
    void operator()(const vcpu::PauseExit&) const { vm.vcpu_->skip_instruction(); }
    void operator()(const vcpu::CacheExit&) const { vm.vcpu_->skip_instruction(); }
    void operator()(const vcpu::InvlpgExit&) const { vm.vcpu_->skip_instruction(); }
    void operator()(const vcpu::MsrExit& exit) const { vm.msr_access(exit); }
    void operator()(const vcpu::CrExit& exit) const { vm.control_access(exit); }
    void operator()(const vcpu::DrExit& exit) const { vm.debug_access(exit); }
    void operator()(const vcpu::MemoryExit& exit) const { vm.memory_access(exit); }
    void operator()(const vcpu::ApicWriteExit& exit) const { vm.apic_write(exit); }
    void operator()(const vcpu::PriorityExit&) const {} // step() has taken the new one
    void operator()(const vcpu::XsetbvExit&) const { vm.set_xcr(); }
    void operator()(const vcpu::TaskSwitchExit& exit) const { vm.task_switch(exit); }
    void operator()(const vcpu::ExceptionExit& exit) const;
    void operator()(const vcpu::ShutdownExit&) const { vm.shutdown(); }
    void operator()(const vcpu::UndefinedInstructionExit&) const {
        vm.raise(cpu::undefined_opcode());
    }
    void operator()(const vcpu::ForbiddenInstructionExit&) const {
        vm.raise(cpu::general_protection());
    }
    void operator()(const vcpu::FailedEntryExit& exit) const { vm.failed_entry(exit); }
    void operator()(const vcpu::UnexpectedExit& exit) const;
};

} // namespace vestige::vm
