# SPDX-License-Identifier: BSD-2-Clause
# Sources of disk, compiled into both the hypervisor and the hosted core.
core_sources += \
    src/disk/drive_set.cpp \
    src/disk/el_torito.cpp \
    src/disk/geometry.cpp \
    src/disk/image_kind.cpp \
    src/disk/ram_disk.cpp
