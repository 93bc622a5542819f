# SPDX-License-Identifier: BSD-2-Clause
check_programs += tests/cpu_test
tests_cpu_test_SOURCES = \
    tests/cpu/guest_fixture.hpp \
    tests/support/fake_cpu.hpp \
    tests/cpu/page_walk_test.cpp \
    tests/cpu/linear_access_test.cpp \
    tests/cpu/exception_combining_test.cpp \
    tests/cpu/control_registers_test.cpp \
    tests/cpu/cpuid_policy_test.cpp \
    tests/cpu/msr_policy_test.cpp \
    tests/cpu/memory_bus_fake.hpp \
    tests/cpu/data_accesses_test.cpp \
    tests/cpu/decode_cache_test.cpp \
    tests/cpu/disassemble_test.cpp \
    tests/cpu/emulator_test.cpp \
    tests/cpu/emulator_native_test.cpp \
    tests/cpu/string_io_test.cpp \
    tests/cpu/task_switch_test.cpp
tests_cpu_test_CXXFLAGS = $(test_flags)
tests_cpu_test_LDADD = $(test_libs)
