# SPDX-License-Identifier: BSD-2-Clause
# Sources of cpu, compiled into both the hypervisor and the hosted core.
core_sources += \
    src/cpu/bus_access.cpp \
    src/cpu/control_registers.cpp \
    src/cpu/cpu_state.cpp \
    src/cpu/cpuid_policy.cpp \
    src/cpu/data_accesses.cpp \
    src/cpu/decode_cache.cpp \
    src/cpu/decoder.cpp \
    src/cpu/disassemble.cpp \
    src/cpu/emulator.cpp \
    src/cpu/exception_combining.cpp \
    src/cpu/execution.cpp \
    src/cpu/execution.hpp \
    src/cpu/linear_access.cpp \
    src/cpu/msr_policy.cpp \
    src/cpu/page_walk.cpp \
    src/cpu/string_instructions.cpp \
    src/cpu/string_io.cpp \
    src/cpu/task_state.cpp \
    src/cpu/task_state.hpp \
    src/cpu/task_switch.cpp \
    src/cpu/zydis_mode.hpp
