// SPDX-License-Identifier: BSD-2-Clause
// Where a VM's memory lies in its address space.
#pragma once

#include "vestige/devices/vga.hpp"
#include "vestige/machine/guest_memory.hpp"
#include "vestige/vcpu/vcpu.hpp"

namespace vestige::vm {

/// Host memory that belongs to one VM: contiguous, page-aligned, scrubbed.
struct GuestStorage {
    std::span<std::byte> ram; ///< the size of the VM's memory
    Hpa ram_host;
    std::span<std::byte> rom; ///< the boot ROM's image: ours, 64 KiB, or the guest's own
    Hpa rom_host;
    std::span<std::byte> video; ///< video_size bytes
    Hpa video_host;

    /// The display's share: text memory is in the RAM under its place below 1 MiB.
    [[nodiscard]] devices::VideoStorage display() const {
        return {ram.subspan(text_start, devices::Vga::text_size), video};
    }
    static constexpr u64 text_start = 0xb8000;
    static constexpr u64 video_size = 8 * mib;
};

/// RAM up to the PCI hole and above 4 GiB, ROM below 1 MiB and below 4 GiB, video memory where it
/// is plain memory: the linear frame buffer, and window of A0000h-BFFFFh.
/// False when the regions do not fit (a bug of whoever made the storage).
[[nodiscard]] bool lay_out(machine::GuestMemory& memory, const GuestStorage& storage,
                           const devices::VideoWindow& window);
/// Maps the same for the CPU. False when page tables run out.
[[nodiscard]] bool map_all(vcpu::AddressSpace& space, const GuestStorage& storage,
                           const devices::VideoWindow& window);
/// Makes odd megabytes below 16 MiB show the even ones before them (A20 off), or themselves.
[[nodiscard]] bool map_a20(vcpu::AddressSpace& space, const GuestStorage& storage,
                           const devices::VideoWindow& window, bool enabled);
/// Maps window in A0000h-BFFFFh, and nothing else there.
[[nodiscard]] bool map_window(vcpu::AddressSpace& space, const GuestStorage& storage,
                              const devices::VideoWindow& window, bool a20);

} // namespace vestige::vm
