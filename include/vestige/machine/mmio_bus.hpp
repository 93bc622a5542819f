// SPDX-License-Identifier: BSD-2-Clause
// Memory-mapped device registers of a VM: guest-physical ranges that are not memory.
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/base/number.hpp"
#include "vestige/base/static_vector.hpp"

namespace vestige::machine {

/// A device in memory space. Accesses never cross the end of its range.
class MmioDevice {
  public:
    /// offset is relative to the attached range; the value is in the low bits.
    virtual u64 read_mmio(u64 offset, Width width) = 0;
    virtual void write_mmio(u64 offset, Width width, u64 value) = 0;

  protected:
    ~MmioDevice() = default;
};

/// Routes accesses that hit no memory. Where no device is, reads give all ones and writes go
/// nowhere. An access that leaves a range is split into bytes.
class MmioBus {
  public:
    /// False when a range is taken or the table is full.
    [[nodiscard]] bool attach(Gpa start, u64 size, MmioDevice& device);
    /// Takes the range that device has at start away from it.
    void detach(Gpa start, const MmioDevice& device);
    [[nodiscard]] u64 read(Gpa address, Width width);
    void write(Gpa address, Width width, u64 value);

  private:
    struct Range {
        Gpa start;
        u64 size = 0;
        MmioDevice* device = nullptr;
    };
    [[nodiscard]] const Range* find(Gpa address) const;

    StaticVector<Range, 16> ranges_;
};

} // namespace vestige::machine
