// SPDX-License-Identifier: BSD-2-Clause
// VMCALL: from the guest's stubs to the BIOS.
#include "exit_handler.hpp"

#include "vestige/bios/trace.hpp"

namespace vestige::vm {

using cpu::SegmentName;

/// Under paging the linear address must lead to our ROM as well, or any program could call us.
bool Vm::is_bios_call(Linear at) const {
    const auto gpa =
        cpu::translate(*vcpu_, path_, at, {cpu::AccessKind::execute, cpu::Privilege::supervisor},
                       cpu::WalkEffect::none);
    return gpa && gpa.value() == Gpa{at.value()};
}

u64 Vm::serve_hypercall(Linear at, bool paging) {
    const u64 offset = at.value() - bios::rom_base.value() - bios::call_stubs;
    if (offset < 4 * silent_.size() && offset % 4 == 0 && silent_[offset / 4] && !paging)
        // Our stubs have no instruction before the VMCALL that could shadow interrupts.
        vcpu_->regs.rip += bios::vmcall_length;
    else if (debugging_)
        return 0; // the debugger is asked first, and has it handled as an exit
    else
        hypercall(at, paging);
    return board_.pic.interrupt_pending() || attention_ ? 0 : deadline_;
}

void Vm::find_silent_calls() {
    for (unsigned i = 0; i < silent_.size(); ++i) {
        const u8 interrupt = static_cast<u8>(i);
        silent_[i] = bios_ && bios::interrupts[i].idle && !is_traced(interrupt) && !debugging_;
    }
}

void Vm::hypercall(Linear at, bool paging) {
    const auto stub = bios::identify(at);
    if (stub && bios_ && (!paging || is_bios_call(at)) && bios::callable_from(*vcpu_))
        return is_traced(stub->interrupt) ? serve_traced(*stub) : serve(*stub);
    constexpr unsigned most_reports = 8;
    if (foreign_vmcalls_++ < most_reports)
        log(LogArea::vm, LogLevel::info,
            "vm {}: VMCALL at {04x}:{04x} is not a BIOS call: #UD in the guest",
            config_.name.view(), vcpu_->segment(SegmentName::cs).selector, vcpu_->regs.rip);
    raise(cpu::undefined_opcode());
}

void Vm::serve(bios::Stub stub) {
    const u8 function = vcpu_->regs.high(cpu::Gpr::rax);
    if (bios_->call(stub) == bios::Outcome::done) {
        vcpu_->skip_instruction();
        bios_done_ = ServedCall{stub.interrupt, function};
    } else {
        vcpu_->clear_interrupt_shadow();
    }
    if (board_.a20.enabled() != a20_mapped_)
        apply_a20();
    apply_video();
    if (bios::interrupts[stub.interrupt].functions != nullptr)
        rearm();
}

/// One line a call, once it is done: what was asked, what was answered, how long it took.
void Vm::serve_traced(bios::Stub stub) {
    const u64 rip = vcpu_->regs.rip;
    bios::CallTrace trace{bios_->environment(), stub};
    const u64 start = host_.tsc();
    serve(stub);
    const u64 ticks = host_.tsc() - start;
    if (vcpu_->regs.rip - rip != bios::vmcall_length)
        return; // the call goes on later
    log(LogArea::bios, LogLevel::info, "vm {} {} ({})", config_.name.view(), trace.finish(), ticks);
}

} // namespace vestige::vm
