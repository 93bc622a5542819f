// SPDX-License-Identifier: BSD-2-Clause
// Every basic exit reason and what it means for our guests. SDM 3D, "VMX Basic Exit Reasons".
#pragma once

#include "vestige/base/bit_field.hpp"
#include "vestige/base/number.hpp"

#include <array>
#include <cstddef>

namespace vestige::vmx {

/// The exit-reason field. SDM 3C, "Basic VM-Exit Information".
struct ExitReason {
    using Basic = BitField<15, 0, u16>;
    using EntryFailure = FlagBit<31>;
};

/// What the decoder makes of an exit.
enum class ExitMeaning : u8 {
    exception_or_nmi,
    external_interrupt,
    triple_fault,
    monitor_trap,
    interrupt_window,
    nmi_window,
    task_switch,
    cpuid,
    halt,
    cache,
    invlpg,
    hypercall,
    control_register,
    debug_register,
    io,
    rdmsr,
    wrmsr,
    pause,
    ept_violation,
    apic_access,
    apic_write,
    task_priority,
    timer,
    xsetbv,
    undefined, ///< an instruction that our guests' CPU does not have: #UD
    forbidden, ///< an instruction that faults with #GP(0)
    failed_entry,
    unexpected, ///< our own set-up rules it out
};

struct ExitInfo {
    const char* name; ///< as in the manual; of an instruction its mnemonic
    ExitMeaning meaning;
};

/// Indexed by the basic exit reason.
inline constexpr auto exit_infos = std::to_array<ExitInfo>({
    {"exception or NMI", ExitMeaning::exception_or_nmi},                        // 0
    {"external interrupt", ExitMeaning::external_interrupt},                    // 1
    {"triple fault", ExitMeaning::triple_fault},                                // 2
    {"INIT signal", ExitMeaning::unexpected},                                   // 3
    {"start-up IPI", ExitMeaning::unexpected},                                  // 4
    {"I/O system-management interrupt", ExitMeaning::unexpected},               // 5
    {"other SMI", ExitMeaning::unexpected},                                     // 6
    {"interrupt window", ExitMeaning::interrupt_window},                        // 7
    {"NMI window", ExitMeaning::nmi_window},                                    // 8
    {"task switch", ExitMeaning::task_switch},                                  // 9
    {"CPUID", ExitMeaning::cpuid},                                              // 10
    {"GETSEC", ExitMeaning::undefined},                                         // 11
    {"HLT", ExitMeaning::halt},                                                 // 12
    {"INVD", ExitMeaning::cache},                                               // 13
    {"INVLPG", ExitMeaning::invlpg},                                            // 14
    {"RDPMC", ExitMeaning::forbidden},                                          // 15
    {"RDTSC", ExitMeaning::unexpected},                                         // 16
    {"RSM", ExitMeaning::undefined},                                            // 17
    {"VMCALL", ExitMeaning::hypercall},                                         // 18
    {"VMCLEAR", ExitMeaning::undefined},                                        // 19
    {"VMLAUNCH", ExitMeaning::undefined},                                       // 20
    {"VMPTRLD", ExitMeaning::undefined},                                        // 21
    {"VMPTRST", ExitMeaning::undefined},                                        // 22
    {"VMREAD", ExitMeaning::undefined},                                         // 23
    {"VMRESUME", ExitMeaning::undefined},                                       // 24
    {"VMWRITE", ExitMeaning::undefined},                                        // 25
    {"VMXOFF", ExitMeaning::undefined},                                         // 26
    {"VMXON", ExitMeaning::undefined},                                          // 27
    {"control-register access", ExitMeaning::control_register},                 // 28
    {"MOV DR", ExitMeaning::debug_register},                                    // 29
    {"I/O instruction", ExitMeaning::io},                                       // 30
    {"RDMSR", ExitMeaning::rdmsr},                                              // 31
    {"WRMSR", ExitMeaning::wrmsr},                                              // 32
    {"VM-entry failure due to invalid guest state", ExitMeaning::failed_entry}, // 33
    {"VM-entry failure due to MSR loading", ExitMeaning::failed_entry},         // 34
    {"reason 35", ExitMeaning::unexpected},                                     // 35
    {"MWAIT", ExitMeaning::undefined},                                          // 36
    {"monitor trap flag", ExitMeaning::monitor_trap},                           // 37
    {"reason 38", ExitMeaning::unexpected},                                     // 38
    {"MONITOR", ExitMeaning::undefined},                                        // 39
    {"PAUSE", ExitMeaning::pause},                                              // 40
    {"VM-entry failure due to machine-check event", ExitMeaning::failed_entry}, // 41
    {"reason 42", ExitMeaning::unexpected},                                     // 42
    {"TPR below threshold", ExitMeaning::task_priority},                           // 43
    {"APIC access", ExitMeaning::apic_access},                                   // 44
    {"virtualized EOI", ExitMeaning::unexpected},                               // 45
    {"access to GDTR or IDTR", ExitMeaning::unexpected},                        // 46
    {"access to LDTR or TR", ExitMeaning::unexpected},                          // 47
    {"EPT violation", ExitMeaning::ept_violation},                              // 48
    {"EPT misconfiguration", ExitMeaning::unexpected},                          // 49
    {"INVEPT", ExitMeaning::undefined},                                         // 50
    {"RDTSCP", ExitMeaning::unexpected},                                        // 51
    {"VMX-preemption timer expired", ExitMeaning::timer},                       // 52
    {"INVVPID", ExitMeaning::undefined},                                        // 53
    {"WBINVD", ExitMeaning::cache},                                             // 54
    {"XSETBV", ExitMeaning::xsetbv},                                            // 55
    {"APIC write", ExitMeaning::apic_write},                                    // 56
    {"RDRAND", ExitMeaning::undefined},                                         // 57
    {"INVPCID", ExitMeaning::unexpected},                                       // 58
    {"VMFUNC", ExitMeaning::undefined},                                         // 59
    {"ENCLS", ExitMeaning::undefined},                                          // 60
    {"RDSEED", ExitMeaning::undefined},                                         // 61
    {"page-modification log full", ExitMeaning::unexpected},                    // 62
    {"XSAVES", ExitMeaning::undefined},                                         // 63
    {"XRSTORS", ExitMeaning::undefined},                                        // 64
    {"PCONFIG", ExitMeaning::undefined},                                        // 65
    {"SPP-related event", ExitMeaning::unexpected},                             // 66
    {"UMWAIT", ExitMeaning::undefined},                                         // 67
    {"TPAUSE", ExitMeaning::undefined},                                         // 68
    {"LOADIWKEY", ExitMeaning::undefined},                                      // 69
    {"ENCLV", ExitMeaning::undefined},                                          // 70
    {"reason 71", ExitMeaning::unexpected},                                     // 71
    {"ENQCMD PASID translation failure", ExitMeaning::unexpected},              // 72
    {"ENQCMDS PASID translation failure", ExitMeaning::unexpected},             // 73
    {"bus lock", ExitMeaning::unexpected},                                      // 74
    {"instruction timeout", ExitMeaning::unexpected},                           // 75
    {"SEAMCALL", ExitMeaning::undefined},                                       // 76
    {"TDCALL", ExitMeaning::undefined},                                         // 77
    {"RDMSRLIST", ExitMeaning::undefined},                                      // 78
    {"WRMSRLIST", ExitMeaning::undefined},                                      // 79
});
static_assert(exit_infos.size() == 80);

/// Also for reasons beyond the table.
constexpr ExitInfo exit_info(u16 basic_reason) {
    if (basic_reason < exit_infos.size())
        return exit_infos[basic_reason];
    return {"reason that the manual does not list", ExitMeaning::unexpected};
}

} // namespace vestige::vmx
