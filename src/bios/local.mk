# SPDX-License-Identifier: BSD-2-Clause
# Sources of bios, compiled into both the hypervisor and the hosted core.
core_sources += \
    src/bios/acpi_tables.cpp \
    src/bios/acpi_tables.hpp \
    src/bios/apic_wires.hpp \
    src/bios/apm.cpp \
    src/bios/apm.hpp \
    src/bios/bios.cpp \
    src/bios/block_move.cpp \
    src/bios/block_move.hpp \
    src/bios/boot.cpp \
    src/bios/call.cpp \
    src/bios/canvas.cpp \
    src/bios/canvas.hpp \
    src/bios/cd_boot.cpp \
    src/bios/checksum.hpp \
    src/bios/disk.cpp \
    src/bios/disk_extended.cpp \
    src/bios/disk_internal.hpp \
    src/bios/door.cpp \
    src/bios/edd_parameters.cpp \
    src/bios/floppy.cpp \
    src/bios/fonts.cpp \
    src/bios/fonts.hpp \
    src/bios/fossil.cpp \
    src/bios/hardware.cpp \
    src/bios/interrupts.cpp \
    src/bios/key_buffer.cpp \
    src/bios/key_buffer.hpp \
    src/bios/keyboard.cpp \
    src/bios/keyboard_layouts.cpp \
    src/bios/keyboard_map.cpp \
    src/bios/keyboard_map.hpp \
    src/bios/keyboard_services.cpp \
    src/bios/machine_facts.cpp \
    src/bios/memory_map.cpp \
    src/bios/mouse.cpp \
    src/bios/mouse.hpp \
    src/bios/mp_table.cpp \
    src/bios/mp_table.hpp \
    src/bios/option_rom.cpp \
    src/bios/option_rom.hpp \
    src/bios/pci_bios.cpp \
    src/bios/pci_bios.hpp \
    src/bios/pci_setup.cpp \
    src/bios/pci_setup.hpp \
    src/bios/platform_tables.cpp \
    src/bios/platform_tables.hpp \
    src/bios/post.cpp \
    src/bios/post_memory.cpp \
    src/bios/post_memory.hpp \
    src/bios/printer.cpp \
    src/bios/protected_mode.cpp \
    src/bios/protected_mode.hpp \
    src/bios/real_mode_cpu.hpp \
    src/bios/rom.cpp \
    src/bios/serial.cpp \
    src/bios/serial_internal.hpp \
    src/bios/smbios.cpp \
    src/bios/smbios.hpp \
    src/bios/system.cpp \
    src/bios/text_screen.cpp \
    src/bios/text_screen.hpp \
    src/bios/time.cpp \
    src/bios/trace.cpp \
    src/bios/vbe.cpp \
    src/bios/vbe_information.cpp \
    src/bios/video.cpp \
    src/bios/video_fonts.cpp \
    src/bios/video_internal.hpp \
    src/bios/video_mode.cpp \
    src/bios/video_mode.hpp \
    src/bios/video_mode_set.cpp \
    src/bios/video_palette.cpp \
    src/bios/video_registers.cpp \
    src/bios/video_rom.cpp \
    src/bios/video_rom.hpp \
    src/bios/video_state.cpp \
    src/bios/video_text.cpp

# The fonts of the video BIOS.
font-data.inc: $(srcdir)/tools/make-fonts.py
	$(AM_V_GEN)$(PYTHON3) $(srcdir)/tools/make-fonts.py $(FONT_DIR) > $@.new && mv $@.new $@
src/bios/libcore_bare_a-fonts.$(OBJEXT) src/bios/libcore_host_a-fonts.$(OBJEXT): font-data.inc
CLEANFILES += font-data.inc
EXTRA_DIST += tools/make-fonts.py

# The devices of the board as ACPI names them: compiled, then written out as numbers.
BUILT_SOURCES += src/bios/dsdt.inc
CLEANFILES += src/bios/dsdt.inc src/bios/dsdt.aml src/bios/dsdt.i.asl \
    src/bios/dsdt.log
src/bios/dsdt.inc: src/bios/dsdt.asl
	$(AM_V_GEN)$(MKDIR_P) src/bios && \
	    $(CC) -E -P -undef -nostdinc -x c -o src/bios/dsdt.i.asl $(srcdir)/src/bios/dsdt.asl && \
	    $(IASL) -vs -p src/bios/dsdt src/bios/dsdt.i.asl > src/bios/dsdt.log && \
	    od -An -v -tu1 src/bios/dsdt.aml | sed 's/\([0-9][0-9]*\)/\1,/g' > $@
src/bios/libcore_bare_a-acpi_tables.$(OBJEXT): src/bios/dsdt.inc
src/bios/libcore_host_a-acpi_tables.$(OBJEXT): src/bios/dsdt.inc

# Code of the ROM that is more than a VMCALL.
BUILT_SOURCES += src/bios/rom_code.inc
CLEANFILES += src/bios/rom_code.inc src/bios/rom_code.bin
EXTRA_DIST += src/bios/rom_code.asm
src/bios/rom_code.inc: src/bios/rom_code.asm
	$(AM_V_GEN)$(MKDIR_P) src/bios && \
	    $(NASM) -f bin -o src/bios/rom_code.bin $(srcdir)/src/bios/rom_code.asm && \
	    od -An -v -tu1 src/bios/rom_code.bin | sed 's/\([0-9][0-9]*\)/\1,/g' > $@
src/bios/libcore_bare_a-rom.$(OBJEXT): src/bios/rom_code.inc
src/bios/libcore_host_a-rom.$(OBJEXT): src/bios/rom_code.inc
