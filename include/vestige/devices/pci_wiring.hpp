// SPDX-License-Identifier: BSD-2-Clause
// How the slots of PCI bus 0 are wired to the interrupt router: what $PIR and _PRT have to tell.
#pragma once

#include "vestige/base/number.hpp"

#include <array>

namespace vestige::devices::pci {

/// Interrupt links of the PIIX3: PIRQA to PIRQD, routed by its registers 60h to 63h.
inline constexpr unsigned links = 4;
inline constexpr u8 first_route_register = 0x60;
inline constexpr u8 not_routed = 0x80;

/// Bus 0: what sits where. Disks on virtio have the slots from first_virtio_slot on.
inline constexpr u8 host_bridge_slot = 0, isa_bridge_slot = 1, first_virtio_slot = 3;
inline constexpr u8 isa_function = 0, ide_function = 1;

/// ISA interrupts that POST routes PIRQA to PIRQD to, level-triggered.
inline constexpr std::array<u8, links> route_after_post{10, 11, 10, 11};
/// ISA interrupts that a link can be routed to without meeting an ISA device, as a mask.
inline constexpr u16 free_interrupts = 1U << 5 | 1U << 10 | 1U << 11;

/// The link (0: PIRQA) that a slot's interrupt pin (0: INTA#) is wired to.
constexpr unsigned link_of(unsigned slot, unsigned pin) { return (slot + pin + links - 1) % links; }
static_assert(link_of(1, 0) == 0 && link_of(2, 0) == 1 && link_of(1, 3) == 3);

/// With an I/O APIC the links have inputs of their own beside the ISA interrupts' ones.
inline constexpr unsigned first_apic_input = 16;

} // namespace vestige::devices::pci
