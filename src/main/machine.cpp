// SPDX-License-Identifier: BSD-2-Clause
#include "machine.hpp"

#include "console.hpp"
#include "cpus.hpp"
#include "hypervisor_memory.hpp"

#include "vestige/host/clock.hpp"
#include "vestige/host/control_registers.hpp"

#include <algorithm>

namespace vestige {
namespace {

/// How long a VM's CPU gets to take a job up: it looks every 10 ms, and when it is kicked.
constexpr u64 patience = 2'000'000'000; // nanoseconds

} // namespace

/// Called between two exits when the VM is this CPU's own: the guest does not run.
bool SlotControl::visit(vm::Job& job) {
    const unsigned cpu = slot_->machine.config().cpu;
    if (cpu == host::this_cpu().number) {
        job.perform(slot_->machine);
        return true;
    }
    if (!slot_->machine.mailbox().post(job))
        return false;
    host::kick(*host::cpus()[cpu]);
    const u64 end = host::read_tsc() + host::nanoseconds_to_tsc(patience);
    while (!job.done()) {
        if (host::read_tsc() > end && slot_->machine.mailbox().withdraw(job))
            return false;
        // The VM's CPU may itself wait for room in the log.
        relieve_log();
        host::pause();
    }
    return true;
}

void SlotMachine::show_host(TextSink& out) {
    print(out, "Vestige {}, {} CPUs, TSC {} kHz, {} MiB free, {} ms since the clock started\n",
          VESTIGE_VERSION, host::cpus().size(), host::tsc_frequency() / 1000,
          free_memory().free_bytes() / mib, host::tsc_to_nanoseconds(host::read_tsc()) / 1'000'000);
    for (const host::PerCpu* const cpu : host::cpus()) {
        print(out, "cpu {}: APIC ID {}, vmx {}, ", cpu->number, cpu->apic_id,
              can_run_vms(cpu->number) ? "on" : "off");
        const auto mine = std::ranges::find_if(controls_, [cpu](SlotControl& control) {
            return control.machine().config().cpu == cpu->number;
        });
        if (mine == controls_.end())
            out.write("parked\n");
        else
            print(out, "vm {}\n", mine->machine().config().name.view());
    }
}

void SlotMachine::show_modules(TextSink& out) {
    for (std::size_t i = 0; i < modules_.all().size(); ++i)
        print(out, "{2}  {-7} {10} bytes  {}\n", i, config::name_of(modules_.all()[i].kind),
              modules_.all()[i].size, modules_.words(i));
    if (modules_.all().empty())
        out.write("the loader gave no modules\n");
}

void SlotMachine::show_log(TextSink& out, unsigned count) {
    show_log_history(out, count);
}

} // namespace vestige
