# SPDX-License-Identifier: BSD-2-Clause
# Sources of monitor, compiled into both the hypervisor and the hosted core.
core_sources += \
    src/monitor/ansi_screen.cpp \
    src/monitor/console_input.cpp \
    src/monitor/console_mux.cpp \
    src/monitor/cp437.cpp \
    src/monitor/guest_text_screen.cpp \
    src/monitor/key_decoder.cpp \
    src/monitor/line_screen.cpp \
    src/monitor/log_queue.cpp \
    src/monitor/output_queue.cpp \
    src/monitor/screen_snapshot.cpp \
    src/monitor/status_lines.cpp \
    src/monitor/vm_console.cpp
