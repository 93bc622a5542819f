// SPDX-License-Identifier: BSD-2-Clause
// The emulated mainboard: buses, devices and the wires between them.
#pragma once

#include "vestige/bios/environment.hpp"
#include "vestige/devices/acpi_pm.hpp"
#include "vestige/devices/floppy_controller.hpp"
#include "vestige/devices/hpet.hpp"
#include "vestige/devices/ide_controller.hpp"
#include "vestige/devices/io_apic.hpp"
#include "vestige/devices/parallel_port.hpp"
#include "vestige/devices/system_ports.hpp"
#include "vestige/devices/virtio_block.hpp"
#include "vestige/machine/mmio_bus.hpp"

#include <array>

namespace vestige::vm {

/// Host-side ends of the board's connectors.
struct BoardLinks {
    machine::CharacterSink& com1_out;
    machine::CharacterSource& com1_in;
    machine::CharacterSink& debug_out;
};

class Board {
  public:
    /// wall_clock: seconds since 1970 at power-on.
    Board(const machine::TscClock& clock, machine::PowerControl& power, const BoardLinks& links,
          u64 wall_clock, devices::VideoStorage video = {});

    /// Every device as after power-on; CMOS RAM and memory keep their contents.
    void reset();
    /// What the tables of the BIOS tell about these devices.
    [[nodiscard]] static bios::BoardFacts facts() {
        return {.apic = true,
                .hpet = devices::Hpet::capabilities(),
                .floppy_controller = true,
                .parallel_port = true,
                .mouse = true};
    }
    /// The vector of the interrupt that the CPU takes now.
    [[nodiscard]] Vector acknowledge();
    /// First moment at which a device wants expire().
    [[nodiscard]] machine::Nanoseconds next_deadline() const;
    /// Brings every device that is due to the present.
    void expire(machine::Nanoseconds now);

    machine::A20Gate a20;
    machine::PortBus ports;
    machine::MmioBus mmio;
    machine::GuestMemory memory;
    devices::LocalApic lapic;
    devices::IoApic io_apic;
    devices::Pic8259 pic;
    devices::InterruptRouter interrupts; ///< where devices' lines go
    devices::Hpet hpet;
    devices::Pit8254 pit;
    devices::RtcCmos rtc;
    devices::Keyboard8042 keyboard;
    devices::Uart16550 com1;
    devices::Vga vga;
    devices::PciHost pci;
    devices::AcpiPm acpi_pm;
    devices::IdeController ide;
    devices::Dma8237 dma;
    devices::FloppyController floppy;
    std::array<devices::VirtioBlock, 2> virtio;
    devices::ParallelPort parallel;
    devices::SystemControl system_control;
    devices::CoprocessorError coprocessor;
    devices::ExitPorts exit_ports;
    disk::DriveSet drives;

  private:
    [[nodiscard]] bool attach_all();
    [[nodiscard]] bool attach_interrupts();
    [[nodiscard]] bool attach_storage();
    void plug_drives();
    std::array<machine::Timed*, 7> timed_;
};

} // namespace vestige::vm
