// SPDX-License-Identifier: BSD-2-Clause
// INT 15h AH=C2h by its functions in AL.
#pragma once

#include "vestige/bios/call.hpp"

namespace vestige::bios {

Outcome mouse_enable(Call& call);
Outcome mouse_reset(Call& call);
Outcome mouse_sample_rate(Call& call);
Outcome mouse_resolution(Call& call);
Outcome mouse_id(Call& call);
Outcome mouse_initialize(Call& call);
Outcome mouse_status(Call& call);
Outcome mouse_routine(Call& call);
Outcome mouse_bad_function(Call& call);

} // namespace vestige::bios
