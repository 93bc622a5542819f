# SPDX-License-Identifier: BSD-2-Clause
check_programs += tests/vmx_test
tests_vmx_test_SOURCES = \
    tests/vmx/control_words_test.cpp \
    tests/vmx/cpu_models.hpp \
    tests/vmx/entry_breakages.hpp \
    tests/vmx/entry_check_test.cpp \
    tests/vmx/ept_table_test.cpp \
    tests/vmx/exit_decoder_test.cpp \
    tests/vmx/field_test.cpp \
    tests/vmx/good_vmcs.hpp \
    tests/vmx/guest_state_test.cpp \
    tests/vmx/msr_bitmap_test.cpp \
    tests/vmx/report_test.cpp
tests_vmx_test_CXXFLAGS = $(test_flags)
tests_vmx_test_LDADD = $(test_libs)
