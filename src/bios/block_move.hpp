// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "vestige/bios/call.hpp"

namespace vestige::bios {

/// INT 15h AH=87h: copies CX words between the places that two descriptors name.
Outcome move_block(Call& call);

} // namespace vestige::bios
