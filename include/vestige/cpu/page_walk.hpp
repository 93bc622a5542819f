// SPDX-License-Identifier: BSD-2-Clause
// The guest's own address translation, done in software as its CPU does it.
#pragma once

#include "vestige/base/result.hpp"
#include "vestige/cpu/cpu_state.hpp"
#include "vestige/machine/a20_gate.hpp"
#include "vestige/machine/guest_memory.hpp"

namespace vestige::cpu {

enum class AccessKind : u8 { read, write, execute };

/// Who makes an access, for page protection. SDM 3A, "Access Rights".
enum class Privilege : u8 {
    user,            ///< CPL 3
    supervisor,      ///< CPL below 3
    implicit_system, ///< descriptor tables and TSS at any CPL: SMAP holds whatever EFLAGS.AC is
};

struct PageAccess {
    AccessKind kind = AccessKind::read;
    Privilege privilege = Privilege::supervisor;
};

/// Error-code bits of a page fault. SDM 3A, "Page-Fault Exceptions".
namespace page_fault_error {
inline constexpr u32 present = 1;
inline constexpr u32 write = 2;
inline constexpr u32 user = 4;
inline constexpr u32 reserved = 8;
inline constexpr u32 fetch = 16;
} // namespace page_fault_error

/// A translation that failed: what goes to CR2 and the exception's error code.
struct PageFault {
    Linear address;
    u32 error_code = 0;
    constexpr bool operator==(const PageFault&) const = default;
};

/// Guest-physical memory as one guest CPU reaches it.
struct PhysicalPath {
    machine::GuestMemory& memory;
    const machine::A20Gate& a20;
    /// Width of the guest's physical addresses (CPUID leaf 80000008h): bits above are reserved.
    u8 physical_bits = 36;
    /// Pages of 1 GiB (CPUID 80000001h EDX bit 26).
    bool huge_pages = false;
};

/// What a walk may change.
enum class WalkEffect : u8 {
    architectural, ///< sets accessed and dirty bits when the translation succeeds
    none,          ///< for looking only: changes nothing
};

/// Translates one linear address under the state's paging mode: none, 32-bit with PSE and PSE-36,
/// PAE or 4-level. Outside 64-bit mode the address must be below 4 GiB. The Gpa has A20 applied.
/// Paging structures in absent memory read as FFh. SDM 3A, "Paging".
[[nodiscard]] Result<Gpa, PageFault> translate(const CpuState& state, const PhysicalPath& path,
                                               Linear address, PageAccess access,
                                               WalkEffect effect = WalkEffect::architectural);

/// The #PF that a PageFault raises; the caller puts the address into CR2.
constexpr Event page_fault(const PageFault& cause) {
    return fault(exception::pf, cause.error_code);
}

} // namespace vestige::cpu
