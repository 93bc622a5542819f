// SPDX-License-Identifier: BSD-2-Clause
// From a VM's plan to a VM with memory and disks.
#pragma once

#include "boot_modules.hpp"
#include "slot.hpp"

namespace vestige {

class VmMaker {
  public:
    /// wall_clock: seconds since 1970 at power-on.
    VmMaker(const config::BootOptions& options, const BootModules& modules, u64 wall_clock)
        : options_{options}, modules_{modules}, wall_clock_{wall_clock} {}

    /// The VM, announced on the console. Ends the machine with a report when memory is short.
    [[nodiscard]] Slot* make_vm(const config::VmPlan& plan) const;

  private:
    [[nodiscard]] vm::VmConfig vm_config(const config::VmPlan& plan) const;
    [[nodiscard]] vm::SymbolTable symbols_for(std::string_view vm) const;
    [[nodiscard]] SerialRoute* serial_route(const config::VmPlan& plan) const;
    void add_disk(Slot& slot, std::size_t number, const config::DiskPlan& plan) const;

    const config::BootOptions& options_;
    const BootModules& modules_;
    u64 wall_clock_;
};

} // namespace vestige
