// SPDX-License-Identifier: BSD-2-Clause
// Ports and device memory by their names.
#include "vestige/vm/trace_event.hpp"

namespace vestige::vm {
namespace {

struct PortName {
    u16 first;
    u16 last;
    std::string_view name;
};

/// As on an AT; the first row that fits counts.
constexpr std::array port_names{
    PortName{0x00, 0x0f, "DMA 1"},
    PortName{0x20, 0x20, "PIC 1 command"},
    PortName{0x21, 0x21, "PIC 1 mask"},
    PortName{0x40, 0x40, "PIT channel 0"},
    PortName{0x41, 0x41, "PIT channel 1"},
    PortName{0x42, 0x42, "PIT channel 2"},
    PortName{0x43, 0x43, "PIT mode"},
    PortName{0x60, 0x60, "keyboard data"},
    PortName{0x61, 0x61, "system control B (speaker, refresh)"},
    PortName{0x64, 0x64, "keyboard status, command"},
    PortName{0x70, 0x70, "CMOS index"},
    PortName{0x71, 0x71, "CMOS data"},
    PortName{0x80, 0x80, "POST code"},
    PortName{0x81, 0x8f, "DMA page"},
    PortName{0x92, 0x92, "system control A (A20, reset)"},
    PortName{0xa0, 0xa0, "PIC 2 command"},
    PortName{0xa1, 0xa1, "PIC 2 mask"},
    PortName{0xb2, 0xb3, "APM"},
    PortName{0xbc, 0xbf, "way into the BIOS (INT 10h)"},
    PortName{0xc0, 0xdf, "DMA 2"},
    PortName{0xe9, 0xe9, "debug console"},
    PortName{0xf0, 0xf1, "FPU"},
    PortName{0xf4, 0xf4, "exit"},
    PortName{0x170, 0x177, "IDE 2"},
    PortName{0x1f0, 0x1f0, "IDE 1 data"},
    PortName{0x1f1, 0x1f1, "IDE 1 error, features"},
    PortName{0x1f2, 0x1f5, "IDE 1 count, address"},
    PortName{0x1f6, 0x1f6, "IDE 1 drive"},
    PortName{0x1f7, 0x1f7, "IDE 1 status, command"},
    PortName{0x278, 0x27a, "LPT2"},
    PortName{0x2e8, 0x2ef, "COM4"},
    PortName{0x2f8, 0x2ff, "COM2"},
    PortName{0x376, 0x376, "IDE 2 control"},
    PortName{0x378, 0x37a, "LPT1"},
    PortName{0x3b4, 0x3b5, "CRTC (mono)"},
    PortName{0x3c0, 0x3c1, "VGA attributes"},
    PortName{0x3c2, 0x3c2, "VGA misc output, input status 0"},
    PortName{0x3c4, 0x3c5, "VGA sequencer"},
    PortName{0x3c6, 0x3c9, "VGA palette"},
    PortName{0x3cc, 0x3cc, "VGA misc output"},
    PortName{0x3ce, 0x3cf, "VGA graphics"},
    PortName{0x3d4, 0x3d4, "CRTC index"},
    PortName{0x3d5, 0x3d5, "CRTC data"},
    PortName{0x3da, 0x3da, "VGA input status 1"},
    PortName{0x3e8, 0x3ef, "COM3"},
    PortName{0x3f0, 0x3f5, "floppy"},
    PortName{0x3f6, 0x3f6, "IDE 1 control"},
    PortName{0x3f7, 0x3f7, "floppy DIR"},
    PortName{0x3f8, 0x3f8, "COM1 data"},
    PortName{0x3f9, 0x3f9, "COM1 interrupt enable"},
    PortName{0x3fa, 0x3fa, "COM1 FIFO"},
    PortName{0x3fb, 0x3fb, "COM1 line control"},
    PortName{0x3fc, 0x3fc, "COM1 modem control"},
    PortName{0x3fd, 0x3fd, "COM1 line status"},
    PortName{0x3fe, 0x3fe, "COM1 modem status"},
    PortName{0x3ff, 0x3ff, "COM1 scratch"},
    PortName{0x4d0, 0x4d1, "PIC edge/level"},
    PortName{0xcf8, 0xcf8, "PCI address"},
    PortName{0xcf9, 0xcf9, "reset control"},
    PortName{0xcfc, 0xcff, "PCI data"},
    PortName{0x1ce, 0x1d0, "VBE"},
    PortName{0x600, 0x63f, "ACPI PM"},
    PortName{0x8900, 0x8900, "shutdown"},
};

struct MemoryName {
    u64 first;
    u64 last;
    std::string_view name;
};
constexpr std::array memory_names{
    MemoryName{0xa0000, 0xbffff, "VGA memory"},
    MemoryName{0xc0000, 0xdffff, "option ROMs"},
    MemoryName{0xe0000, 0xfffff, "BIOS ROM"},
    MemoryName{0xfec00000, 0xfec00fff, "I/O APIC"},
    MemoryName{0xfed00000, 0xfed003ff, "HPET"},
    MemoryName{0xfee00000, 0xfee00fff, "local APIC"},
    MemoryName{0xff800000, 0xffffffff, "boot ROM"},
};

} // namespace

std::string_view port_name(Port port) {
    for (const PortName& each : port_names)
        if (port.value >= each.first && port.value <= each.last)
            return each.name;
    return {};
}

std::string_view memory_name(Gpa address) {
    for (const MemoryName& each : memory_names)
        if (address.value() >= each.first && address.value() <= each.last)
            return each.name;
    return {};
}

} // namespace vestige::vm
