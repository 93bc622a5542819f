// SPDX-License-Identifier: BSD-2-Clause
// Machine code as text, for reports and the debugger.
#pragma once

#include "vestige/base/format.hpp"
#include "vestige/cpu/cpu_state.hpp"

#include <cstddef>
#include <span>

namespace vestige::cpu {

/// Writes the first instruction of code in Intel syntax; ip is its offset in the code segment.
/// Returns its length, 1 for bytes that are no instruction (written as "db").
unsigned disassemble(TextSink& out, std::span<const std::byte> code, Mode mode, u64 ip);

} // namespace vestige::cpu
