// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vm/stepper.hpp"

#include "vestige/cpu/control_registers.hpp"
#include "vestige/cpu/linear_access.hpp"

namespace vestige::vm {

using cpu::Gpr;
using cpu::SegmentName;

namespace {

constexpr u32 all_exceptions = 0xffffffff;

const vcpu::ExceptionExit* debug_exception(const vcpu::VmExit& exit) {
    const auto* const exception = std::get_if<vcpu::ExceptionExit>(&exit);
    return exception != nullptr && exception->event.vector == cpu::exception::db &&
                   exception->event.type == cpu::EventType::hardware_exception
               ? exception
               : nullptr;
}

/// Between two instructions, whichever they are.
bool comes_from_outside(const vcpu::VmExit& exit) {
    return std::holds_alternative<vcpu::TimerExit>(exit) ||
           std::holds_alternative<vcpu::HostInterruptExit>(exit) ||
           std::holds_alternative<vcpu::InterruptWindowExit>(exit) ||
           std::holds_alternative<vcpu::NmiWindowExit>(exit);
}

/// The event that INT n and its like are. SDM 3C, "VM-Entry Interruption-Information Field".
cpu::Event software_event(const InstructionFacts& facts) {
    cpu::EventType type = cpu::EventType::software_interrupt;
    if (facts.opcode == 0xcc || facts.opcode == 0xce)
        type = cpu::EventType::software_exception;
    if (facts.opcode == 0xf1)
        type = cpu::EventType::privileged_software_exception;
    return {type, Vector{facts.vector}, {}, facts.length};
}

} // namespace

const char* Stepper::way() const {
    return way_ == Way::monitor_trap ? "monitor trap flag"
           : way_ == Way::trap_flag  ? "trap flag"
                                     : "not known yet";
}

Stepper::Outcome Stepper::step(u64 deadline) {
    if (cpu_->pending_event())
        return deliver();
    if (way_ == Way::monitor_trap)
        return by_monitor_trap(deadline);
    const InstructionFacts facts = next_instruction(*cpu_, path_);
    if (facts.kind == InstructionKind::interrupt) {
        inject_interrupt(facts);
        return deliver();
    }
    if (facts.kind == InstructionKind::load_stack_segment && load_stack_segment(facts))
        return {true, {}};
    return by_trap_flag(deadline, facts);
}

vcpu::VmExit Stepper::enter(u64 deadline) {
    ++entries_;
    return cpu_->run(deadline);
}

/// With a deadline that is over, the CPU comes back once the event has been delivered and before
/// the first instruction of its handler.
Stepper::Outcome Stepper::deliver() {
    const vcpu::VmExit exit = enter(0);
    in_shadow_ = false;
    if (std::holds_alternative<vcpu::TimerExit>(exit) && !cpu_->pending_event())
        return {true, {}};
    return {false, exit};
}

Stepper::Outcome Stepper::by_monitor_trap(u64 deadline) {
    const u64 old_resume = cpu_->regs.rflags & cpu::rflags::rf;
    cpu_->regs.rflags |= cpu::rflags::rf;
    static_cast<void>(cpu_->request_monitor_trap(true));
    const vcpu::VmExit exit = enter(deadline);
    static_cast<void>(cpu_->request_monitor_trap(false));
    if (std::holds_alternative<vcpu::MonitorTrapExit>(exit))
        return {true, {}};
    cpu_->regs.rflags = (cpu_->regs.rflags & ~cpu::rflags::rf) | old_resume;
    return {false, exit};
}

/// The trap flag is set for one instruction. Everything that would carry it to where the guest can
/// see it is undone; exceptions exit, because their delivery would carry it too.
Stepper::Outcome Stepper::by_trap_flag(u64 deadline, const InstructionFacts& facts) {
    const u64 old_flags = cpu_->regs.rflags;
    const bool guest_steps = (old_flags & cpu::rflags::tf) != 0;
    // The CPU wants a trap pending when it enters with TF in a shadow. The shadow ends with this
    // instruction anyway, and nothing is injected before it.
    in_shadow_ = in_shadow_ || !cpu_->can_take_nmi();
    cpu_->clear_interrupt_shadow();
    cpu_->intercept_exceptions(all_exceptions);
    const bool try_monitor_trap = way_ == Way::unknown && cpu_->request_monitor_trap(true);
    cpu_->regs.rflags |= cpu::rflags::tf | cpu::rflags::rf;
    const vcpu::VmExit exit = enter(deadline);
    if (try_monitor_trap)
        static_cast<void>(cpu_->request_monitor_trap(false));
    cpu_->intercept_exceptions(0);

    const vcpu::ExceptionExit* const trap = debug_exception(exit);
    const bool trapped = trap != nullptr && (trap->qualification & cpu::dr6_single_step) != 0;
    const bool monitor_trapped = std::holds_alternative<vcpu::MonitorTrapExit>(exit);
    // The trap can be pending still when something from outside came first; an exit of the
    // instruction's own comes in front of it, even if a CPU has noted the trap already.
    const bool pending = !guest_steps && cpu_->cancel_single_step() && comes_from_outside(exit);
    if (!trapped && !pending && !monitor_trapped) {
        cpu_->regs.rflags = (cpu_->regs.rflags & ~(cpu::rflags::tf | cpu::rflags::rf)) |
                            (old_flags & (cpu::rflags::tf | cpu::rflags::rf));
        return {false, exit};
    }
    in_shadow_ = false;
    if (monitor_trapped)
        way_ = Way::monitor_trap;
    else if (way_ == Way::unknown)
        way_ = Way::trap_flag;
    hide_trap_flag(facts, old_flags);
    if (monitor_trapped)
        return {true, {}};
    if (!trapped)
        return {true, exit};
    if (guest_steps)
        return {true, exit};
    vcpu::ExceptionExit rest = *trap;
    rest.qualification &= ~cpu::dr6_single_step;
    if ((rest.qualification & 0xf) == 0)
        return {true, {}};
    return {true, rest};
}

/// The instruction has run with TF set: takes it out of the flags, and of their image where the
/// instruction stored one.
void Stepper::hide_trap_flag(const InstructionFacts& facts, u64 old_flags) {
    const bool guest_steps = (old_flags & cpu::rflags::tf) != 0;
    if (facts.kind == InstructionKind::pop_flags || facts.kind == InstructionKind::iret)
        return; // TF is what was popped
    if (!guest_steps)
        cpu_->regs.rflags &= ~cpu::rflags::tf;
    if (guest_steps)
        return;
    if (facts.kind == InstructionKind::push_flags) {
        cpu::LinearAccess memory{*cpu_, path_};
        const u64 top = cpu_->regs.get(Gpr::rsp) + 1;
        const bool short_stack = cpu::mode_of(*cpu_) != cpu::Mode::long64 &&
                                 !cpu::Segment::Default32::get(
                                     cpu_->segment(SegmentName::ss).access_rights);
        const u64 offset = short_stack ? top & 0xffff : top;
        if (const auto image = memory.load<u8>(SegmentName::ss, offset))
            static_cast<void>(memory.store<u8>(SegmentName::ss, offset,
                                               static_cast<u8>(image.value() & ~1U)));
    }
    if (facts.kind == InstructionKind::syscall)
        cpu_->regs.set(Gpr::r11, cpu_->regs.get(Gpr::r11) & ~cpu::rflags::tf);
}

/// INT clears TF before a trap could come: the CPU delivers it as an event instead.
void Stepper::inject_interrupt(const InstructionFacts& facts) {
    cpu_->regs.rflags &= ~cpu::rflags::rf;
    cpu_->clear_interrupt_shadow();
    cpu_->inject(software_event(facts));
}

/// A load of SS holds the trap back until the instruction after it has run too: the plain forms are
/// done here. False: not one of them.
bool Stepper::load_stack_segment(const InstructionFacts& facts) {
    const cpu::Mode mode = cpu::mode_of(*cpu_);
    if (mode != cpu::Mode::real && mode != cpu::Mode::v86)
        return false;
    if ((cpu_->regs.rflags & cpu::rflags::tf) != 0)
        return false;
    cpu::Segment ss = cpu_->segment(SegmentName::ss);
    if (facts.opcode == 0x17) {
        cpu::LinearAccess memory{*cpu_, path_};
        const u16 sp = cpu_->regs.word(Gpr::rsp);
        const auto selector = memory.load<u16>(SegmentName::ss, sp);
        if (!selector)
            return false;
        cpu_->regs.set_word(Gpr::rsp, static_cast<u16>(sp + facts.operand_size));
        ss.selector = selector.value();
    } else if (facts.modrm >= 0xc0) {
        ss.selector = cpu_->regs.word(static_cast<Gpr>(facts.modrm & 7));
    } else {
        return false;
    }
    ss.base = u64{ss.selector} << 4;
    cpu_->set_segment(SegmentName::ss, ss);
    cpu_->regs.rip = (cpu_->regs.rip + facts.length) & 0xffff;
    cpu_->clear_interrupt_shadow();
    in_shadow_ = true;
    return true;
}

} // namespace vestige::vm
