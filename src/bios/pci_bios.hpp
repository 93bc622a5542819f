// SPDX-License-Identifier: BSD-2-Clause
// INT 1Ah AH=B1h: PCI BIOS 2.1, for real-mode and 16-bit protected-mode callers.
#pragma once

#include "vestige/bios/call.hpp"

namespace vestige::bios {

Outcome pci_present(Call& call);
Outcome pci_find_device(Call& call);
Outcome pci_find_class(Call& call);
Outcome pci_read_byte(Call& call);
Outcome pci_read_word(Call& call);
Outcome pci_read_dword(Call& call);
Outcome pci_write_byte(Call& call);
Outcome pci_write_word(Call& call);
Outcome pci_write_dword(Call& call);
/// The rows of $PIR, for real-mode and v86 callers: their buffer is named by a segment.
Outcome pci_interrupt_routing(Call& call);
Outcome pci_unsupported(Call& call);

} // namespace vestige::bios
