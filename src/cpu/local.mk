# SPDX-License-Identifier: BSD-2-Clause
# Sources of cpu, compiled into both the hypervisor and the hosted core.
core_sources += \
    src/cpu/cpu_state.cpp
