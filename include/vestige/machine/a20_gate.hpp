// SPDX-License-Identifier: BSD-2-Clause
// The A20 gate: one state, changed by the 8042, port 92h and INT 15h AX=24xxh.
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/base/bit_field.hpp"

namespace vestige::machine {

/// Address line 20 of the guest's CPU.
class A20Gate {
  public:
    [[nodiscard]] bool enabled() const { return enabled_; }
    void set(bool enabled) { enabled_ = enabled; }
    /// The guest-physical address that a CPU access to address reaches.
    [[nodiscard]] Gpa apply(Gpa address) const {
        return enabled_ ? address : Gpa{address.value() & ~bit(20)};
    }

  private:
    bool enabled_ = true;
};

} // namespace vestige::machine
