// SPDX-License-Identifier: BSD-2-Clause
// The lines about VMs that scripts may match, and the exit status of the whole run.
#pragma once

#include "vestige/config/vm_plan.hpp"

namespace vestige::monitor {

/// "vm NAME: MEM MiB, cpus LIST, boots KIND "MODULE""
void announce_vm(const config::VmPlan& vm, std::span<const config::Module> modules);
/// Powered off, by APM, ACPI, port 8900h.
void announce_power_off(std::string_view vm);
/// Ended by the guest's exit port.
void announce_exit(std::string_view vm, u8 status);
/// Stopped by a fault; reason is one clause of words.
void announce_stop(std::string_view vm, std::string_view reason);

/// Adds up how the VMs ended: a fault outweighs a status that a guest gave, the first status that
/// is not 0 outweighs the others.
class ExitTally {
  public:
    static constexpr u8 stopped_status = 126;

    void powered_off() {}
    /// Statuses above 125 have a meaning of their own and count as 125.
    void exited(u8 status);
    void stopped() { stopped_ = true; }
    [[nodiscard]] u8 status() const { return stopped_ ? stopped_status : status_; }
    /// "all VMs ended, exit status S"
    void announce() const;

  private:
    u8 status_ = 0;
    bool stopped_ = false;
};

} // namespace vestige::monitor
