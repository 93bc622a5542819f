// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/decode_cache.hpp"

#include <algorithm>

namespace vestige::cpu {

/// An instruction is its first `length` bytes: those that follow it do not change it.
bool DecodeCache::holds(const Entry& entry, std::span<const std::byte> code, Mode mode,
                        CodeSize size) {
    const unsigned length = entry.instruction.length;
    return length != 0 && length <= code.size() && entry.mode == mode && entry.size == size &&
           std::equal(code.begin(), code.begin() + length, entry.code.begin());
}

Result<Instruction, DecodeError> DecodeCache::decode(u64 at, std::span<const std::byte> code,
                                                     Mode mode, CodeSize size) {
    Entry& entry = entries_[(at ^ at >> 6) % entry_count];
    if (holds(entry, code, mode, size))
        return entry.instruction;
    ++misses_;
    const auto decoded = cpu::decode(code, mode, size);
    if (decoded) {
        std::copy_n(code.begin(), decoded.value().length, entry.code.begin());
        entry.mode = mode;
        entry.size = size;
        entry.instruction = decoded.value();
    }
    return decoded;
}

} // namespace vestige::cpu
