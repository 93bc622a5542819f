// SPDX-License-Identifier: BSD-2-Clause
// INT 15h AH=89h.
#pragma once

#include "vestige/bios/call.hpp"

namespace vestige::bios {

/// Returns to the caller in protected mode, with the segments of its table at ES:SI and the
/// interrupt controllers moved to the vectors BL and BH.
Outcome enter_protected_mode(Call& call);

} // namespace vestige::bios
