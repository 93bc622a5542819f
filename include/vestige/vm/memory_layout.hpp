// SPDX-License-Identifier: BSD-2-Clause
// Where a VM's memory lies in its address space.
#pragma once

#include "vestige/machine/guest_memory.hpp"
#include "vestige/vcpu/vcpu.hpp"

namespace vestige::vm {

/// Host memory that belongs to one VM: contiguous, page-aligned, scrubbed.
struct GuestStorage {
    std::span<std::byte> ram; ///< the size of the VM's memory
    Hpa ram_host;
    std::span<std::byte> rom; ///< the boot ROM's image: ours, 64 KiB, or the guest's own
    Hpa rom_host;
};

/// RAM up to the PCI hole and above 4 GiB, text memory, ROM below 1 MiB and below 4 GiB.
/// False when the regions do not fit (a bug of whoever made the storage).
[[nodiscard]] bool lay_out(machine::GuestMemory& memory, const GuestStorage& storage);
/// Maps the same for the CPU. False when page tables run out.
[[nodiscard]] bool map_all(vcpu::AddressSpace& space, const GuestStorage& storage);
/// Makes odd megabytes below 16 MiB show the even ones before them (A20 off), or themselves.
[[nodiscard]] bool map_a20(vcpu::AddressSpace& space, const GuestStorage& storage, bool enabled);

} // namespace vestige::vm
