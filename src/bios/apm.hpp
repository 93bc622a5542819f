// SPDX-License-Identifier: BSD-2-Clause
// INT 15h AH=53h: Advanced Power Management 1.2 through its three interfaces.
#pragma once

#include "vestige/bios/call.hpp"

namespace vestige::bios {

Outcome apm_check(Call& call);
/// Connect and disconnect: the interfaces have no state.
Outcome apm_connect(Call& call);
/// Tell the protected-mode interfaces' segments and their entry.
Outcome apm_connect_16_bit(Call& call);
Outcome apm_connect_32_bit(Call& call);
/// Sleeps until the next interrupt.
Outcome apm_idle(Call& call);
Outcome apm_busy(Call& call);
Outcome apm_set_power_state(Call& call);
/// Settings of power management that change nothing here.
Outcome apm_accept(Call& call);
Outcome apm_power_status(Call& call);
Outcome apm_event(Call& call);
Outcome apm_version(Call& call);
Outcome apm_capabilities(Call& call);
Outcome apm_unknown(Call& call);

} // namespace vestige::bios
