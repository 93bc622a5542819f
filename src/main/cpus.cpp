// SPDX-License-Identifier: BSD-2-Clause
#include "cpus.hpp"

#include "hypervisor_memory.hpp"

#include "vestige/base/log.hpp"
#include "vestige/host/clock.hpp"
#include "vestige/host/control_registers.hpp"
#include "vestige/host/lapic.hpp"
#include "vestige/vmx/ept.hpp"
#include "vestige/vmx/report.hpp"
#include "vestige/vmx/vmx_cpu.hpp"
#include "vestige/vmx/vmx_vcpu.hpp"

#include <atomic>

namespace vestige {
namespace {

constexpr u64 poll_interval = 10'000'000; ///< nanoseconds

/// The VM that a CPU is to run, by the CPU's number.
constinit std::array<std::atomic<Slot*>, host::most_cpus> work{};
constinit std::array<std::atomic<bool>, host::most_cpus> vmx_on{};
constinit std::atomic<unsigned> prepared_cpus{0};
constinit vmx::CpuFacts boot_cpu_facts;
constinit bool break_vmcs = false;

/// Turns VMX on and reports it; false when this CPU cannot run VMs.
bool prepare_cpu(const host::PerCpu& cpu, vmx::CpuFacts& facts) {
    facts = vmx::read_cpu_facts();
    char text[240];
    TextBuffer buffer{text};
    vmx::print_capabilities(buffer, facts);
    const bool ready = vmx::readiness(facts) == vmx::Readiness::ready;
    log(LogArea::vmx, ready ? LogLevel::info : LogLevel::error, "cpu {}: {}", cpu.number,
        buffer.view());
    if (!ready) {
        buffer.clear();
        vmx::print_advice(buffer, facts);
        log(LogArea::vmx, LogLevel::error, "cpu {}: {}", cpu.number, buffer.view());
        return false;
    }
    if (const auto on = vmx::turn_vmx_on(facts, table_pages()); !on) {
        log(LogArea::vmx, LogLevel::error, "cpu {}: {}", cpu.number, on.error());
        return false;
    }
    return true;
}

void note_prepared(unsigned cpu, bool ready) {
    vmx_on[cpu].store(ready, std::memory_order_release);
    prepared_cpus.fetch_add(1, std::memory_order_release);
}

/// Runs a VM on this CPU from its first instruction to its end.
void run_vm(Slot& slot, const vmx::CpuFacts& facts) {
    vmx::Ept& ept = *make<vmx::Ept>(table_pages(), facts.capabilities);
    const vmx::VcpuSetup setup{.capabilities = facts.capabilities,
                               .features = {},
                               .ept = ept,
                               .memory = slot.machine,
                               .pages = table_pages()};
    vmx::VmxVcpu& vcpu = *make<vmx::VmxVcpu>(setup);
    if (!slot.machine.connect(vcpu, ept))
        panic("no memory for a VM's page tables");
    if (const auto made = vcpu.initialize(); !made)
        panic(made.error());
    if (break_vmcs)
        vcpu.break_for_self_test();
    slot.machine.run();
}

} // namespace

void cpu_main(host::PerCpu& cpu) {
    vmx::CpuFacts facts;
    note_prepared(cpu.number, prepare_cpu(cpu, facts));
    Slot* ended = nullptr;
    for (;;) {
        if (Slot* const slot = work[cpu.number].exchange(nullptr, std::memory_order_acquire)) {
            run_vm(*slot, facts);
            ended = slot;
        }
        // Whoever wants to know why a VM ended asks here.
        if (ended != nullptr)
            ended->machine.serve_mail();
        host::idle_until(host::read_tsc() + host::nanoseconds_to_tsc(poll_interval));
    }
}

bool prepare_cpus() {
    note_prepared(0, prepare_cpu(host::this_cpu(), boot_cpu_facts));
    while (prepared_cpus.load(std::memory_order_acquire) < host::cpus().size())
        host::pause();
    return can_run_vms(0);
}

bool can_run_vms(unsigned cpu) {
    return vmx_on[cpu].load(std::memory_order_acquire);
}

void run_vms(std::span<Slot* const> slots, bool self_test) {
    break_vmcs = self_test;
    Slot* mine = nullptr;
    for (Slot* const slot : slots) {
        const unsigned cpu = slot->machine.config().cpu;
        if (cpu == 0)
            mine = slot;
        else
            work[cpu].store(slot, std::memory_order_release);
    }
    if (mine != nullptr)
        run_vm(*mine, boot_cpu_facts);
}

} // namespace vestige
