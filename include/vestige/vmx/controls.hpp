// SPDX-License-Identifier: BSD-2-Clause
// The bits of the five control words. SDM 3C, "VM-Execution Control Fields", "VM-Exit Control
// Fields", "VM-Entry Control Fields".
#pragma once

#include "vestige/base/bit_field.hpp"
#include "vestige/base/number.hpp"

namespace vestige::vmx {

inline constexpr u32 bit32(unsigned number) {
    return u32{1} << number;
}

namespace pin {
inline constexpr u32 external_interrupt_exiting = bit32(0);
inline constexpr u32 nmi_exiting = bit32(3);
inline constexpr u32 virtual_nmis = bit32(5);
inline constexpr u32 preemption_timer = bit32(6);
inline constexpr u32 process_posted_interrupts = bit32(7);
} // namespace pin

namespace primary {
inline constexpr u32 interrupt_window_exiting = bit32(2);
inline constexpr u32 use_tsc_offsetting = bit32(3);
inline constexpr u32 hlt_exiting = bit32(7);
inline constexpr u32 invlpg_exiting = bit32(9);
inline constexpr u32 mwait_exiting = bit32(10);
inline constexpr u32 rdpmc_exiting = bit32(11);
inline constexpr u32 rdtsc_exiting = bit32(12);
inline constexpr u32 cr3_load_exiting = bit32(15);
inline constexpr u32 cr3_store_exiting = bit32(16);
inline constexpr u32 activate_tertiary_controls = bit32(17);
inline constexpr u32 cr8_load_exiting = bit32(19);
inline constexpr u32 cr8_store_exiting = bit32(20);
inline constexpr u32 use_tpr_shadow = bit32(21);
inline constexpr u32 nmi_window_exiting = bit32(22);
inline constexpr u32 mov_dr_exiting = bit32(23);
inline constexpr u32 unconditional_io_exiting = bit32(24);
inline constexpr u32 use_io_bitmaps = bit32(25);
inline constexpr u32 monitor_trap_flag = bit32(27);
inline constexpr u32 use_msr_bitmaps = bit32(28);
inline constexpr u32 monitor_exiting = bit32(29);
inline constexpr u32 pause_exiting = bit32(30);
inline constexpr u32 activate_secondary_controls = bit32(31);
} // namespace primary

namespace secondary {
inline constexpr u32 virtualize_apic_accesses = bit32(0);
inline constexpr u32 enable_ept = bit32(1);
inline constexpr u32 descriptor_table_exiting = bit32(2);
inline constexpr u32 enable_rdtscp = bit32(3);
inline constexpr u32 virtualize_x2apic_mode = bit32(4);
inline constexpr u32 enable_vpid = bit32(5);
inline constexpr u32 wbinvd_exiting = bit32(6);
inline constexpr u32 unrestricted_guest = bit32(7);
inline constexpr u32 apic_register_virtualization = bit32(8);
inline constexpr u32 virtual_interrupt_delivery = bit32(9);
inline constexpr u32 pause_loop_exiting = bit32(10);
inline constexpr u32 rdrand_exiting = bit32(11);
inline constexpr u32 enable_invpcid = bit32(12);
inline constexpr u32 enable_vm_functions = bit32(13);
inline constexpr u32 vmcs_shadowing = bit32(14);
inline constexpr u32 enable_encls_exiting = bit32(15);
inline constexpr u32 rdseed_exiting = bit32(16);
inline constexpr u32 enable_pml = bit32(17);
inline constexpr u32 ept_violation_ve = bit32(18);
inline constexpr u32 enable_xsaves = bit32(20);
inline constexpr u32 mode_based_execute_control = bit32(22);
inline constexpr u32 sub_page_write_permissions = bit32(23);
inline constexpr u32 pt_uses_guest_physical_addresses = bit32(24);
inline constexpr u32 use_tsc_scaling = bit32(25);
inline constexpr u32 enable_user_wait_and_pause = bit32(26);
inline constexpr u32 enable_pconfig = bit32(27);
inline constexpr u32 enable_enclv_exiting = bit32(28);
} // namespace secondary

namespace exit_control {
inline constexpr u32 save_debug_controls = bit32(2);
inline constexpr u32 host_address_space_size = bit32(9);
inline constexpr u32 load_perf_global_ctrl = bit32(12);
inline constexpr u32 acknowledge_interrupt_on_exit = bit32(15);
inline constexpr u32 save_pat = bit32(18);
inline constexpr u32 load_pat = bit32(19);
inline constexpr u32 save_efer = bit32(20);
inline constexpr u32 load_efer = bit32(21);
inline constexpr u32 save_preemption_timer = bit32(22);
inline constexpr u32 clear_bndcfgs = bit32(23);
inline constexpr u32 load_cet_state = bit32(28);
inline constexpr u32 load_pkrs = bit32(29);
inline constexpr u32 activate_secondary_controls = bit32(31);
} // namespace exit_control

namespace entry_control {
inline constexpr u32 load_debug_controls = bit32(2);
inline constexpr u32 ia32e_mode_guest = bit32(9);
inline constexpr u32 entry_to_smm = bit32(10);
inline constexpr u32 deactivate_dual_monitor_treatment = bit32(11);
inline constexpr u32 load_perf_global_ctrl = bit32(13);
inline constexpr u32 load_pat = bit32(14);
inline constexpr u32 load_efer = bit32(15);
inline constexpr u32 load_bndcfgs = bit32(16);
inline constexpr u32 load_cet_state = bit32(20);
inline constexpr u32 load_pkrs = bit32(22);
} // namespace entry_control

/// Guest interruptibility state. SDM 3C, "Guest Non-Register State".
namespace interruptibility {
inline constexpr u32 blocking_by_sti = bit32(0);
inline constexpr u32 blocking_by_mov_ss = bit32(1);
inline constexpr u32 blocking_by_smi = bit32(2);
inline constexpr u32 blocking_by_nmi = bit32(3);
inline constexpr u32 enclave_interruption = bit32(4);
inline constexpr u32 shadow = blocking_by_sti | blocking_by_mov_ss;
} // namespace interruptibility

/// Guest activity state. SDM 3C, "Guest Non-Register State".
enum class ActivityState : u32 { active = 0, hlt = 1, shutdown = 2, wait_for_sipi = 3 };

/// Pending debug exceptions. SDM 3C, "Guest Non-Register State".
namespace pending_debug {
inline constexpr u64 breakpoints = 0xf;
inline constexpr u64 bus_lock = bit(11);
inline constexpr u64 enabled_breakpoint = bit(12);
inline constexpr u64 single_step = bit(14);
inline constexpr u64 rtm = bit(16);
} // namespace pending_debug

/// Interruption-information fields (entry, exit, IDT-vectoring).
/// SDM 3C, "VM-Entry Controls for Event Injection", "Information for VM Exits Due to Vectored
/// Events".
struct InterruptionInfo {
    using VectorNumber = BitField<7, 0, u8>;
    using Type = BitField<10, 8, u8>;
    using ErrorCodeValid = FlagBit<11>;
    using NmiUnblocking = FlagBit<12>;
    using Valid = FlagBit<31>;
};

} // namespace vestige::vmx
