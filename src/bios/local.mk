# SPDX-License-Identifier: BSD-2-Clause
# Sources of bios, compiled into both the hypervisor and the hosted core.
core_sources += \
    src/bios/apm.cpp \
    src/bios/apm.hpp \
    src/bios/bios.cpp \
    src/bios/block_move.cpp \
    src/bios/block_move.hpp \
    src/bios/boot.cpp \
    src/bios/call.cpp \
    src/bios/disk.cpp \
    src/bios/disk_extended.cpp \
    src/bios/disk_internal.hpp \
    src/bios/hardware.cpp \
    src/bios/interrupts.cpp \
    src/bios/key_buffer.cpp \
    src/bios/key_buffer.hpp \
    src/bios/keyboard.cpp \
    src/bios/keyboard_map.cpp \
    src/bios/keyboard_map.hpp \
    src/bios/keyboard_services.cpp \
    src/bios/memory_map.cpp \
    src/bios/pci_bios.cpp \
    src/bios/pci_bios.hpp \
    src/bios/post.cpp \
    src/bios/rom.cpp \
    src/bios/serial.cpp \
    src/bios/system.cpp \
    src/bios/text_screen.cpp \
    src/bios/text_screen.hpp \
    src/bios/time.cpp \
    src/bios/trace.cpp \
    src/bios/video.cpp
