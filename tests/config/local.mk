# SPDX-License-Identifier: BSD-2-Clause
check_programs += tests/config_test
tests_config_test_SOURCES = \
    tests/config/boot_options_test.cpp \
    tests/config/config_fuzz_test.cpp \
    tests/config/module_options_test.cpp \
    tests/config/problem_list.hpp \
    tests/config/vm_plan_test.cpp \
    tests/config/words_test.cpp \
    tests/config/manual_test.cpp
tests_config_test_CXXFLAGS = $(test_flags)
tests_config_test_LDADD = $(test_libs)
