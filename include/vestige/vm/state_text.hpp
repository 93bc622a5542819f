// SPDX-License-Identifier: BSD-2-Clause
// A CPU's state in words, for the monitor, traces and fault reports.
#pragma once

#include "vestige/base/format.hpp"
#include "vestige/cpu/cpu_state.hpp"

namespace vestige::vm {

/// "real mode", "32-bit protected mode", ...
[[nodiscard]] std::string_view name_of(cpu::Mode mode);
/// "#GP, general protection", "#DE, division error"; empty for vectors that are no exceptions.
[[nodiscard]] std::string_view exception_name(Vector vector);
/// "#GP"; empty as above.
[[nodiscard]] std::string_view exception_mnemonic(Vector vector);
[[nodiscard]] std::string_view segment_name(cpu::SegmentName name);

/// "0000:7c05 (linear 7c05)" where segments matter, else the linear address alone.
void print_code_address(TextSink& out, const cpu::CpuState& state);
/// "ZF PF IF IOPL=3", "none"
void print_flags(TextSink& out, u64 rflags);
void print_cr0(TextSink& out, u64 value);
void print_cr4(TextSink& out, u64 value);
void print_efer(TextSink& out, u64 value);
/// "code, 16 bit, readable, DPL 0", "unusable", ...
void print_access_rights(TextSink& out, u32 access_rights, bool system);

} // namespace vestige::vm
