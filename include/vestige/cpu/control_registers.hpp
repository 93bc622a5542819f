// SPDX-License-Identifier: BSD-2-Clause
// Writes to control, extended-control and debug registers: what the CPU refuses, what it changes.
#pragma once

#include "vestige/cpu/cpu_state.hpp"
#include "vestige/cpu/page_walk.hpp"

#include <optional>

namespace vestige::cpu {

/// Which bits the guest's CPU has; from CpuidPolicy::control_features().
struct ControlFeatures {
    u64 cr4 = cr4::vme | cr4::pvi | cr4::tsd | cr4::de | cr4::pse | cr4::pae | cr4::mce | cr4::pge |
              cr4::osfxsr | cr4::osxmmexcpt;
    u64 efer = efer::sce | efer::lme | efer::lma | efer::nxe;
    u64 xcr0 = 0; ///< 0: no XSAVE
    u8 physical_bits = 36;
};

/// Registers that a checked write changes, with their new values (EFER.LMA follows by itself).
struct ControlChange {
    std::optional<u64> cr0;
    std::optional<u64> cr3;
    std::optional<u64> cr4;
    std::optional<u64> efer;
};

/// Does what change says through the setters of CpuState, in an order that is valid at each step.
void apply(CpuState& state, const ControlChange& change);

/// MOV to CR0. path is for the page-directory pointers that PAE paging loads.
/// SDM 3A, "Control Registers"; SDM 2B, "MOV - Move to/from Control Registers".
[[nodiscard]] Result<ControlChange, Event> write_cr0(const CpuState& state,
                                                     const ControlFeatures& features,
                                                     const PhysicalPath& path, u64 value);
/// MOV to CR3; with CR4.PCIDE bit 63 is "do not flush" and not stored.
[[nodiscard]] Result<ControlChange, Event> write_cr3(const CpuState& state,
                                                     const ControlFeatures& features,
                                                     const PhysicalPath& path, u64 value);
[[nodiscard]] Result<ControlChange, Event> write_cr4(const CpuState& state,
                                                     const ControlFeatures& features,
                                                     const PhysicalPath& path, u64 value);
/// LMSW: low four bits of CR0, but PE cannot be cleared.
[[nodiscard]] Result<ControlChange, Event> write_msw(const CpuState& state,
                                                     const ControlFeatures& features,
                                                     const PhysicalPath& path, u16 value);
[[nodiscard]] ControlChange clear_task_switched(const CpuState& state);
/// WRMSR to EFER: LMA keeps its state; LME cannot change under paging.
[[nodiscard]] Result<ControlChange, Event> write_efer(const CpuState& state,
                                                      const ControlFeatures& features, u64 value);
/// MOV to CR8: the value to keep as task priority.
[[nodiscard]] Result<u64, Event> write_cr8(u64 value);
/// XSETBV of register index: the new XCR0. SDM 2D, "XSETBV - Set Extended Control Register".
[[nodiscard]] Result<u64, Event> write_xcr(const CpuState& state, const ControlFeatures& features,
                                           u32 index, u64 value);

inline constexpr u64 dr6_after_reset = 0xffff0ff0;
inline constexpr u64 dr6_general_detect = bit(13);
inline constexpr u64 dr6_single_step = bit(14);
inline constexpr u64 dr6_task_switch = bit(15);
inline constexpr u64 dr7_after_reset = 0x400;
inline constexpr u64 dr7_general_detect = bit(13);

/// Which debug register a MOV DR reaches: 4 and 5 are 6 and 7 unless CR4.DE makes them #UD. A #DB
/// (general detect) is reported when DR7.GD is set: the caller sets DR6.BD.
[[nodiscard]] Result<unsigned, Event> debug_register_number(const CpuState& state, unsigned number);
/// The value that a MOV to debug register number (0-3, 6, 7) stores.
[[nodiscard]] Result<u64, Event> debug_register_value(const CpuState& state, unsigned number,
                                                      u64 value);

} // namespace vestige::cpu
