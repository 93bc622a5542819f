// SPDX-License-Identifier: BSD-2-Clause
// The register frame that the trap stubs leave on the stack, and the stacks they use.
#pragma once

#include "vestige/base/number.hpp"

namespace vestige::host {

inline constexpr unsigned ist_double_fault = 1, ist_nmi = 2, ist_machine_check = 3, ist_debug = 4;
inline constexpr unsigned ist_count = 4;

struct TrapFrame {
    u64 rax, rcx, rdx, rbx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15;
    u64 vector, error_code;
    u64 rip, cs, rflags, rsp, ss;
};

/// Panics with the frame's registers instead of the caller's.
[[noreturn]] void panic_with(const char* reason, const TrapFrame& frame);
/// True once any CPU has panicked.
[[nodiscard]] bool panicking();

} // namespace vestige::host
