// SPDX-License-Identifier: BSD-2-Clause
// Between two stops: runs and steps the guest and looks for what it is to be stopped at.
#include "vestige/vm/debugger.hpp"

#include "vestige/bios/door.hpp"
#include "vestige/bios/rom.hpp"
#include "vestige/cpu/control_registers.hpp"
#include "vestige/cpu/data_accesses.hpp"
#include "vestige/cpu/decoder.hpp"
#include "vestige/vm/exit_names.hpp"
#include "vestige/vm/state_text.hpp"

#include <algorithm>

namespace vestige::vm {

using cpu::Gpr;
using cpu::SegmentName;

namespace {

/// Instructions between a change of CR0 and the far jump that makes it effective.
constexpr unsigned mode_chase_length = 16;

} // namespace

Linear Debugger::stack_pointer() const {
    const u64 sp = cpu_->regs.get(Gpr::rsp);
    const cpu::Segment ss = cpu_->segment(SegmentName::ss);
    if (cpu::mode_of(*cpu_) == cpu::Mode::long64)
        return Linear{sp};
    const u64 mask = cpu::Segment::Default32::get(ss.access_rights) ? 0xffffffff : 0xffff;
    return Linear{(ss.base + (sp & mask)) & 0xffffffff};
}

bool Debugger::steps_now() const {
    return first_ || follows_instructions_ || mode_chase_ != 0 || traps_.any_open() ||
           (goal_ != Goal::none && !detour_.on);
}

bool Debugger::holds_interrupts() const {
    if (state_ != State::running)
        return state_ == State::stopped;
    return first_ || traps_.any_open() ||
           (goal_ == Goal::steps && !detour_.on && hold_interrupts_);
}

std::optional<vcpu::VmExit> Debugger::enter(u64 deadline) {
    if (steps_now())
        return enter_stepping(deadline);
    ++entries_;
    const vcpu::VmExit exit = cpu_->run(deadline);
    // While a debugger looks on, VMCALLs are not served in there.
    return std::holds_alternative<vcpu::ServedExit>(exit) ? sort(vcpu::HypercallExit{})
                                                          : sort(exit);
}

std::optional<vcpu::VmExit> Debugger::enter_stepping(u64 deadline) {
    begin_instruction();
    const Stepper::Outcome outcome = stepper_.step(deadline);
    std::optional<vcpu::VmExit> rest = outcome.exit;
    if (rest && std::holds_alternative<vcpu::ServedExit>(*rest))
        rest = vcpu::HypercallExit{};
    if (rest)
        rest = sort(*rest);
    if (outcome.done && state_ == State::running)
        instruction_done();
    return rest;
}

void Debugger::begin_instruction() {
    if (begun_)
        return;
    begun_ = true;
    facts_ = next_instruction(*cpu_, path_);
    before_ = cpu::linear_rip(*cpu_);
    before_frame_ = stack_pointer();
    if (goal_ == Goal::none || detour_.on)
        return;
    const auto event = cpu_->pending_event();
    if (event && event->type == cpu::EventType::external_interrupt) {
        if (over_)
            take_detour(before_, false);
    } else if (!event && is_one_step()) {
        take_detour(before_ + facts_.length, true);
    }
}

/// Whether more than the instruction itself runs before the next one that counts.
bool Debugger::is_one_step() const {
    using enum InstructionKind;
    if (over_ && (facts_.kind == call || facts_.kind == interrupt || facts_.kind == repeated))
        return true;
    if (facts_.kind != interrupt || cpu::mode_of(*cpu_) != cpu::Mode::real)
        return false;
    // Into our BIOS: there is no code of the guest's before its IRET.
    std::array<std::byte, 4> raw{};
    path_.memory.read(Gpa{cpu_->idtr().base + 4U * facts_.vector}, raw);
    Linear handler = FarPtr{load_le<u16>(raw, 2), load_le<u16>(raw, 0)}.linear();
    // Old entry points of the ROM are near jumps to the stubs.
    static_cast<void>(read_code(*cpu_, path_, handler, raw));
    if (raw[0] == std::byte{0xe9})
        handler = Linear{(handler.value() & ~u64{0xffff}) +
                         static_cast<u16>(handler.value() + 3 + load_le<u16>(raw, 1))};
    return bios::identify(handler).has_value();
}

void Debugger::take_detour(Linear target, bool counts) {
    detour_ = {true, counts, target, before_frame_};
    arm_quietly();
}

std::optional<vcpu::VmExit> Debugger::sort(const vcpu::VmExit& exit) {
    if (const auto* const exception = std::get_if<vcpu::ExceptionExit>(&exit))
        if (exception->event.vector == cpu::exception::db && traps_.active())
            return sort_debug_trap(*exception);
    if (const auto* const memory = std::get_if<vcpu::MemoryExit>(&exit))
        if (traps_.made(*memory)) {
            sort_memory(*memory);
            return {};
        }
    if (!first_ && stop_before(exit))
        return {};
    expect_emulation(exit);
    return exit;
}

std::optional<vcpu::VmExit> Debugger::sort_debug_trap(const vcpu::ExceptionExit& exit) {
    bool at_instruction = false;
    for (unsigned i = 0; i < 4; ++i) {
        const Trap* const trap = traps_.trap_in(i);
        if (trap == nullptr || (exit.qualification >> i & 1) == 0)
            continue;
        if (trap->kind == TrapKind::execute)
            at_instruction = true;
        else
            watches_.note(breakpoints_.span(), *trap);
    }
    const u64 rest = traps_.guest_part(exit.qualification);
    const bool for_guest = (rest & (bit(0) | bit(1) | bit(2) | bit(3) | cpu::dr6_general_detect |
                                    cpu::dr6_single_step)) != 0;
    if (at_instruction) {
        if (!arrive())
            first_ = true; // not a place to stop at: pass over the trap
        return {};
    }
    if (!steps_now() && report_seen() && !for_guest)
        return {};
    if (!for_guest)
        return {};
    traps_.note_for_guest(rest);
    return exit;
}

/// The page is opened for the instruction, which is then stepped: it stops behind it.
void Debugger::sort_memory(const vcpu::MemoryExit& exit) {
    if (exit.fetch && !first_ && arrive())
        return;
    const std::span<const Breakpoint> all = breakpoints_.span();
    bool known = exit.fetch || !exit.linear_valid;
    for (const cpu::DataAccess& each : accesses_here()) {
        watches_.note(all, each, true);
        known = known || exit.linear.value() - each.address.value() < each.length;
    }
    if (!known) // by the delivery of an event, or of a descriptor
        watches_.note(all, {exit.linear, 1, exit.read, exit.write}, true);
    traps_.open(exit.address);
}

/// What the instruction that comes next reaches: nothing when an event comes first.
cpu::DataAccesses Debugger::accesses_here() const {
    if (cpu_->pending_event())
        return {};
    std::array<std::byte, cpu::longest_instruction> code{};
    const std::size_t size = read_code(*cpu_, path_, cpu::linear_rip(*cpu_), code);
    return cpu::data_accesses(std::span{code}.first(size), *cpu_);
}

/// Device memory and INS and OUTS: the VM reaches the guest's memory without a trap.
void Debugger::expect_emulation(const vcpu::VmExit& exit) {
    emulated_ = {};
    const auto* const io = std::get_if<vcpu::IoExit>(&exit);
    const auto* const memory = std::get_if<vcpu::MemoryExit>(&exit);
    if ((memory == nullptr || memory->fetch) && (io == nullptr || !io->string))
        return;
    if (!wants(BreakKind::watch))
        return;
    emulated_ = {accesses_here(), cpu::linear_rip(*cpu_), cpu_->regs.get(Gpr::rcx),
                 next_instruction(*cpu_, path_).kind == InstructionKind::repeated};
}

/// A repeated instruction has done as many repetitions as RCX says.
void Debugger::note_emulated() {
    const u64 times = emulated_.repeated ? emulated_.count - cpu_->regs.get(Gpr::rcx) : 1;
    const bool ran = times != 0 && (emulated_.repeated ||
                                    cpu::linear_rip(*cpu_) != emulated_.at);
    const bool down = (cpu_->regs.rflags & cpu::rflags::df) != 0;
    for (cpu::DataAccess each : emulated_.accesses) {
        if (!ran)
            break;
        if (down)
            each.address = Linear{each.address.value() - (times - 1) * each.length};
        each.length *= times;
        watches_.note(breakpoints_.span(), each, false);
    }
    emulated_ = {};
}

/// The instruction that begin_instruction() looked at has run, or an event has been delivered.
void Debugger::instruction_done() {
    first_ = false;
    begun_ = false;
    traps_.close();
    if (mode_chase_ != 0)
        --mode_chase_;
    watches_.note_changes(breakpoints_.span());
    if (report_seen() || check_mode())
        return;
    if (goal_ == Goal::leave_frame && !detour_.on &&
        (facts_.kind == InstructionKind::ret || facts_.kind == InstructionKind::iret) &&
        stack_pointer() > frame_) {
        goal_ = Goal::steps;
        steps_left_ = 1;
    }
    if (arrive() || goal_ == Goal::none || detour_.on)
        return settle();
    goal_advances();
}

void Debugger::goal_advances() {
    if (goal_ == Goal::steps && --steps_left_ == 0)
        stop(StopCause::step, "stepped", stepper_owner_);
}

/// At the next instruction: true when the guest has been stopped there.
bool Debugger::arrive() {
    const Linear here = cpu::linear_rip(*cpu_);
    for (Breakpoint& each : breakpoints_) {
        const BreakSpec& spec = each.spec;
        const bool there =
            (spec.kind == BreakKind::linear && spec.address == here) ||
            (spec.kind == BreakKind::far && spec.far.linear() == here &&
             cpu_->segment(SegmentName::cs).selector == spec.far.segment);
        if (there && count_hit(each)) {
            stop_at(each, StopCause::breakpoint);
            return true;
        }
    }
    if (!detour_.on || here != detour_.target || stack_pointer() < detour_.frame)
        return false;
    detour_.on = false;
    arm_quietly();
    if (detour_.counts)
        goal_advances();
    else
        first_ = true; // and now the instruction, before the next interrupt
    return state_ == State::stopped;
}

bool Debugger::stop_before(const vcpu::VmExit& exit) {
    for (Breakpoint& each : breakpoints_)
        if (matches(each.spec, exit) && count_hit(each)) {
            stop_at(each, StopCause::breakpoint);
            return true;
        }
    return false;
}

bool Debugger::matches(const BreakSpec& spec, const vcpu::VmExit& exit) const {
    if (spec.kind == BreakKind::port) {
        const auto* const io = std::get_if<vcpu::IoExit>(&exit);
        return io != nullptr && io->port.value + bytes(io->width) > spec.first_port.value &&
               io->port <= spec.last_port;
    }
    const auto* const io = std::get_if<vcpu::IoExit>(&exit);
    const bool called = std::holds_alternative<vcpu::HypercallExit>(exit) ||
                        (io != nullptr && io->port == bios::Door::door);
    // Stubs whose callers may not know VMCALL have an OUT instead.
    if (spec.kind == BreakKind::exit)
        return spec.exit == exit.index() ||
               (spec.exit == exit_number<vcpu::HypercallExit>() && called);
    if (spec.kind != BreakKind::bios_before || !called)
        return false;
    const auto stub = bios::identify(cpu::linear_rip(*cpu_));
    return stub && stub->entry == bios::Entry::call && stub->interrupt == spec.interrupt &&
           (!spec.ah || *spec.ah == cpu_->regs.high(Gpr::rax));
}

bool Debugger::check_mode() {
    const cpu::Mode now = cpu::mode_of(*cpu_);
    if (now == mode_)
        return false;
    char text[80];
    const std::string_view how = format_in(text, "{} -> {}", name_of(mode_), name_of(now));
    mode_ = now;
    for (Breakpoint& each : breakpoints_)
        if (each.spec.kind == BreakKind::mode && count_hit(each)) {
            stop_at(each, StopCause::breakpoint, how);
            return true;
        }
    return false;
}

void Debugger::handled(const vcpu::VmExit& exit, const BiosDone& bios_done) {
    if (state_ != State::running)
        return;
    if (std::holds_alternative<vcpu::CrExit>(exit) && wants(BreakKind::mode))
        mode_chase_ = mode_chase_length;
    const bool executed = begun_ && cpu::linear_rip(*cpu_) != before_;
    if (bios_done)
        for (Breakpoint& each : breakpoints_)
            if (each.spec.kind == BreakKind::bios_after &&
                each.spec.interrupt == bios_done->interrupt &&
                (!each.spec.ah || *each.spec.ah == bios_done->ah) && count_hit(each))
                return stop_at(each, StopCause::breakpoint);
    note_emulated();
    if (const auto event = cpu_->pending_event();
        event && event->type == cpu::EventType::hardware_exception)
        watches_.forget_instruction();
    if (executed)
        return instruction_done();
    if (traps_.any_open())
        return; // the instruction that was noted has yet to run
    watches_.note_changes(breakpoints_.span());
    if (!report_seen())
        static_cast<void>(check_mode());
}

bool Debugger::report_seen() {
    if (!watches_.any())
        return false;
    for (std::size_t i = 0; i < breakpoints_.size(); ++i) {
        if (!watches_.seen(i) || !count_hit(breakpoints_[i]))
            continue;
        char text[80];
        TextBuffer how{text};
        watches_.describe(breakpoints_.span(), i, how);
        stop_at(breakpoints_[i], StopCause::watchpoint, how.view());
        return true;
    }
    watches_.begin(breakpoints_.span());
    return false;
}

} // namespace vestige::vm
