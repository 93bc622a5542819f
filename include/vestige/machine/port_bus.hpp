// SPDX-License-Identifier: BSD-2-Clause
// The I/O port space of a VM.
#pragma once

#include "vestige/base/number.hpp"
#include "vestige/base/static_vector.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace vestige::machine {

/// A device on the port bus. Ports are absolute. The bus only passes widths up to the one that
/// was named in attach(); wider accesses arrive split, low byte first, as on ISA.
class PortDevice {
  public:
    /// The value read, in the low bits.
    virtual u32 read_port(Port port, Width width) = 0;
    virtual void write_port(Port port, Width width, u32 value) = 0;
    /// As many accesses of width to the same port as the span has room for, a whole number of
    /// them: INS and OUTS. Devices with a data port move the bytes at once.
    virtual void read_string(Port port, Width width, std::span<std::byte> out);
    virtual void write_string(Port port, Width width, std::span<const std::byte> data);

  protected:
    ~PortDevice() = default;
};

/// Routes port accesses to devices. Ports without a device read all ones and ignore writes.
class PortBus {
  public:
    static constexpr std::size_t most_devices = 254;

    /// Gives count ports from first to device, in accesses of at most widest; false when a port is
    /// taken, the range leaves the port space or the table is full.
    [[nodiscard]] bool attach(Port first, u32 count, PortDevice& device,
                              Width widest = Width::byte);
    /// Takes the ports of device in a range away from it again.
    void detach(Port first, u32 count, const PortDevice& device);
    [[nodiscard]] u32 read(Port port, Width width);
    void write(Port port, Width width, u32 value);
    /// Repeated accesses to one port; the span's size is a multiple of the width.
    void read_string(Port port, Width width, std::span<std::byte> out);
    void write_string(Port port, Width width, std::span<const std::byte> data);
    /// True when a device answers at port.
    [[nodiscard]] bool claimed(Port port) const { return slot_[port.value] != 0; }

  private:
    struct Entry {
        PortDevice* device = nullptr;
        Width widest = Width::byte;
    };
    [[nodiscard]] const Entry* entry(Port port) const;
    [[nodiscard]] u8 slot_for(PortDevice& device, Width widest);
    [[nodiscard]] bool passes_whole(Port port, Width width) const;

    StaticVector<Entry, most_devices> entries_;
    std::array<u8, 65536> slot_{}; ///< 0: nobody, else index + 1 into entries_
};

} // namespace vestige::machine
