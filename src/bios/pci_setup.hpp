// SPDX-License-Identifier: BSD-2-Clause
// What POST does on the PCI bus.
#pragma once

#include "vestige/bios/call.hpp"

namespace vestige::bios {

/// Places every base address register, routes the interrupts and turns the functions on.
void set_up_pci(Call& call);

} // namespace vestige::bios
