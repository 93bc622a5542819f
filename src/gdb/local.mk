# SPDX-License-Identifier: BSD-2-Clause
# Sources of gdb, compiled into both the hypervisor and the hosted core.
core_sources += \
    src/gdb/packet.cpp \
    src/gdb/queries.cpp \
    src/gdb/state.cpp \
    src/gdb/stub.cpp \
    src/gdb/target_description.cpp
