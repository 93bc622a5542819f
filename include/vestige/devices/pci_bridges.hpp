// SPDX-License-Identifier: BSD-2-Clause
// The bridges that every PC of ours has on PCI bus 0: 82441FX and the PIIX3's ISA function.
#pragma once

#include "vestige/devices/pci_function.hpp"
#include "vestige/machine/interrupt_line.hpp"

namespace vestige::devices {

class HostBridge final : public PciFunction {
  public:
    HostBridge();
    void power_on() override;
};

/// Routes PCI interrupts: registers 60h to 63h send PIRQA to PIRQD to ISA interrupts. A link also
/// drives the controller's input 16 + link, which an I/O APIC has.
class IsaBridge final : public PciFunction {
  public:
    explicit IsaBridge(machine::InterruptController& interrupts);
    void power_on() override;
    /// INTA# to INTD# (pin 0 to 3) of a slot.
    void set_pin(unsigned slot, unsigned pin, bool level);

  private:
    void config_written(u8 at, unsigned size) override;
    void update();

    machine::InterruptController& interrupts_;
    std::array<u32, pci::links> asserted_{}; ///< slots that assert a link, as a mask
    u16 driven_ = 0;                         ///< ISA interrupts that are high because of a link
};

} // namespace vestige::devices
