# SPDX-License-Identifier: BSD-2-Clause
check_programs += tests/disk_test
tests_disk_test_SOURCES = \
    tests/disk/el_torito_test.cpp \
    tests/disk/geometry_test.cpp \
    tests/disk/image_kind_test.cpp \
    tests/disk/ram_disk_test.cpp \
    tests/support/cd_image.hpp
tests_disk_test_CXXFLAGS = $(test_flags)
tests_disk_test_LDADD = $(test_libs)
