# SPDX-License-Identifier: BSD-2-Clause
# Guests that test the hypervisor from inside. Each source says in its head what it does and which
# module words it wants; floppy_boot.asm starts one on a machine with an ordinary BIOS.
guest_tests = \
    apic \
    bench \
    bios32 \
    dos_hardware \
    dos_memory \
    dos_program \
    exit16 \
    exit32 \
    exit8 \
    fault_a20 \
    fault_bda \
    fault_divide \
    fault_far_jump \
    fault_gdt_limit \
    fault_lgdt_segment \
    fault_no_idt \
    fault_page_table \
    fault_signature \
    fault_stack_rom \
    gdb_tour \
    idle \
    interpreted \
    modes \
    msr_cpuid \
    pictures \
    seed_rom \
    seed_string \
    seed_vmcall \
    serial \
    spin \
    storage \
    stepped \
    storm \
    task_switch \
    triple_fault \
    vmcall_ud \
    watched \
    window
guest_test_includes = guest/tests/common.inc guest/tests/print16.inc \
    guest/tests/protected.inc guest/tests/floppy.inc guest/tests/dos_devices.inc \
    guest/tests/dos_floppy.inc
guest_test_images = $(guest_tests:%=guest/tests/%.bin)
check_DATA = $(guest_test_images)
CLEANFILES += $(guest_test_images)
guest/tests/%.bin: $(srcdir)/guest/tests/%.asm $(guest_test_includes)
	$(AM_V_GEN)$(MKDIR_P) guest/tests && \
	$(NASM) -f bin -I $(srcdir)/guest/tests/ -P common.inc -o $@ $<
