// SPDX-License-Identifier: BSD-2-Clause
// VMCALL: from the guest's stubs to the BIOS.
#include "exit_handler.hpp"

#include "vestige/vm/state_text.hpp"

namespace vestige::vm {

using cpu::SegmentName;
namespace {

/// Faults of real-mode code: whose handler only returns runs the same instruction again.
constexpr bool is_fault(u8 interrupt) {
    return interrupt == cpu::exception::de.value || interrupt == cpu::exception::ud.value ||
           interrupt == cpu::exception::nm.value || interrupt == cpu::exception::gp.value;
}

} // namespace

/// Under paging what counts is where the linear address leads: 32-bit systems call us above 3 GiB,
/// and a program's own page at ours is not our ROM.
std::optional<bios::Stub> Vm::stub_at(Linear at, bool paging) const {
    if (!paging)
        return bios::identify(at);
    if (cpu::mode_of(*vcpu_) == cpu::Mode::long64)
        return {};
    const auto gpa =
        cpu::translate(*vcpu_, path_, at, {cpu::AccessKind::execute, cpu::Privilege::supervisor},
                       cpu::WalkEffect::none);
    return gpa ? bios::identify(Linear{gpa.value().value()}) : std::nullopt;
}

u64 Vm::serve_hypercall(Linear at, bool paging) {
    const u64 offset = at.value() - bios::rom_base.value() - bios::call_stubs;
    if (offset < 4 * silent_.size() && offset % 4 == 0 && silent_[offset / 4] && !paging) {
        // Our stubs have no instruction before the VMCALL that could shadow interrupts.
        vcpu_->regs.rip += bios::vmcall_length;
        ++recorder_.statistics().quick_calls[offset / 4];
    } else if (debugging_) {
        return 0; // the debugger is asked first, and has it handled as an exit
    } else {
        timed_hypercall(at, paging);
    }
    return board_.lapic.wants_cpu() || attention_ ? 0 : deadline_;
}

/// Not inline: what it needs is saved and restored on the way of the silent calls else.
[[gnu::noinline]] void Vm::timed_hypercall(Linear at, bool paging) {
    recorder_.guest_until(host_.tsc());
    hypercall(at, paging);
    recorder_.exit_until(host_.tsc(), exit_number<vcpu::HypercallExit>());
}

void Vm::find_silent_calls() {
    for (unsigned i = 0; i < silent_.size(); ++i) {
        const u8 interrupt = static_cast<u8>(i);
        silent_[i] = bios_ && bios::interrupts[i].idle && !is_fault(interrupt) && !debugging_ &&
                     !recorder_.options().traces_interrupt(Vector{interrupt});
    }
}

void Vm::trace(const config::TraceOptions& options) {
    recorder_.set_options(options);
    apply_trace();
}

void Vm::hypercall(Linear at, bool paging) {
    const auto stub = stub_at(at, paging);
    if (stub && bios_ && bios::callable_from(*vcpu_, stub->entry))
        return serve(*stub);
    constexpr unsigned most_reports = 8;
    if (foreign_vmcalls_++ < most_reports)
        log(LogArea::vm, LogLevel::info,
            "vm {}: VMCALL at {04x}:{04x} is not a BIOS call: #UD in the guest",
            config_.name.view(), vcpu_->segment(SegmentName::cs).selector, vcpu_->regs.rip);
    raise(cpu::undefined_opcode());
}

/// INT 18h and 19h do not come back from the code that they start.
bool Vm::has_booted(bios::Stub stub) const {
    return (stub.interrupt == 0x18 || stub.interrupt == 0x19) &&
           cpu::linear_rip(*vcpu_).value() < bios::rom_base.value();
}

void Vm::serve(bios::Stub stub) {
    const u8 function = vcpu_->regs.high(cpu::Gpr::rax);
    if (is_fault(stub.interrupt))
        watch_fault_loop(stub.interrupt);
    bios::CallRecorder recorder{bios_->environment(), stub};
    const bool done = bios_->call(stub) == bios::Outcome::done;
    const u32 ticks =
        recorder_.call_took_until(host_.tsc(), stub.interrupt, recorder.service());
    if (done || has_booted(stub)) {
        bios::CallRecord record = recorder.finish();
        record.ticks = ticks;
        recorder_.call(record, *vcpu_);
    }
    if (done) {
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

/// The OUT has been skipped already. A call that is done goes on behind the byte after it.
void Vm::at_door() {
    constexpr u64 out_length = 2;
    const u64 behind = vcpu_->regs.rip, door = behind - out_length;
    vcpu_->regs.rip = door;
    const auto stub = stub_at(cpu::linear_rip(*vcpu_), (vcpu_->cr0() & cpu::cr0::pg) != 0);
    if (!stub || !bios_ || !bios::callable_from(*vcpu_, stub->entry)) {
        vcpu_->regs.rip = behind;
        return;
    }
    serve(*stub);
    if (vcpu_->regs.rip == behind)
        vcpu_->regs.rip = door + bios::vmcall_length;
}

/// An exception whose vector still is the BIOS's comes back for ever: said once, the guest goes on.
void Vm::watch_fault_loop(u8 interrupt) {
    constexpr unsigned hopeless = 1000;
    // IRQ 5 has the vector of #GP.
    if (interrupt == cpu::exception::gp.value && (board_.pic.chip(0).isr >> 5 & 1) != 0)
        return;
    cpu::LinearAccess memory = access();
    const u16 sp = vcpu_->regs.word(cpu::Gpr::rsp);
    const auto ip = memory.load<u16>(SegmentName::ss, sp);
    const auto cs = memory.load<u16>(SegmentName::ss, static_cast<u16>(sp + 2));
    if (!ip || !cs)
        return;
    const FarPtr at{cs.value(), ip.value()};
    loop_count_ = at == loop_at_ ? loop_count_ + 1 : 1;
    loop_at_ = at;
    if (loop_count_ != hopeless)
        return;
    char text[160];
    report(format_in(text, "run-away: {} at {} again and again: vector {02x}h is the BIOS's, which "
                           "only returns",
                     exception_name(Vector{interrupt}), at, interrupt),
           cpu::fault(Vector{interrupt}), at);
}

} // namespace vestige::vm
