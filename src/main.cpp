// SPDX-License-Identifier: BSD-2-Clause
// The only file that knows everything: brings the machine up and gives its CPUs their VMs.
#include "vestige/base/log.hpp"
#include "vestige/base/panic.hpp"
#include "vestige/host/acpi.hpp"
#include "vestige/host/boot_info.hpp"
#include "vestige/host/clock.hpp"
#include "vestige/host/console.hpp"
#include "vestige/host/control_registers.hpp"
#include "vestige/host/interrupt_controllers.hpp"
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

host::PhysicalView low_memory() {
    return {host::physical(Hpa{}), 4 * gib};
}

void ap_entry(host::PerCpu&) {
    for (;;)
        host::idle_until(host::read_tsc() + host::nanoseconds_to_tsc(1'000'000'000));
}

void start(u32 magic, u32 information) {
    host::initialize_traps();
    host::ConsoleSettings settings;
    settings.to_e9 = true;
    const auto parsed = host::parse_boot_info(magic, information, low_memory(), boot_info);
    settings.to_vga = boot_info.has_text_screen();
    host::console().open(settings);
    set_log_sink(&host::console());
    if (!parsed)
        panic(parsed.error());
    log(LogArea::host, LogLevel::info, "Vestige {}, multiboot {} from \"{}\"", "0.1.0",
        boot_info.multiboot_version, boot_info.loader.view());
    const u64 image = reinterpret_cast<u64>(image_start);
    host::collect_free_memory(boot_info, Hpa{image}, reinterpret_cast<u64>(image_end) - image,
                              pages);
    log(LogArea::host, LogLevel::info, "{} MiB free", pages.free_bytes() / mib);
    host::build_address_space(boot_info, pages);
    host::mask_pic();
    host::initialize_boot_cpu(pages);
    const host::Hardware hardware =
        host::find_hardware(low_memory(), boot_info.rsdp.span(), host::lapic_id());
    host::mask_io_apics(hardware.io_apics);
    host::set_reset_port(hardware.reset);
    host::unmap_page(Hpa{});
    const char* const reference = host::calibrate_clock(hardware.pm_timer);
    host::check_address_space();
    host::start_cpus(hardware.cpus, pages, ap_entry);
    log(LogArea::host, LogLevel::info, "{} CPUs from {}, TSC {} kHz by {}", host::cpus().size(),
        hardware.cpus.source, host::tsc_frequency() / 1000, reference);
}

} // namespace
} // namespace vestige

extern "C" [[noreturn]] void vestige_main(vestige::u32 magic, vestige::u32 information) {
    vestige::start(magic, information);
    vestige::host::end_machine(0);
}
