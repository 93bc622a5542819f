# SPDX-License-Identifier: BSD-2-Clause
# Sources of bios, compiled into both the hypervisor and the hosted core.
core_sources += \
    src/bios/acpi_tables.cpp \
    src/bios/acpi_tables.hpp \
    src/bios/apm.cpp \
    src/bios/apm.hpp \
    src/bios/bios.cpp \
    src/bios/block_move.cpp \
    src/bios/block_move.hpp \
    src/bios/boot.cpp \
    src/bios/call.cpp \
    src/bios/checksum.hpp \
    src/bios/disk.cpp \
    src/bios/disk_extended.cpp \
    src/bios/disk_internal.hpp \
    src/bios/hardware.cpp \
    src/bios/interrupts.cpp \
    src/bios/key_buffer.cpp \
    src/bios/key_buffer.hpp \
    src/bios/keyboard.cpp \
    src/bios/keyboard_map.cpp \
    src/bios/keyboard_map.hpp \
    src/bios/keyboard_services.cpp \
    src/bios/machine_facts.cpp \
    src/bios/memory_map.cpp \
    src/bios/pci_bios.cpp \
    src/bios/pci_bios.hpp \
    src/bios/pci_setup.cpp \
    src/bios/pci_setup.hpp \
    src/bios/post.cpp \
    src/bios/rom.cpp \
    src/bios/serial.cpp \
    src/bios/system.cpp \
    src/bios/text_screen.cpp \
    src/bios/text_screen.hpp \
    src/bios/time.cpp \
    src/bios/trace.cpp \
    src/bios/video.cpp

# The devices of the board as ACPI names them: compiled, then written out as numbers.
BUILT_SOURCES += src/bios/dsdt.inc
CLEANFILES += src/bios/dsdt.inc src/bios/dsdt.aml src/bios/dsdt.i.asl \
    src/bios/dsdt.log
EXTRA_DIST += src/bios/dsdt.asl
src/bios/dsdt.inc: src/bios/dsdt.asl
	$(AM_V_GEN)$(MKDIR_P) src/bios && \
	    $(CC) -E -P -undef -nostdinc -x c -o src/bios/dsdt.i.asl $(srcdir)/src/bios/dsdt.asl && \
	    $(IASL) -vs -p src/bios/dsdt src/bios/dsdt.i.asl > src/bios/dsdt.log && \
	    od -An -v -tu1 src/bios/dsdt.aml | sed 's/\([0-9][0-9]*\)/\1,/g' > $@
src/bios/libcore_bare_a-acpi_tables.$(OBJEXT): src/bios/dsdt.inc
src/bios/libcore_host_a-acpi_tables.$(OBJEXT): src/bios/dsdt.inc
