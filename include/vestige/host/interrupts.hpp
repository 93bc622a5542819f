// SPDX-License-Identifier: BSD-2-Clause
// The host's own interrupts.
#pragma once

#include "vestige/base/number.hpp"

namespace vestige::host {

inline constexpr Vector timer_vector{0xf0};
inline constexpr Vector kick_vector{0xf1};
inline constexpr Vector spurious_vector{0xff};

/// Serves a host interrupt that arrived while a guest ran and was acknowledged by the VM exit.
void dispatch_interrupt(Vector vector);
/// Serves an NMI that arrived while a guest ran: stops this CPU after a panic elsewhere.
void dispatch_nmi();

} // namespace vestige::host
