// SPDX-License-Identifier: BSD-2-Clause
// The run loop's CPU side: entry, exit, and what has to be served before the VM sees it.
#include "vestige/vmx/vmx_vcpu.hpp"

#include "vestige/host/control_registers.hpp"
#include "vestige/host/interrupts.hpp"

#include <cstddef>

namespace vestige::vmx {

namespace {

/// What entry.S reports when VMRESUME or VMLAUNCH itself failed.
constexpr u32 instruction_failed = 0xffffffff;

constexpr u32 reason_vmcall = 18;

/// As long as an address may be outside 64-bit code.
constexpr u64 address_mask_32 = 0xffffffff;

// The places that entry.S knows.
static_assert(offsetof(cpu::Registers, gpr) == 0 && offsetof(cpu::Registers, rip) == 8 * 16 &&
              offsetof(cpu::Registers, rflags) == 8 * 17);

/// Of the registers in a CpuState, behind the pointer to its functions.
constexpr std::size_t slots_offset = 8;

/// Writes a field that every CPU has, of a VMCS that initialize() has tried: nothing to check.
[[gnu::always_inline]] inline void vmwrite_fast(u32 encoding, u64 value) {
    asm volatile("vmwrite %0, %1" ::"rm"(value), "r"(u64{encoding}) : "cc");
}

[[gnu::always_inline]] inline u64 vmread_fast(u32 encoding) {
    u64 value;
    asm volatile("vmread %1, %0" : "=r"(value) : "r"(u64{encoding}) : "cc");
    return value;
}

/// Calls entry.S, which keeps no register but RSP and gives slots back; the exit reason.
[[gnu::always_inline]] inline u32 resume(cpu::Registers*& slots) {
    u32 reason;
    asm volatile("call vmx_resume"
                 : "=a"(reason), "+D"(slots)
                 :
                 : "rbx", "rcx", "rdx", "rsi", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
                   "r15", "cc", "memory");
    return reason;
}

/// As resume(), for a VMCS that the CPU has not entered yet.
[[gnu::noinline, gnu::optimize("omit-frame-pointer")]] u32 launch(cpu::Registers& regs) {
    u32 reason;
    cpu::Registers* slots = &regs;
    asm volatile("call vmx_launch"
                 : "=a"(reason), "+D"(slots)
                 :
                 : "rbx", "rcx", "rdx", "rsi", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
                   "r15", "cc", "memory");
    return reason;
}

} // namespace

// RBP is the guest's across the entry: no frame pointer here.
[[gnu::optimize("omit-frame-pointer")]] vcpu::VmExit VmxVcpu::run(u64 deadline) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"
    static_assert(offsetof(VmxVcpu, host_stack_) - offsetof(VmxVcpu, regs) == 8 * 24);
    static_assert(offsetof(VmxVcpu, regs) == slots_offset);
#pragma GCC diagnostic pop
    cpu::Registers* slots = &regs;
    u32 reason;
    do {
        of(slots).prepare_entry(deadline);
        reason = resume(slots);
        if (reason != reason_vmcall) [[unlikely]]
            return of(slots).finish_exit(reason);
        deadline = of(slots).serve_hypercall();
    } while (deadline != 0);
    return vcpu::ServedExit{};
}

/// What the CPU has to be told before each entry.
[[gnu::always_inline]] inline void VmxVcpu::prepare_entry(u64 deadline) {
    const u64 ticks = (deadline - host::read_tsc()) >> timer_rate_;
    if ((ticks >> 32) != 0) [[unlikely]]
        arm_timer_far(deadline);
    else
        vmwrite_fast(field::preemption_timer_value.encoding, ticks);
    vmwrite_fast(field::guest_rip.encoding, regs.rip);
    vmwrite_fast(field::guest_rsp.encoding, regs.get(cpu::Gpr::rsp));
    vmwrite_fast(field::guest_rflags.encoding, regs.rflags);
}

/// The next deadline, from whoever serves VMCALLs; that there is one, initialize() has seen to.
[[gnu::always_inline]] inline u64 VmxVcpu::serve_hypercall() {
    const Linear at{(vmread_fast(field::guest_cs_base.encoding) + regs.rip) & address_mask_32};
    const bool paging = (vmread_fast(field::guest_cr0.encoding) & cpu::cr0::pg) != 0;
    return hypercalls->serve_hypercall(at, paging);
}

