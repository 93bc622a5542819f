// SPDX-License-Identifier: BSD-2-Clause
// From the loader's jump to the last VM's end.
#include "boot_modules.hpp"
#include "console.hpp"
#include "cpus.hpp"
#include "gdb_port.hpp"
#include "hypervisor_memory.hpp"
#include "machine.hpp"
#include "vm_maker.hpp"

#include "vestige/base/log.hpp"
#include "vestige/host/acpi.hpp"
#include "vestige/host/clock.hpp"
#include "vestige/host/control_registers.hpp"
#include "vestige/host/interrupt_controllers.hpp"
#include "vestige/host/lapic.hpp"
#include "vestige/host/machine_end.hpp"
#include "vestige/host/page_allocator.hpp"
#include "vestige/monitor/session.hpp"
#include "vestige/monitor/status_lines.hpp"

#include <algorithm>

namespace vestige {
namespace {

extern "C" const char image_start[], image_end[];

constinit host::BootInfo boot_info;
constinit config::BootOptions options;
constinit BootModules modules{boot_info};
constinit config::VmPlans plans;
constinit Slots slots;
constinit SlotMachine machine{modules};

host::PhysicalView low_memory() {
    return {host::physical(Hpa{}), 4 * gib};
}

/// Text with line ends, as lines of the log.
class LogLines final : public TextSink {
  public:
    void write(std::string_view text) override {
        for (const char c : text) {
            if (c == '\n')
                flush();
            else
                line_.write({&c, 1});
        }
    }

  private:
    void flush() {
        log(LogArea::host, LogLevel::info, "{}", line_.view());
        line_.clear();
    }
    char storage_[240];
    TextBuffer line_{storage_};
};

/// Takes the first copy of a problem until the console, which the boot line sets up, is open.
class EarlyProblems final : public config::ProblemSink {
  public:
    void problem(std::string_view sentence) override {
        static_cast<void>(sentences_.push_back(Text<200>{sentence}));
    }
    void report() const {
        for (const Text<200>& sentence : sentences_)
            log(LogArea::host, LogLevel::error, "{}", sentence.view());
    }

  private:
    StaticVector<Text<200>, 8> sentences_;
};

void read_boot_line() {
    EarlyProblems problems;
    const unsigned count = config::parse_boot_line(boot_info.command_line.view(), options, problems);
    open_console(options, boot_info);
    problems.report();
    if (count != 0 && options.strict)
        refuse("the boot line has errors and strict is set: not started");
}

host::AtEnd at_end() {
    switch (options.on_power_off) {
    case config::OnPowerOff::halt:
        return host::AtEnd::halt;
    case config::OnPowerOff::reboot:
        return host::AtEnd::reboot;
    default:
        return host::AtEnd::exit;
    }
}

/// Memory, interrupt controllers, clock and CPUs; the wall clock, in seconds since 1970.
u64 bring_up() {
    host::PageAllocator& pages = free_memory();
    const u64 image = reinterpret_cast<u64>(image_start);
    host::collect_free_memory(boot_info, Hpa{image}, reinterpret_cast<u64>(image_end) - image,
                              pages);
    host::build_address_space(boot_info, pages);
    host::mask_pic();
    host::initialize_boot_cpu(pages);
    const host::Hardware hardware =
        host::find_hardware(low_memory(), boot_info.rsdp.span(), host::lapic_id());
    host::mask_io_apics(hardware.io_apics);
    host::set_reset_port(hardware.reset);
    host::unmap_page(Hpa{});
    const char* const reference = host::calibrate_clock(hardware.pm_timer);
    const u64 wall_clock = host::read_wall_clock();
    host::check_address_space();
    host::start_cpus(hardware.cpus, pages, cpu_main);
    log(LogArea::host, LogLevel::info, "{} CPUs from {}, TSC {} kHz by {}, {} MiB free",
        host::cpus().size(), hardware.cpus.source, host::tsc_frequency() / 1000, reference,
        pages.free_bytes() / mib);
    return wall_clock;
}

/// VMs go to CPUs 0, 1, ... : up to the first one that cannot run any.
unsigned usable_cpus() {
    const auto all = static_cast<unsigned>(host::cpus().size());
    unsigned count = 0;
    while (count < all && can_run_vms(count))
        ++count;
    if (count < all)
        log(LogArea::host, LogLevel::warn, "CPUs from {} on are left out", count);
    return count;
}

/// The checks themselves ran on the way here and panic when they fail.
[[noreturn]] void end_self_test() {
    log(LogArea::host, LogLevel::info, "selftest: address space, clock and VMX on {} of {} CPUs: passed",
        usable_cpus(), host::cpus().size());
    monitor::ExitTally{}.announce();
    host::end_machine(0);
}

[[noreturn]] void print_help() {
    LogLines lines;
    config::write_help(options, lines);
    monitor::ExitTally{}.announce();
    host::end_machine(0);
}

void make_vms(u64 wall_clock) {
    Problems problems;
    if (modules.read(options) != 0)
        refuse("not started: see the problems above");
    const config::HostResources resources{usable_cpus(), free_memory().free_bytes()};
    config::plan_vms(modules.all(), options, resources, plans, problems);
    if (plans.problems != 0)
        refuse("not started: see the problems above");
    const VmMaker maker{options, modules, wall_clock};
    for (const config::VmPlan& plan : plans.vms)
        static_cast<void>(slots.push_back(maker.make_vm(plan)));
}

bool all_ended() {
    return std::all_of(slots.begin(), slots.end(), [](const Slot* slot) {
        return slot->machine.end() != vm::End::running;
    });
}

[[noreturn]] void finish() {
    monitor::ExitTally tally;
    for (const Slot* const slot : slots) {
        if (slot->machine.end() == vm::End::stopped)
            tally.stopped();
        if (slot->machine.end() == vm::End::exit_status)
            tally.exited(slot->machine.status());
    }
    take_console_back();
    tally.announce();
    host::end_machine(tally.status());
}

/// The boot CPU: its own VM, and the console until every VM has ended.
[[noreturn]] void run_machine() {
    StaticVector<monitor::VmConsole*, config::most_vms> consoles;
    for (Slot* const slot : slots) {
        static_cast<void>(consoles.push_back(&slot->console));
        machine.add(*slot);
    }
    share_console(options, *make<monitor::Session>(machine), consoles.span());
    watch_faults(slots.span());
    open_gdb_port(options, machine);
    run_vms(slots.span(), options.selftest_name == "broken-vmcs");
    while (!all_ended()) {
        poll_console();
        poll_gdb();
        host::idle_until(host::read_tsc() + host::nanoseconds_to_tsc(gdb_poll_interval));
    }
    finish_gdb();
    finish();
}

[[noreturn]] void start(u32 magic, u32 information) {
    host::initialize_traps();
    const auto parsed = host::parse_boot_info(magic, information, low_memory(), boot_info);
    read_boot_line();
    if (!parsed)
        panic(parsed.error());
    host::set_at_end(at_end());
    log(LogArea::host, LogLevel::info, "Vestige {}, multiboot {} from \"{}\"", VESTIGE_VERSION,
        boot_info.multiboot_version, boot_info.loader.view());
    if (options.help)
        print_help();
    const u64 wall_clock = bring_up();
    if (!prepare_cpus())
        refuse("no VM can run on this machine: not started");
    if (options.selftest && options.selftest_name.empty())
        end_self_test();
    make_vms(wall_clock);
    run_machine();
}

} // namespace
} // namespace vestige

extern "C" [[noreturn]] void vestige_main(vestige::u32 magic, vestige::u32 information) {
    vestige::start(magic, information);
}
