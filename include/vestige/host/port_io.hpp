// SPDX-License-Identifier: BSD-2-Clause
// The machine's own I/O ports.
#pragma once

#include "vestige/base/number.hpp"

namespace vestige::host {

inline u8 in8(Port port) {
    u8 value;
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port.value));
    return value;
}
inline u16 in16(Port port) {
    u16 value;
    asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port.value));
    return value;
}
inline u32 in32(Port port) {
    u32 value;
    asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port.value));
    return value;
}
inline void out8(Port port, u8 value) {
    asm volatile("outb %0, %1" ::"a"(value), "Nd"(port.value));
}
inline void out32(Port port, u32 value) {
    asm volatile("outl %0, %1" ::"a"(value), "Nd"(port.value));
}

} // namespace vestige::host
