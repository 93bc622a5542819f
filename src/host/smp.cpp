// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/smp.hpp"

#include "trap.hpp"

#include "vestige/base/log.hpp"
#include "vestige/base/panic.hpp"
#include "vestige/host/clock.hpp"
#include "vestige/host/control_registers.hpp"
#include "vestige/host/interrupts.hpp"
#include "vestige/host/lapic.hpp"
#include "vestige/host/paging.hpp"

#include <cstring>
#include <new>

namespace vestige::host {
namespace {

extern "C" const std::byte trampoline_start[], trampoline_end[], trampoline_data[];
extern "C" const char boot_stack_top[];

constexpr u64 first_unusable = 0xa0000; ///< above it SIPI vectors name no memory of ours

/// What the trampoline reads; layout as in boot/trampoline.S.
struct TrampolineData {
    u64 cr3 = 0;
    u64 stack = 0;
    u64 argument = 0;
    u64 entry = 0;
};

constinit StaticVector<PerCpu*, most_cpus> running;
constinit CpuEntry cpu_entry = nullptr;
constinit PerCpu boot_cpu;
constinit std::array<u64, 1024> early_trap_stack{};

/// A stack with an absent page below it; the address of its top.
u64 new_stack(PageAllocator& pages) {
    const auto block = pages.allocate(stack_size + page_size);
    if (!block)
        panic("no memory for a CPU's stack");
    unmap_page(*block);
    return (*block + page_size + stack_size).value();
}

void give_trap_stacks(PerCpu& cpu, PageAllocator& pages) {
    for (unsigned i = 0; i < ist_count; ++i)
        cpu.tss.ist[i] = new_stack(pages);
}

PerCpu& new_cpu(PageAllocator& pages, unsigned number, u32 apic_id) {
    const auto block = pages.allocate(sizeof(PerCpu));
    if (!block)
        panic("no memory for a CPU's block");
    PerCpu* const cpu = new (physical(*block)) PerCpu;
    cpu->number = number;
    cpu->apic_id = apic_id;
    cpu->stack_top = new_stack(pages);
    give_trap_stacks(*cpu, pages);
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

/// Puts the trampoline, with what this CPU needs to start, into its page.
void prepare_trampoline(Hpa page, const PerCpu& cpu) {
    make_writable(page);
    std::memcpy(physical(page), trampoline_start,
                static_cast<u64>(trampoline_end - trampoline_start));
    TrampolineData data;
    data.cr3 = page_table_root();
    data.stack = cpu.stack_top;
    data.argument = reinterpret_cast<u64>(&cpu);
    data.entry = reinterpret_cast<u64>(&ap_main);
    std::memcpy(physical(page + static_cast<u64>(trampoline_data - trampoline_start)), &data,
                sizeof data);
    make_executable(page);
}

/// SDM 3A, "Typical BSP Initialization Sequence": INIT, then one or two SIPIs.
bool start_cpu(PerCpu& cpu, Hpa page) {
    if (!lapic_reaches(cpu.apic_id))
        return false;
    prepare_trampoline(page, cpu);
    const u8 page_number = static_cast<u8>(page.value() / page_size);
    send_init(cpu.apic_id);
    wait_microseconds(10'000);
    send_startup(cpu.apic_id, page_number);
    if (came_online(cpu, 1'000))
        return true;
    send_startup(cpu.apic_id, page_number);
    if (came_online(cpu, 1'000'000))
        return true;
    send_init(cpu.apic_id); // it shall not wake up later, on another CPU's stack
    return false;
}

} // namespace

void initialize_traps() {
    boot_cpu.stack_top = reinterpret_cast<u64>(boot_stack_top);
    for (unsigned i = 0; i < ist_count; ++i)
        boot_cpu.tss.ist[i] = reinterpret_cast<u64>(early_trap_stack.end());
    load_descriptor_tables(boot_cpu);
}

void initialize_boot_cpu(PageAllocator& pages) {
    find_lapic();
    enable_lapic();
    boot_cpu.apic_id = lapic_id();
    give_trap_stacks(boot_cpu, pages);
    boot_cpu.online.store(true, std::memory_order_release);
    static_cast<void>(running.push_back(&boot_cpu));
}

void start_cpus(const CpuList& list, PageAllocator& pages, CpuEntry entry) {
    cpu_entry = entry;
    const auto trampoline = pages.allocate(page_size, page_size, Hpa{first_unusable});
    if (!trampoline && list.apic_ids.size() > 1)
        log(LogArea::host, LogLevel::error,
            "no free memory below 1 MiB: only the first CPU can be used");
    for (std::size_t i = 1; trampoline && i < list.apic_ids.size(); ++i) {
        PerCpu& cpu = new_cpu(pages, static_cast<unsigned>(running.size()), list.apic_ids[i]);
        if (start_cpu(cpu, *trampoline))
            static_cast<void>(running.push_back(&cpu));
        else
            log(LogArea::host, LogLevel::error, "cpu with APIC id {} does not start: left out",
                list.apic_ids[i]);
    }
    if (trampoline)
        unmap_page(*trampoline);
    if (list.dropped != 0)
        log(LogArea::host, LogLevel::warn, "{} CPUs beyond the first {} stay unused", list.dropped,
            most_cpus);
}

void kick(const PerCpu& cpu) {
    send_interrupt(cpu.apic_id, kick_vector);
}
std::span<PerCpu* const> cpus() {
    return running.span();
}

} // namespace vestige::host
