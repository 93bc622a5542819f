// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vm/board.hpp"

#include "vestige/base/panic.hpp"

#include <algorithm>

namespace vestige::vm {
namespace {

constexpr unsigned timer_line = 0, keyboard_line = 1, com1_line = 4, floppy_line = 6,
                   parallel_line = 7, rtc_line = 8, mouse_line = 12, coprocessor_line = 13,
                   ide_line = 14;
constexpr unsigned pic_pin = 0; // LINT0
constexpr Port com1_base{0x3f8}, parallel_base{0x378};

devices::FloppyDrive floppy_drive(const disk::Drive* drive) {
    if (drive == nullptr)
        return {};
    return {.medium = drive->device,
            .cylinders = static_cast<u8>(drive->geometry.cylinders),
            .heads = static_cast<u8>(drive->geometry.heads),
            .sectors = static_cast<u8>(drive->geometry.sectors)};
}

} // namespace

Board::Board(const machine::TscClock& clock, machine::PowerControl& power, const BoardLinks& links,
             u64 wall_clock, devices::VideoStorage video)
    : lapic{clock, power, io_apic}, io_apic{lapic}, pic{{lapic, pic_pin}}, interrupts{pic, io_apic},
      hpet{clock, interrupts}, pit{clock, {interrupts, timer_line}}, rtc{clock,
                                                                         {interrupts, rtc_line},
                                                                         wall_clock},
      keyboard{clock, {interrupts, keyboard_line}, {interrupts, mouse_line}, a20, power},
      com1{clock, {interrupts, com1_line}, links.com1_out, links.com1_in}, vga{clock, video},
      pci{power, interrupts}, acpi_pm{clock, {interrupts, devices::AcpiPm::sci_line}, power},
      ide{{interrupts, ide_line}, {interrupts, ide_line + 1}, memory}, dma{memory},
      floppy{{interrupts, floppy_line}, dma},
      virtio{devices::VirtioBlock{devices::pci::first_virtio_slot, memory, &lapic},
             devices::VirtioBlock{devices::pci::first_virtio_slot + 1, memory, &lapic}},
      parallel{{interrupts, parallel_line}, links.debug_out}, system_control{a20, power},
      coprocessor{{interrupts, coprocessor_line}}, exit_ports{power, links.debug_out},
      timed_{&lapic, &hpet, &pit, &rtc, &keyboard, &com1, &acpi_pm} {
    if (!attach_all())
        panic("two devices of the board want the same port");
    reset();
}

bool Board::attach_all() {
    return pit.attach(ports) && rtc.attach(ports) && keyboard.attach(ports) &&
           com1.attach(ports, com1_base) && vga.attach(ports) && vga.attach_memory(mmio) &&
           pci.attach(ports, mmio) && acpi_pm.attach(ports) && system_control.attach(ports) &&
           coprocessor.attach(ports) && exit_ports.attach(ports) && attach_interrupts() &&
           attach_storage();
}

bool Board::attach_interrupts() {
    return pic.attach(ports) && lapic.attach(mmio) && io_apic.attach(mmio) && hpet.attach(mmio);
}

bool Board::attach_storage() {
    ide.attach(ports);
    return pci.add(ide) && dma.attach(ports) && floppy.attach(ports) &&
           parallel.attach(ports, parallel_base);
}

/// The drives of INT 13h on their cables: two disks on the first IDE channel, two CDs on the
/// second, two floppies; disks three and four are virtio's.
void Board::plug_drives() {
    constexpr u8 first_disk = 0x80, first_cd = 0xe0;
    drives.stop_emulation();
    for (u8 unit = 0; unit < 2; ++unit) {
        ide.unplug(unit);
        if (const disk::Drive* const drive = drives.find(first_disk + unit))
            ide.plug_disk(unit, *drive->device);
        ide.unplug(2U + unit);
        if (const disk::Drive* const drive = drives.find(first_cd + unit))
            ide.plug_cd(2U + unit, *drive->device);
        floppy.plug(unit, floppy_drive(drives.find(unit)));
        pci.remove(virtio[unit]);
        const u8 third_disk = first_disk + 2;
        if (const disk::Drive* const drive = drives.find(static_cast<u8>(third_disk + unit))) {
            virtio[unit].connect(*drive->device, 2U + unit);
            static_cast<void>(pci.add(virtio[unit])); // its slot is free
        }
    }
}

void Board::reset() {
    a20.set(true);
    lapic.reset();
    io_apic.reset();
    pic.reset();
    hpet.reset();
    pit.reset();
    rtc.reset();
    keyboard.reset();
    com1.reset();
    vga.reset();
    plug_drives();
    pci.reset();
    dma.reset();
    floppy.reset();
    parallel.reset();
    acpi_pm.reset();
    system_control.reset();
    coprocessor.reset();
    exit_ports.reset();
}

Vector Board::acknowledge() {
    return lapic.external_pending() ? pic.acknowledge() : lapic.acknowledge();
}

machine::Nanoseconds Board::next_deadline() const {
    machine::Nanoseconds next = machine::never;
    for (const machine::Timed* const device : timed_)
        next = std::min(next, device->next_deadline());
    return next;
}

void Board::expire(machine::Nanoseconds now) {
    for (machine::Timed* const device : timed_)
        if (device->next_deadline() <= now)
            device->expire();
}

} // namespace vestige::vm
