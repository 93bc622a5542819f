// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vmx/msr_bitmap.hpp"

#include "vestige/vmx/msr_index.hpp"

namespace vestige::vmx {

void allow_state_msrs(MsrBitmap& bitmap, bool tsc_aux) {
    static constexpr u32 free_msrs[] = {
        msr::ia32_sysenter_cs, msr::ia32_sysenter_esp,   msr::ia32_sysenter_eip, msr::ia32_star,
        msr::ia32_lstar,       msr::ia32_cstar,          msr::ia32_fmask,        msr::ia32_fs_base,
        msr::ia32_gs_base,     msr::ia32_kernel_gs_base,
    };
    for (const u32 index : free_msrs) {
        bitmap.allow_read(index);
        bitmap.allow_write(index);
    }
    if (tsc_aux) {
        bitmap.allow_read(msr::ia32_tsc_aux);
        bitmap.allow_write(msr::ia32_tsc_aux);
    }
}

} // namespace vestige::vmx
