// SPDX-License-Identifier: BSD-2-Clause
// Reading and writing guest memory as the guest's own instructions would.
#pragma once

#include "vestige/cpu/page_walk.hpp"

#include <concepts>

namespace vestige::cpu {

/// Guest memory behind segmentation and paging. Failures are the events that the guest's CPU would
/// raise, ready to be injected: CR2 is already set for a page fault. Data in absent memory reads
/// as FFh (no MMIO here: see Emulator). Reads and writes are all or nothing.
class LinearAccess {
  public:
    LinearAccess(CpuState& state, const PhysicalPath& path) : state_{state}, path_{path} {}

    /// Privilege of explicit data accesses at the current CPL.
    [[nodiscard]] Privilege privilege() const;
    /// An explicit data access at the current CPL.
    [[nodiscard]] PageAccess data(AccessKind kind) const { return {kind, privilege()}; }

    /// The CPU itself has just translated address, for an access of this kind at the current
    /// privilege: data accesses to that page need no walk.
    void know(Linear address, Gpa place, AccessKind kind) { known_ = {address, place, kind}; }

    [[nodiscard]] Result<Gpa, Event> translate(Linear address, PageAccess access);
    /// By linear address; wraps at 4 GiB outside 64-bit mode. No canonical check.
    [[nodiscard]] Result<Unit, Event> read(Linear address, std::span<std::byte> out,
                                           Privilege privilege);
    [[nodiscard]] Result<Unit, Event> write(Linear address, std::span<const std::byte> data,
                                            Privilege privilege);

    /// Segmentation alone: the linear address of size bytes at segment:offset after type, limit and
    /// canonical checks (#GP, or #SS for the stack segment). An access may not run over the end of
    /// a segment, in real mode neither: there is no 64 KiB wrap inside one operand on a 286 or
    /// later.
    [[nodiscard]] Result<Linear, Event> linear(SegmentName segment, u64 offset, u64 size,
                                               AccessKind kind) const;

    /// One operand at segment:offset with the current CPL.
    [[nodiscard]] Result<Unit, Event> read(SegmentName segment, u64 offset,
                                           std::span<std::byte> out);
    [[nodiscard]] Result<Unit, Event> write(SegmentName segment, u64 offset,
                                            std::span<const std::byte> data);
    template <std::unsigned_integral T>
    [[nodiscard]] Result<T, Event> load(SegmentName segment, u64 offset) {
        std::byte raw[sizeof(T)];
        if (const auto done = read(segment, offset, raw); !done)
            return Error{done.error()};
        return load_le<T>(raw, 0);
    }
    template <std::unsigned_integral T>
    [[nodiscard]] Result<Unit, Event> store(SegmentName segment, u64 offset, T value) {
        std::byte raw[sizeof(T)];
        store_le<T>(raw, 0, value);
        return write(segment, offset, raw);
    }

    /// A buffer of up to 64 KiB whose offset wraps at FFFFh from byte to byte, as string
    /// instructions with 16-bit addresses step through it. For the buffers of BIOS calls.
    [[nodiscard]] Result<Unit, Event> read_wrapping(SegmentName segment, u16 offset,
                                                    std::span<std::byte> out);
    [[nodiscard]] Result<Unit, Event> write_wrapping(SegmentName segment, u16 offset,
                                                     std::span<const std::byte> data);

    [[nodiscard]] CpuState& state() { return state_; }
    [[nodiscard]] const PhysicalPath& path() const { return path_; }

  private:
    struct Known {
        Linear address;
        Gpa place;
        AccessKind kind = AccessKind::execute; ///< execute: nothing is known
    };
    [[nodiscard]] bool is_known(Linear address, PageAccess access) const;
    [[nodiscard]] Linear wrap(Linear address) const;
    /// Every page of the range can be written.
    [[nodiscard]] Result<Unit, Event> check_write(Linear address, u64 size, Privilege privilege);

    CpuState& state_;
    PhysicalPath path_;
    Known known_;
};

/// Bits 63 down to the highest address bit (47) are equal.
constexpr bool is_canonical(u64 address) {
    return static_cast<u64>(static_cast<std::int64_t>(address << 16) >> 16) == address;
}

} // namespace vestige::cpu
