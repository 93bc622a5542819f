// SPDX-License-Identifier: BSD-2-Clause
// A guest's memory as somebody looks at it from outside: nothing changes by looking, and what is
// not there is said, not made up.
#pragma once

#include "vestige/cpu/page_walk.hpp"

namespace vestige::vm {

class GuestView {
  public:
    GuestView(const cpu::CpuState& state, const cpu::PhysicalPath& path)
        : state_{state}, path_{path} {}

    /// Where the guest's page tables lead now; nothing when they do not.
    [[nodiscard]] std::optional<Gpa> translate(Linear address) const;
    /// Reads up to the first byte that is not memory; how many bytes were read.
    std::size_t read(Linear start, std::span<std::byte> out) const;
    std::size_t read(Gpa start, std::span<std::byte> out) const;
    /// Writes RAM, whatever the page tables say about writing; ROM stays. How many bytes were
    /// written, up to the first that is no RAM.
    std::size_t write(Linear start, std::span<const std::byte> data) const;
    std::size_t write(Gpa start, std::span<const std::byte> data) const;

    template <std::unsigned_integral T> [[nodiscard]] std::optional<T> load(Linear start) const {
        std::byte raw[sizeof(T)];
        if (read(start, raw) != sizeof(T))
            return {};
        return load_le<T>(raw, 0);
    }

  private:
    const cpu::CpuState& state_;
    cpu::PhysicalPath path_;
};

} // namespace vestige::vm
