// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/msr.hpp"
#include "vestige/host/per_cpu.hpp"

#include "trap.hpp"

namespace vestige::host {
namespace {

extern "C" const char trap_stubs[];
constexpr u64 stub_size = 16;

struct Gate {
    u64 low = 0;
    u64 high = 0;
};
constinit std::array<Gate, 256> idt{};

/// SDM 3A, "64-Bit Mode IDT": an interrupt gate.
Gate interrupt_gate(u64 handler, unsigned ist) {
    constexpr u64 present_interrupt = u64{0x8e} << 40;
    return {(handler & 0xffff) | u64{code_selector} << 16 | u64{ist} << 32 | present_interrupt |
                ((handler >> 16) & 0xffff) << 48,
            handler >> 32};
}

unsigned ist_of(unsigned vector) {
    switch (vector) {
    case 1:
        return ist_debug;
    case 2:
        return ist_nmi;
    case 8:
        return ist_double_fault;
    case 18:
        return ist_machine_check;
    default:
        return 0;
    }
}

void fill_idt() {
    const u64 base = reinterpret_cast<u64>(trap_stubs);
    for (unsigned vector = 0; vector < idt.size(); ++vector)
        idt[vector] = interrupt_gate(base + vector * stub_size, ist_of(vector));
}

void fill_gdt(PerCpu& cpu) {
    const u64 tss = reinterpret_cast<u64>(&cpu.tss);
    cpu.gdt = {0, 0x00af9b000000ffff, 0x00cf93000000ffff,
               (sizeof(TaskState) - 1) | (tss & 0xffffff) << 16 | u64{0x89} << 40 |
                   ((tss >> 24) & 0xff) << 56,
               tss >> 32};
}

} // namespace

u64 idt_base() {
    return reinterpret_cast<u64>(idt.data());
}

void load_descriptor_tables(PerCpu& cpu) {
    if (idt[0].low == 0)
        fill_idt();
    fill_gdt(cpu);
    const DescriptorTable gdt{sizeof cpu.gdt - 1, reinterpret_cast<u64>(cpu.gdt.data())};
    const DescriptorTable idt_pointer{sizeof idt - 1, idt_base()};
    asm volatile("lgdt %0\n"
                 "push %1\n"
                 "lea 1f(%%rip), %%rax\n"
                 "push %%rax\n"
                 "lretq\n"
                 "1:\n"
                 "mov %2, %%eax\n"
                 "mov %%eax, %%ds\n"
                 "mov %%eax, %%es\n"
                 "mov %%eax, %%ss\n"
                 "xor %%eax, %%eax\n"
                 "mov %%eax, %%fs\n"
                 "mov %%eax, %%gs\n"
                 "lidt %3\n" ::"m"(gdt),
                 "i"(u64{code_selector}), "i"(u32{data_selector}), "m"(idt_pointer)
                 : "rax", "memory");
    asm volatile("ltr %w0" ::"r"(tss_selector));
    cpu.self = &cpu;
    write_msr(msr::ia32_gs_base, reinterpret_cast<u64>(&cpu));
}

} // namespace vestige::host
