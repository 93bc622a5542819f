# SPDX-License-Identifier: BSD-2-Clause
check_programs += tests/gdb_test
tests_gdb_test_SOURCES = \
    tests/gdb/packet_test.cpp \
    tests/gdb/stub_test.cpp \
    tests/support/fake_vm.hpp
tests_gdb_test_CXXFLAGS = $(test_flags)
tests_gdb_test_LDADD = $(test_libs)
