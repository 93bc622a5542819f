// SPDX-License-Identifier: BSD-2-Clause
// The debugger of one VM: stops, steps and resumes its guest. Everything here happens on the VM's
// CPU, between two exits: other CPUs send a Job. Nothing of it can be seen by the guest: it reads
// its own bytes and its own debug registers, and its flags carry its own TF.
#pragma once

#include "vestige/base/result.hpp"
#include "vestige/base/static_vector.hpp"
#include "vestige/vm/breakpoint.hpp"
#include "vestige/vm/hidden_traps.hpp"
#include "vestige/vm/stepper.hpp"
#include "vestige/vm/watch_log.hpp"

namespace vestige::vm {

/// Why the guest stands.
enum class StopCause : u8 {
    request,    ///< a front end asked for it
    step,       ///< the step, or what finish, until and their like ran to, is done
    breakpoint, ///< Stop::breakpoint says which
    watchpoint, ///< Stop::breakpoint and Stop::address
    reset,      ///< the VM was reset while it stood
    fault,      ///< what would have ended the VM; resume() lets it end
};

struct Stop {
    StopCause cause = StopCause::request;
    unsigned breakpoint = 0; ///< number, 0: none
    BreakOwner owner = BreakOwner::user; ///< who set the breakpoint, or asked for the step
    Linear address;          ///< watchpoint: where the watched bytes are
    WatchKind watch = WatchKind::write;
    Text<160> text;          ///< in words: "breakpoint 2 (int 13h ah=02h)", "triple fault"
};

/// A BIOS call that has been served, with the AH that it was called with; or none.
struct ServedCall {
    u8 interrupt = 0;
    u8 ah = 0;
};
using BiosDone = std::optional<ServedCall>;

/// Hears of what happens; on the VM's CPU.
class DebugListener {
  public:
    virtual void stopped(const Stop& stop) = 0;
    /// The VM has ended with this status; nothing can be read any more.
    virtual void ended(u8 status) = 0;

  protected:
    ~DebugListener() = default;
};

class Debugger {
  public:
    static constexpr std::size_t most_breakpoints = WatchLog::most_places;

    explicit Debugger(const cpu::PhysicalPath& path)
        : path_{path}, stepper_{path}, traps_{path}, watches_{path} {}
    void connect(vcpu::Vcpu& cpu, vcpu::AddressSpace& space);
    /// False when there is no room for one more.
    [[nodiscard]] bool listen(DebugListener& listener) { return listeners_.push_back(&listener); }

    /// Sets a breakpoint: its number, or in a clause why it cannot work now.
    [[nodiscard]] Result<unsigned, const char*> add(const BreakSpec& spec);
    /// False when there is none of that number.
    bool remove(unsigned number);
    void remove_all(BreakOwner owner);
    bool enable(unsigned number, bool enabled);
    [[nodiscard]] std::span<const Breakpoint> breakpoints() const { return breakpoints_.span(); }

    /// Stops the guest where it is.
    void stop(StopCause cause = StopCause::request, std::string_view text = "stopped",
              BreakOwner owner = BreakOwner::user);
    [[nodiscard]] bool stopped() const { return state_ == State::stopped; }
    /// On the way to a stop that was asked for: a step's end, a place.
    [[nodiscard]] bool bound_to_stop() const {
        return state_ == State::running && (goal_ != Goal::none || until_);
    }
    /// Of the last stop.
    [[nodiscard]] const Stop& last_stop() const { return stop_; }
    void resume();
    /// Executes count instructions, into calls and interrupts (an INT that our BIOS serves is one
    /// instruction).
    void step(u64 count = 1, BreakOwner owner = BreakOwner::user);
    /// One instruction, over CALL, INT and repeated string instructions.
    void step_over();
    /// Until the procedure or interrupt handler that runs now has returned.
    void step_out();
    /// Until the instruction at address, or a breakpoint.
    void run_until(Linear address);
    /// Whether interrupts stay away while single instructions are stepped (they do at first).
    void hold_interrupts(bool hold) { hold_interrupts_ = hold; }
    [[nodiscard]] bool interrupts_held() const { return hold_interrupts_; }
    /// A front end goes: its breakpoints too, and the guest runs on.
    void leave(BreakOwner owner);
    /// Whether a fault that would end the VM stops the guest first.
    void hold_faults(bool hold) { hold_faults_ = hold; }
    /// For a trace: every instruction is stepped; changes of CR0.PE and PG exit.
    void follow(bool instructions, bool modes);
    /// How single instructions are stepped on this machine.
    [[nodiscard]] const char* step_way() const { return stepper_.way(); }

