// SPDX-License-Identifier: BSD-2-Clause
// The machine's 8259 pair and I/O APICs: silenced, because the host takes no device interrupts.
#pragma once

#include "vestige/host/acpi.hpp"

namespace vestige::host {

/// Masks every line of the 8259 pair, moved off the exception vectors first.
void mask_pic();
/// Masks every entry of these I/O APICs.
void mask_io_apics(const IoApicList& io_apics);

} // namespace vestige::host
