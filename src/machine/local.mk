# SPDX-License-Identifier: BSD-2-Clause
# Sources of machine, compiled into both the hypervisor and the hosted core.
core_sources += \
    src/machine/guest_memory.cpp \
    src/machine/port_bus.cpp \
    src/machine/mmio_bus.cpp
