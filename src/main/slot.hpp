// SPDX-License-Identifier: BSD-2-Clause
// A VM with all that belongs to it, and the operator's commands to it.
#pragma once

#include "serial_route.hpp"

#include "vestige/config/vm_plan.hpp"
#include "vestige/disk/ram_disk.hpp"
#include "vestige/monitor/console_mux.hpp"
#include "vestige/monitor/guest_text_screen.hpp"
#include "vestige/vm/vm.hpp"

namespace vestige {

/// One physical CPU as its VM sees it.
class HostCpu final : public vm::HostServices {
  public:
    /// has_console: this is the CPU that moves the console's bytes. serial: its VM's, or null.
    HostCpu(bool has_console, SerialRoute* serial) : has_console_{has_console}, serial_{serial} {}
    u64 tsc() const override;
    u64 to_nanoseconds(u64 ticks) const override;
    u64 to_ticks(u64 nanoseconds) const override;
    bool fast_strings() const override;
    void idle_until(u64 deadline) override;
    void poll() override;
    cpu::CpuidResult cpuid(u32 leaf, u32 subleaf) const override;

  private:
    bool has_console_;
    SerialRoute* serial_;
};

/// The VM's screen, once there is a VM.
class SlotScreen final : public monitor::TextScreen {
  public:
    void show(const monitor::GuestTextScreen& screen) { screen_ = &screen; }
    bool snapshot(monitor::ScreenSnapshot& out) const override {
        return screen_ != nullptr && screen_->snapshot(out);
    }

  private:
    const monitor::GuestTextScreen* screen_ = nullptr;
};

/// Keys that the console queued for a VM.
class SlotKeys final : public vm::KeySource {
  public:
    explicit SlotKeys(monitor::VmConsole& console) : console_{console} {}
    std::span<const u8> next_key() override {
        const auto key = console_.next_key();
        if (!key)
            return {};
        key_ = *key;
        return key_.span();
    }

  private:
    monitor::VmConsole& console_;
    monitor::KeyCode key_;
};

/// Remembers for the console that a fault has stopped the VM (onfault=monitor).
class FaultWatch final : public vm::DebugListener {
  public:
    void stopped(const vm::Stop& stop) override {
        if (stop.cause == vm::StopCause::fault)
            waiting_.store(true, std::memory_order_release);
    }
    void ended(u8 /*status*/) override {}
    /// From the console's CPU: true once after a fault.
    [[nodiscard]] bool take() { return waiting_.exchange(false, std::memory_order_acquire); }

  private:
    std::atomic<bool> waiting_{false};
};

struct Slot {
    /// com1: where the VM's COM1 goes; null: to its console.
    Slot(const vm::VmConfig& config, const vm::GuestStorage& storage, SerialRoute* com1);

    SlotScreen slot_screen;
    monitor::VmConsole console;
    SlotKeys keys;
    FaultWatch fault;
    HostCpu host;
    vm::Vm machine;
    monitor::GuestTextScreen screen;
    std::array<disk::RamDisk, config::most_disks> disks;
};

using Slots = StaticVector<Slot*, config::most_vms>;

} // namespace vestige
