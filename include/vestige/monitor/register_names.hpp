// SPDX-License-Identifier: BSD-2-Clause
// Registers by the names that people type.
#pragma once

#include "vestige/base/result.hpp"
#include "vestige/vcpu/vcpu.hpp"

#include <string_view>

namespace vestige::monitor {

/// A register, or a part of one.
struct RegisterName {
    enum class Kind : u8 { gpr, ip, flags, segment, control, efer, debug, pc };
    std::string_view name;
    Kind kind = Kind::gpr;
    u8 number = 0; ///< of the register in its kind
    u8 bits = 64;
    u8 shift = 0; ///< AH and its like
};

[[nodiscard]] std::span<const RegisterName> register_names();
/// By name without '$', lower case; null when there is none.
[[nodiscard]] const RegisterName* find_register(std::string_view name);
[[nodiscard]] u64 read_register(const vcpu::Vcpu& cpu, const RegisterName& name);
/// Sets a register whose value can be anything; else why not, as a clause.
[[nodiscard]] Result<Unit, const char*> write_register(vcpu::Vcpu& cpu, const RegisterName& name,
                                                       u64 value);

} // namespace vestige::monitor
