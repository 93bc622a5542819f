// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/smp.hpp"

#include "trap.hpp"

#include "vestige/base/log.hpp"
#include "vestige/base/panic.hpp"
#include "vestige/host/clock.hpp"
#include "vestige/host/control_registers.hpp"
#include "vestige/host/lapic.hpp"
#include "vestige/host/paging.hpp"

#include <cstring>
#include <new>

namespace vestige::host {
namespace {

extern "C" const std::byte trampoline_start[], trampoline_end[], trampoline_data[];
extern "C" const char boot_stack_top[];

/// Where CPUs start: a page below 1 MiB that no loader uses for our modules.
constexpr Hpa trampoline_page{0x8000};

/// What the trampoline reads; layout as in boot/trampoline.S.
struct TrampolineData {
    u64 cr3 = 0;
    u64 stack = 0;
    u64 argument = 0;
    u64 entry = 0;
};

constinit StaticVector<PerCpu*, most_cpus> running;
constinit CpuEntry cpu_entry = nullptr;

/// A stack with an absent page below it; the address of its top.
u64 new_stack(PageAllocator& pages) {
    const auto block = pages.allocate(stack_size + page_size);
    if (!block)
        panic("no memory for a CPU's stack");
    unmap_page(*block);
    return (*block + page_size + stack_size).value();
}

PerCpu& new_cpu(PageAllocator& pages, unsigned number, u32 apic_id) {
    const auto block = pages.allocate(sizeof(PerCpu));
    if (!block)
        panic("no memory for a CPU's block");
    PerCpu* const cpu = new (physical(*block)) PerCpu;
    cpu->number = number;
    cpu->apic_id = apic_id;
    for (unsigned i = 0; i < ist_count; ++i)
        cpu->tss.ist[i] = new_stack(pages);
    return *cpu;
}

[[noreturn]] void ap_main(PerCpu* cpu) {
    enter_address_space();
    load_descriptor_tables(*cpu);
    enable_lapic();
    cpu->online.store(true, std::memory_order_release);
    cpu_entry(*cpu);
    halt_forever();
}

void wait_microseconds(u64 count) {
    const u64 end = read_tsc() + nanoseconds_to_tsc(count * 1000);
    while (read_tsc() < end)
        pause();
}

bool came_online(const PerCpu& cpu, u64 microseconds) {
    const u64 end = read_tsc() + nanoseconds_to_tsc(microseconds * 1000);
    while (read_tsc() < end) {
        if (cpu.online.load(std::memory_order_acquire))
            return true;
        pause();
    }
    return cpu.online.load(std::memory_order_acquire);
}

/// SDM 3A, "Typical BSP Initialization Sequence": INIT, then one or two SIPIs.
bool start_cpu(PerCpu& cpu) {
    TrampolineData data;
    data.cr3 = page_table_root();
    data.stack = cpu.stack_top;
    data.argument = reinterpret_cast<u64>(&cpu);
    data.entry = reinterpret_cast<u64>(&ap_main);
    std::memcpy(physical(trampoline_page + static_cast<u64>(trampoline_data - trampoline_start)),
                &data, sizeof data);
    constexpr u8 page = trampoline_page.value() / page_size;
    send_init(cpu.apic_id);
    wait_microseconds(10'000);
    send_startup(cpu.apic_id, page);
    if (came_online(cpu, 1'000))
        return true;
    send_startup(cpu.apic_id, page);
    return came_online(cpu, 200'000);
}

} // namespace

void initialize_boot_cpu(PageAllocator& pages) {
    enable_lapic();
    PerCpu& cpu = new_cpu(pages, 0, lapic_id());
    cpu.stack_top = reinterpret_cast<u64>(boot_stack_top);
    load_descriptor_tables(cpu);
    cpu.online.store(true, std::memory_order_release);
    static_cast<void>(running.push_back(&cpu));
}

void start_cpus(const CpuList& list, PageAllocator& pages, CpuEntry entry) {
    cpu_entry = entry;
    make_executable(trampoline_page);
    std::memcpy(physical(trampoline_page), trampoline_start,
                static_cast<u64>(trampoline_end - trampoline_start));
    for (std::size_t i = 1; i < list.apic_ids.size(); ++i) {
        PerCpu& cpu =
            new_cpu(pages, static_cast<unsigned>(running.size()), list.apic_ids[i]);
        cpu.stack_top = new_stack(pages);
        if (!start_cpu(cpu)) {
            log(LogArea::host, LogLevel::error, "cpu with APIC id {} does not start: left out",
                list.apic_ids[i]);
            continue;
        }
        static_cast<void>(running.push_back(&cpu));
    }
    unmap_page(trampoline_page);
    if (list.dropped != 0)
        log(LogArea::host, LogLevel::warn, "{} CPUs beyond the first {} stay unused", list.dropped,
            most_cpus);
}

std::span<PerCpu* const> cpus() { return running.span(); }

} // namespace vestige::host
