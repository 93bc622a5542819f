# SPDX-License-Identifier: BSD-2-Clause
main_sources = \
    src/main/boot_modules.cpp \
    src/main/boot_modules.hpp \
    src/main/console.cpp \
    src/main/console.hpp \
    src/main/cpus.cpp \
    src/main/cpus.hpp \
    src/main/gdb_port.cpp \
    src/main/gdb_port.hpp \
    src/main/hypervisor_memory.cpp \
    src/main/hypervisor_memory.hpp \
    src/main/machine.cpp \
    src/main/machine.hpp \
    src/main/main.cpp \
    src/main/serial_route.cpp \
    src/main/serial_route.hpp \
    src/main/slot.cpp \
    src/main/slot.hpp \
    src/main/vm_maker.cpp \
    src/main/vm_maker.hpp
