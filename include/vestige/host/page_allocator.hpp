// SPDX-License-Identifier: BSD-2-Clause
// The machine's free memory, handed out at boot and never taken back.
#pragma once

#include "vestige/host/boot_info.hpp"

#include <optional>

namespace vestige::host {

/// Free physical memory as a sorted list of page-aligned ranges that do not touch.
class PageAllocator {
  public:
    /// Adds usable memory (rounded inwards to pages). Ranges may come in any order and overlap.
    void add(Hpa start, u64 size);
    /// Takes [start, start+size) out, rounded outwards to pages.
    void reserve(Hpa start, u64 size);
    /// size bytes (rounded up to pages) at a multiple of alignment (a power of two), below limit;
    /// from the top of the highest range that fits, so that low memory is kept for what needs it.
    [[nodiscard]] std::optional<Hpa> allocate(u64 size, u64 alignment = page_size,
                                              Hpa limit = Hpa{~u64{0}});
    [[nodiscard]] u64 free_bytes() const;
    [[nodiscard]] u64 largest_range() const;

  private:
    struct Range {
        u64 start = 0;
        u64 end = 0;
    };
    void insert(Range range);
    void tidy();

    StaticVector<Range, 256> ranges_; ///< what does not fit is lost, which is safe
};

/// All memory that the loader calls usable and that holds neither our image nor a module nor the
/// first page. Low memory stays: it is handed out last.
void collect_free_memory(const BootInfo& info, Hpa image, u64 image_size, PageAllocator& pages);

} // namespace vestige::host
