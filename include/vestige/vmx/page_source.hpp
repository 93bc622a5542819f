// SPDX-License-Identifier: BSD-2-Clause
// Where VMCS regions, bitmaps and EPT tables get their memory.
#pragma once

#include "vestige/base/address.hpp"

#include <optional>

namespace vestige::vmx {

/// Hands out 4 KiB pages of the hypervisor's memory, never taken back.
class PageSource {
  public:
    /// A page of unknown contents.
    [[nodiscard]] virtual std::optional<Hpa> allocate_page() = 0;
    /// The page's bytes, as we reach them.
    [[nodiscard]] virtual void* view(Hpa page) const = 0;

  protected:
    ~PageSource() = default;
};

} // namespace vestige::vmx
