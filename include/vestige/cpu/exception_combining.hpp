// SPDX-License-Identifier: BSD-2-Clause
// What becomes of a fault that comes up while another event is being delivered.
#pragma once

#include "vestige/cpu/event.hpp"

namespace vestige::cpu {

enum class ExceptionClass : u8 { benign, contributory, page_fault, double_fault };

/// SDM 3A, "Interrupt 8 - Double Fault Exception (#DF)". Interrupts and INT n are benign.
[[nodiscard]] ExceptionClass exception_class(const Event& event);

/// The event to deliver when second comes up during the delivery of first; nothing: the CPU shuts
/// down (triple fault).
[[nodiscard]] std::optional<Event> combine(const Event& first, const Event& second);

} // namespace vestige::cpu
