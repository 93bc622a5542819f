// SPDX-License-Identifier: BSD-2-Clause
// The machine as the monitor reaches it: its VMs, wherever they run, and the host below them.
#pragma once

#include "vestige/monitor/vm_console.hpp"
#include "vestige/vm/vm.hpp"

namespace vestige::monitor {

/// One VM.
class VmControl {
  public:
    /// From any CPU: config(), end(), paused() and order() only.
    [[nodiscard]] virtual vm::Vm& machine() = 0;
    /// The console's CPU only.
    [[nodiscard]] virtual VmConsole& console() = 0;
    /// Runs job on the VM's CPU while its guest does not run, and comes back when it is done.
    /// False when the CPU did not answer; the job has not been run then and never will.
    [[nodiscard]] virtual bool visit(vm::Job& job) = 0;

  protected:
    ~VmControl() = default;
};

/// All VMs, and what there is to know about the host.
class Machine {
  public:
    [[nodiscard]] virtual std::size_t vm_count() const = 0;
    [[nodiscard]] virtual VmControl& vm(std::size_t number) = 0;
    /// CPUs, memory, clock, version: lines of text.
    virtual void show_host(TextSink& out) = 0;
    /// What the loader gave: one line per module.
    virtual void show_modules(TextSink& out) = 0;
    /// The last lines of Vestige's log, at most count.
    virtual void show_log(TextSink& out, unsigned count) = 0;

  protected:
    ~Machine() = default;
};

} // namespace vestige::monitor
