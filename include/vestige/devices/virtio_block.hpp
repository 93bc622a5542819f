// SPDX-License-Identifier: BSD-2-Clause
// A disk as a virtio device on PCI: legacy and 1.0 ("Virtio Over PCI Bus", "Block Device").
#pragma once

#include "vestige/devices/msix.hpp"
#include "vestige/devices/pci_function.hpp"
#include "vestige/devices/virtio_queue.hpp"
#include "vestige/machine/backends.hpp"

namespace vestige::devices {

/// Transitional: registers of old in ports (register 0), those of 1.0 in memory (register 4).
/// One queue; interrupts by INTA#, or by messages (MSI-X, register 1).
class VirtioBlock final : public PciFunction,
                          private machine::PortDevice,
                          private machine::MmioDevice {
  public:
    VirtioBlock(u8 slot, machine::GuestMemory& memory, machine::MessageSink* messages = nullptr);
    /// medium has 512-byte sectors and outlives this; number is told in the serial number.
    void connect(machine::BlockDevice& medium, unsigned number);
    void power_on() override;
    [[nodiscard]] u32 read_config(u8 at, Width width) override;
    void write_config(u8 at, Width width, u32 value) override;

    [[nodiscard]] u64 refusals() const { return memory_.refusals(); }
    [[nodiscard]] u8 status() const { return status_; }

  private:
    static constexpr u16 no_vector = 0xffff;
    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;
    u64 read_mmio(u64 offset, Width width) override;
    void write_mmio(u64 offset, Width width, u64 value) override;

    void add_capabilities();
    void config_written(u8 at, unsigned size) override;
    [[nodiscard]] unsigned legacy_device_at() const;
    void notify(u8 reason, u16 vector);
    [[nodiscard]] u64 offered() const;
    [[nodiscard]] u64 common_field(u64 at) const;
    void set_common_field(u64 at, u64 value);
    [[nodiscard]] u64 read_common(u64 at, Width width) const;
    void write_common(u64 at, Width width, u64 value);
    [[nodiscard]] u64 read_device(u64 at, Width width) const;
    [[nodiscard]] u8 take_isr();
    void reset_device();
    void set_status(u8 value);
    void set_legacy_page(u32 page);
    void enable_queue();

    void serve();
    [[nodiscard]] u32 run(const VirtioChain& chain);
    [[nodiscard]] u8 run_request(const VirtioChain& chain, u32 room, u32& written);
    [[nodiscard]] u8 transfer(const VirtioChain& chain, bool write, u64 sector, u32 size);
    [[nodiscard]] u8 give_identity(const VirtioChain& chain, u32 room, u32& written);

    machine::BlockDevice* medium_ = nullptr;
    DmaMemory memory_;
    MsixTable msix_;
    VirtioQueue queue_;
    VirtioChain chain_;
    unsigned number_ = 0;
    u8 status_ = 0;
    u8 isr_ = 0;
    u16 queue_select_ = 0;
    u16 config_vector_ = no_vector;
    u16 queue_vector_ = no_vector;
    u16 queue_size_ = VirtioQueue::largest;
    bool queue_enabled_ = false;
    u32 legacy_page_ = 0;
    u32 device_features_select_ = 0;
    u32 driver_features_select_ = 0;
    u64 driver_features_ = 0;
    VirtioRings rings_;
};

} // namespace vestige::devices
