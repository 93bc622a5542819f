// SPDX-License-Identifier: BSD-2-Clause
#include "hypervisor_memory.hpp"

#include "vestige/base/log.hpp"
#include "vestige/host/control_registers.hpp"
#include "vestige/host/machine_end.hpp"
#include "vestige/host/page_allocator.hpp"

#include <atomic>
#include <cstring>

namespace vestige {
namespace {

constexpr u8 did_not_start = 127;

constinit host::PageAllocator pages;
constinit std::atomic<bool> allocating{false};

class TablePages final : public vmx::PageSource {
  public:
    std::optional<Hpa> allocate_page() override { return allocate(page_size); }
    void* view(Hpa page) const override { return host::physical(page); }
};
constinit TablePages tables;

} // namespace

host::PageAllocator& free_memory() {
    return pages;
}
vmx::PageSource& table_pages() {
    return tables;
}

std::optional<Hpa> allocate(u64 size, u64 alignment) {
    while (allocating.exchange(true, std::memory_order_acquire))
        host::pause();
    const auto block = pages.allocate(size, alignment);
    allocating.store(false, std::memory_order_release);
    return block;
}

std::span<std::byte> allocate_bytes(u64 size, u64 alignment, std::string_view what) {
    const auto block = allocate(size, alignment);
    if (!block) {
        char text[96];
        refuse(format_in(text, "not enough memory for {}: {} KiB wanted: not started", what,
                         size / kib));
    }
    const auto bytes = bytes_at(*block, size);
    std::memset(bytes.data(), 0, bytes.size());
    return bytes;
}

void refuse(std::string_view why) {
    log(LogArea::host, LogLevel::error, "{}", why);
    host::end_machine(did_not_start);
}

} // namespace vestige
