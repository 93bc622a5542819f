// SPDX-License-Identifier: BSD-2-Clause
// Which MSRs a guest has, and what reading and writing them does.
#pragma once

#include "vestige/cpu/control_registers.hpp"

#include <array>
#include <span>

namespace vestige::cpu {

/// MSRs by their names in SDM 4.
namespace msr {
inline constexpr u32 p5_mc_addr = 0x0;
inline constexpr u32 p5_mc_type = 0x1;
inline constexpr u32 time_stamp_counter = 0x10;
inline constexpr u32 platform_id = 0x17;
inline constexpr u32 apic_base = 0x1b;
inline constexpr u32 feature_control = 0x3a;
inline constexpr u32 tsc_adjust = 0x3b;
inline constexpr u32 bios_update_trigger = 0x79;
inline constexpr u32 bios_sign_id = 0x8b;
inline constexpr u32 mtrr_cap = 0xfe;
inline constexpr u32 sysenter_cs = 0x174;
inline constexpr u32 sysenter_esp = 0x175;
inline constexpr u32 sysenter_eip = 0x176;
inline constexpr u32 tsc_deadline = 0x6e0;
inline constexpr u32 x2apic_first = 0x800;
inline constexpr u32 x2apic_last = 0x8ff;
inline constexpr u32 mcg_cap = 0x179;
inline constexpr u32 mcg_status = 0x17a;
inline constexpr u32 misc_enable = 0x1a0;
inline constexpr u32 debugctl = 0x1d9;
inline constexpr u32 mtrr_physbase0 = 0x200;
inline constexpr u32 mtrr_fix64k_00000 = 0x250;
inline constexpr u32 mtrr_fix16k_80000 = 0x258;
inline constexpr u32 mtrr_fix4k_c0000 = 0x268;
inline constexpr u32 pat = 0x277;
inline constexpr u32 mtrr_def_type = 0x2ff;
inline constexpr u32 efer = 0xc0000080;
inline constexpr u32 star = 0xc0000081;
inline constexpr u32 lstar = 0xc0000082;
inline constexpr u32 cstar = 0xc0000083;
inline constexpr u32 syscall_mask = 0xc0000084;
inline constexpr u32 fs_base = 0xc0000100;
inline constexpr u32 gs_base = 0xc0000101;
inline constexpr u32 kernel_gs_base = 0xc0000102;
inline constexpr u32 tsc_aux = 0xc0000103;
} // namespace msr

/// What MSR accesses need from whoever runs the vCPU.
class MsrBackend {
  public:
    /// MSRs that the CPU or the VMCS holds for the guest (SYSENTER_*, STAR, PAT, FS_BASE, ...);
    /// false: this CPU has no such MSR.
    [[nodiscard]] virtual bool read_state(u32 index, u64& value) const = 0;
    [[nodiscard]] virtual bool write_state(u32 index, u64 value) = 0;
    /// The local APIC's: APIC_BASE, TSC_DEADLINE, 800h-8FFh; false: #GP(0).
    [[nodiscard]] virtual bool read_apic(u32 index, u64& value) = 0;
    [[nodiscard]] virtual bool write_apic(u32 index, u64 value) = 0;
    /// The guest's time-stamp counter.
    [[nodiscard]] virtual u64 read_tsc() const = 0;
    /// Sets it forward, or back by a difference below 0 (modulo 2^64).
    virtual void advance_tsc(u64 difference) = 0;

  protected:
    ~MsrBackend() = default;
};

struct MsrFeatures {
    ControlFeatures control;
    bool tsc_aux = false;
    bool fast_strings = true; ///< as IA32_MISC_ENABLE has them after power-on
};

/// MSRs that a guest may access without an exit: every value that the CPU itself accepts is safe,
/// and the hypervisor switches them with the vCPU. For the MSR bitmap.
[[nodiscard]] std::span<const u32> pass_through_msrs();

/// The MSRs of one vCPU. Indices without a row are #GP(0), for reads and writes alike.
class MsrState {
  public:
    MsrState(CpuState& state, MsrBackend& backend, const MsrFeatures& features)
        : state_{state}, backend_{backend}, features_{features},
          fast_strings_{features.fast_strings} {}

    [[nodiscard]] Result<u64, Event> read(u32 index);
    [[nodiscard]] Result<Unit, Event> write(u32 index, u64 value);
    /// Values after power-on.
    void reset();

    static constexpr unsigned variable_ranges = 8;

  private:
    struct Mtrrs {
        u64 def_type = 0;
        std::array<u64, 2 * variable_ranges> variable{}; ///< PHYSBASE0, PHYSMASK0, PHYSBASE1, ...
        std::array<u64, 11> fixed{};
    };
    void adjust_tsc(u64 difference);
    [[nodiscard]] u64* mtrr(u32 index);
    [[nodiscard]] bool mtrr_allows(u32 index, u64 value) const;
    [[nodiscard]] Result<u64, Event> read_state(u32 index) const;
    [[nodiscard]] Result<Unit, Event> write_state(u32 index, u64 value);

    CpuState& state_;
    MsrBackend& backend_;
    MsrFeatures features_;
    Mtrrs mtrrs_;
    u64 tsc_adjust_ = 0;
    bool fast_strings_;
};

} // namespace vestige::cpu
