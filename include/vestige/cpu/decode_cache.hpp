// SPDX-License-Identifier: BSD-2-Clause
// Instructions that were decoded before: drivers reach their device from the same few places.
#pragma once

#include "vestige/cpu/decoder.hpp"

namespace vestige::cpu {

/// Finds an instruction by its bytes, so that code which changed is never taken for what it was.
class DecodeCache {
  public:
    /// As decode() of the same arguments; at (an instruction pointer) only picks the place to look.
    [[nodiscard]] Result<Instruction, DecodeError> decode(u64 at, std::span<const std::byte> code,
                                                          Mode mode, CodeSize size);
    /// Instructions that had to be decoded.
    [[nodiscard]] u64 misses() const { return misses_; }

  private:
    struct Entry {
        std::array<std::byte, longest_instruction> code{};
        Mode mode = Mode::real;
        CodeSize size = CodeSize::bits16;
        Instruction instruction; ///< length 0: the entry is empty
    };
    static constexpr unsigned entry_count = 64;

    [[nodiscard]] static bool holds(const Entry& entry, std::span<const std::byte> code, Mode mode,
                                    CodeSize size);

    std::array<Entry, entry_count> entries_{};
    u64 misses_ = 0;
};

} // namespace vestige::cpu
