# SPDX-License-Identifier: BSD-2-Clause
check_programs += tests/machine_test
tests_machine_test_SOURCES = \
    tests/machine/guest_memory_test.cpp \
    tests/machine/port_bus_test.cpp
tests_machine_test_CXXFLAGS = $(test_flags)
tests_machine_test_LDADD = $(test_libs)
