# SPDX-License-Identifier: BSD-2-Clause
check_programs += tests/devices_test
tests_devices_test_SOURCES = \
    tests/devices/acpi_pm_test.cpp
tests_devices_test_CXXFLAGS = $(test_flags)
tests_devices_test_LDADD = $(test_libs)
