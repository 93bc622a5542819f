// SPDX-License-Identifier: BSD-2-Clause
// Where emulated instructions' memory operands go.
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/base/number.hpp"

namespace vestige::cpu {

/// Guest-physical space as an instruction sees it: memory and devices. Addresses have A20 applied;
/// an access never crosses a page.
class MemoryBus {
  public:
    /// The value in the low bits.
    virtual u64 read(Gpa address, Width width) = 0;
    virtual void write(Gpa address, Width width, u64 value) = 0;

  protected:
    ~MemoryBus() = default;
};

} // namespace vestige::cpu
