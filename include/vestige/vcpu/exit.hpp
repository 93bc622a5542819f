// SPDX-License-Identifier: BSD-2-Clause
// Why a vCPU stopped running its guest, decoded once by the vendor back end.
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/base/number.hpp"
#include "vestige/cpu/event.hpp"
#include "vestige/cpu/registers.hpp"
#include "vestige/cpu/segment.hpp"

#include <variant>

namespace vestige::vcpu {

/// Where the registers of the local APIC that a CPU shows its guest lie.
inline constexpr Gpa local_apic_page{0xfee00000};

/// A host interrupt or NMI arrived and has been served by the host.
struct HostInterruptExit {};
/// The time slice or the deadline given to run() is over.
struct TimerExit {};
/// The monitor trap that was asked for: one instruction has run.
struct MonitorTrapExit {};
/// The guest can take an interrupt now, as asked for.
struct InterruptWindowExit {};
/// The guest can take an NMI now, as asked for.
struct NmiWindowExit {};
/// VMCALL (VMMCALL). RIP is still at it. Privilege and place are for the VM to check.
struct HypercallExit {};
/// The HypercallSink has served a VMCALL and wants to be asked before the guest goes on.
struct ServedExit {};
struct CpuidExit {};
struct HaltExit {};
/// PAUSE-loop, MONITOR and the like.
struct PauseExit {};
/// INVD or WBINVD.
struct CacheExit {};
struct InvlpgExit {
    Linear address;
};
/// IN, OUT, INS, OUTS.
struct IoExit {
    Port port;
    Width width = Width::byte;
    bool in = false;
    bool string = false;
    bool rep = false;
    /// String forms: segment (OUTS may override; INS is ES), address size and first linear address.
    cpu::SegmentName segment = cpu::SegmentName::ds;
    Width address_size = Width::word;
    Linear linear;
};
struct MsrExit {
    u32 index = 0;
    bool write = false;
};
/// MOV to or from CRn, CLTS, LMSW.
struct CrExit {
    enum class Kind : u8 { mov_to, mov_from, clts, lmsw };
    Kind kind = Kind::mov_to;
    u8 number = 0;
    cpu::Gpr gpr = cpu::Gpr::rax;
    u16 lmsw_source = 0;
};
/// MOV to or from DRn.
struct DrExit {
    u8 number = 0;
    bool write = false;
    cpu::Gpr gpr = cpu::Gpr::rax;
};
/// Access to guest-physical memory that is not mapped for it.
struct MemoryExit {
    Gpa address;
    bool read = false;
    bool write = false;
    bool fetch = false;
    /// The access was to the translated linear address (not to a paging structure).
    bool linear_valid = false;
    Linear linear;
};
/// The guest has written a register of the local APIC that the CPU shows it, at this offset of the
/// page; RIP is behind the instruction.
struct ApicWriteExit {
    u16 offset = 0;
};
/// The guest's task priority has fallen below the threshold.
struct PriorityExit {};
/// XSETBV with CPL 0.
struct XsetbvExit {};
struct TaskSwitchExit {
    enum class Source : u8 { call, iret, jmp, task_gate };
    u16 selector = 0;
    Source source = Source::jmp;
};
/// An intercepted exception (debugging, #AC and #DB loops). DR6, DR7 and CR2 are as if it had been
/// delivered; what is left to do is to inject it, combined with a pending event.
struct ExceptionExit {
    cpu::Event event;
    u64 qualification = 0;
};
/// Triple fault.
struct ShutdownExit {};
/// An instruction that this VM's CPU does not have, by its mnemonic: the guest gets #UD.
struct UndefinedInstructionExit {
    const char* name = "";
};
/// An instruction that faults with #GP(0) when it is not allowed (RDPMC, ...).
struct ForbiddenInstructionExit {
    const char* name = "";
};
/// The CPU refused to enter the guest; report tells why, rule by rule.
struct FailedEntryExit {
    u32 reason = 0;
    u64 qualification = 0;
};
/// An exit that our own set-up makes impossible: a bug of ours or of the machine above us.
struct UnexpectedExit {
    u32 reason = 0;
    u64 qualification = 0;
    const char* name = "";
};

using VmExit =
    std::variant<HypercallExit, ServedExit, IoExit, HostInterruptExit, TimerExit, MonitorTrapExit,
                 InterruptWindowExit, NmiWindowExit, CpuidExit, HaltExit, PauseExit, CacheExit,
                 InvlpgExit, MsrExit, CrExit, DrExit, MemoryExit, ApicWriteExit, PriorityExit,
                 XsetbvExit, TaskSwitchExit, ExceptionExit, ShutdownExit, UndefinedInstructionExit, ForbiddenInstructionExit,
                 FailedEntryExit, UnexpectedExit>;

} // namespace vestige::vcpu
