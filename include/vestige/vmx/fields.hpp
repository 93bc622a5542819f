// SPDX-License-Identifier: BSD-2-Clause
// The VMCS fields by name, grouped as in SDM 3D, "Field Encoding in VMCS".
#pragma once

#include "vestige/vmx/field.hpp"

namespace vestige::vmx::field {

// 16-bit control fields
inline constexpr Field<0x0000> virtual_processor_identifier;
inline constexpr Field<0x0002> posted_interrupt_notification_vector;
inline constexpr Field<0x0004> eptp_index;
inline constexpr Field<0x0006> hlat_prefix_size;
inline constexpr Field<0x0008> last_pid_pointer_index;

// 16-bit guest-state fields
inline constexpr Field<0x0800> guest_es_selector;
inline constexpr Field<0x0802> guest_cs_selector;
inline constexpr Field<0x0804> guest_ss_selector;
inline constexpr Field<0x0806> guest_ds_selector;
inline constexpr Field<0x0808> guest_fs_selector;
inline constexpr Field<0x080a> guest_gs_selector;
inline constexpr Field<0x080c> guest_ldtr_selector;
inline constexpr Field<0x080e> guest_tr_selector;
inline constexpr Field<0x0810> guest_interrupt_status;
inline constexpr Field<0x0812> pml_index;
inline constexpr Field<0x0814> guest_uinv;

// 16-bit host-state fields
inline constexpr Field<0x0c00> host_es_selector;
inline constexpr Field<0x0c02> host_cs_selector;
inline constexpr Field<0x0c04> host_ss_selector;
inline constexpr Field<0x0c06> host_ds_selector;
inline constexpr Field<0x0c08> host_fs_selector;
inline constexpr Field<0x0c0a> host_gs_selector;
inline constexpr Field<0x0c0c> host_tr_selector;

// 64-bit control fields
inline constexpr Field<0x2000> io_bitmap_a;
inline constexpr Field<0x2002> io_bitmap_b;
inline constexpr Field<0x2004> msr_bitmap;
inline constexpr Field<0x2006> exit_msr_store_address;
inline constexpr Field<0x2008> exit_msr_load_address;
inline constexpr Field<0x200a> entry_msr_load_address;
inline constexpr Field<0x200c> executive_vmcs_pointer;
inline constexpr Field<0x200e> pml_address;
inline constexpr Field<0x2010> tsc_offset;
inline constexpr Field<0x2012> virtual_apic_address;
inline constexpr Field<0x2014> apic_access_address;
inline constexpr Field<0x2016> posted_interrupt_descriptor_address;
inline constexpr Field<0x2018> vm_function_controls;
inline constexpr Field<0x201a> ept_pointer;
inline constexpr Field<0x201c> eoi_exit_bitmap_0;
inline constexpr Field<0x201e> eoi_exit_bitmap_1;
inline constexpr Field<0x2020> eoi_exit_bitmap_2;
inline constexpr Field<0x2022> eoi_exit_bitmap_3;
inline constexpr Field<0x2024> eptp_list_address;
inline constexpr Field<0x2026> vmread_bitmap_address;
inline constexpr Field<0x2028> vmwrite_bitmap_address;
inline constexpr Field<0x202a> virtualization_exception_address;
inline constexpr Field<0x202c> xss_exiting_bitmap;
inline constexpr Field<0x202e> encls_exiting_bitmap;
inline constexpr Field<0x2030> sub_page_permission_table_pointer;
inline constexpr Field<0x2032> tsc_multiplier;
inline constexpr Field<0x2034> tertiary_processor_controls;
inline constexpr Field<0x2036> enclv_exiting_bitmap;
inline constexpr Field<0x2038> low_pasid_directory;
inline constexpr Field<0x203a> high_pasid_directory;
inline constexpr Field<0x203c> shared_ept_pointer;
inline constexpr Field<0x203e> pconfig_exiting_bitmap;
inline constexpr Field<0x2040> hlat_pointer;
inline constexpr Field<0x2042> pid_pointer_table_address;
inline constexpr Field<0x2044> secondary_exit_controls;
inline constexpr Field<0x204a> ia32_spec_ctrl_mask;
inline constexpr Field<0x204c> ia32_spec_ctrl_shadow;

// 64-bit read-only data field
inline constexpr Field<0x2400> guest_physical_address;

// 64-bit guest-state fields
inline constexpr Field<0x2800> vmcs_link_pointer;
inline constexpr Field<0x2802> guest_ia32_debugctl;
inline constexpr Field<0x2804> guest_ia32_pat;
inline constexpr Field<0x2806> guest_ia32_efer;
inline constexpr Field<0x2808> guest_ia32_perf_global_ctrl;
inline constexpr Field<0x280a> guest_pdpte0;
inline constexpr Field<0x280c> guest_pdpte1;
inline constexpr Field<0x280e> guest_pdpte2;
inline constexpr Field<0x2810> guest_pdpte3;
inline constexpr Field<0x2812> guest_ia32_bndcfgs;
inline constexpr Field<0x2814> guest_ia32_rtit_ctl;
inline constexpr Field<0x2816> guest_ia32_lbr_ctl;
inline constexpr Field<0x2818> guest_ia32_pkrs;

// 64-bit host-state fields
inline constexpr Field<0x2c00> host_ia32_pat;
inline constexpr Field<0x2c02> host_ia32_efer;
inline constexpr Field<0x2c04> host_ia32_perf_global_ctrl;
inline constexpr Field<0x2c06> host_ia32_pkrs;

// 32-bit control fields
inline constexpr Field<0x4000> pin_based_controls;
inline constexpr Field<0x4002> primary_processor_controls;
inline constexpr Field<0x4004> exception_bitmap;
inline constexpr Field<0x4006> page_fault_error_code_mask;
inline constexpr Field<0x4008> page_fault_error_code_match;
inline constexpr Field<0x400a> cr3_target_count;
inline constexpr Field<0x400c> primary_exit_controls;
inline constexpr Field<0x400e> exit_msr_store_count;
inline constexpr Field<0x4010> exit_msr_load_count;
inline constexpr Field<0x4012> entry_controls;
inline constexpr Field<0x4014> entry_msr_load_count;
inline constexpr Field<0x4016> entry_interruption_information;
inline constexpr Field<0x4018> entry_exception_error_code;
inline constexpr Field<0x401a> entry_instruction_length;
inline constexpr Field<0x401c> tpr_threshold;
inline constexpr Field<0x401e> secondary_processor_controls;
inline constexpr Field<0x4020> ple_gap;
inline constexpr Field<0x4022> ple_window;
inline constexpr Field<0x4024> instruction_timeout_control;

// 32-bit read-only data fields
inline constexpr Field<0x4400> vm_instruction_error;
inline constexpr Field<0x4402> exit_reason;
inline constexpr Field<0x4404> exit_interruption_information;
inline constexpr Field<0x4406> exit_interruption_error_code;
inline constexpr Field<0x4408> idt_vectoring_information;
inline constexpr Field<0x440a> idt_vectoring_error_code;
inline constexpr Field<0x440c> exit_instruction_length;
inline constexpr Field<0x440e> exit_instruction_information;

// 32-bit guest-state fields
inline constexpr Field<0x4800> guest_es_limit;
inline constexpr Field<0x4802> guest_cs_limit;
inline constexpr Field<0x4804> guest_ss_limit;
inline constexpr Field<0x4806> guest_ds_limit;
inline constexpr Field<0x4808> guest_fs_limit;
inline constexpr Field<0x480a> guest_gs_limit;
inline constexpr Field<0x480c> guest_ldtr_limit;
inline constexpr Field<0x480e> guest_tr_limit;
inline constexpr Field<0x4810> guest_gdtr_limit;
inline constexpr Field<0x4812> guest_idtr_limit;
inline constexpr Field<0x4814> guest_es_access_rights;
inline constexpr Field<0x4816> guest_cs_access_rights;
inline constexpr Field<0x4818> guest_ss_access_rights;
inline constexpr Field<0x481a> guest_ds_access_rights;
inline constexpr Field<0x481c> guest_fs_access_rights;
inline constexpr Field<0x481e> guest_gs_access_rights;
inline constexpr Field<0x4820> guest_ldtr_access_rights;
inline constexpr Field<0x4822> guest_tr_access_rights;
inline constexpr Field<0x4824> guest_interruptibility_state;
inline constexpr Field<0x4826> guest_activity_state;
inline constexpr Field<0x4828> guest_smbase;
inline constexpr Field<0x482a> guest_ia32_sysenter_cs;
inline constexpr Field<0x482e> preemption_timer_value;

// 32-bit host-state field
inline constexpr Field<0x4c00> host_ia32_sysenter_cs;

// Natural-width control fields
inline constexpr Field<0x6000> cr0_mask;
inline constexpr Field<0x6002> cr4_mask;
inline constexpr Field<0x6004> cr0_read_shadow;
inline constexpr Field<0x6006> cr4_read_shadow;
inline constexpr Field<0x6008> cr3_target_value_0;
inline constexpr Field<0x600a> cr3_target_value_1;
inline constexpr Field<0x600c> cr3_target_value_2;
inline constexpr Field<0x600e> cr3_target_value_3;

// Natural-width read-only data fields
inline constexpr Field<0x6400> exit_qualification;
inline constexpr Field<0x6402> io_rcx;
inline constexpr Field<0x6404> io_rsi;
inline constexpr Field<0x6406> io_rdi;
inline constexpr Field<0x6408> io_rip;
inline constexpr Field<0x640a> guest_linear_address;

// Natural-width guest-state fields
inline constexpr Field<0x6800> guest_cr0;
inline constexpr Field<0x6802> guest_cr3;
inline constexpr Field<0x6804> guest_cr4;
inline constexpr Field<0x6806> guest_es_base;
inline constexpr Field<0x6808> guest_cs_base;
inline constexpr Field<0x680a> guest_ss_base;
inline constexpr Field<0x680c> guest_ds_base;
inline constexpr Field<0x680e> guest_fs_base;
inline constexpr Field<0x6810> guest_gs_base;
inline constexpr Field<0x6812> guest_ldtr_base;
inline constexpr Field<0x6814> guest_tr_base;
inline constexpr Field<0x6816> guest_gdtr_base;
inline constexpr Field<0x6818> guest_idtr_base;
inline constexpr Field<0x681a> guest_dr7;
inline constexpr Field<0x681c> guest_rsp;
inline constexpr Field<0x681e> guest_rip;
inline constexpr Field<0x6820> guest_rflags;
inline constexpr Field<0x6822> guest_pending_debug_exceptions;
inline constexpr Field<0x6824> guest_ia32_sysenter_esp;
inline constexpr Field<0x6826> guest_ia32_sysenter_eip;
inline constexpr Field<0x6828> guest_ia32_s_cet;
inline constexpr Field<0x682a> guest_ssp;
inline constexpr Field<0x682c> guest_ia32_interrupt_ssp_table_addr;

// Natural-width host-state fields
inline constexpr Field<0x6c00> host_cr0;
inline constexpr Field<0x6c02> host_cr3;
inline constexpr Field<0x6c04> host_cr4;
inline constexpr Field<0x6c06> host_fs_base;
inline constexpr Field<0x6c08> host_gs_base;
inline constexpr Field<0x6c0a> host_tr_base;
inline constexpr Field<0x6c0c> host_gdtr_base;
inline constexpr Field<0x6c0e> host_idtr_base;
inline constexpr Field<0x6c10> host_ia32_sysenter_esp;
inline constexpr Field<0x6c12> host_ia32_sysenter_eip;
inline constexpr Field<0x6c14> host_rsp;
inline constexpr Field<0x6c16> host_rip;
inline constexpr Field<0x6c18> host_ia32_s_cet;
inline constexpr Field<0x6c1a> host_ssp;
inline constexpr Field<0x6c1c> host_ia32_interrupt_ssp_table_addr;

} // namespace vestige::vmx::field