/// The vCPU around its registers: what run() has left of itself after an exit, for nothing.
VmxVcpu& VmxVcpu::of(cpu::Registers* slots) {
    return static_cast<VmxVcpu&>(
        *reinterpret_cast<cpu::CpuState*>(reinterpret_cast<u64>(slots) - slots_offset));
}

/// A deadline that is over, or too far away for the timer's 32 bits.
void VmxVcpu::arm_timer_far(u64 deadline) {
    const u64 now = host::read_tsc();
    const u64 ticks = deadline > now ? (deadline - now) >> timer_rate_ : 0;
    const u64 most = 0xffffffff;
    vmcs_.write(field::preemption_timer_value, static_cast<u32>(ticks < most ? ticks : most));
}

/// Enters once with the timer at 0, which comes back before the first instruction of the guest, so
/// that run() need not know whether the VMCS was launched.
bool VmxVcpu::launch_and_return() {
    vmcs_.write(field::preemption_timer_value, u32{0});
    vmcs_.write(field::guest_rip, regs.rip);
    vmcs_.write(field::guest_rsp, regs.get(cpu::Gpr::rsp));
    vmcs_.write(field::guest_rflags, regs.rflags);
    return !std::holds_alternative<vcpu::FailedEntryExit>(finish_exit(launch(regs)));
}

vcpu::VmExit VmxVcpu::finish_exit(u32 reason) {
    if (reason == instruction_failed)
        return vcpu::FailedEntryExit{vmcs_.read(field::vm_instruction_error), 0};
    const ExitMeaning meaning = ExitReason::EntryFailure::get(reason)
                                    ? ExitMeaning::failed_entry
                                    : exit_info(ExitReason::Basic::get(reason)).meaning;
    switch (meaning) {
    case ExitMeaning::external_interrupt:
        host::dispatch_interrupt(Vector{
            InterruptionInfo::VectorNumber::get(vmcs_.read(field::exit_interruption_information))});
        return vcpu::HostInterruptExit{};
    case ExitMeaning::exception_or_nmi:
        return after_exception();
    case ExitMeaning::ept_violation:
        recall_event(EptViolation::NmiUnblocking::get(vmcs_.read(field::exit_qualification)));
        break;
    case ExitMeaning::apic_access:
    case ExitMeaning::task_switch:
        recall_event(false);
        break;
    default:
        break;
    }
    return decode_exit(vmcs_, reason, regs.get(cpu::Gpr::rcx));
}

vcpu::VmExit VmxVcpu::after_exception() {
    const u32 information = vmcs_.read(field::exit_interruption_information);
    if (InterruptionInfo::Type::get(information) == static_cast<u8>(cpu::EventType::nmi)) {
        // Through the IDT: the handler's IRET is what lets the next NMI in.
        asm volatile("int $2" ::: "memory");
        recall_event(false);
        after_host_nmi();
        return vcpu::HostInterruptExit{};
    }
    const vcpu::ExceptionExit exit = decode_exception(vmcs_);
    // The guest ran into it, but it is the machine that is broken: the host says so and ends.
    if (exit.event.vector == cpu::exception::mc)
        asm volatile("int $18" ::: "memory");
    recall_event(InterruptionInfo::NmiUnblocking::get(information) &&
                 exit.event.vector != cpu::exception::df);
    if (exit.event.vector == cpu::exception::pf)
        set_cr2(exit.qualification);
    if (exit.event.vector == cpu::exception::db) {
        after_debug_exception();
        show_debug_status(exit.qualification);
    }
    return exit;
}

/// An intercepted #DB has not changed DR6 and DR7 yet.
void VmxVcpu::show_debug_status(u64 qualification) {
    constexpr u64 dr7_general_detect = bit(13);
    set_debug_register(6, DebugQualification::dr6_after(debug_register(6), qualification));
    if (DebugQualification::GeneralDetect::get(qualification))
        set_dr7(dr7() & ~dr7_general_detect);
}

} // namespace vestige::vmx
