# SPDX-License-Identifier: BSD-2-Clause
# The machine we run on. The parsers and what only computes are tested hosted as well.
host_pure_sources += \
    src/host/acpi.cpp \
    src/host/boot_info.cpp \
    src/host/firmware_tables.cpp \
    src/host/firmware_tables.hpp \
    src/host/mp_table.cpp \
    src/host/page_allocator.cpp \
    src/host/page_table.cpp \
    src/host/wall_clock.cpp
host_sources += \
    src/host/calibration.cpp \
    src/host/calibration.hpp \
    src/host/clock.cpp \
    src/host/console.cpp \
    src/host/descriptor_tables.cpp \
    src/host/interrupt_controllers.cpp \
    src/host/keyboard.cpp \
    src/host/lapic.cpp \
    src/host/machine_end.cpp \
    src/host/paging.cpp \
    src/host/panic.cpp \
    src/host/protection_probe.cpp \
    src/host/protection_probe.hpp \
    src/host/runtime.cpp \
    src/host/smp.cpp \
    src/host/symbols.cpp \
    src/host/trap.cpp \
    src/host/trap.hpp \
    src/host/trap_entry.S \
    src/host/uart.cpp
