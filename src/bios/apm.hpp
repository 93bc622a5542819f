// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "vestige/bios/call.hpp"

namespace vestige::bios {

/// INT 15h AH=53h, the real-mode interface of APM 1.2.
Outcome apm(Call& call);

} // namespace vestige::bios
