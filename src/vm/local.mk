# SPDX-License-Identifier: BSD-2-Clause
# Sources of vm, compiled into both the hypervisor and the hosted core.
core_sources += \
    src/vm/bios_calls.cpp \
    src/vm/board.cpp \
    src/vm/breakpoint.cpp \
    src/vm/debugger.cpp \
    src/vm/debugger_run.cpp \
    src/vm/exit_access.cpp \
    src/vm/exit_handler.hpp \
    src/vm/exits.cpp \
    src/vm/fault_causes.cpp \
    src/vm/fault_causes.hpp \
    src/vm/fault_report.cpp \
    src/vm/fault_suspicions.cpp \
    src/vm/faults.cpp \
    src/vm/guest_view.cpp \
    src/vm/hidden_traps.cpp \
    src/vm/instruction_kind.cpp \
    src/vm/memory_layout.cpp \
    src/vm/recorder.cpp \
    src/vm/state_text.cpp \
    src/vm/stepper.cpp \
    src/vm/symbol_table.cpp \
    src/vm/trace_places.cpp \
    src/vm/trace_text.cpp \
    src/vm/vm.cpp \
    src/vm/watch_log.cpp
