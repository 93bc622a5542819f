// SPDX-License-Identifier: BSD-2-Clause
// What a guest can do to its whole machine through a device or a BIOS service.
#pragma once

#include "vestige/base/number.hpp"

namespace vestige::machine {

/// Requests take effect once the access or call that made them is over.
class PowerControl {
  public:
    virtual void request_reset(const char* why) = 0;
    virtual void power_off() = 0;
    /// Ends the VM with an exit status of the guest's.
    virtual void exit_with(u8 status) = 0;

  protected:
    ~PowerControl() = default;
};

} // namespace vestige::machine
