// SPDX-License-Identifier: BSD-2-Clause
// The machine as the monitor sees it: VMs on all CPUs, reached from the one that has the console.
#pragma once

#include "boot_modules.hpp"
#include "slot.hpp"

#include "vestige/monitor/machine.hpp"

namespace vestige {

/// One VM, and the way to its CPU.
class SlotControl final : public monitor::VmControl {
  public:
    constexpr SlotControl() = default;
    explicit SlotControl(Slot& slot) : slot_{&slot} {}
    vm::Vm& machine() override { return slot_->machine; }
    monitor::VmConsole& console() override { return slot_->console; }
    bool visit(vm::Job& job) override;

  private:
    Slot* slot_ = nullptr;
};

class SlotMachine final : public monitor::Machine {
  public:
    constexpr explicit SlotMachine(const BootModules& modules) : modules_{modules} {}
    void add(Slot& slot) { static_cast<void>(controls_.push_back(SlotControl{slot})); }

    std::size_t vm_count() const override { return controls_.size(); }
    monitor::VmControl& vm(std::size_t number) override { return controls_[number]; }
    void show_host(TextSink& out) override;
    void show_modules(TextSink& out) override;
    void show_log(TextSink& out, unsigned count) override;

  private:
    const BootModules& modules_;
    StaticVector<SlotControl, config::most_vms> controls_;
};

} // namespace vestige
