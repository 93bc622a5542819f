// SPDX-License-Identifier: BSD-2-Clause
// Where an instruction reaches memory, before it has run.
#pragma once

#include "vestige/base/static_vector.hpp"
#include "vestige/cpu/cpu_state.hpp"

#include <span>

namespace vestige::cpu {

/// Bytes that an operand of an instruction reads, writes, or both.
struct DataAccess {
    Linear address;
    u64 length = 0;
    bool read = false;
    bool write = false;
};
using DataAccesses = StaticVector<DataAccess, 4>;

/// What the operands of the first instruction of code reach with the registers as they are, those on
/// the stack and of one repetition of a string instruction included; without checks. Reads of
/// descriptor tables and the elements of gathers are no operands. None for bytes that are no
/// instruction.
[[nodiscard]] DataAccesses data_accesses(std::span<const std::byte> code, const CpuState& state);

} // namespace vestige::cpu
