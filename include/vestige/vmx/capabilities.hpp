// SPDX-License-Identifier: BSD-2-Clause
// What a CPU's VMX can do, as its capability MSRs say. SDM 3D, "VMX Capability Reporting Facility".
#pragma once

#include "vestige/base/bit_field.hpp"
#include "vestige/base/number.hpp"

namespace vestige::vmx {

/// IA32_VMX_BASIC.
struct VmxBasic {
    using RevisionId = BitField<30, 0, u32>;
    using RegionSize = BitField<44, 32, u16>;
    using Addresses32 = FlagBit<48>;
    using MemoryType = BitField<53, 50, u8>;
    using InsOutsInformation = FlagBit<54>;
    using TrueControls = FlagBit<55>;
};

/// IA32_VMX_MISC.
struct VmxMisc {
    using TimerRate = BitField<4, 0, u8>;
    using StoresLongMode = FlagBit<5>;
    using ActivityHlt = FlagBit<6>;
    using ActivityShutdown = FlagBit<7>;
    using ActivityWaitForSipi = FlagBit<8>;
    using Cr3Targets = BitField<24, 16, u16>;
    using MsrListMaximum = BitField<27, 25, u8>;
    using WriteAnyField = FlagBit<29>;
    using ZeroLengthInjection = FlagBit<30>;
};

/// IA32_VMX_EPT_VPID_CAP.
struct EptVpidCap {
    using ExecuteOnly = FlagBit<0>;
    using WalkLength4 = FlagBit<6>;
    using WalkLength5 = FlagBit<7>;
    using Uncacheable = FlagBit<8>;
    using WriteBack = FlagBit<14>;
    using Pages2M = FlagBit<16>;
    using Pages1G = FlagBit<17>;
    using Invept = FlagBit<20>;
    using AccessedDirty = FlagBit<21>;
    using InveptSingleContext = FlagBit<25>;
    using InveptAllContexts = FlagBit<26>;
    using Invvpid = FlagBit<32>;
    using InvvpidSingleContext = FlagBit<41>;
    using InvvpidAllContexts = FlagBit<42>;
};

/// The MSRs' values. Those that the CPU does not have are 0.
struct Capabilities {
    u64 basic = 0;               ///< 480h
    u64 pin = 0;                 ///< 481h
    u64 primary = 0;             ///< 482h
    u64 exit = 0;                ///< 483h
    u64 entry = 0;               ///< 484h
    u64 misc = 0;                ///< 485h
    u64 cr0_fixed0 = 0;          ///< 486h
    u64 cr0_fixed1 = 0;          ///< 487h
    u64 cr4_fixed0 = 0;          ///< 488h
    u64 cr4_fixed1 = 0;          ///< 489h
    u64 vmcs_enum = 0;           ///< 48Ah
    u64 secondary = 0;           ///< 48Bh
    u64 ept_vpid = 0;            ///< 48Ch
    u64 true_pin = 0;            ///< 48Dh
    u64 true_primary = 0;        ///< 48Eh
    u64 true_exit = 0;           ///< 48Fh
    u64 true_entry = 0;          ///< 490h
    u64 vm_functions = 0;        ///< 491h
    bool pschange_mc_no = false; ///< IA32_ARCH_CAPABILITIES.IF_PSCHANGE_MC_NO
    u8 physical_address_bits = 36;

    /// The word that governs a control: the TRUE one where the CPU has it.
    [[nodiscard]] constexpr u64 pin_capability() const { return has_true() ? true_pin : pin; }
    [[nodiscard]] constexpr u64 primary_capability() const {
        return has_true() ? true_primary : primary;
    }
    [[nodiscard]] constexpr u64 exit_capability() const { return has_true() ? true_exit : exit; }
    [[nodiscard]] constexpr u64 entry_capability() const { return has_true() ? true_entry : entry; }
    [[nodiscard]] constexpr bool has_true() const { return VmxBasic::TrueControls::get(basic); }
};

/// Whether a capability word lets every bit of controls be 1.
constexpr bool allows(u64 capability, u32 controls) {
    return (controls & ~static_cast<u32>(capability >> 32)) == 0;
}

} // namespace vestige::vmx
