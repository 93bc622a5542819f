# SPDX-License-Identifier: BSD-2-Clause
check_programs += tests/devices_test
tests_devices_test_SOURCES = \
    tests/support/random_bytes.hpp \
    tests/devices/device_fixture.hpp \
    tests/devices/acpi_pm_test.cpp \
    tests/devices/console_fuzz_test.cpp \
    tests/devices/device_fuzz.hpp \
    tests/devices/device_fuzz_test.cpp \
    tests/devices/hpet_test.cpp \
    tests/devices/io_apic_test.cpp \
    tests/devices/local_apic_test.cpp \
    tests/devices/pic8259_test.cpp \
    tests/devices/pit8254_test.cpp \
    tests/devices/ps2_test.cpp \
    tests/devices/rtc_cmos_test.cpp \
    tests/devices/system_ports_test.cpp \
    tests/devices/uart16550_test.cpp \
    tests/devices/vga_picture_test.cpp \
    tests/devices/vga_test.cpp
tests_devices_test_CXXFLAGS = $(test_flags)
tests_devices_test_LDADD = $(test_libs)
check_programs += tests/storage_test
tests_storage_test_SOURCES = \
    tests/support/random_bytes.hpp \
    tests/devices/atapi_test.cpp \
    tests/devices/dma8237_test.cpp \
    tests/devices/floppy_test.cpp \
    tests/devices/ide_test.cpp \
    tests/devices/pci_test.cpp \
    tests/devices/storage_fuzz_test.cpp \
    tests/devices/storage_fixture.hpp \
    tests/devices/virtio_block_test.cpp
tests_storage_test_CXXFLAGS = $(test_flags)
tests_storage_test_LDADD = $(test_libs)
