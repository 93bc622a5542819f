# SPDX-License-Identifier: BSD-2-Clause
# Sources of base, compiled into both the hypervisor and the hosted core.
core_sources += \
    src/base/format.cpp \
    src/base/log.cpp
