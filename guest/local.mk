# SPDX-License-Identifier: BSD-2-Clause
# The built-in guest, assembled and put into the hypervisor as data.
guest_objects = guest/builtin.o
CLEANFILES += guest/builtin.bin guest/builtin.o
guest/builtin.bin: guest/builtin.asm
	$(AM_V_GEN)$(MKDIR_P) guest && $(NASM) -f bin -o $@ $(srcdir)/guest/builtin.asm
guest/builtin.o: guest/builtin.S guest/builtin.bin
	$(AM_V_CCAS)$(CCAS) -c -o $@ $(srcdir)/guest/builtin.S
include $(srcdir)/guest/tests/local.mk
