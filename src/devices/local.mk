# SPDX-License-Identifier: BSD-2-Clause
# Sources of devices, compiled into both the hypervisor and the hosted core.
core_sources += \
    src/devices/acpi_pm.cpp \
    src/devices/apic_registers.hpp \
    src/devices/apic_timer.cpp \
    src/devices/ata_disk.cpp \
    src/devices/ata_identity.cpp \
    src/devices/atapi_answers.cpp \
    src/devices/atapi_cd.cpp \
    src/devices/bus_master.cpp \
    src/devices/dma8237.cpp \
    src/devices/dma_memory.cpp \
    src/devices/floppy_commands.cpp \
    src/devices/floppy_controller.cpp \
    src/devices/floppy_transfer.cpp \
    src/devices/hpet.cpp \
    src/devices/ide_channel.cpp \
    src/devices/ide_controller.cpp \
    src/devices/ide_drive.cpp \
    src/devices/io_apic.cpp \
    src/devices/keyboard8042.cpp \
    src/devices/local_apic.cpp \
    src/devices/local_apic_access.cpp \
    src/devices/msix.cpp \
    src/devices/parallel_port.cpp \
    src/devices/pci.cpp \
    src/devices/pci_bridges.cpp \
    src/devices/pci_function.cpp \
    src/devices/pic8259.cpp \
    src/devices/pit8254.cpp \
    src/devices/ps2_keyboard.cpp \
    src/devices/ps2_mouse.cpp \
    src/devices/rtc_cmos.cpp \
    src/devices/system_ports.cpp \
    src/devices/uart16550.cpp \
    src/devices/virtio_block.cpp \
    src/devices/virtio_block_requests.cpp \
    src/devices/virtio_queue.cpp \
    src/devices/vga.cpp \
    src/devices/vga_dispi.cpp \
    src/devices/vga_memory.cpp \
    src/devices/vga_picture.cpp
