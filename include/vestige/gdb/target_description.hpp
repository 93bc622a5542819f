// SPDX-License-Identifier: BSD-2-Clause
// What GDB is told about a guest's CPU: an architecture for each kind of code, and the registers in
// the order of its packets.
#pragma once

#include "vestige/base/format.hpp"
#include "vestige/vcpu/vcpu.hpp"

namespace vestige::gdb {

/// Kinds of code that GDB disassembles differently.
enum class Architecture : u8 { i8086, i386, x86_64 };

[[nodiscard]] Architecture architecture_of(const cpu::CpuState& state);
[[nodiscard]] std::string_view name_of(Architecture architecture);

/// Bytes from..from+count of the XML description to out; true when the end has been reached.
[[nodiscard]] bool write_description(Architecture architecture, std::size_t from, std::size_t count,
                                     TextSink& out);

/// A register as GDB numbers it. EIP and ESP are linear addresses outside 64-bit code: GDB knows no
/// segments.
[[nodiscard]] unsigned register_count(Architecture architecture);
/// In bytes.
[[nodiscard]] unsigned register_size(Architecture architecture, unsigned number);
/// Nothing for the registers that are not kept here (floating point).
[[nodiscard]] std::optional<u64> read_register(const vcpu::Vcpu& cpu, Architecture architecture,
                                               unsigned number);
/// False for registers that cannot be written, or not with this value.
[[nodiscard]] bool write_register(vcpu::Vcpu& cpu, Architecture architecture, unsigned number,
                                  u64 value);

} // namespace vestige::gdb
