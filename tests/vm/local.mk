# SPDX-License-Identifier: BSD-2-Clause
check_programs += tests/vm_test
tests_vm_test_SOURCES = \
    tests/devices/device_fixture.hpp \
    tests/devices/storage_fixture.hpp \
    tests/support/fake_cpu.hpp \
    tests/support/fake_vm.hpp \
    tests/support/random_bytes.hpp \
    tests/vm/board_fixture.hpp \
    tests/vm/board_fuzz_test.cpp \
    tests/vm/board_test.cpp \
    tests/vm/fault_report_test.cpp \
    tests/vm/halting_machine.hpp \
    tests/vm/idle_test.cpp \
    tests/vm/recorder_test.cpp \
    tests/vm/spin_watch_test.cpp \
    tests/vm/stepper_test.cpp \
    tests/vm/symbol_table_test.cpp \
    tests/vm/watch_log_test.cpp
tests_vm_test_CXXFLAGS = $(test_flags)
tests_vm_test_LDADD = $(test_libs)
