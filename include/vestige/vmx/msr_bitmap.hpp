// SPDX-License-Identifier: BSD-2-Clause
// The MSR bitmap: which RDMSR and WRMSR reach the hardware. SDM 3C, "MSR-Bitmap Address".
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/base/number.hpp"

#include <array>
#include <cstddef>

namespace vestige::vmx {

/// One page; a 1 bit means VM exit. MSRs outside the two ranges always exit.
class MsrBitmap {
  public:
    void intercept_all() { bits_.fill(0xff); }
    /// False for an MSR that the bitmap does not cover: it keeps exiting.
    bool allow_read(u32 msr) { return allow(msr, 0); }
    bool allow_write(u32 msr) { return allow(msr, 2048); }
    [[nodiscard]] bool intercepts_read(u32 msr) const { return intercepts(msr, 0); }
    [[nodiscard]] bool intercepts_write(u32 msr) const { return intercepts(msr, 2048); }

  private:
    static constexpr std::size_t nowhere = ~std::size_t{0};
    /// Byte of an MSR's read bit: low range at 0, high range at 1024.
    static constexpr std::size_t place(u32 msr) {
        if (msr <= 0x1fff)
            return msr / 8;
        if (msr >= 0xc0000000 && msr <= 0xc0001fff)
            return 1024 + (msr - 0xc0000000) / 8;
        return nowhere;
    }
    bool allow(u32 msr, std::size_t half) {
        const std::size_t byte = place(msr);
        if (byte == nowhere)
            return false;
        bits_[half + byte] = static_cast<u8>(bits_[half + byte] & ~(1u << (msr % 8)));
        return true;
    }
    [[nodiscard]] bool intercepts(u32 msr, std::size_t half) const {
        const std::size_t byte = place(msr);
        return byte == nowhere || (bits_[half + byte] >> (msr % 8) & 1) != 0;
    }

    alignas(page_size) std::array<u8, page_size> bits_;
};
static_assert(sizeof(MsrBitmap) == page_size);

/// Opens the bitmap for MSRs that hold state of the guest alone, that no code of ours uses and
/// that only accept values which cannot hurt: FS, GS and KERNEL_GS base, STAR, LSTAR, CSTAR,
/// FMASK, SYSENTER_*. With tsc_aux also TSC_AUX.
void allow_state_msrs(MsrBitmap& bitmap, bool tsc_aux);

} // namespace vestige::vmx
