// SPDX-License-Identifier: BSD-2-Clause
// VMCALL: from the guest's stubs to the BIOS.
#include "exit_handler.hpp"

namespace vestige::vm {

using cpu::Gpr;
using cpu::SegmentName;

/// Under paging the linear address must lead to our ROM as well, or any program could call us.
bool Vm::is_bios_call(Linear at) const {
    const auto gpa =
        cpu::translate(*vcpu_, path_, at, {cpu::AccessKind::execute, cpu::Privilege::supervisor},
                       cpu::WalkEffect::none);
    return gpa && gpa.value() == Gpa{at.value()};
}

void Vm::hypercall() {
    const Linear at{(vcpu_->code_base() + vcpu_->regs.rip) & 0xffffffff};
    const auto stub = bios::identify(at);
    if (stub && bios_ && (!vcpu_->paging() || is_bios_call(at))) {
        // Our stubs have no instruction before the VMCALL that could shadow interrupts.
        if (is_traced(stub->interrupt))
            serve_traced(*stub);
        else if (bios::does_nothing(stub->interrupt))
            vcpu_->regs.rip += bios::vmcall_length;
        else
            serve(*stub);
        return;
    }
    constexpr unsigned most_reports = 8;
    if (foreign_vmcalls_++ < most_reports)
        log(LogArea::vm, LogLevel::info,
            "vm {}: VMCALL at {04x}:{04x} is not a BIOS call: #UD in the guest",
            config_.name.view(), vcpu_->segment(SegmentName::cs).selector, vcpu_->regs.rip);
    raise(cpu::undefined_opcode());
}

void Vm::serve(bios::Stub stub) {
    if (bios_->call(stub) == bios::Outcome::done)
        vcpu_->skip_instruction();
    else
        vcpu_->clear_interrupt_shadow();
    if (board_.a20.enabled() != a20_mapped_)
        apply_a20();
    if (!bios::services_of(stub.interrupt).rows.empty())
        rearm();
}

/// One line a call, once it is done: what was asked, what was answered, how long it took.
void Vm::serve_traced(bios::Stub stub) {
    const cpu::Registers before = vcpu_->regs;
    const u16 ds = vcpu_->segment(SegmentName::ds).selector;
    const u16 es = vcpu_->segment(SegmentName::es).selector;
    const u64 start = host_.tsc();
    serve(stub);
    const u64 ticks = host_.tsc() - start;
    const bool in_stub = vcpu_->regs.rip != before.rip &&
                         vcpu_->regs.rip - before.rip == bios::vmcall_length;
    if (!in_stub)
        return; // the call goes on later
    const bios::InterruptServices& services = bios::services_of(stub.interrupt);
    const bios::Service* const row = bios::find_service(services, before.high(Gpr::rax));
    const u64 sp = vcpu_->segment(SegmentName::ss).base +
                   static_cast<u16>(vcpu_->regs.word(Gpr::rsp) + 4);
    const u16 flags = board_.memory.load<u16>(board_.a20.apply(Gpa{sp}));
    char what[64];
    const std::string_view name =
        row != nullptr
            ? format_in(what, "ah={02x}h {}", before.high(Gpr::rax), row->name)
            : format_in(what, "{}", services.name);
    log(LogArea::bios, LogLevel::info,
        "vm {} int {02x}h {} al={02x}h bx={04x} cx={04x} dx={04x} si={04x} di={04x} ds={04x} "
        "es={04x} -> cf={} ax={04x} bx={04x} cx={04x} dx={04x} ({})",
        config_.name.view(), stub.interrupt, name, before.low(Gpr::rax), before.word(Gpr::rbx),
        before.word(Gpr::rcx), before.word(Gpr::rdx), before.word(Gpr::rsi),
        before.word(Gpr::rdi), ds, es, flags & 1, vcpu_->regs.word(Gpr::rax),
        vcpu_->regs.word(Gpr::rbx), vcpu_->regs.word(Gpr::rcx), vcpu_->regs.word(Gpr::rdx), ticks);
}

} // namespace vestige::vm