    // For the VM's loop.
    /// Whether the guest may only be run through enter().
    [[nodiscard]] bool active() const { return state_ != State::idle; }
    /// No interrupt may be given to the guest now.
    [[nodiscard]] bool holds_interrupts() const;
    /// Runs the guest as far as breakpoints and steps allow. What the VM has to handle, if
    /// anything: then it calls handled().
    [[nodiscard]] std::optional<vcpu::VmExit> enter(u64 deadline);
    /// How often enter() has entered the guest.
    [[nodiscard]] u64 entries() const { return entries_ + stepper_.entries(); }
    /// The VM has handled exit, and our BIOS has served a call on the way.
    void handled(const vcpu::VmExit& exit, const BiosDone& bios_done);
    /// The mapping of guest memory was built anew.
    void remapped() { traps_.remapped(); }
    /// The guest's CPU was reset.
    void guest_reset();
    /// Whether the guest has come to an instruction that enter() will run alone.
    [[nodiscard]] bool at_instruction() const {
        return steps_now() && !begun_ && !cpu_->pending_event();
    }
    /// Whether hold_fault() will.
    [[nodiscard]] bool wants_fault() const { return hold_faults_ && !fault_held_; }
    /// True when the VM is not to end now: a front end looks at the fault first.
    [[nodiscard]] bool hold_fault(std::string_view reason);
    /// A fault was held, and the guest shall run on from it: the VM ends.
    [[nodiscard]] bool fault_is_over() const { return fault_held_ && state_ != State::stopped; }
    void ended(u8 status);
    /// The guest's debug registers while active().
    [[nodiscard]] HiddenTraps& debug_registers() { return traps_; }

  private:
    enum class State : u8 { idle, stopped, running };
    /// What the guest is stepped for.
    enum class Goal : u8 { none, steps, leave_frame };
    /// Runs freely until an instruction is reached with the stack not below frame.
    struct Detour {
        bool on = false;
        bool counts = false; ///< as one instruction of the goal
        Linear target;
        Linear frame;
    };
    /// An instruction that the VM executes instead of the CPU, and what it reaches.
    struct EmulatedInstruction {
        cpu::DataAccesses accesses;
        Linear at;
        u64 count = 0; ///< RCX before it
        bool repeated = false;
    };

    void run(Goal goal);
    void settle();
    [[nodiscard]] const char* arm();
    void arm_quietly() { static_cast<void>(arm()); }
    [[nodiscard]] bool steps_now() const;
    [[nodiscard]] u64 control_exits() const;
    [[nodiscard]] std::optional<vcpu::VmExit> enter_stepping(u64 deadline);
    void begin_instruction();
    [[nodiscard]] bool is_one_step() const;
    void take_detour(Linear target, bool counts);
    [[nodiscard]] std::optional<vcpu::VmExit> sort(const vcpu::VmExit& exit);
    [[nodiscard]] std::optional<vcpu::VmExit> sort_debug_trap(const vcpu::ExceptionExit& exit);
    void sort_memory(const vcpu::MemoryExit& exit);
    [[nodiscard]] cpu::DataAccesses accesses_here() const;
    void expect_emulation(const vcpu::VmExit& exit);
    void note_emulated();
    void instruction_done();
    void goal_advances();
    [[nodiscard]] bool arrive();
    [[nodiscard]] bool stop_before(const vcpu::VmExit& exit);
    [[nodiscard]] bool matches(const BreakSpec& spec, const vcpu::VmExit& exit) const;
    [[nodiscard]] bool check_mode();
    [[nodiscard]] bool report_seen();
    [[nodiscard]] bool count_hit(Breakpoint& breakpoint);
    void stop_at(const Breakpoint& breakpoint, StopCause cause, std::string_view how = {});
    void halt(const Stop& stop);
    [[nodiscard]] Linear stack_pointer() const;
    [[nodiscard]] bool wants(BreakKind kind) const;
    [[nodiscard]] Breakpoint* find(unsigned number);

    const cpu::PhysicalPath& path_;
    vcpu::Vcpu* cpu_ = nullptr;
    Stepper stepper_;
    HiddenTraps traps_;
    StaticVector<Breakpoint, most_breakpoints> breakpoints_;
    WatchLog watches_;
    StaticVector<DebugListener*, 4> listeners_;
    unsigned next_number_ = 1;
    u64 entries_ = 0; ///< without the stepper's
    State state_ = State::idle;
    Goal goal_ = Goal::none;
    bool over_ = false; ///< calls are one instruction of the goal
    u64 steps_left_ = 0;
    BreakOwner stepper_owner_ = BreakOwner::user;
    Linear frame_; ///< leave_frame: the stack pointer at its start
    bool until_ = false; ///< runs to a temporary breakpoint
    Detour detour_;
    InstructionFacts facts_; ///< of the instruction that is being stepped
    Linear before_;          ///< where it is
    Linear before_frame_;    ///< the stack pointer before it
    bool begun_ = false;     ///< facts_, before_ and before_frame_ count
    bool first_ = false;     ///< the instruction that the guest stood at has not run yet
    unsigned mode_chase_ = 0; ///< instructions to step, to see CS follow CR0
    EmulatedInstruction emulated_;
    cpu::Mode mode_ = cpu::Mode::real;
    bool hold_interrupts_ = true;
    bool follows_instructions_ = false;
    bool follows_modes_ = false;
    bool hold_faults_ = false;
    bool fault_held_ = false;
    Stop stop_;
};

} // namespace vestige::vm
