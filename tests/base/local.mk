# SPDX-License-Identifier: BSD-2-Clause
check_programs += tests/base_test
tests_base_test_SOURCES = \
    tests/base/format_test.cpp \
    tests/base/containers_test.cpp
tests_base_test_CXXFLAGS = $(test_flags)
tests_base_test_LDADD = $(test_libs)
