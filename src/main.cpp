// SPDX-License-Identifier: BSD-2-Clause
// The only file that knows everything: brings the machine up and gives its CPUs their VMs.
#include "vestige/base/log.hpp"
#include "vestige/base/panic.hpp"
#include "vestige/host/acpi.hpp"
#include "vestige/host/boot_info.hpp"
#include "vestige/host/clock.hpp"
#include "vestige/host/console.hpp"
#include "vestige/host/control_registers.hpp"
#include "vestige/host/lapic.hpp"
#include "vestige/host/machine_end.hpp"
#include "vestige/host/page_allocator.hpp"
#include "vestige/host/paging.hpp"
#include "vestige/host/smp.hpp"

namespace vestige {
namespace {

extern "C" const char image_start[], image_end[];

constinit host::BootInfo boot_info;
constinit host::PageAllocator pages;

host::PhysicalView low_memory() { return {host::physical(Hpa{}), 4 * gib}; }

void collect_memory() {
    for (const host::MemoryRange& range : boot_info.memory)
        if (range.usable)
            pages.add(range.start, range.size);
    for (const host::MemoryRange& range : boot_info.memory)
        if (!range.usable)
            pages.reserve(range.start, range.size);
    pages.reserve(Hpa{}, mib);
    const u64 image = reinterpret_cast<u64>(image_start);
    pages.reserve(Hpa{image}, reinterpret_cast<u64>(image_end) - image);
    for (const host::BootModule& module : boot_info.modules)
        pages.reserve(module.start, module.size);
}

void ap_entry(host::PerCpu&) {
    for (;;)
        host::idle_until(host::read_tsc() + host::nanoseconds_to_tsc(1'000'000'000));
}

void start(u32 magic, u32 information) {
    host::ConsoleSettings settings;
    settings.to_e9 = true;
    host::console().open(settings);
    set_log_sink(&host::console());
    const auto parsed = host::parse_boot_info(magic, information, low_memory(), boot_info);
    if (!parsed)
        panic(parsed.error());
    log(LogArea::host, LogLevel::info, "Vestige {}, multiboot {} from \"{}\"", "0.1.0",
        boot_info.multiboot_version, boot_info.loader.view());
    collect_memory();
    log(LogArea::host, LogLevel::info, "{} MiB free", pages.free_bytes() / mib);
    host::build_address_space(boot_info, pages);
    host::initialize_boot_cpu(pages);
    host::calibrate_clock();
    const host::CpuList list =
        host::find_cpus(low_memory(), boot_info.rsdp, host::lapic_id());
    host::unmap_page(Hpa{});
    host::start_cpus(list, pages, ap_entry);
    log(LogArea::host, LogLevel::info, "{} CPUs from {}, TSC {} kHz", host::cpus().size(),
        list.source, host::tsc_frequency() / 1000);
}

} // namespace
} // namespace vestige

extern "C" [[noreturn]] void vestige_main(vestige::u32 magic, vestige::u32 information) {
    vestige::start(magic, information);
    vestige::host::end_machine(0);
}
