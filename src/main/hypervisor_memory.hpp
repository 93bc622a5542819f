// SPDX-License-Identifier: BSD-2-Clause
// The machine's free memory, given out to whichever CPU asks and never taken back.
#pragma once

#include "vestige/base/panic.hpp"
#include "vestige/host/paging.hpp"
#include "vestige/vmx/page_source.hpp"

#include <new>
#include <optional>
#include <span>
#include <string_view>

namespace vestige {

/// Free memory before the other CPUs run: bring-up fills it and takes from it directly.
[[nodiscard]] host::PageAllocator& free_memory();

/// A block of size bytes, aligned; nothing when memory is short. From any CPU.
[[nodiscard]] std::optional<Hpa> allocate(u64 size, u64 alignment = page_size);
/// As allocate(), zeroed and as bytes. What it is for goes into the line that says that the
/// machine is too small; then nothing starts.
[[nodiscard]] std::span<std::byte> allocate_bytes(u64 size, u64 alignment, std::string_view what);

/// The physical memory at start as bytes.
[[nodiscard]] inline std::span<std::byte> bytes_at(Hpa start, u64 size) {
    return {host::physical(start), size};
}

/// Pages for VMCS regions and EPT tables.
[[nodiscard]] vmx::PageSource& table_pages();

/// An object that lives as long as the hypervisor.
template <class T, class... Arguments> [[nodiscard]] T* make(Arguments&&... arguments) {
    const auto block = allocate(sizeof(T));
    if (!block)
        panic("no memory for the hypervisor's own objects");
    return new (host::physical(*block)) T(static_cast<Arguments&&>(arguments)...);
}

/// Says why no VM runs and ends the machine: exit status 127.
[[noreturn]] void refuse(std::string_view why);

} // namespace vestige
