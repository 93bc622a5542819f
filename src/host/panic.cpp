// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/base/panic.hpp"

#include "trap.hpp"

#include "vestige/base/log.hpp"
#include "vestige/host/console.hpp"
#include "vestige/host/control_registers.hpp"
#include "vestige/host/lapic.hpp"
#include "vestige/host/machine_end.hpp"
#include "vestige/host/per_cpu.hpp"
#include "vestige/host/smp.hpp"
#include "vestige/host/symbols.hpp"

namespace vestige {
namespace host {
namespace {

constexpr unsigned nobody = ~0U;
constinit std::atomic<unsigned> panicking_cpu{nobody};
constexpr u8 did_not_run = 127;

extern "C" const char image_start[], text_end[], image_end[];

template <class... Arguments> void tell(std::string_view format, const Arguments&... arguments) {
    char storage[200];
    console().line(LogLevel::error, format_in(storage, format, arguments...));
}

bool in_text(u64 address) {
    return address >= reinterpret_cast<u64>(image_start) &&
           address < reinterpret_cast<u64>(text_end);
}

void tell_address(const char* what, u64 address, const SymbolName& symbol) {
    if (in_text(address) && !symbol.name.empty())
        tell("panic:   {} {016x} {}+{x}", what, address, symbol.name, symbol.offset);
    else
        tell("panic:   {} {016x}", what, address);
}

/// Follows frame pointers while they grow and stay inside one stack.
void back_trace(u64 frame_pointer) {
    constexpr unsigned most_frames = 24;
    for (unsigned i = 0; i < most_frames; ++i) {
        if (frame_pointer < page_size || frame_pointer % 8 != 0)
            return;
        const u64* const frame = reinterpret_cast<const u64*>(frame_pointer);
        if (!in_text(frame[1]))
            return;
        // A call that never returns may be the last instruction of its function.
        SymbolName caller = find_symbol(frame[1] - 1);
        ++caller.offset;
        tell_address("called from", frame[1], caller);
        if (frame[0] <= frame_pointer || frame[0] - frame_pointer > stack_size)
            return;
        frame_pointer = frame[0];
    }
}

void tell_registers(const TrapFrame& f) {
    tell("panic:   rax {016x} rbx {016x} rcx {016x} rdx {016x}", f.rax, f.rbx, f.rcx, f.rdx);
    tell("panic:   rsi {016x} rdi {016x} rbp {016x} rsp {016x}", f.rsi, f.rdi, f.rbp, f.rsp);
    tell("panic:   r8  {016x} r9  {016x} r10 {016x} r11 {016x}", f.r8, f.r9, f.r10, f.r11);
    tell("panic:   r12 {016x} r13 {016x} r14 {016x} r15 {016x}", f.r12, f.r13, f.r14, f.r15);
    tell("panic:   rflags {x} cs {x} ss {x} vector {} error {x}", f.rflags, f.cs, f.ss, f.vector,
         f.error_code);
}

/// Stops the other CPUs and takes the console from whoever has it.
void stop_others() {
    // One by one: a CPU that has not been started yet may start at the reset vector by an NMI.
    for (const PerCpu* const cpu : cpus())
        if (cpu != &this_cpu())
            send_nmi(cpu->apic_id);
    constexpr unsigned long_enough = 100'000; // for the one that writes to notice its NMI
    for (unsigned i = 0; i < long_enough; ++i)
        pause();
    console().seize();
    console().show_on_vga(true);
}

/// Only the first CPU to panic reports; the others stop. A fault while reporting ends the machine
/// with what has been said so far.
void begin_panic(const char* reason) {
    disable_interrupts();
    const unsigned me = this_cpu().number;
    unsigned owner = nobody;
    if (!panicking_cpu.compare_exchange_strong(owner, me)) {
        if (owner == me)
            end_machine(did_not_run);
        halt_forever();
    }
    stop_others();
    tell("panic: {} (cpu {})", reason, me);
    tell("panic:   cr0 {x} cr2 {x} cr3 {x} cr4 {x}", read_cr0(), read_cr2(), read_cr3(),
         read_cr4());
}

} // namespace

bool panicking() {
    return panicking_cpu.load(std::memory_order_relaxed) != nobody;
}

void panic_with(const char* reason, const TrapFrame& frame) {
    begin_panic(reason);
    tell_address("at", frame.rip, find_symbol(frame.rip));
    tell_registers(frame);
    back_trace(frame.rbp);
    end_machine(did_not_run);
}

} // namespace host

void panic(const char* reason) {
    host::begin_panic(reason);
    host::back_trace(reinterpret_cast<u64>(__builtin_frame_address(0)));
    host::end_machine(host::did_not_run);
}

} // namespace vestige
