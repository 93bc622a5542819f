// SPDX-License-Identifier: BSD-2-Clause
// The CPU's control registers, time stamp counter and interrupt flag.
#pragma once

#include "vestige/base/number.hpp"

namespace vestige::host {

inline u64 read_cr0() {
    u64 value;
    asm volatile("mov %%cr0, %0" : "=r"(value));
    return value;
}
inline u64 read_cr2() {
    u64 value;
    asm volatile("mov %%cr2, %0" : "=r"(value));
    return value;
}
inline u64 read_cr3() {
    u64 value;
    asm volatile("mov %%cr3, %0" : "=r"(value));
    return value;
}
inline u64 read_cr4() {
    u64 value;
    asm volatile("mov %%cr4, %0" : "=r"(value));
    return value;
}
inline void write_cr0(u64 value) {
    asm volatile("mov %0, %%cr0" ::"r"(value) : "memory");
}
inline void write_cr2(u64 value) {
    asm volatile("mov %0, %%cr2" ::"r"(value));
}
inline void write_cr3(u64 value) {
    asm volatile("mov %0, %%cr3" ::"r"(value) : "memory");
}
inline void write_cr4(u64 value) {
    asm volatile("mov %0, %%cr4" ::"r"(value) : "memory");
}
inline u64 read_xcr0() {
    u32 low;
    u32 high;
    asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return u64{high} << 32 | low;
}
inline void write_xcr0(u64 value) {
    asm volatile("xsetbv" ::"a"(static_cast<u32>(value)), "d"(static_cast<u32>(value >> 32)),
                 "c"(0));
}
inline u64 read_tsc() {
    u64 low; // RDTSC clears the upper halves
    u64 high;
    asm volatile("rdtsc" : "=a"(low), "=d"(high));
    return high << 32 | low;
}
inline void invalidate_page(u64 linear) {
    asm volatile("invlpg (%0)" ::"r"(linear) : "memory");
}
inline void enable_interrupts() {
    asm volatile("sti" ::: "memory");
}
inline void disable_interrupts() {
    asm volatile("cli" ::: "memory");
}
inline void pause() {
    asm volatile("pause");
}
[[noreturn]] inline void halt_forever() {
    for (;;)
        asm volatile("cli; hlt");
}

} // namespace vestige::host
