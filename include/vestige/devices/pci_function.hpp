// SPDX-License-Identifier: BSD-2-Clause
// A function on PCI bus 0: its configuration space and the ranges that its base address registers
// place (PCI Local Bus Specification 2.3, "Configuration Space").
#pragma once

#include "vestige/base/static_vector.hpp"
#include "vestige/devices/pci_wiring.hpp"
#include "vestige/machine/mmio_bus.hpp"
#include "vestige/machine/port_bus.hpp"

namespace vestige::devices {

/// Offsets in a type 0 header.
namespace pci {
inline constexpr u8 vendor_id = 0x00, device_id = 0x02, command = 0x04, status = 0x06,
                    revision = 0x08, class_code = 0x09, header_type = 0x0e, first_bar = 0x10,
                    subsystem_vendor = 0x2c, subsystem_id = 0x2e, capabilities = 0x34,
                    interrupt_line = 0x3c, interrupt_pin = 0x3d;
inline constexpr u16 command_io = 1, command_memory = 2, command_master = 4,
                     command_no_interrupt = 0x400, status_interrupt = 8, status_capabilities = 0x10;
inline constexpr u8 multifunction = 0x80;
} // namespace pci

/// Identity of a function, as its registers give it.
struct PciIdentity {
    u16 vendor = 0;
    u16 device = 0;
    u32 class_code = 0; ///< class, subclass, programming interface
    u8 revision = 0;
};

class PciHost;

class PciFunction {
  public:
    PciFunction(u8 slot, u8 function) : slot_{slot}, function_{function} {}

    [[nodiscard]] u8 slot() const { return slot_; }
    [[nodiscard]] u8 function() const { return function_; }
    void connect(PciHost& host) { host_ = &host; }

    /// As after power-on: base addresses zero, nothing decoded.
    virtual void power_on() = 0;
    /// Configuration registers from at on, little-endian; at + width stays within the 256 bytes.
    [[nodiscard]] virtual u32 read_config(u8 at, Width width);
    virtual void write_config(u8 at, Width width, u32 value);

    /// Takes ranges from the buses whose base or enable bit has changed.
    void unmap_changed(machine::PortBus& ports, machine::MmioBus& mmio);
    /// Gives ranges that are enabled to the buses, where nobody else has them.
    void map(machine::PortBus& ports, machine::MmioBus& mmio);

  protected:
    ~PciFunction() = default;

    void identify(const PciIdentity& identity);
    void set(u8 at, u32 value, unsigned size);
    [[nodiscard]] u32 get(u8 at, unsigned size) const;
    void allow(u8 at, u32 mask, unsigned size); ///< bits that a guest may change
    /// Base address register number places size ports or bytes (a power of two).
    void add_ports(unsigned number, u32 size, machine::PortDevice& device, Width widest);
    void add_memory(unsigned number, u32 size, machine::MmioDevice& device);
    [[nodiscard]] u32 base_of(unsigned number) const;

    /// INTA# of this function.
    void set_interrupt(bool level);
    [[nodiscard]] bool bus_master() const;
    /// Bytes of configuration space may have changed from at on.
    virtual void config_written(u8 at, unsigned size);

  private:
    struct Bar {
        u8 number = 0;
        u32 size = 0;
        machine::PortDevice* ports = nullptr;
        machine::MmioDevice* memory = nullptr;
        Width widest = Width::byte;
        bool mapped = false;
        u32 base = 0; ///< where it is mapped
    };
    void declare(const Bar& bar);
    [[nodiscard]] bool wanted(const Bar& bar) const;
    void update_interrupt();

    PciHost* host_ = nullptr;
    u8 slot_;
    u8 function_;
    bool interrupt_ = false;
    std::array<u8, 256> bytes_{};
    std::array<u8, 256> writable_{};
    StaticVector<Bar, 6> bars_;
};

} // namespace vestige::devices
