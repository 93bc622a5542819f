# SPDX-License-Identifier: BSD-2-Clause
check_programs += tests/bios_test
tests_bios_test_SOURCES = \
    tests/bios/acpi_test.cpp \
    tests/bios/cd_boot_test.cpp \
    tests/bios/coverage_document_test.cpp \
    tests/bios/coverage_test.cpp \
    tests/bios/disk_fixture.hpp \
    tests/bios/disk_test.cpp \
    tests/bios/door_test.cpp \
    tests/bios/floppy_test.cpp \
    tests/bios/keyboard_test.cpp \
    tests/bios/memory_map_test.cpp \
    tests/bios/mouse_test.cpp \
    tests/bios/option_rom_fixture.hpp \
    tests/bios/option_rom_test.cpp \
    tests/bios/pc_fixture.hpp \
    tests/bios/post_memory_test.cpp \
    tests/bios/post_test.cpp \
    tests/bios/power_test.cpp \
    tests/bios/rom_tables_test.cpp \
    tests/bios/rom_test.cpp \
    tests/bios/serial_test.cpp \
    tests/bios/service_matrix.hpp \
    tests/bios/service_rows.hpp \
    tests/bios/system_test.cpp \
    tests/bios/table_fixture.hpp \
    tests/bios/time_test.cpp \
    tests/bios/trace_test.cpp \
    tests/bios/video_fixture.hpp \
    tests/bios/video_graphics_test.cpp \
    tests/bios/video_text_test.cpp \
    tests/bios/video_vbe_test.cpp
tests_bios_test_CXXFLAGS = $(test_flags)
tests_bios_test_LDADD = $(test_libs)
