// SPDX-License-Identifier: BSD-2-Clause
// What every CPU of the machine has of its own, reached through the GS base.
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/base/number.hpp"

#include <array>
#include <atomic>

namespace vestige::host {

/// Task-state segment in 64-bit mode (SDM 3A, "64-Bit Task State Segment (TSS)").
struct [[gnu::packed]] TaskState {
    u32 reserved0 = 0;
    std::array<u64, 3> rsp{};
    u64 reserved1 = 0;
    std::array<u64, 7> ist{};
    u64 reserved2 = 0;
    u16 reserved3 = 0;
    u16 io_map_base = 104;
};
static_assert(sizeof(TaskState) == 104);

/// GDTR or IDTR in memory.
struct [[gnu::packed]] DescriptorTable {
    u16 limit = 0;
    u64 base = 0;
};

inline constexpr u64 stack_size = 32 * kib;

struct PerCpu {
    PerCpu* self = nullptr; ///< at GS:0
    unsigned number = 0;    ///< 0 is the CPU that booted
    u32 apic_id = 0;
    std::atomic<bool> online{false};
    std::atomic<bool> timer_fired{false};
    std::atomic<bool> kicked{false};
    u64 stack_top = 0;
    alignas(16) TaskState tss;
    alignas(16) std::array<u64, 8> gdt{};
};

inline PerCpu& this_cpu() {
    PerCpu* self;
    asm volatile("mov %%gs:0, %0" : "=r"(self));
    return *self;
}

/// Selectors in every CPU's GDT.
inline constexpr u16 code_selector = 0x08;
inline constexpr u16 data_selector = 0x10;
inline constexpr u16 tss_selector = 0x18;

/// Loads GDT, TSS, IDT and the GS base for cpu on the CPU that calls; its stacks are set already.
void load_descriptor_tables(PerCpu& cpu);
/// Linear address of the IDT, shared by all CPUs.
[[nodiscard]] u64 idt_base();

} // namespace vestige::host
