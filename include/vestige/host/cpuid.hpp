// SPDX-License-Identifier: BSD-2-Clause
// CPUID of the machine's CPU.
#pragma once

#include "vestige/base/number.hpp"

namespace vestige::host {

struct CpuidResult {
    u32 eax = 0;
    u32 ebx = 0;
    u32 ecx = 0;
    u32 edx = 0;
};

inline CpuidResult cpuid(u32 leaf, u32 subleaf = 0) {
    CpuidResult r;
    asm volatile("cpuid"
                 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
                 : "a"(leaf), "c"(subleaf));
    return r;
}

/// As cpuid(), but zeros for a basic or extended leaf above the highest one (Intel CPUs answer such
/// a leaf with the highest one's data).
inline CpuidResult cpuid_or_zero(u32 leaf, u32 subleaf = 0) {
    constexpr u32 extended = 0x80000000;
    const u32 range = leaf & extended;
    const u32 highest = cpuid(range).eax;
    return highest >= leaf && highest - range < 0x10000 ? cpuid(leaf, subleaf) : CpuidResult{};
}

} // namespace vestige::host
