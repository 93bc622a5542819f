// SPDX-License-Identifier: BSD-2-Clause
// The CPU's model-specific registers; names as in SDM 4, "Model-Specific Registers".
#pragma once

#include "vestige/base/number.hpp"

#include <optional>

namespace vestige::host {

namespace msr {
inline constexpr u32 ia32_apic_base = 0x1b;
inline constexpr u32 ia32_feature_control = 0x3a;
inline constexpr u32 ia32_arch_capabilities = 0x10a;
inline constexpr u32 ia32_sysenter_cs = 0x174;
inline constexpr u32 ia32_sysenter_esp = 0x175;
inline constexpr u32 ia32_sysenter_eip = 0x176;
inline constexpr u32 ia32_misc_enable = 0x1a0;
inline constexpr u32 ia32_debugctl = 0x1d9;
inline constexpr u32 ia32_pat = 0x277;
inline constexpr u32 ia32_vmx_basic = 0x480;
inline constexpr u32 ia32_x2apic = 0x800;
inline constexpr u32 ia32_efer = 0xc0000080;
inline constexpr u32 ia32_star = 0xc0000081;
inline constexpr u32 ia32_lstar = 0xc0000082;
inline constexpr u32 ia32_cstar = 0xc0000083;
inline constexpr u32 ia32_fmask = 0xc0000084;
inline constexpr u32 ia32_fs_base = 0xc0000100;
inline constexpr u32 ia32_gs_base = 0xc0000101;
inline constexpr u32 ia32_kernel_gs_base = 0xc0000102;
inline constexpr u32 ia32_tsc_aux = 0xc0000103;
} // namespace msr

/// Reads an MSR that the CPU has; #GP panics.
inline u64 read_msr(u32 index) {
    u32 low;
    u32 high;
    asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(index));
    return u64{high} << 32 | low;
}
inline void write_msr(u32 index, u64 value) {
    asm volatile("wrmsr" ::"c"(index), "a"(static_cast<u32>(value)),
                 "d"(static_cast<u32>(value >> 32))
                 : "memory");
}
/// Reads an MSR that may be absent.
inline std::optional<u64> try_read_msr(u32 index) {
    u32 low = 0;
    u32 high = 0;
    bool absent = false;
    asm volatile("1: rdmsr\n"
                 "jmp 3f\n"
                 "2: movb $1, %2\n"
                 "3:\n"
                 ".pushsection .fixups, \"a\"\n"
                 ".quad 1b, 2b\n"
                 ".popsection"
                 : "+a"(low), "+d"(high), "+r"(absent)
                 : "c"(index));
    if (absent)
        return {};
    return u64{high} << 32 | low;
}

/// Writes an MSR that may be absent or refuse the value; false when it did.
[[nodiscard]] inline bool try_write_msr(u32 index, u64 value) {
    bool refused = false;
    asm volatile("1: wrmsr\n"
                 "jmp 3f\n"
                 "2: movb $1, %0\n"
                 "3:\n"
                 ".pushsection .fixups, \"a\"\n"
                 ".quad 1b, 2b\n"
                 ".popsection"
                 : "+r"(refused)
                 : "c"(index), "a"(static_cast<u32>(value)), "d"(static_cast<u32>(value >> 32))
                 : "memory");
    return !refused;
}

} // namespace vestige::host
