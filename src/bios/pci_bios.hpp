// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "vestige/bios/call.hpp"

namespace vestige::bios {

/// INT 1Ah AH=B1h (PCI BIOS Specification 2.1).
Outcome pci_bios(Call& call);

} // namespace vestige::bios
