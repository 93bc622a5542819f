# SPDX-License-Identifier: BSD-2-Clause
check_programs += tests/monitor_test
tests_monitor_test_SOURCES = \
    tests/monitor/ansi_screen_test.cpp \
    tests/monitor/console_mux_test.cpp \
    tests/monitor/fake_terminal.hpp \
    tests/monitor/guest_text_screen_test.cpp \
    tests/monitor/key_decoder_test.cpp \
    tests/monitor/key_text_test.cpp \
    tests/monitor/line_editor_test.cpp \
    tests/monitor/line_screen_test.cpp \
    tests/monitor/log_queue_test.cpp \
    tests/monitor/picture_text_test.cpp \
    tests/monitor/screen_recorder_test.cpp \
    tests/monitor/session_test.cpp \
    tests/monitor/status_lines_test.cpp
tests_monitor_test_CXXFLAGS = $(test_flags)
tests_monitor_test_LDADD = $(test_libs)
