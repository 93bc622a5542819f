// SPDX-License-Identifier: BSD-2-Clause
// Interrupts and exceptions on their way into a guest.
#pragma once

#include "vestige/base/number.hpp"

#include <optional>

namespace vestige::cpu {

/// Kinds of events, numbered as in SDM 3C, "VM-Entry Interruption-Information Field".
enum class EventType : u8 {
    external_interrupt = 0,
    nmi = 2,
    hardware_exception = 3,
    software_interrupt = 4,
    privileged_software_exception = 5,
    software_exception = 6,
};

/// Exception vectors by their names in SDM 3A, "Exception and Interrupt Vectors".
namespace exception {
inline constexpr Vector de{0};
inline constexpr Vector db{1};
inline constexpr Vector nmi{2};
inline constexpr Vector bp{3};
inline constexpr Vector of{4};
inline constexpr Vector br{5};
inline constexpr Vector ud{6};
inline constexpr Vector nm{7};
inline constexpr Vector df{8};
inline constexpr Vector ts{10};
inline constexpr Vector np{11};
inline constexpr Vector ss{12};
inline constexpr Vector gp{13};
inline constexpr Vector pf{14};
inline constexpr Vector mf{16};
inline constexpr Vector ac{17};
inline constexpr Vector mc{18};
inline constexpr Vector xm{19};
} // namespace exception

struct Event {
    EventType type = EventType::hardware_exception;
    Vector vector;
    /// Pushed in protected mode only; the back end drops it in real mode.
    std::optional<u32> error_code;
    /// For software events: bytes from RIP to the instruction after.
    u8 instruction_length = 0;

    constexpr bool operator==(const Event&) const = default;
};

/// A fault of the guest's own doing.
constexpr Event fault(Vector vector, std::optional<u32> error_code = {}) {
    return {EventType::hardware_exception, vector, error_code, 0};
}
constexpr Event undefined_opcode() {
    return fault(exception::ud);
}
constexpr Event general_protection(u32 error_code = 0) {
    return fault(exception::gp, error_code);
}

} // namespace vestige::cpu
