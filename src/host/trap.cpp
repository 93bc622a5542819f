// SPDX-License-Identifier: BSD-2-Clause
#include "trap.hpp"

#include "vestige/host/control_registers.hpp"
#include "vestige/host/interrupts.hpp"
#include "vestige/host/lapic.hpp"
#include "vestige/host/per_cpu.hpp"

#include <array>

namespace vestige::host {
namespace {

constexpr std::array<const char*, 22> exception_names{
    "#DE divide error",         "#DB debug",
    "NMI",                      "#BP breakpoint",
    "#OF overflow",             "#BR bound range",
    "#UD invalid opcode",       "#NM no FPU",
    "#DF double fault",         "coprocessor overrun",
    "#TS invalid TSS",          "#NP segment not present",
    "#SS stack fault",          "#GP general protection",
    "#PF page fault",           "exception 15",
    "#MF x87 error",            "#AC alignment check",
    "#MC machine check",        "#XM SIMD exception",
    "#VE virtualization",       "#CP control protection"};

struct Fixup {
    u64 fault;
    u64 resume;
};
extern "C" const Fixup fixups_start[];
extern "C" const Fixup fixups_end[];

bool fixed_up(TrapFrame& frame) {
    for (const Fixup* fixup = fixups_start; fixup != fixups_end; ++fixup)
        if (fixup->fault == frame.rip) {
            frame.rip = fixup->resume;
            return true;
        }
    return false;
}

} // namespace

void dispatch_nmi() {
    if (panicking())
        halt_forever();
    this_cpu().kicked.store(true, std::memory_order_relaxed);
}

void dispatch_interrupt(Vector vector) {
    if (vector == spurious_vector)
        return;
    if (vector == timer_vector)
        this_cpu().timer_fired.store(true, std::memory_order_relaxed);
    if (vector == kick_vector)
        this_cpu().kicked.store(true, std::memory_order_relaxed);
    if (vector.value >= 0x20)
        end_of_interrupt();
}

extern "C" void host_trap(TrapFrame& frame) {
    constexpr u64 nmi = 2, general_protection = 13, page_fault = 14;
    if (frame.vector == nmi)
        return dispatch_nmi();
    if (frame.vector >= 0x20)
        return dispatch_interrupt(Vector{static_cast<u8>(frame.vector)});
    if ((frame.vector == general_protection || frame.vector == page_fault) && fixed_up(frame))
        return;
    panic_with(frame.vector < exception_names.size() ? exception_names[frame.vector]
                                                     : "reserved exception",
               frame);
}

} // namespace vestige::host
