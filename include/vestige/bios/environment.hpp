// SPDX-License-Identifier: BSD-2-Clause
// Everything that the BIOS works on, passed in by the VM.
#pragma once

#include "vestige/bios/machine_facts.hpp"
#include "vestige/cpu/cpu_state.hpp"
#include "vestige/devices/keyboard8042.hpp"
#include "vestige/devices/parallel_port.hpp"
#include "vestige/devices/pci.hpp"
#include "vestige/devices/pic8259.hpp"
#include "vestige/devices/pit8254.hpp"
#include "vestige/devices/rtc_cmos.hpp"
#include "vestige/devices/system_ports.hpp"
#include "vestige/devices/uart16550.hpp"
#include "vestige/devices/vga.hpp"
#include "vestige/disk/drive_set.hpp"
#include "vestige/machine/a20_gate.hpp"
#include "vestige/machine/clock.hpp"
#include "vestige/machine/guest_memory.hpp"
#include "vestige/machine/power_control.hpp"

#include <string_view>

namespace vestige::bios {

/// Who wants to know what the BIOS does to the text screen between two looks at it.
class ScreenObserver {
  public:
    /// The top row of the screen is about to scroll away: its character and attribute cells.
    virtual void row_scrolled_off(std::span<const u16> cells) = 0;
    /// The BIOS wrote to the screen.
    virtual void screen_written() = 0;

  protected:
    ~ScreenObserver() = default;
};

/// Layouts of the keyboard: keyboard_layouts.cpp has a table for each.
enum class KeyLayout : u8 { us, de };

struct Environment {
    cpu::CpuState& cpu;
    machine::GuestMemory& memory;
    machine::A20Gate& a20;
    const machine::Clock& clock;
    machine::PowerControl& power;
    devices::Pic8259& pic;
    devices::Pit8254& pit;
    devices::RtcCmos& rtc;
    devices::Keyboard8042& keyboard;
    devices::CoprocessorError& coprocessor;
    devices::Uart16550& com1;
    devices::ParallelPort& lpt1;
    devices::Vga& vga;
    devices::PciHost& pci;
    disk::DriveSet& drives;
    ScreenObserver& screen;
    u64 memory_size = 0;         ///< bytes of RAM, the first MiB's holes included
    BoardFacts board;
    std::string_view boot_order; ///< letters: a floppy, c disk, d CD, n option ROM
    /// Images of option ROMs, in the order of their initialisation.
    std::span<const std::span<const std::byte>> option_roms;
    /// Raw code to start in place of booting: copied to raw_address, entered at raw_entry.
    std::span<const std::byte> raw_code;
    Gpa raw_address;
    FarPtr raw_entry;
    KeyLayout keys = KeyLayout::us;
};

} // namespace vestige::bios
