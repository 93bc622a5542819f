# SPDX-License-Identifier: BSD-2-Clause
check_programs += tests/host_test
tests_host_test_SOURCES = \
    tests/host/acpi_test.cpp \
    tests/host/boot_info_test.cpp \
    tests/host/clock_test.cpp \
    tests/host/memory_image.hpp \
    tests/host/page_allocator_test.cpp \
    tests/host/page_table_test.cpp
tests_host_test_CXXFLAGS = $(test_flags)
tests_host_test_LDADD = $(test_libs)
