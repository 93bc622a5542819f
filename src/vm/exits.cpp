// SPDX-License-Identifier: BSD-2-Clause
// Exits that come from instructions and events of the guest's CPU.
#include "exit_handler.hpp"

#include "vestige/cpu/control_registers.hpp"
#include "vestige/cpu/task_switch.hpp"

namespace vestige::vm {

using cpu::Gpr;

void ExitHandler::operator()(const vcpu::HypercallExit&) const {
    vm.hypercall(cpu::linear_rip(*vm.vcpu_), (vm.vcpu_->cr0() & cpu::cr0::pg) != 0);
}

void ExitHandler::operator()(const vcpu::InterruptWindowExit&) const {
    vm.vcpu_->request_interrupt_window(false);
    vm.window_requested_ = false;
}

/// HLT with interrupts off ends all activity of a CPU that nothing else can wake: it stays so.
void ExitHandler::operator()(const vcpu::HaltExit&) const {
    vm.recorder_.exit(exit_number<vcpu::HaltExit>(), *vm.vcpu_);
    vm.vcpu_->skip_instruction();
    vm.halted_ = true;
    if ((vm.vcpu_->regs.rflags & cpu::rflags::interrupt) == 0 && !vm.reported_halt_) {
        vm.reported_halt_ = true;
        log(LogArea::vm, LogLevel::info, "vm {}: halted with interrupts off, for good",
            vm.config_.name.view());
    }
}

/// Most are intercepted only so that their delivery cannot loop inside the CPU and go on to the
/// guest. With CR0.NE clear an x87 error is for the interrupt controller instead, and the
/// instruction that waits for its end does so until an interrupt comes.
void ExitHandler::operator()(const vcpu::ExceptionExit& exit) const {
    const bool numeric_error = (vm.vcpu_->cr0() & cpu::cr0::ne) != 0;
    if (exit.event.vector != cpu::exception::mf || numeric_error)
        return vm.raise(exit.event);
    vm.recorder_.exit(exit_number<vcpu::ExceptionExit>(), *vm.vcpu_);
    vm.vcpu_->clear_interrupt_shadow();
    vm.board_.coprocessor.report();
    vm.halted_ = true;
}

void ExitHandler::operator()(const vcpu::UnexpectedExit& exit) const {
    char text[96];
    vm.stop(format_in(text, "exit that cannot be: {} (reason {}, qualification {x})", exit.name,
                      exit.reason, exit.qualification));
}

/// Vestige's own leaves: 40000001h says that VM facts follow and which CPU this is, 40000002h is
/// the VM's name.
std::optional<cpu::CpuidResult> Vm::own_leaf(u32 leaf) const {
    constexpr u32 facts = 0x40000001, name = 0x40000002, signature = 0x4d564756; // "VGVM"
    if (leaf == facts)
        return cpu::CpuidResult{signature, config_.cpu, 0, 0};
    if (leaf != name)
        return {};
    std::array<std::byte, 16> text{};
    for (std::size_t i = 0; i < config_.name.view().size() && i < text.size(); ++i)
        text[i] = static_cast<std::byte>(config_.name.view()[i]);
    return cpu::CpuidResult{load_le<u32>(text, 0), load_le<u32>(text, 4), load_le<u32>(text, 8),
                            load_le<u32>(text, 12)};
}

void Vm::cpuid_instruction() {
    recorder_.exit(exit_number<vcpu::CpuidExit>(), *vcpu_);
    cpu::Registers& r = vcpu_->regs;
    const u32 leaf = r.dword(Gpr::rax);
    const cpu::CpuidResult result = own_leaf(leaf).value_or(
        cpuid_.read(leaf, r.dword(Gpr::rcx),
                    {.cr4 = vcpu_->cr4(), .xcr0 = xcr0_, .apic = board_.lapic.enabled()}));
    r.set_dword(Gpr::rax, result.eax);
    r.set_dword(Gpr::rbx, result.ebx);
    r.set_dword(Gpr::rcx, result.ecx);
    r.set_dword(Gpr::rdx, result.edx);
    vcpu_->skip_instruction();
}

void Vm::msr_access(const vcpu::MsrExit& exit) {
    cpu::Registers& r = vcpu_->regs;
    if (exit.write) {
        const u64 value = u64{r.dword(Gpr::rdx)} << 32 | r.dword(Gpr::rax);
        recorder_.msr({exit.index, true, value}, *vcpu_);
        if (const auto done = msrs_->write(exit.index, value); !done)
            return raise(done.error());
        apply_apic();
        rearm();
    } else {
        const auto value = msrs_->read(exit.index);
        if (!value)
            return raise(value.error());
        recorder_.msr({exit.index, false, value.value()}, *vcpu_);
        r.set_dword(Gpr::rax, static_cast<u32>(value.value()));
        r.set_dword(Gpr::rdx, static_cast<u32>(value.value() >> 32));
    }
    vcpu_->skip_instruction();
}

namespace {

using Change = Result<cpu::ControlChange, cpu::Event>;

u64 read_control(const cpu::CpuState& state, u8 number) {
    return number == 0 ? state.cr0() : number == 3 ? state.cr3() : state.cr4();
}

Change write_control(const cpu::CpuState& state, const cpu::ControlFeatures& features,
                     const cpu::PhysicalPath& path, u8 number, u64 value) {
    switch (number) {
    case 0:
        return cpu::write_cr0(state, features, path, value);
    case 3:
        return cpu::write_cr3(state, features, path, value);
    default:
        return cpu::write_cr4(state, features, path, value);
    }
}

} // namespace

void Vm::control_access(const vcpu::CrExit& exit) {
    using Kind = vcpu::CrExit::Kind;
    const cpu::ControlFeatures features = cpuid_.control_features();
    const bool wide = cpu::mode_of(*vcpu_) == cpu::Mode::long64;
    const u64 source = vcpu_->regs.get(exit.gpr, wide ? Width::qword : Width::dword);
    Change change{cpu::ControlChange{}};
    if (exit.kind == Kind::mov_from) {
        const u64 value = exit.number == 8 ? board_.lapic.task_priority() >> 4
                                              : read_control(*vcpu_, exit.number);
        vcpu_->regs.set(exit.gpr, wide ? Width::qword : Width::dword, value);
    } else if (exit.kind == Kind::mov_to && exit.number == 8) {
        const auto priority = cpu::write_cr8(source);
        if (!priority)
            return raise(priority.error());
        board_.lapic.set_task_priority(static_cast<u8>(priority.value() << 4));
    } else if (exit.kind == Kind::mov_to) {
        change = write_control(*vcpu_, features, path_, exit.number, source);
    } else if (exit.kind == Kind::clts) {
        change = cpu::clear_task_switched(*vcpu_);
    } else {
        change = cpu::write_msw(*vcpu_, features, path_, exit.lmsw_source);
    }
    if (!change)
        return raise(change.error());
    cpu::apply(*vcpu_, change.value());
    if (exit.kind != Kind::mov_from && exit.number != 8)
        recorder_.control({exit.number, read_control(*vcpu_, exit.number)}, *vcpu_);
    vcpu_->skip_instruction();
}

/// While a debugger has registers of its own in the CPU, the guest's are elsewhere.
void Vm::debug_access(const vcpu::DrExit& exit) {
    HiddenTraps& hidden = debugger_.debug_registers();
    const bool apart = hidden.active();
    if (apart && hidden.take_general_detect())
        return raise(cpu::fault(cpu::exception::db));
    const auto number = cpu::debug_register_number(*vcpu_, exit.number);
    if (!number)
        return raise(number.error());
    const unsigned dr = number.value();
    if (exit.write) {
        const auto value = cpu::debug_register_value(*vcpu_, dr, vcpu_->regs.get(exit.gpr));
        if (!value)
            return raise(value.error());
        if (apart)
            hidden.set_guest_register(dr, value.value());
        else if (dr == 7)
            vcpu_->set_dr7(value.value());
        else
            vcpu_->set_debug_register(dr, value.value());
    } else {
        const u64 value = apart     ? hidden.guest_register(dr)
                          : dr == 7 ? vcpu_->dr7()
                                    : vcpu_->debug_register(dr);
        const bool wide = cpu::mode_of(*vcpu_) == cpu::Mode::long64;
        vcpu_->regs.set(exit.gpr, wide ? Width::qword : Width::dword, value);
    }
    vcpu_->skip_instruction();
}

void Vm::set_xcr() {
    const cpu::Registers& r = vcpu_->regs;
    const u64 value = u64{r.dword(Gpr::rdx)} << 32 | r.dword(Gpr::rax);
    const auto checked =
        cpu::write_xcr(*vcpu_, cpuid_.control_features(), r.dword(Gpr::rcx), value);
    if (!checked)
        return raise(checked.error());
    xcr0_ = checked.value();
    vcpu_->set_xcr0(xcr0_);
    vcpu_->skip_instruction();
}

void Vm::task_switch(const vcpu::TaskSwitchExit& exit) {
    cpu::TaskSwitchRequest request;
    request.selector = exit.selector;
    request.source = static_cast<cpu::TaskSwitchSource>(exit.source);
    const auto event = vcpu_->pending_event();
    if (exit.source != vcpu::TaskSwitchExit::Source::task_gate) {
        request.instruction_length = vcpu_->instruction_length();
    } else if (event) {
        request.instruction_length = event->instruction_length;
        request.error_code = event->error_code;
        request.external = event->instruction_length == 0;
    }
    vcpu_->cancel_event(); // the switch itself delivers it
    cpu::LinearAccess memory = access();
    const auto done = cpu::switch_task(memory, request);
    vcpu_->clear_interrupt_shadow();
    if (!done)
        return raise(done.error());
    if (done.value().debug_trap) {
        vcpu_->set_debug_register(6, vcpu_->debug_register(6) | cpu::dr6_task_switch);
        raise(cpu::fault(cpu::exception::db));
    }
}

} // namespace vestige::vm
