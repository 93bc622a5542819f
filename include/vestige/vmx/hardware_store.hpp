// SPDX-License-Identifier: BSD-2-Clause
// The CPU's current VMCS as a store, and the other VMX instructions with their results checked.
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/base/number.hpp"

namespace vestige::vmx {

/// Panics with the field's name: VMREAD or VMWRITE failed.
[[noreturn]] void vmcs_access_failed(u32 encoding, bool write);
/// Panics with the instruction's name.
[[noreturn]] void vmx_instruction_failed(const char* name);

/// VMREAD and VMWRITE. SDM 3C, "VMX Instruction Reference".
struct HardwareStore {
    [[nodiscard]] static u64 get(u32 encoding) {
        u64 value;
        bool failed;
        asm volatile("vmread %2, %1" : "=@ccbe"(failed), "=r"(value) : "r"(u64{encoding}));
        if (failed) [[unlikely]]
            vmcs_access_failed(encoding, false);
        return value;
    }
    static void set(u32 encoding, u64 value) {
        bool failed;
        asm volatile("vmwrite %1, %2" : "=@ccbe"(failed) : "r"(value), "r"(u64{encoding}));
        if (failed) [[unlikely]]
            vmcs_access_failed(encoding, true);
    }
    /// For fields that only some CPUs have: 0 when absent.
    [[nodiscard]] static u64 get_if_present(u32 encoding) {
        u64 value = 0;
        bool failed;
        asm volatile("vmread %2, %1" : "=@ccbe"(failed), "+r"(value) : "r"(u64{encoding}));
        return failed ? 0 : value;
    }
};

/// Makes the CPU use the VMXON region at page.
inline void vmxon(Hpa page) {
    bool failed;
    const u64 address = page.value();
    asm volatile("vmxon %1" : "=@ccbe"(failed) : "m"(address) : "memory");
    if (failed)
        vmx_instruction_failed("VMXON");
}
inline void vmxoff() {
    bool failed;
    asm volatile("vmxoff" : "=@ccbe"(failed)::"memory");
    if (failed)
        vmx_instruction_failed("VMXOFF");
}
/// Writes a VMCS back to memory and marks it as not launched.
inline void vmclear(Hpa page) {
    bool failed;
    const u64 address = page.value();
    asm volatile("vmclear %1" : "=@ccbe"(failed) : "m"(address) : "memory");
    if (failed)
        vmx_instruction_failed("VMCLEAR");
}
/// Makes a VMCS the current one.
inline void vmptrld(Hpa page) {
    bool failed;
    const u64 address = page.value();
    asm volatile("vmptrld %1" : "=@ccbe"(failed) : "m"(address) : "memory");
    if (failed)
        vmx_instruction_failed("VMPTRLD");
}

enum class InveptType : u64 { single_context = 1, all_contexts = 2 };
enum class InvvpidType : u64 { single_context = 1, all_contexts = 2 };

/// Drops cached EPT translations.
inline void invept(InveptType type, u64 ept_pointer) {
    struct {
        u64 pointer;
        u64 reserved = 0;
    } const descriptor{ept_pointer};
    bool failed;
    asm volatile("invept %1, %2"
                 : "=@ccbe"(failed)
                 : "m"(descriptor), "r"(static_cast<u64>(type))
                 : "memory");
    if (failed)
        vmx_instruction_failed("INVEPT");
}
/// Drops cached linear translations of one guest CPU.
inline void invvpid(InvvpidType type, u16 vpid) {
    struct {
        u64 vpid;
        u64 linear = 0;
    } const descriptor{vpid};
    bool failed;
    asm volatile("invvpid %1, %2"
                 : "=@ccbe"(failed)
                 : "m"(descriptor), "r"(static_cast<u64>(type))
                 : "memory");
    if (failed)
        vmx_instruction_failed("INVVPID");
}

} // namespace vestige::vmx
