// SPDX-License-Identifier: BSD-2-Clause
// The seam between the VM and the CPU vendor's virtualization: run, inject, a few accessors.
#pragma once

#include "vestige/base/format.hpp"
#include "vestige/cpu/cpu_state.hpp"
#include "vestige/vcpu/exit.hpp"

#include <optional>
#include <span>

namespace vestige::vcpu {

/// Serves VMCALLs inside run(): half the price of an exit is the way out of it and back.
class HypercallSink {
  public:
    /// RIP is at the VMCALL, which lies at the linear address. The deadline with which the guest
    /// goes on, as for run(); 0 makes run() return a ServedExit.
    [[nodiscard]] virtual u64 serve_hypercall(Linear at, bool paging) = 0;

  protected:
    ~HypercallSink() = default;
};

/// One virtual CPU, pinned to the physical CPU that calls run().
class Vcpu : public cpu::CpuState {
  public:
    /// Without one, or where that is no gain, run() returns a HypercallExit for each VMCALL.
    HypercallSink* hypercalls = nullptr;

    /// Enters the guest and comes back with the reason it stopped, at the latest when the host's
    /// TSC reaches deadline. An event that was being delivered when the exit came is injected
    /// again at the next run() unless cancel_event() drops it.
    [[nodiscard]] virtual VmExit run(u64 deadline) = 0;

    /// Moves RIP past the instruction that caused the last exit, ends the interrupt shadow of STI
    /// and MOV SS, and leaves a single-step trap pending if TF asks for one.
    virtual void skip_instruction() = 0;
    /// Length in bytes of the instruction that caused the last exit.
    [[nodiscard]] virtual unsigned instruction_length() const = 0;

    /// The event that the next run() will deliver, if any.
    [[nodiscard]] virtual std::optional<cpu::Event> pending_event() const = 0;
    /// Delivers event at the next run(); replaces a pending one. The caller combines faults.
    virtual void inject(const cpu::Event& event) = 0;
    virtual void cancel_event() = 0;

    /// IF is set, no STI or MOV SS shadow, no event pending.
    [[nodiscard]] virtual bool can_take_interrupt() const = 0;
    [[nodiscard]] virtual bool can_take_nmi() const = 0;
    /// Ends the interrupt shadow of STI or MOV SS (RIP was moved by the caller).
    virtual void clear_interrupt_shadow() = 0;
    /// Asks for an InterruptWindowExit as soon as the guest can take an interrupt.
    virtual void request_interrupt_window(bool wanted) = 0;
    virtual void request_nmi_window(bool wanted) = 0;

    /// Registers as after power-on: CS F000 base FFFF0000, RIP FFF0, real mode.
    virtual void reset() = 0;
    /// Offset added to the host's TSC for the guest.
    virtual void set_tsc_offset(u64 offset) = 0;
    /// State-holding MSRs (SYSENTER_*, STAR, LSTAR, PAT, FS_BASE, ...); false: not one of them.
    [[nodiscard]] virtual bool read_state_msr(u32 index, u64& value) const = 0;
    [[nodiscard]] virtual bool write_state_msr(u32 index, u64 value) = 0;
    /// Guest XCR0. The value has been checked against what the CPU supports.
    virtual void set_xcr0(u64 value) = 0;
    /// DR0-DR3, DR6 (DR7 is in CpuState).
    [[nodiscard]] virtual u64 debug_register(unsigned number) const = 0;
    virtual void set_debug_register(unsigned number, u64 value) = 0;

    /// The words, at offset / 4, that the guest reads as registers of the local APIC without exits
    /// while virtualize_apic() is on; empty where the CPU has no such help. The guest's task
    /// priority changes there by itself, also by CR8; other writes end in an ApicWriteExit, and
    /// accesses of any other kind in a MemoryExit.
    [[nodiscard]] virtual std::span<u32> apic_registers() = 0;
    /// False when it cannot be. In the VM's address space this maps or unmaps local_apic_page.
    [[nodiscard]] virtual bool virtualize_apic(bool wanted) = 0;
    /// A task priority of a lower class than this is a PriorityExit.
    virtual void set_priority_threshold(u8 priority_class) = 0;

    // For debuggers.
    /// Asks for a MonitorTrapExit after the next instruction; false where the CPU has no such trap.
    [[nodiscard]] virtual bool request_monitor_trap(bool wanted) = 0;
    /// Forgets a single-step trap that is pending behind the last instruction; whether it was.
    virtual bool cancel_single_step() = 0;
    /// Besides those that always exit: a bit per vector.
    virtual void intercept_exceptions(u32 vectors) = 0;
    /// Whether the guest's MOV DR exits, and DR7 at every exit is the guest's.
    virtual void intercept_debug_registers(bool wanted) = 0;
    /// Writes to CR0 that change one of these bits exit; 0: as usual.
    virtual void intercept_cr0(u64 bits) = 0;
    /// Everything that the back end keeps for the guest, by name: for the monitor.
    virtual void print_state(TextSink& out) const = 0;

    /// After a FailedEntryExit: which entry rule is broken, with field and value, in words.
    virtual void explain_failed_entry(TextSink& out) const = 0;

  protected:
    ~Vcpu() = default;
};

/// Access that second-level translation grants.
struct Access {
    bool read = true;
    bool write = true;
    bool execute = true;
};

/// A VM's guest-physical to host-physical translation (EPT, NPT), shared by its vCPUs.
class AddressSpace {
  public:
    /// Maps [start, start+size) to host; all are multiples of 4 KiB. Replaces what was there.
    /// False when page-table memory runs out.
    [[nodiscard]] virtual bool map(Gpa start, Hpa host, u64 size, Access access) = 0;
    virtual void unmap(Gpa start, u64 size) = 0;
    struct Mapping {
        Hpa host;
        Access access;
    };
    /// What the page that starts at start is mapped to; nothing when it is not.
    [[nodiscard]] virtual std::optional<Mapping> find(Gpa start) const = 0;
    /// What lies behind a guest-physical address: host address, size of the mapping, access.
    virtual void print_mapping(TextSink& out, Gpa address) const = 0;
    /// Every mapping, one line each.
    virtual void print_mappings(TextSink& out) const = 0;
    /// Makes earlier map and unmap calls effective on the CPU that calls (INVEPT).
    virtual void flush() = 0;

  protected:
    ~AddressSpace() = default;
};

} // namespace vestige::vcpu
