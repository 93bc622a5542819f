# SPDX-License-Identifier: BSD-2-Clause
# Sources of monitor, compiled into both the hypervisor and the hosted core.
core_sources += \
    src/monitor/ansi_screen.cpp \
    src/monitor/command.hpp \
    src/monitor/command_table.cpp \
    src/monitor/commands_debug.cpp \
    src/monitor/commands_general.cpp \
    src/monitor/commands_input.cpp \
    src/monitor/commands_memory.cpp \
    src/monitor/commands_registers.cpp \
    src/monitor/commands_vm.cpp \
    src/monitor/commands_watch.cpp \
    src/monitor/console_input.cpp \
    src/monitor/console_mux.cpp \
    src/monitor/cp437.cpp \
    src/monitor/expression.cpp \
    src/monitor/guest_text_screen.cpp \
    src/monitor/info.cpp \
    src/monitor/info_bios.cpp \
    src/monitor/info_devices.cpp \
    src/monitor/info_functions.hpp \
    src/monitor/key_decoder.cpp \
    src/monitor/key_text.cpp \
    src/monitor/line_editor.cpp \
    src/monitor/line_screen.cpp \
    src/monitor/log_history.cpp \
    src/monitor/log_queue.cpp \
    src/monitor/monitor_terminal.cpp \
    src/monitor/output_queue.cpp \
    src/monitor/picture_text.cpp \
    src/monitor/register_names.cpp \
    src/monitor/screen_recorder.cpp \
    src/monitor/screen_snapshot.cpp \
    src/monitor/session.cpp \
    src/monitor/statistics_text.cpp \
    src/monitor/status_lines.cpp \
    src/monitor/terminal_screen.cpp \
    src/monitor/vm_console.cpp
