// SPDX-License-Identifier: BSD-2-Clause
// What front ends ask a debugger for; debugger_run.cpp does it.
#include "vestige/vm/debugger.hpp"

#include <algorithm>

namespace vestige::vm {
namespace {

constexpr u64 longest_watch = 64 * kib;
constexpr unsigned first_gdb_number = 1'000'000;

const char* problem_of(const BreakSpec& spec) {
    if (spec.kind == BreakKind::watch && (spec.length == 0 || spec.length > longest_watch))
        return "a watchpoint covers 1 to 65536 bytes";
    if (spec.kind == BreakKind::port && spec.last_port < spec.first_port)
        return "the last port is below the first one";
    if (spec.kind == BreakKind::exit && spec.exit >= exit_kind_names().size())
        return "there is no such exit";
    return nullptr;
}

/// GDB sets its breakpoints anew after each stop: their numbers are used again.
unsigned free_gdb_number(std::span<const Breakpoint> breakpoints) {
    unsigned number = first_gdb_number;
    const auto taken = [&number](const Breakpoint& each) { return each.number == number; };
    while (std::ranges::any_of(breakpoints, taken))
        ++number;
    return number;
}

} // namespace

void Debugger::connect(vcpu::Vcpu& cpu, vcpu::AddressSpace& space) {
    cpu_ = &cpu;
    stepper_.connect(cpu);
    traps_.connect(cpu, space);
    watches_.connect(cpu);
}

Result<unsigned, const char*> Debugger::add(const BreakSpec& spec) {
    if (const char* const problem = problem_of(spec))
        return Error{problem};
    const bool users = spec.owner == BreakOwner::user;
    const unsigned number = users ? next_number_ : free_gdb_number(breakpoints_.span());
    if (!breakpoints_.push_back({.number = number, .spec = spec}))
        return Error{"there are 256 breakpoints already"};
    if (state_ == State::idle) {
        state_ = State::running;
        mode_ = cpu::mode_of(*cpu_);
    }
    if (const char* const problem = arm()) {
        breakpoints_.pop_back();
        arm_quietly();
        settle();
        return Error{problem};
    }
    watches_.begin(breakpoints_.span());
    next_number_ += users ? 1 : 0;
    return number;
}

bool Debugger::remove(unsigned number) {
    Breakpoint* const found = find(number);
    if (found == nullptr)
        return false;
    std::copy(found + 1, &breakpoints_.back() + 1, found);
    breakpoints_.pop_back();
    arm_quietly();
    watches_.begin(breakpoints_.span());
    settle();
    return true;
}

void Debugger::remove_all(BreakOwner owner) {
    for (std::size_t i = breakpoints_.size(); i-- != 0;)
        if (breakpoints_[i].spec.owner == owner)
            static_cast<void>(remove(breakpoints_[i].number));
}

bool Debugger::enable(unsigned number, bool enabled) {
    Breakpoint* const found = find(number);
    if (found == nullptr)
        return false;
    found->enabled = enabled;
    arm_quietly();
    watches_.begin(breakpoints_.span());
    return true;
}

Breakpoint* Debugger::find(unsigned number) {
    const auto found = std::find_if(breakpoints_.begin(), breakpoints_.end(),
                                    [&](const Breakpoint& b) { return b.number == number; });
    return found == breakpoints_.end() ? nullptr : &*found;
}

void Debugger::stop(StopCause cause, std::string_view text, BreakOwner owner) {
    if (state_ == State::stopped)
        return;
    Stop stop;
    stop.cause = cause;
    stop.owner = owner;
    stop.text.assign(text);
    halt(stop);
}

void Debugger::resume() {
    run(Goal::none);
}

void Debugger::step(u64 count, BreakOwner owner) {
    if (count == 0)
        return;
    stepper_owner_ = owner;
    over_ = false;
    steps_left_ = count;
    run(Goal::steps);
}

void Debugger::step_over() {
    over_ = true;
    stepper_owner_ = BreakOwner::user;
    steps_left_ = 1;
    run(Goal::steps);
}

void Debugger::step_out() {
    over_ = true;
    stepper_owner_ = BreakOwner::user;
    frame_ = stack_pointer();
    run(Goal::leave_frame);
}

void Debugger::run_until(Linear address) {
    BreakSpec spec;
    spec.address = address;
    spec.temporary = true;
    if (!add(spec))
        return;
    until_ = state_ == State::stopped;
    resume();
}

void Debugger::leave(BreakOwner owner) {
    remove_all(owner);
    if (state_ == State::stopped)
        resume();
    settle();
}

void Debugger::run(Goal goal) {
    if (state_ != State::stopped)
        return;
    state_ = State::running;
    goal_ = goal;
    first_ = true;
    begun_ = false;
    mode_ = cpu::mode_of(*cpu_);
    watches_.begin(breakpoints_.span());
    settle();
    if (state_ == State::running)
        arm_quietly();
}

/// With nothing to look for the guest runs as if there were no debugger.
void Debugger::settle() {
    if (state_ != State::running || goal_ != Goal::none || !breakpoints_.empty() || fault_held_ ||
        follows_instructions_)
        return;
    detour_.on = false;
    traps_.give_back();
    cpu_->intercept_cr0(control_exits());
    state_ = State::idle;
}

void Debugger::follow(bool instructions, bool modes) {
    follows_instructions_ = instructions;
    follows_modes_ = modes;
    if (instructions && state_ == State::idle) {
        state_ = State::running;
        mode_ = cpu::mode_of(*cpu_);
    }
    arm_quietly();
    settle();
}

u64 Debugger::control_exits() const {
    return follows_modes_ || wants(BreakKind::mode) ? cpu::cr0::pe | cpu::cr0::pg : 0;
}

const char* Debugger::arm() {
    traps_.begin();
    bool fits = true;
    for (const Breakpoint& each : breakpoints_) {
        const auto trap = trap_of(each.spec);
        if (each.enabled && trap)
            fits = fits && traps_.add(*trap);
    }
    if (detour_.on)
        fits = fits && traps_.add({detour_.target, 1, TrapKind::execute});
    if (!fits)
        return "there are too many breakpoints";
    cpu_->intercept_cr0(control_exits());
    if (traps_.empty() && !traps_.active())
        return nullptr;
    if (!traps_.active())
        traps_.take_over();
    return traps_.arm();
}

bool Debugger::wants(BreakKind kind) const {
    return std::any_of(breakpoints_.begin(), breakpoints_.end(), [&](const Breakpoint& each) {
        return each.enabled && each.spec.kind == kind;
    });
}

void Debugger::guest_reset() {
    stepper_.forget();
    detour_.on = false;
    begun_ = false;
    mode_chase_ = 0;
    fault_held_ = false;
    mode_ = cpu::mode_of(*cpu_);
    if (traps_.active()) {
        traps_.take_over();
        arm_quietly();
    }
    if (state_ == State::stopped)
        first_ = true;
    else if (goal_ != Goal::none)
        stop(StopCause::reset, "the VM was reset");
}

bool Debugger::hold_fault(std::string_view reason) {
    if (!hold_faults_ || fault_held_)
        return false;
    fault_held_ = true;
    stop(StopCause::fault, reason);
    return true;
}

void Debugger::ended(u8 status) {
    for (DebugListener* const listener : listeners_)
        listener->ended(status);
}

void Debugger::halt(const Stop& stop) {
    stop_ = stop;
    state_ = State::stopped;
    goal_ = Goal::none;
    until_ = false;
    const bool was_on_detour = detour_.on;
    detour_.on = false;
    begun_ = false;
    mode_chase_ = 0;
    watches_.begin(breakpoints_.span());
    emulated_ = {};
    traps_.close();
    if (was_on_detour)
        arm_quietly();
    for (DebugListener* const listener : listeners_)
        listener->stopped(stop_);
}

void Debugger::stop_at(const Breakpoint& breakpoint, StopCause cause, std::string_view how) {
    Stop stop;
    stop.cause = cause;
    stop.breakpoint = breakpoint.number;
    stop.owner = breakpoint.spec.owner;
    stop.address = breakpoint.spec.address;
    stop.watch = breakpoint.spec.watch;
    char text[160];
    TextBuffer out{text};
    print(out, "breakpoint {}: ", breakpoint.number);
    describe(breakpoint.spec, out);
    if (!how.empty())
        print(out, " ({})", how);
    stop.text.assign(out.view());
    if (breakpoint.spec.temporary)
        static_cast<void>(remove(breakpoint.number));
    halt(stop);
}

bool Debugger::count_hit(Breakpoint& breakpoint) {
    if (!breakpoint.enabled || !breakpoint.spec.condition.holds(*cpu_))
        return false;
    return ++breakpoint.hits > breakpoint.spec.ignore;
}

} // namespace vestige::vm
