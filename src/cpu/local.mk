# SPDX-License-Identifier: BSD-2-Clause
# Sources of cpu, compiled into both the hypervisor and the hosted core.
core_sources += \
    src/cpu/control_registers.cpp \
    src/cpu/cpu_state.cpp \
    src/cpu/cpuid_policy.cpp \
    src/cpu/exception_combining.cpp \
    src/cpu/linear_access.cpp \
    src/cpu/msr_policy.cpp \
    src/cpu/page_walk.cpp
